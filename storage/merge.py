"""Two customers turn out to be one person: everything of the younger moves to the older, and nothing is lost."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from storage.tables import (
    AuditEvent,
    Case,
    ConsentChange,
    Conversation,
    Customer,
    Handover,
    Identity,
    InboxRow,
    Journey,
    Lead,
    MediaFile,
    Message,
    OutboxRow,
    PhaseTransition,
    Turn,
)

_OF_CUSTOMER = (Identity, ConsentChange, Case)
_OF_CONVERSATION = (Journey, Message, Turn, PhaseTransition, InboxRow, OutboxRow, MediaFile, Case)
# A person who said no under either address has said no.
_STRICTEST = ("WITHDRAWN", "GRANTED", "UNKNOWN")


def merge_customers(conn: Connection, customer_ids: Sequence[str], now: datetime) -> str:
    """The id that remains (the oldest customer's). The others' rows point to it, their threads are marked as merged."""
    table = Customer.__table__
    rows = conn.execute(select(table).where(table.c.id.in_(customer_ids)).order_by(table.c.created_at, table.c.id)).all()
    kept, *others = rows
    for other in others:
        _move_person(conn, kept.id, other.id)
        _move_thread(conn, kept.id, other.id)
        conn.execute(update(table).where(table.c.id == other.id).values(phone=None))
    phone = next((row.phone for row in rows if row.phone), None)
    name = next((row.name for row in rows if row.name), None)
    consent = min((row.consent_marketing for row in rows), key=_STRICTEST.index)
    conn.execute(
        update(table).where(table.c.id == kept.id).values(phone=phone, name=name, consent_marketing=consent)
    )
    conn.execute(
        AuditEvent.__table__.insert().values(
            event="MERGE_CUSTOMER",
            actor="system",
            subject=kept.id,
            facts={"merged": [other.id for other in others], "because": "one WhatsApp address named both"},
            at=now,
        )
    )
    return str(kept.id)


def _move_person(conn: Connection, kept: str, other: str) -> None:
    for model in _OF_CUSTOMER:
        table = model.__table__
        conn.execute(update(table).where(table.c.customer_id == other).values(customer_id=kept))
    leads = Lead.__table__
    closed = leads.c.status.in_(("WON", "LOST"))
    has_open = conn.scalar(select(leads.c.id).where(leads.c.customer_id == kept, ~closed))
    if has_open is not None:
        # Only one lead may be open a person; the younger one is kept as history, not thrown away.
        conn.execute(
            update(leads)
            .where(leads.c.customer_id == other, ~closed)
            .values(status="LOST", lost_reason=f"Merged into lead {has_open}")
        )
    conn.execute(update(leads).where(leads.c.customer_id == other).values(customer_id=kept))


def _move_thread(conn: Connection, kept_customer: str, other_customer: str) -> None:
    table = Conversation.__table__
    threads = conn.execute(
        select(table)
        .where(table.c.customer_id.in_((kept_customer, other_customer)), table.c.merged_into.is_(None))
        .order_by(table.c.created_at, table.c.id)
        .with_for_update()
    ).all()
    if len(threads) < 2:
        conn.execute(update(table).where(table.c.customer_id == other_customer).values(customer_id=kept_customer))
        return
    kept, *others = threads
    for other in others:
        _move_rows(conn, kept.id, other.id)
        conn.execute(update(table).where(table.c.id == other.id).values(merged_into=kept.id))
    _keep_the_further_state(conn, kept, others)
    conn.execute(update(table).where(table.c.customer_id == other_customer).values(customer_id=kept_customer))


def _move_rows(conn: Connection, kept: str, other: str) -> None:
    for model in _OF_CONVERSATION:
        table = model.__table__
        conn.execute(update(table).where(table.c.conversation_id == other).values(conversation_id=kept))
    handovers = Handover.__table__
    if conn.scalar(select(handovers.c.id).where(handovers.c.conversation_id == kept, handovers.c.ended_at.is_(None))):
        conn.execute(delete(handovers).where(handovers.c.conversation_id == other, handovers.c.ended_at.is_(None)))
    conn.execute(update(handovers).where(handovers.c.conversation_id == other).values(conversation_id=kept))


# Who needs a human most decides: a waiting customer must not be forgotten because the other thread was quiet.
_NEED = {"human": 3, "waiting": 2, "bot": 1, "closed": 0}


def _keep_the_further_state(conn: Connection, kept: object, others: Sequence[object]) -> None:
    rows = [kept, *others]
    neediest = max(rows, key=lambda row: _NEED[row.status])  # type: ignore[attr-defined]  # Rows of one SELECT of all columns.
    latest = max(rows, key=lambda row: (row.last_message_at is not None, row.last_message_at))  # type: ignore[attr-defined]
    copied = ("status", "assigned_to", "handover_reason", "priority", "high_intent")
    values = {column: getattr(neediest, column) for column in copied}
    values |= {column: getattr(latest, column) for column in ("journey_id", "awaiting", "language", "misses", "last_message_at")}
    table = Conversation.__table__
    conn.execute(update(table).where(table.c.id == kept.id).values(**values))  # type: ignore[attr-defined]
