"""Who takes part in tests: members of staff and customers, put into a real database with as few words as possible."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, update

from flows.domain import HandoverReason, MessageKind, Phase, Priority, Role, Status
from flows.roles import SYSTEM, Actor
from storage.people.identities import Address
from storage.staff.users import NewUser, StaffMember, add_branch, add_user, find_user
from storage.tables import Conversation, Handover, Journey, Message, PhaseTransition, Turn, new_id
from storage.way.inbox import NewMessage, receive

NOW = datetime(2027, 1, 4, 3, tzinfo=UTC)  # Monday 10.00 in Jakarta.


@dataclass(slots=True, kw_only=True)
class Said:
    """A conversation put into the database: bare WhatsApp ids count up so that every message is a new one."""

    conversation_id: str
    customer_id: str
    phone: str
    journey_id: str | None = None
    message_ids: list[str] = field(default_factory=list)


def hire(
    conn: Connection, username: str, role: Role, *, password_hash: str = "-", branch: str | None = None
) -> Actor:
    """A member of staff who can be looked up; the branch is opened when it is not there yet."""
    if branch:
        add_branch(conn, branch)
    new = NewUser(
        username=username,
        display_name=username.title(),
        role=role,
        password_hash=password_hash,
        branch=branch,
    )
    return add_user(conn, new, SYSTEM, NOW).actor


def member(conn: Connection, username: str) -> StaffMember:
    found = find_user(conn, username)
    assert found is not None
    return found


def writes(conn: Connection, phone: str, *texts: str, at: datetime = NOW, name: str | None = None) -> Said:
    """A customer writes on WhatsApp."""
    address = Address(session="default", chat_id=f"{phone}@c.us", phone=phone, lid=None, push_name=name)
    messages = [
        NewMessage(address=address, bare_id=new_id("3EB0"), kind=MessageKind.TEXT, body=text, at=at)
        for text in texts
    ]
    received = receive(conn, messages, at)
    conversation_id = received[0].conversation_id
    customer_id = conn.scalar(
        Conversation.__table__.select()
        .with_only_columns(Conversation.customer_id)
        .where(Conversation.id == conversation_id)
    )
    ids = [message.message_id for message in received if message.message_id]
    return Said(conversation_id=conversation_id, customer_id=str(customer_id), phone=phone, message_ids=ids)


def travels(
    conn: Connection,
    said: Said,
    phase: Phase,
    *,
    package: str | None = None,
    campaign: str | None = None,
    at: datetime = NOW,
) -> str:
    """The conversation's journey begins and has come as far as this phase."""
    journey_id = new_id("jrn")
    conn.execute(
        insert(Journey).values(
            id=journey_id,
            conversation_id=said.conversation_id,
            phase=phase.value,
            package_code=package,
            campaign_code=campaign,
            preference={},
            shown=[],
            started_at=at,
        )
    )
    conn.execute(
        insert(PhaseTransition).values(
            conversation_id=said.conversation_id,
            journey_id=journey_id,
            from_phase=None,
            to_phase=phase.value,
            trigger="campaign_code",
            at=at,
        )
    )
    conn.execute(
        update(Conversation).where(Conversation.id == said.conversation_id).values(journey_id=journey_id)
    )
    said.journey_id = journey_id
    return journey_id


def waits(
    conn: Connection,
    said: Said,
    reason: HandoverReason = HandoverReason.PAYMENT_INTENT,
    *,
    priority: Priority = Priority.HIGH,
    at: datetime = NOW,
) -> None:
    """The bot has asked for a human."""
    conn.execute(
        update(Conversation)
        .where(Conversation.id == said.conversation_id)
        .values(status=Status.WAITING.value, handover_reason=reason.value, priority=priority.value)
    )
    conn.execute(
        insert(Handover).values(
            conversation_id=said.conversation_id,
            reason=reason.value,
            priority=priority.value,
            asked_by="bot",
            asked_at=at,
        )
    )


def turned(
    conn: Connection, said: Said, intent: str, *, status_after: Status = Status.BOT, at: datetime = NOW
) -> str:
    """The bot took its turn on everything said so far."""
    turn_id = new_id("turn")
    conn.execute(
        insert(Turn).values(
            id=turn_id,
            conversation_id=said.conversation_id,
            journey_id=said.journey_id,
            at=at,
            because="test",
            intent=intent,
            confidence=0.9,
            status_before=Status.BOT.value,
            status_after=status_after.value,
            trace={},
        )
    )
    conn.execute(
        update(Message).where(Message.id.in_(said.message_ids)).values(turn_id=turn_id, intent=intent)
    )
    return turn_id
