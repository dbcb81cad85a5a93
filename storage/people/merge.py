"""Two customers turn out to be one person: everything of the one moves to the other, nothing is lost, and how it was is written down.

`storage/people/merge_undo.py` takes a merge back from what is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, inspect, null, select, update
from sqlalchemy import insert as insert_row

from flows.roles import SYSTEM, Actor
from storage.people.personal import HOLDINGS
from storage.tables import (
    Base,
    Conversation,
    Customer,
    CustomerMerge,
    CustomerValue,
    Favorite,
    Handover,
    Lead,
    NextAction,
    new_id,
)
from storage.trail.audit import Event, note

# A person who said no under either address has said no.
_STRICTEST = ("WITHDRAWN", "GRANTED", "UNKNOWN")
CLOSED_LEADS = ("WON", "LOST")
MERGED_HANDOVER = "merged"
BECAUSE_ADDRESS = "one WhatsApp address named both"
# What a merge may change of a customer and of a thread, and an undo therefore puts back.
OF_CUSTOMER = (
    *("phone", "name", "cif", "tier", "profile", "consent_marketing", "owner_id", "branch_id"),
    "merged_into",
)
OF_THREAD = (
    *("status", "assigned_to", "handover_reason", "priority", "high_intent", "journey_id", "awaiting"),
    *("language", "misses", "last_message_at", "merged_into"),
)
# Who needs a human most decides: a waiting customer must not be forgotten because the other thread was quiet.
_NEED = {"human": 3, "waiting": 2, "bot": 1, "closed": 0}


@dataclass(slots=True)
class Moves:
    """Which rows went over, step by step, in an order that can be walked backwards."""

    steps: list[dict[str, Any]] = field(default_factory=list)  # Any: JSON.

    def move(self, conn: Connection, table: type[Base], column: str, source: str, target: str) -> None:
        """Points the table's rows from source to target, and notes which ones they were."""
        link = getattr(table, column)
        key = key_of(table)
        moved = conn.scalars(
            update(table).where(link == source).values({column: target}).returning(key)
        ).all()
        self.note(table, column, source, target, moved)

    def note(
        self, table: type[Base], column: str, source: object, target: object, keys: Sequence[Any]
    ) -> None:
        """Notes rows whose column went from source to target. Any: a primary key."""
        if keys:
            self.steps.append(
                {
                    "table": table.__tablename__,
                    "column": column,
                    "from": source,
                    "to": target,
                    "keys": [*keys],
                }
            )


def merge_customers(
    conn: Connection, customer_ids: Sequence[str], now: datetime, *, by: Actor = SYSTEM
) -> str:
    """The id that remains (the oldest customer's). The others' rows point to it, their threads are marked as merged."""
    chosen = select(Customer.id).where(Customer.id.in_(customer_ids))
    kept, *others = conn.scalars(chosen.order_by(Customer.created_at, Customer.id)).all()
    for other in others:
        merge_into(conn, kept, other, by, now, because=BECAUSE_ADDRESS)
    return str(kept)


def merge_into(conn: Connection, kept: str, other: str, by: Actor, now: datetime, *, because: str) -> str:
    """The other customer becomes part of the kept one; the id under which it can be undone."""
    before = _customers(conn, kept, other)
    threads = _threads(conn, kept, other)
    thread_rows = {row.id: _values(row, OF_THREAD) for row in threads}
    moves = Moves()
    _move_leads(conn, moves, kept, other)
    _move_value(conn, moves, kept, other)
    for table in _linked_by("customer_id"):
        moves.move(conn, table, "customer_id", other, kept)
    moves.move(conn, Conversation, "customer_id", other, kept)
    _join_threads(conn, moves, threads, now)
    _join_people(conn, before, kept, other)
    merge_id = new_id("merge")
    conn.execute(
        insert_row(CustomerMerge).values(
            id=merge_id,
            kept_id=kept,
            merged_id=other,
            moved={"steps": moves.steps},
            before={"customers": before, "threads": thread_rows}
            | {"after": {"customers": _customers(conn, kept, other), "threads": _now(conn, thread_rows)}},
            merged_by=by.name,
            at=now,
        )
    )
    note(
        conn, Event.MERGE_CUSTOMER, by, now, subject=kept, merged=[other], because=because, merge_id=merge_id
    )
    return merge_id


def key_of(table: type[Base]) -> Any:  # Any: the mapped primary key column.
    """The table's only primary key column."""
    return inspect(table).primary_key[0]


def _linked_by(column: str) -> list[type[Base]]:
    return [
        holding.table
        for holding in HOLDINGS
        if holding.moves and holding.table is not Lead and hasattr(holding.table, column)
    ]


def _customers(conn: Connection, *customer_ids: str) -> dict[str, dict[str, Any]]:  # Any: JSON.
    rows = conn.execute(select(Customer).where(Customer.id.in_(customer_ids)).with_for_update()).all()
    return {row.id: _values(row, OF_CUSTOMER) for row in rows}


def _now(conn: Connection, threads: dict[str, Any]) -> dict[str, Any]:  # Any: JSON.
    rows = conn.execute(select(Conversation).where(Conversation.id.in_(threads))).all()
    return {row.id: _values(row, OF_THREAD) for row in rows}


def _values(row: Row[Any], names: Sequence[str]) -> dict[str, Any]:  # Any: a row, and JSON made of it.
    values = ((name, getattr(row, name)) for name in names)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values}


