"""Which prepared answers do staff have? Found by a shortcut; files that go along are kept like a package's: public, unguessable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from flows.refusal import Changed, Refused, conflict, missing
from flows.roles import Actor
from storage.tables import CannedAnswer, MediaFile
from storage.trail.audit import Event, note


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedFile:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedDraft:
    shortcut: str
    title: str
    body: str
    media_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedFacts(CannedDraft):
    id: int
    changed_by: str
    changed_at: datetime
    files: tuple[CannedFile, ...]


def all_canned(conn: Connection) -> tuple[CannedFacts, ...]:
    """Every prepared answer, by shortcut."""
    rows = conn.execute(select(CannedAnswer).order_by(CannedAnswer.shortcut)).mappings().all()
    names = _names(conn, [media_id for row in rows for media_id in row["media_ids"]])
    return tuple(_facts(row, names) for row in rows)


def find_canned(conn: Connection, canned_id: int) -> CannedFacts:
    """Raises Refused when there is none."""
    found = next((canned for canned in all_canned(conn) if canned.id == canned_id), None)
    if found is None:
        raise missing("canned answer")
    return found


def put_canned(
    conn: Connection,
    canned_id: int | None,
    draft: CannedDraft,
    by: Actor,
    now: datetime,
    seen: datetime | None = None,
) -> int:
    """Adds it (None) or writes it anew. seen: when what was written over had been saved, where somebody looked.

    Raises Refused for a shortcut that another one has, or an unknown id, Changed where it was saved again since.
    """
    if canned_id is not None and seen is not None:
        _refuse_unseen(conn, canned_id, seen)
    taken = conn.scalar(select(CannedAnswer.id).where(CannedAnswer.shortcut == draft.shortcut))
    if taken is not None and taken != canned_id:
        raise Refused(conflict(f"The shortcut /{draft.shortcut} is taken."))
    values = {
        "shortcut": draft.shortcut,
        "title": draft.title,
        "body": draft.body,
        "media_ids": list(draft.media_ids),
        "changed_by": by.name,
        "changed_at": now,
    }
    if canned_id is None:
        canned_id = conn.scalar(insert(CannedAnswer).values(values).returning(CannedAnswer.id)) or 0
    elif not conn.execute(update(CannedAnswer).where(CannedAnswer.id == canned_id).values(values)).rowcount:
        raise missing("canned answer")
    note(conn, Event.CHANGE_CANNED_ANSWER, by, now, subject=f"canned_{canned_id}", what="saved")
    return canned_id


def remove_canned(conn: Connection, canned_id: int, by: Actor, now: datetime) -> None:
    if not conn.execute(delete(CannedAnswer).where(CannedAnswer.id == canned_id)).rowcount:
        raise missing("canned answer")
    note(conn, Event.CHANGE_CANNED_ANSWER, by, now, subject=f"canned_{canned_id}", what="removed")


def _refuse_unseen(conn: Connection, canned_id: int, seen: datetime) -> None:
    saved = conn.scalar(select(CannedAnswer.changed_at).where(CannedAnswer.id == canned_id).with_for_update())
    if saved is not None and saved != seen:
        raise Changed(saved)


def _names(conn: Connection, media_ids: Sequence[str]) -> dict[str, str]:
    rows = conn.execute(select(MediaFile.id, MediaFile.name).where(MediaFile.id.in_(media_ids)))
    return {row.id: row.name for row in rows}


def _facts(row: RowMapping, names: dict[str, str]) -> CannedFacts:
    files = [CannedFile(id=id_, name=names[id_]) for id_ in row["media_ids"] if id_ in names]
    return CannedFacts(**{**row, "media_ids": tuple(row["media_ids"])}, files=tuple(files))
