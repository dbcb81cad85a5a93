"""Two customers turn out to be one person: everything of the younger moves to the older, and nothing is lost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from storage.tables import (
    AuditEvent,
    Case,
    ConsentChange,
    Conversation,
    Customer,
    CustomerValue,
    Favorite,
    Handover,
    Identity,
    InboxRow,
    Journey,
    LaterMessage,
    Lead,
    MediaFile,
    Mention,
    Message,
    NextAction,
    Note,
    OutboxRow,
    PhaseTransition,
    SurveyAnswer,
    Transaction,
    Turn,
    ValueStep,
)

# Any: each of these tables has the column that its group is named after.
_OF_CUSTOMER: tuple[Any, ...] = (Identity, ConsentChange, Case, Transaction, SurveyAnswer, ValueStep)
_OF_CONVERSATION: tuple[Any, ...] = (
    Journey,
    Message,
    Turn,
    PhaseTransition,
    InboxRow,
    OutboxRow,
    MediaFile,
    Case,
    Note,
    Mention,
    LaterMessage,
)
# A person who said no under either address has said no.
_STRICTEST = ("WITHDRAWN", "GRANTED", "UNKNOWN")


def merge_customers(conn: Connection, customer_ids: Sequence[str], now: datetime) -> str:
    """The id that remains (the oldest customer's). The others' rows point to it, their threads are marked as merged."""
    rows = conn.execute(
        select(Customer).where(Customer.id.in_(customer_ids)).order_by(Customer.created_at, Customer.id)
    ).all()
    kept, *others = rows
    for other in others:
        _move_person(conn, kept.id, other.id)
        _move_thread(conn, kept.id, other.id)
        conn.execute(update(Customer).where(Customer.id == other.id).values(phone=None))
    phone = next((row.phone for row in rows if row.phone), None)
    name = next((row.name for row in rows if row.name), None)
    consent = min((row.consent_marketing for row in rows), key=_STRICTEST.index)
    conn.execute(
        update(Customer)
        .where(Customer.id == kept.id)
        .values(phone=phone, name=name, consent_marketing=consent)
    )
    conn.execute(
        insert(AuditEvent).values(
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
        conn.execute(update(model).where(model.customer_id == other).values(customer_id=kept))
    _move_value(conn, kept, other)
    closed = Lead.status.in_(("WON", "LOST"))
    has_open = conn.scalar(select(Lead.id).where(Lead.customer_id == kept, ~closed))
    if has_open is not None:
        # Only one lead may be open a person; the younger one is kept as history, not thrown away.
        conn.execute(
            update(Lead)
            .where(Lead.customer_id == other, ~closed)
            .values(status="LOST", lost_reason=f"Merged into lead {has_open}")
        )
    conn.execute(update(Lead).where(Lead.customer_id == other).values(customer_id=kept))


def _move_value(conn: Connection, kept: str, other: str) -> None:
    """Likes become one set, and what staff decided stays. What was scored of either alone is void: the next round scores the person."""
    both_like = select(Favorite.package_code).where(Favorite.customer_id == kept)
    twice = Favorite.customer_id == other, Favorite.package_code.in_(both_like.scalar_subquery())
    conn.execute(delete(Favorite).where(*twice))
    conn.execute(update(Favorite).where(Favorite.customer_id == other).values(customer_id=kept))
    conn.execute(delete(CustomerValue).where(CustomerValue.customer_id.in_((kept, other))))
    proposed = NextAction.customer_id == other, NextAction.status == "proposed"
    conn.execute(delete(NextAction).where(*proposed))
    conn.execute(
        update(NextAction).where(NextAction.customer_id == other).values(customer_id=kept, is_live=False)
    )


def _move_thread(conn: Connection, kept_customer: str, other_customer: str) -> None:
    threads = conn.execute(
        select(Conversation)
        .where(
            Conversation.customer_id.in_((kept_customer, other_customer)), Conversation.merged_into.is_(None)
        )
        .order_by(Conversation.created_at, Conversation.id)
        .with_for_update()
    ).all()
    if len(threads) < 2:
        conn.execute(
            update(Conversation)
            .where(Conversation.customer_id == other_customer)
            .values(customer_id=kept_customer)
        )
        return
    kept, *others = threads
    for other in others:
        _move_rows(conn, kept.id, other.id)
        conn.execute(update(Conversation).where(Conversation.id == other.id).values(merged_into=kept.id))
    _keep_the_further_state(conn, kept, others)
    conn.execute(
        update(Conversation)
        .where(Conversation.customer_id == other_customer)
        .values(customer_id=kept_customer)
    )


def _move_rows(conn: Connection, kept: str, other: str) -> None:
    for model in _OF_CONVERSATION:
        conn.execute(update(model).where(model.conversation_id == other).values(conversation_id=kept))
    if conn.scalar(select(Handover.id).where(Handover.conversation_id == kept, Handover.ended_at.is_(None))):
        conn.execute(delete(Handover).where(Handover.conversation_id == other, Handover.ended_at.is_(None)))
    conn.execute(update(Handover).where(Handover.conversation_id == other).values(conversation_id=kept))


# Who needs a human most decides: a waiting customer must not be forgotten because the other thread was quiet.
_NEED = {"human": 3, "waiting": 2, "bot": 1, "closed": 0}


def _keep_the_further_state(conn: Connection, kept: Row[Any], others: Sequence[Row[Any]]) -> None:
    rows = [kept, *others]
    neediest = max(rows, key=lambda row: _NEED[row.status])
    latest = max(rows, key=lambda row: (row.last_message_at is not None, row.last_message_at))
    copied = ("status", "assigned_to", "handover_reason", "priority", "high_intent")
    values = {column: getattr(neediest, column) for column in copied}
    values |= {
        column: getattr(latest, column)
        for column in ("journey_id", "awaiting", "language", "misses", "last_message_at")
    }
    conn.execute(update(Conversation).where(Conversation.id == kept.id).values(**values))