def _move_leads(conn: Connection, moves: Moves, kept: str, other: str) -> None:
    """Only one lead may be open a person; the younger one is kept as history, not thrown away."""
    has_open = conn.scalar(select(Lead.id).where(Lead.customer_id == kept, Lead.status.not_in(CLOSED_LEADS)))
    if has_open is not None:
        theirs = conn.execute(
            select(Lead.id, Lead.status).where(Lead.customer_id == other, Lead.status.not_in(CLOSED_LEADS))
        ).all()
        for lead in theirs:
            conn.execute(
                update(Lead)
                .where(Lead.id == lead.id)
                .values(status="LOST", lost_reason=f"Merged into lead {has_open}")
            )
            moves.note(Lead, "status", lead.status, "LOST", [lead.id])
    moves.move(conn, Lead, "customer_id", other, kept)


def _move_value(conn: Connection, moves: Moves, kept: str, other: str) -> None:
    """Likes become one set, and what staff decided stays. What was scored of either alone is void: the next round scores the person."""
    both_like = select(Favorite.package_code).where(Favorite.customer_id == kept)
    liked_by_one = Favorite.customer_id == other, Favorite.package_code.not_in(both_like.scalar_subquery())
    liked = conn.scalars(select(Favorite.id).where(*liked_by_one)).all()
    conn.execute(update(Favorite).where(Favorite.id.in_(liked)).values(customer_id=kept))
    moves.note(Favorite, "customer_id", other, kept, liked)
    conn.execute(delete(CustomerValue).where(CustomerValue.customer_id.in_((kept, other))))
    # Proposals are made anew for the person; a decided one may not stand beside the other customer's of its kind.
    conn.execute(delete(NextAction).where(NextAction.customer_id == other, NextAction.status == "proposed"))
    still_live = select(NextAction.id).where(NextAction.customer_id == other, NextAction.is_live)
    live = conn.scalars(still_live).all()
    conn.execute(update(NextAction).where(NextAction.id.in_(live)).values(is_live=False))
    moves.note(NextAction, "is_live", True, False, live)
    moves.move(conn, NextAction, "customer_id", other, kept)


def _threads(conn: Connection, kept: str, other: str) -> Sequence[Row[Any]]:  # Any: whole rows.
    """The living threads of both, the oldest first, locked."""
    return conn.execute(
        select(Conversation)
        .where(Conversation.customer_id.in_((kept, other)), Conversation.merged_into.is_(None))
        .order_by(Conversation.created_at, Conversation.id)
        .with_for_update()
    ).all()


def _join_threads(
    conn: Connection, moves: Moves, threads: Sequence[Row[Any]], now: datetime
) -> None:  # Any: whole rows.
    if len(threads) < 2:
        return
    kept, *others = threads
    for other in others:
        _end_second_handover(conn, moves, kept.id, other.id, now)
        for table in _linked_by("conversation_id"):
            moves.move(conn, table, "conversation_id", other.id, kept.id)
        moves.move(conn, Lead, "conversation_id", other.id, kept.id)
        conn.execute(update(Conversation).where(Conversation.id == other.id).values(merged_into=kept.id))
    _keep_the_further_state(conn, kept, others)


def _end_second_handover(conn: Connection, moves: Moves, kept: str, other: str, now: datetime) -> None:
    """A thread waits once; the other one's handover ends here."""
    is_open = Handover.ended_at.is_(None)
    if conn.scalar(select(Handover.id).where(Handover.conversation_id == kept, is_open)) is None:
        return
    ended = conn.scalars(
        update(Handover)
        .where(Handover.conversation_id == other, is_open)
        .values(ended_at=now, outcome=MERGED_HANDOVER)
        .returning(Handover.id)
    ).all()
    moves.note(Handover, "outcome", None, MERGED_HANDOVER, ended)


def _keep_the_further_state(conn: Connection, kept: Row[Any], others: Sequence[Row[Any]]) -> None:
    rows = [kept, *others]
    neediest = max(rows, key=lambda row: _NEED[row.status])
    latest = max(rows, key=lambda row: (row.last_message_at is not None, row.last_message_at))
    copied = ("status", "assigned_to", "handover_reason", "priority", "high_intent")
    values = {column: getattr(neediest, column) for column in copied}
    values |= {
        column: getattr(latest, column) for column in ("journey_id", "language", "misses", "last_message_at")
    }
    # JSON knows a null of its own, which is not the same as nothing.
    values["awaiting"] = null() if latest.awaiting is None else latest.awaiting
    conn.execute(update(Conversation).where(Conversation.id == kept.id).values(**values))


def _join_people(
    conn: Connection, before: dict[str, dict[str, Any]], kept_id: str, other_id: str
) -> None:  # Any: column values.
    """What only one of them had, the one who remains has; the number goes over, so the other one keeps none."""
    kept, other = before[kept_id], before[other_id]
    conn.execute(
        update(Customer).where(Customer.id == other_id).values(phone=None, cif=None, merged_into=kept_id)
    )
    # A tier above the lowest was said by somebody on purpose.
    tier = other["tier"] if kept["tier"] == "MASS" else kept["tier"]
    joined = {name: kept[name] or other[name] for name in ("phone", "name", "cif", "owner_id", "branch_id")}
    consent = min((kept["consent_marketing"], other["consent_marketing"]), key=_STRICTEST.index)
    profile = (other["profile"] or {}) | (kept["profile"] or {})
    conn.execute(
        update(Customer)
        .where(Customer.id == kept_id)
        .values(**joined, tier=tier, consent_marketing=consent, profile=profile)
    )
