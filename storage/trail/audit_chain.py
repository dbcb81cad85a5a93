"""Has anybody changed what the audit says? Each event is sealed with a hash over itself and the seal before.

Sealing comes after the event, in an order of its own: on PostgreSQL a lower id may be committed later, and no writer should wait for
another's hash. Whoever can write to the database can cut off the newest end and seal anew, so a head noted elsewhere (an export, a
print-out) is what proves that nothing was cut: `verify_chain` looks for it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from storage.alone import Duty, wait_alone
from storage.dialect import upsert
from storage.tables import AuditEvent, AuditSeal, Setting
from storage.trail.audit import AuditEntry, entry_of

BEGINNING = "0" * 64  # What the first seal takes for the one before it.
SEALED_AT_ONCE = 1_000
READ_AT_ONCE = 1_000
SHOWN_LATE = 20
BEGINNING_NAME = "audit_beginning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Every seal fits. head is the newest; unsealed events were written since.

    late: the first events that were sealed, or still wait, behind events with a higher id. A slow transaction does that within seconds;
    whoever slips an event into the past does it too, so each deserves a look.
    """

    sealed: int
    unsealed: int
    head: str
    late: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first event that is not what was sealed, or why the chain cannot be the one that was noted."""

    event_id: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEntry:
    """An event with its seal, None while it has none."""

    entry: AuditEntry
    hash: str | None


def seal(conn: Connection) -> int:
    """Seals the oldest unsealed events, at most a thousand; how many. One process at a time, others wait for it."""
    wait_alone(conn, Duty.AUDIT_SEAL)
    previous = head(conn)
    rows = conn.execute(_unsealed().order_by(AuditEvent.id).limit(SEALED_AT_ONCE)).mappings().all()
    seals = []
    for row in rows:
        previous = _hash(previous, entry_of(dict(row)))
        seals.append({"event_id": row["id"], "hash": previous})
    if seals:
        conn.execute(insert(AuditSeal), seals)
    return len(seals)


def head(conn: Connection) -> str:
    """The newest seal."""
    newest = select(AuditSeal.hash).order_by(AuditSeal.position.desc()).limit(1)
    return conn.scalar(newest) or beginning(conn)


def verify_chain(
    conn: Connection, noted: str | None = None, *, at_once: int = READ_AT_ONCE
) -> Whole | Broken:
    """Whether every sealed event still is what it was, and whether a head noted earlier is still in the chain."""
    previous, count, is_noted = beginning(conn), 0, noted in (None, BEGINNING)
    is_noted = is_noted or noted == previous
    highest, late = 0, []
    for event_id, sealed, entry in _links(conn, at_once):
        if entry is None:
            return Broken(event_id=event_id, why="was sealed and is gone")
        if sealed != _hash(previous, entry):
            return Broken(event_id=event_id, why="is not what was sealed, or one before it is missing")
        previous, count = sealed, count + 1
        is_noted = is_noted or sealed == noted
        if event_id < highest:
            late.append(event_id)
        highest = max(highest, event_id)
    if not is_noted:
        return Broken(
            event_id=None, why="the noted head is not in the chain: its end was cut off or sealed anew"
        )
    unsealed = conn.scalar(select(func.count()).select_from(_unsealed().subquery())) or 0
    waiting = conn.scalars(select(_late_and_unsealed(highest).c.id).order_by("id").limit(SHOWN_LATE)).all()
    return Whole(sealed=count, unsealed=unsealed, head=previous, late=tuple([*late, *waiting][:SHOWN_LATE]))


def sealed_entries(conn: Connection, after_id: int, limit: int = READ_AT_ONCE) -> list[SealedEntry]:
    """Events in the order of their ids, from the one after `after_id` on: for exports, however long the list is."""
    rows = conn.execute(
        select(AuditEvent, AuditSeal.hash)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditEvent.id > after_id)
        .order_by(AuditEvent.id)
        .limit(limit)
    ).mappings()
    return [SealedEntry(entry=entry_of(_without(row, "hash")), hash=row["hash"]) for row in rows]


def hashes_of(conn: Connection, event_ids: Sequence[int]) -> dict[int, str]:
    """The seals of these events, by their ids, as far as they are sealed."""
    rows = conn.execute(select(AuditSeal.event_id, AuditSeal.hash).where(AuditSeal.event_id.in_(event_ids)))
    return {row.event_id: row.hash for row in rows}


def _links(conn: Connection, at_once: int) -> Iterator[tuple[int, str, AuditEntry | None]]:
    """Each seal with its event, in the order of sealing."""
    position = 0
    while True:
        rows = conn.execute(_seals_after(position).limit(at_once)).mappings().all()
        for row in rows:
            position = row["position"]
            event = _without(row, "position", "event_id", "hash")
            yield row["event_id"], row["hash"], entry_of(event) if row["id"] is not None else None
        if len(rows) < at_once:
            return


def _seals_after(position: int) -> Any:  # Any: a Select of two tables' columns, read by name.
    return (
        select(AuditSeal.position, AuditSeal.event_id, AuditSeal.hash, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .where(AuditSeal.position > position)
        .order_by(AuditSeal.position)
    )


def _late_and_unsealed(highest: int) -> Any:  # Any: a subquery of the whole event.
    return _unsealed().where(AuditEvent.id < highest).subquery()


def beginning(conn: Connection) -> str:
    """The seal before the oldest one: zeros, or what retention noted when it let go of the oldest events."""
    value = conn.scalar(select(Setting.value).where(Setting.name == BEGINNING_NAME))
    return value["hash"] if value else BEGINNING


def forget_before(conn: Connection, moment: datetime, now: datetime, limit: int) -> int:
    """Lets go of the oldest sealed events up to that moment, at most `limit`, without breaking the chain; how many."""
    wait_alone(conn, Duty.AUDIT_SEAL)
    rows = conn.execute(
        select(AuditSeal.position, AuditSeal.event_id, AuditSeal.hash, AuditEvent.at)
        .join(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .order_by(AuditSeal.position)
        .limit(limit)
    ).all()
    gone = list(takewhile(lambda row: row.at < moment, rows))
    if not gone:
        return 0
    conn.execute(
        upsert(conn, Setting, "name", "value", "updated_at").values(
            name=BEGINNING_NAME,
            value={"hash": gone[-1].hash, "event_id": gone[-1].event_id},
            updated_at=now,
        )
    )
    conn.execute(delete(AuditSeal).where(AuditSeal.position <= gone[-1].position))
    conn.execute(delete(AuditEvent).where(AuditEvent.id.in_([row.event_id for row in gone])))
    return len(gone)


def _unsealed() -> Any:  # Any: a Select of the whole event.
    return (
        select(AuditEvent)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.event_id.is_(None))
    )


def _hash(previous: str, entry: AuditEntry) -> str:
    role = entry.role.value if entry.role else None
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [previous, entry.id, entry.event, entry.actor, role, entry.subject, entry.facts, at]
    return sha256(
        json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def _without(row: RowMapping, *names: str) -> dict[str, Any]:  # Any: column values.
    return {name: value for name, value in row.items() if name not in names}
