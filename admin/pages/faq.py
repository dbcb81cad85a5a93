"""Questions with a fixed answer: a list, an editor that shows what would be matched, and where two entries nearly say the same."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from admin.actions.unanswered import BeforeAfter, draft_from, imagined_entry, with_entry
from admin.api.faq import MAX_VARIANTS
from admin.knowledge_ports import FaqMatch, WhatIf
from admin.pages.page import Form, Page, Undo, Visit
from admin.pages.stale import refuse_stale
from admin.shapes import Id, PageQuery
from flows.masking import text_for
from flows.refusal import Changed
from flows.roles import Permission
from ml.serve.likeness import look_alikes
from storage.knowledge.faq import (
    Faq,
    FaqDraft,
    add_faq,
    change_faq,
    delete_faq,
    faq_page,
    find_faq,
    newest_faq,
)
from storage.pages import Page as Stretch
from storage.pages import Part
from storage.way.unanswered import Group, GroupState, asked_in, find_group, settle_group

NEARLY_ALIKE = 0.7  # Two entries so alike take each other's questions; see tests/ml/test_likeness.py for what that looks like.
MOST_ALIKE = 5
NEW_ENTRY = 0  # The id of one that is not saved yet, while it is tried out.
COMPARED = 300  # Entries compared with each other at one look: the pairs grow with the square.


def _lines(value: object) -> object:
    """One variant a line."""
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else value


Question = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Variants = Annotated[tuple[Question, ...] | str, BeforeValidator(_lines), Field(max_length=MAX_VARIANTS)]


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


class FaqQuery(PageQuery):
    q: str = Field("", max_length=100)


class NewQuery(PageQuery):
    group: Id | None = None


class MatchForm(Form):
    message: str = Field("", max_length=500)


class DraftForm(Form):
    """group: the unanswered questions that this entry is written for. entry: the one that is changed; seen: when it was read."""

    question: Question
    answer: Annotated[str, StringConstraints(min_length=1, max_length=4_000), AfterValidator(_unix)]
    variants: Variants = ()
    answer_en: str | None = Field(None, max_length=4_000)
    entry: Id | None = None
    group: Id | None = None
    seen: datetime | None = None
    message: str = Field("", max_length=500)

    @property
    def draft(self) -> FaqDraft:
        return FaqDraft(
            question=self.question,
            answer=self.answer,
            variants=tuple(dict.fromkeys(self.variants)),
            answer_en=_unix(self.answer_en) if self.answer_en else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqPage:
    q: str
    limit: int
    offset: int
    entries: Part[Faq]
    alike: tuple[tuple[Faq, Faq, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """entry is None for a new one; draft is what the form begins with."""

    entry: Faq | None
    draft: FaqDraft
    group: Group | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPart:
    message: str
    matches: tuple[FaqMatch, ...]
    group: tuple[BeforeAfter, ...] = ()


async def browse(visit: Visit, taken: FaqQuery) -> web.Response:
    stretch = Stretch(limit=taken.limit, offset=taken.offset)
    entries = await visit.desk.database.read(lambda conn: faq_page(conn, stretch, taken.q))
    newest = await visit.desk.database.read(lambda conn: newest_faq(conn, COMPARED))
    page = FaqPage(q=taken.q, limit=taken.limit, offset=taken.offset, entries=entries, alike=_alike(newest))
    return visit.show("faq/page.html", page)


def _alike(newest: tuple[Faq, ...]) -> tuple[tuple[Faq, Faq, float], ...]:
    pairs = _pairs(tuple(entry.question for entry in newest))
    return tuple((newest[one], newest[other], score) for one, other, score in pairs)


@lru_cache(maxsize=2)
def _pairs(questions: tuple[str, ...]) -> tuple[tuple[int, int, float], ...]:
    """The pairs (by position) that are most alike. Remembered for these very questions, since comparing them takes a tenth of a second:
    any change of one is a new comparison, so nobody sees yesterday's pairs."""
    return tuple(look_alikes(questions, NEARLY_ALIKE)[:MOST_ALIKE])


async def match(visit: Visit, taken: MatchForm) -> web.Response:
    found = await visit.desk.rehearsal.faq_matches(taken.message) if taken.message else ()
    return visit.show("faq/matches.html", MatchPart(message=taken.message, matches=found))


