"""Did this customer agree to marketing, since when, and how do we know? The present value, and every change with its proof."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from flows.domain import Consent, Role
from flows.refusal import Refused, missing
from flows.refusal import invalid as invalid_input
from flows.roles import Actor
from storage.tables import ConsentChange, Conversation, Customer, Message
from storage.trail.audit import Event, note


def change_consent(
    conn: Connection,
    customer_id: str,
    value: Consent,
    *,
    changed_by: str,
    role: Role | None = None,
    message_id: str | None,
    request_note: str | None,
    now: datetime,
) -> bool:
    """Records the consent with its proof and an audit event; False when it had that value already, then nothing is written.

    changed_by is a username, `customer` or `bot`. Raises Refused when there is no such customer.
    """
    chosen = select(Customer.consent_marketing).where(Customer.id == customer_id).with_for_update()
    before = conn.scalar(chosen)
    if before is None:
        raise missing("customer")
    if before == value:
        return False
    conn.execute(update(Customer).where(Customer.id == customer_id).values(consent_marketing=value.value))
    conn.execute(
        insert(ConsentChange).values(
            customer_id=customer_id,
            value=value.value,
            message_id=message_id,
            request_note=request_note,
            changed_by=changed_by,
            at=now,
        )
    )
    by = Actor(name=changed_by, role=role)
    note(
        conn, Event.CHANGE_CONSENT, by, now, subject=customer_id,
        field="consent_marketing", old_value=before, new_value=value.value, message_id=message_id,
    )  # fmt: skip
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A message of the customer's that may prove what they agreed to; body is whole, whoever shows it masks."""

    id: str
    at: datetime
    body: str


def possible_proofs(conn: Connection, customer_id: str, limit: int) -> tuple[Proof, ...]:
    """What this customer wrote last, newest first."""
    rows = conn.execute(
        select(Message.id, Message.at, Message.body)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.customer_id == customer_id,
            Message.direction == "in",
            Message.body.is_not(None),
            Message.body != "",
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(limit)
    )
    return tuple(Proof(id=row.id, at=row.at, body=row.body) for row in rows)


def check_proof(conn: Connection, customer_id: str, message_id: str) -> None:
    """Raises Refused unless the message that is to prove a consent was written by this very customer."""
    chosen = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id == message_id, Message.direction == "in", Conversation.customer_id == customer_id)
    )
    if conn.scalar(chosen) is None:
        raise Refused(invalid_input("message_id", "This customer wrote no such message."))
