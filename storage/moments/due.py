"""What falls due, and when? One table for everything that happens at a moment, each row once, whoever is there to do it.

A row is taken under its lock in the very transaction that does what it asks for: of several processes one gets it, and one that dies
in between leaves it as it was. Nothing is swept; the next due moment is known.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from storage.dialect import insert_new, written
from storage.tables import DueThing
from storage.tables.columns import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that falls due. kind says what happens, subject what it is about."""

    kind: str
    subject: str
    key: str
    due_at: datetime
    facts: JsonObject


def plan(conn: Connection, new: Due) -> bool:
    """Writes it down unless one with the same key is there; whether it did."""
    statement = insert_new(conn, DueThing).values(
        kind=new.kind,
        subject=new.subject,
        key=new.key,
        due_at=new.due_at,
        facts=dict(new.facts),
        state="waiting",
    )
    return bool(conn.execute(statement.returning(DueThing.id)).first())


def unplan(conn: Connection, kind: str, subject: str, facts: Mapping[str, str] | None = None) -> None:
    """What waits of this kind about this subject no longer happens. facts: only what holds these."""
    waiting = select(DueThing.id, DueThing.facts).where(
        DueThing.kind == kind, DueThing.subject == subject, DueThing.state == written("waiting")
    )
    wanted = dict(facts or {})
    ids = [row.id for row in conn.execute(waiting) if wanted.items() <= row.facts.items()]
    if ids:
        # Gone, not marked: the same key may be planned anew for another moment.
        conn.execute(delete(DueThing).where(DueThing.id.in_(ids), DueThing.state == written("waiting")))


def next_due(conn: Connection, kinds: Collection[str]) -> datetime | None:
    """When the next thing of these kinds falls due; None while there is none."""
    waiting = select(func.min(DueThing.due_at)).where(
        DueThing.state == written("waiting"), DueThing.kind.in_(list(kinds))
    )
    return conn.scalar(waiting)


def take_due(conn: Connection, kinds: Collection[str], now: datetime) -> Due | None:
    """The earliest that is due now, marked as happened in the caller's transaction; rows that others hold are skipped."""
    row = conn.execute(
        select(DueThing)
        .where(DueThing.state == written("waiting"), DueThing.kind.in_(list(kinds)), DueThing.due_at <= now)
        .order_by(DueThing.due_at, DueThing.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    due = _due(row)
    finish(conn, due, now)
    return due


def waiting_of(conn: Connection, kind: str, subject: str) -> list[Due]:
    """What waits of this kind about this subject, the earliest first."""
    rows = conn.execute(
        select(DueThing)
        .where(DueThing.kind == kind, DueThing.subject == subject, DueThing.state == written("waiting"))
        .order_by(DueThing.due_at, DueThing.id)
    )
    return [_due(row) for row in rows]


def finish(conn: Connection, due: Due, at: datetime) -> None:
    """It has happened."""
    conn.execute(update(DueThing).where(DueThing.key == due.key).values(state="done", happened_at=at))


def _due(row: Any) -> Due:  # Any: a row of the table.
    return Due(kind=row.kind, subject=row.subject, key=row.key, due_at=row.due_at, facts=row.facts)
