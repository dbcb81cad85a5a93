"""Which questions have a fixed answer? FAQ entries; the bot uses a change from the next message on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, String, cast, delete, func, insert, or_, select, update

from flows.refusal import Changed, missing
from flows.roles import Actor
from storage.knowledge import knowledge_version
from storage.pages import Page, Part, page_of
from storage.tables import FaqRow
from storage.trail.audit import Event, note


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqDraft:
    """What staff write: a question, its answer, other ways to ask the same, and the answer in English if customers need it."""

    question: str
    answer: str
    variants: tuple[str, ...] = ()
    answer_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq(FaqDraft):
    id: int
    updated_at: datetime


def all_faq(conn: Connection) -> tuple[Faq, ...]:
    """Every entry, oldest first: what the ranker is built from."""
    return tuple(_faq(row) for row in conn.execute(select(FaqRow).order_by(FaqRow.id)).mappings())


def newest_faq(conn: Connection, limit: int) -> tuple[Faq, ...]:
    """The entries that were made last, oldest of them first."""
    newest = select(FaqRow).order_by(FaqRow.id.desc()).limit(limit)
    return tuple(_faq(row) for row in reversed(conn.execute(newest).mappings().all()))


def faq_page(conn: Connection, page: Page, sought: str = "") -> Part[Faq]:
    """Entries in the order of their making; with a word sought, those whose question, answer or variants hold it."""
    chosen = select(FaqRow)
    if sought:
        columns = (FaqRow.question, FaqRow.answer, cast(FaqRow.variants, String))
        holds = [func.lower(column).contains(sought.lower(), autoescape=True) for column in columns]
        chosen = chosen.where(or_(*holds))
    return page_of(conn, chosen, [FaqRow.id], page, _faq)


def find_faq(conn: Connection, faq_id: int) -> Faq:
    """The entry. Raises Refused when there is none."""
    row = conn.execute(select(FaqRow).where(FaqRow.id == faq_id)).mappings().first()
    if row is None:
        raise missing("FAQ entry")
    return _faq(row)


def add_faq(conn: Connection, draft: FaqDraft, by: Actor, now: datetime) -> Faq:
    statement = insert(FaqRow).values(**_columns(draft), updated_at=now).returning(FaqRow.id)
    faq_id = conn.execute(statement).scalar_one()
    _changed(conn, faq_id, by, now)
    return find_faq(conn, faq_id)


def change_faq(
    conn: Connection, faq_id: int, draft: FaqDraft, by: Actor, now: datetime, *, seen: datetime | None = None
) -> Faq:
    """Replaces the entry. Raises Refused when there is none, Changed when somebody saved it after it was seen."""
    before = find_faq(conn, faq_id)
    if seen is not None and before.updated_at != seen:
        raise Changed(before.updated_at)
    conn.execute(update(FaqRow).where(FaqRow.id == faq_id).values(**_columns(draft), updated_at=now))
    _changed(conn, faq_id, by, now)
    return find_faq(conn, faq_id)


def delete_faq(conn: Connection, faq_id: int, by: Actor, now: datetime) -> None:
    """Removes the entry. Raises Refused when there is none."""
    find_faq(conn, faq_id)
    conn.execute(delete(FaqRow).where(FaqRow.id == faq_id))
    knowledge_version.bump(conn, now)
    note(conn, Event.DELETE_FAQ, by, now, subject=str(faq_id))


def _changed(conn: Connection, faq_id: int, by: Actor, now: datetime) -> None:
    knowledge_version.bump(conn, now)
    note(conn, Event.CHANGE_FAQ, by, now, subject=str(faq_id))


def _columns(draft: FaqDraft) -> dict[str, str | Sequence[str] | None]:
    return {
        "question": draft.question,
        "answer": draft.answer,
        "variants": list(draft.variants),
        "answer_en": draft.answer_en,
    }


def _faq(row: RowMapping) -> Faq:
    return Faq(**{**row, "variants": tuple(row["variants"] or ())})
