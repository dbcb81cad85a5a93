"""What could not be sent, and which messages could not be answered? For whoever looks after the connection, within their scope."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text, update

from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from storage.scope import conversations_within
from storage.tables import Conversation, Customer, InboxRow, Message, OutboxRow
from storage.talks.conversations import find_conversation
from storage.trail.audit import Event, note

SHOWN = 50
_GIVEN_UP = text("outbox.state IN ('failed', 'unknown')")  # Word for word the partial index's condition.
_PARKED = text("inbox.state = 'parked'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """id is the outbox's or the inbox's; reason is WAHA's or ours, None where nobody said."""

    id: int
    conversation_id: str
    customer_name: str | None
    phone: str | None
    body: str | None
    state: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Messages since a moment: heard from customers, said by us and taken by WhatsApp."""

    heard: int
    sent: int


def failed_sends(conn: Connection, actor: Actor) -> tuple[Fault, ...]:
    """The newest messages that did not go out, or nobody knows whether they did."""
    rows = conn.execute(
        select(
            OutboxRow.id, OutboxRow.conversation_id, Customer.name.label("customer_name"), Customer.phone,
            Message.body, OutboxRow.state, OutboxRow.error.label("reason"), OutboxRow.created_at.label("at"),
        )
        .join(Message, Message.id == OutboxRow.message_id)
        .join(Conversation, Conversation.id == OutboxRow.conversation_id)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(_GIVEN_UP, conversations_within(actor))
        .order_by(OutboxRow.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    return tuple(Fault(**row) for row in rows.mappings())


def parked_messages(conn: Connection, actor: Actor) -> tuple[Fault, ...]:
    """Customers' messages that the bot failed on again and again, and set aside."""
    rows = conn.execute(
        select(
            InboxRow.id, InboxRow.conversation_id, Customer.name.label("customer_name"), Customer.phone,
            InboxRow.body, InboxRow.state, InboxRow.received_at.label("at"),
        )
        .join(Conversation, Conversation.id == InboxRow.conversation_id)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(_PARKED, conversations_within(actor))
        .order_by(InboxRow.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    return tuple(Fault(**row, reason=None) for row in rows.mappings())


def take_turn_again(conn: Connection, actor: Actor, inbox_id: int, now: datetime) -> str:
    """The message awaits its turn once more; its conversation. Raises Refused when it is not a parked one within the scope."""
    row = conn.execute(select(InboxRow).where(InboxRow.id == inbox_id).with_for_update()).first()
    if row is None or row.conversation_id is None:
        raise missing("message")
    facts = find_conversation(conn, actor, row.conversation_id)
    if row.state != "parked":
        raise Refused(conflict("This message is not set aside any more."))
    conn.execute(update(InboxRow).where(InboxRow.id == inbox_id).values(state="waiting", attempts=0))
    note(conn, Event.RETRY_TURN, actor, now, subject=facts.id, message_id=row.message_id)
    return facts.id


def traffic_since(conn: Connection, moment: datetime) -> Traffic:
    """Ids are times of writing, so that a day is a stretch of the primary key; what was only entered today was said earlier."""
    first = f"msg_{int(moment.timestamp() * 1000):012x}"
    rows = conn.execute(
        select(Message.direction, func.count(), func.count(Message.ack))
        .where(Message.id >= first, Message.at >= moment)
        .group_by(Message.direction)
    ).all()
    return Traffic(
        heard=sum(row[1] for row in rows if row[0] == "in"),
        sent=sum(row[2] for row in rows if row[0] == "out"),
    )
