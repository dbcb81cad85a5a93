"""How is a person forgotten? What names or quotes them goes from every table; rows that numbers are counted from stay.

The audit holds no personal data, so its chain verifies as before. Erasing is one transaction: a person is there or gone, never half.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from flows.roles import Actor
from storage.dialect import written
from storage.people.person import PersonIds, of_subject, person_ids
from storage.people.personal import ERASED, HOLDINGS, Holding
from storage.sales.lead_reminders import let_tasks_go
from storage.tables import (
    Alert,
    Case,
    Conversation,
    Customer,
    DueThing,
    EventCount,
    Handover,
    InboxRow,
    LaterMessage,
    Lead,
    OutboxRow,
)
from storage.trail.audit import Event, note

ERASED_OUTCOME = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How many rows of each table were blanked or deleted."""

    customer_id: str
    rows: Mapping[str, int]


def erase(conn: Connection, actor: Actor, customer_id: str, request_id: str, now: datetime) -> Erased:
    """Forgets the person, in the caller's transaction. A new message from the same number is from somebody new."""
    person = person_ids(conn, customer_id)
    _end_work(conn, person, now)
    rows = {holding.table.__tablename__: _forget(conn, holding, person) for holding in HOLDINGS}
    conn.execute(update(Customer).where(Customer.id.in_(person.customers)).values(erased_at=now))
    conn.execute(update(EventCount).values(last_body={}))
    counted = {name: count for name, count in rows.items() if count}
    note(
        conn, Event.ERASE_CUSTOMER, actor, now, subject=customer_id,
        request_id=request_id, rows={name: str(count) for name, count in counted.items()},
    )  # fmt: skip
    return Erased(customer_id=customer_id, rows=counted)


def _forget(conn: Connection, holding: Holding, person: PersonIds) -> int:
    theirs = holding.of(person)
    if holding.is_deleted:
        return conn.execute(delete(holding.table).where(theirs)).rowcount
    if not holding.blank:
        return 0
    return conn.execute(update(holding.table).where(theirs).values(**holding.blank)).rowcount


def _end_work(conn: Connection, person: PersonIds, now: datetime) -> None:
    """Nothing waits for staff or the bot any more: there is nobody left to answer."""
    threads, customers = person.conversations, person.customers
    conn.execute(
        update(InboxRow)
        .where(InboxRow.conversation_id.in_(threads), InboxRow.state.in_(("waiting", "parked")))
        .values(state="ignored")
    )
    conn.execute(
        update(OutboxRow)
        .where(OutboxRow.conversation_id.in_(threads), OutboxRow.state.in_(("waiting", "sending", "unknown")))
        .values(state="dropped")
    )
    conn.execute(
        update(LaterMessage)
        .where(LaterMessage.conversation_id.in_(threads), LaterMessage.state == written("waiting"))
        .values(state="cancelled", ended_at=now, because=ERASED_OUTCOME)
    )
    conn.execute(
        update(DueThing)
        .where(of_subject(person), DueThing.state == written("waiting"))
        .values(state="dropped")
    )
    conn.execute(
        update(Alert)
        .where(Alert.conversation_id.in_(threads), Alert.state.in_(("waiting", "snoozed")))
        .values(state="done")
    )
    conn.execute(
        update(Handover)
        .where(Handover.conversation_id.in_(threads), Handover.ended_at.is_(None))
        .values(ended_at=now, outcome=ERASED_OUTCOME)
    )
    conn.execute(
        update(Conversation)
        .where(Conversation.id.in_(threads))
        .values(status="closed", closed_at=now, assigned_to=None)
    )
    for lead_id in conn.scalars(select(Lead.id).where(Lead.customer_id.in_(customers))).all():
        let_tasks_go(conn, lead_id, now)
    conn.execute(
        update(Lead)
        .where(Lead.customer_id.in_(customers), Lead.status.not_in(("WON", "LOST")))
        .values(status="LOST", lost_reason=ERASED, updated_at=now)
    )
    conn.execute(
        update(Case)
        .where(Case.customer_id.in_(customers), Case.status != "CLOSED")
        .values(status="CLOSED", closed_at=now)
    )