async def new(visit: Visit, taken: NewQuery) -> web.Response:
    group_id, draft, group = taken.group, FaqDraft(question="", answer=""), None
    if group_id is not None:
        group = await visit.desk.database.read(lambda conn: find_group(conn, group_id))
        asked = await visit.desk.database.read(lambda conn: asked_in(conn, group_id, MAX_VARIANTS))
        words = (group.example, *(one.body for one in asked))
        draft = draft_from([text_for(visit.frame.sight, text) or "" for text in words])
    return visit.show("faq/one.html", EntryPage(entry=None, draft=draft, group=group))


async def read(visit: Visit) -> web.Response:
    faq_id = visit.number("id")
    entry = await visit.desk.database.read(lambda conn: find_faq(conn, faq_id))
    return visit.show("faq/one.html", EntryPage(entry=entry, draft=entry, group=None))


async def preview(visit: Visit, taken: DraftForm) -> web.Response:
    """What a message would match, and what the group's messages would hear, with the entry as it stands in the form."""
    faq_id, group_id, now = taken.entry or NEW_ENTRY, taken.group, visit.desk.now()
    draft = taken.draft
    entry = imagined_entry(draft, faq_id, now)
    matches = await visit.desk.rehearsal.faq_matches(taken.message or draft.question, WhatIf(faq=(entry,)))
    group: tuple[BeforeAfter, ...] = ()
    if group_id is not None:
        asked = await visit.desk.database.read(lambda conn: asked_in(conn, group_id, MAX_VARIANTS))
        group = await with_entry(visit.desk, asked, draft, faq_id, now)
    part = MatchPart(message=taken.message or draft.question, matches=matches, group=group)
    return visit.show("faq/matches.html", part)


async def add(visit: Visit, taken: DraftForm) -> web.Response:
    """For a group of unanswered questions, the group is handled with it, and what the bot now says to them is shown."""
    now, group_id = visit.desk.now(), taken.group
    entry = await visit.desk.database.write(lambda conn: add_faq(conn, taken.draft, visit.actor, now))
    if group_id is None:
        return visit.go("/panel/faq", toast=visit.t("faq.added"))
    await visit.desk.database.write(
        lambda conn: settle_group(conn, group_id, GroupState.HANDLED, visit.actor, now, faq_id=entry.id)
    )
    return visit.go(f"/panel/unanswered/{group_id}", toast=visit.t("faq.added"))


async def change(visit: Visit, taken: DraftForm) -> web.Response:
    faq_id, now = visit.number("id"), visit.desk.now()
    try:
        await visit.desk.database.write(
            lambda conn: change_faq(conn, faq_id, taken.draft, visit.actor, now, seen=taken.seen)
        )
    except Changed as changed:
        return refuse_stale(visit, changed.changed_at.isoformat())
    return visit.go("/panel/faq", toast=visit.t("faq.changed"))


async def delete(visit: Visit) -> web.Response:
    faq_id, now = visit.number("id"), visit.desk.now()
    entry = await visit.desk.database.read(lambda conn: find_faq(conn, faq_id))
    await visit.desk.database.write(lambda conn: delete_faq(conn, faq_id, visit.actor, now))
    fields = {"question": entry.question, "answer": entry.answer, "variants": "\n".join(entry.variants)}
    fields["answer_en"] = entry.answer_en or ""
    return visit.go("/panel/faq", toast=visit.t("faq.deleted"), undo=Undo(path="/panel/faq", fields=fields))


_EDIT = Permission.EDIT_FAQ
PAGES = (
    Page(method="GET", path="/panel/faq", access=_EDIT, handle=browse, takes=FaqQuery),
    Page(method="POST", path="/panel/faq", access=_EDIT, handle=add, takes=DraftForm),
    Page(method="POST", path="/panel/faq/match", access=_EDIT, handle=match, takes=MatchForm),
    Page(method="POST", path="/panel/faq/preview", access=_EDIT, handle=preview, takes=DraftForm),
    Page(method="GET", path="/panel/faq/new", access=_EDIT, handle=new, takes=NewQuery),
    Page(method="GET", path="/panel/faq/{id:int}", access=_EDIT, handle=read),
    Page(method="POST", path="/panel/faq/{id:int}", access=_EDIT, handle=change, takes=DraftForm),
    Page(method="POST", path="/panel/faq/{id:int}/delete", access=_EDIT, handle=delete),
)
