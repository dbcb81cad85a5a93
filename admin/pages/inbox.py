"""The inbox: whom do we talk with, what was said, and who are they? Three panes beside each other, on phones one after the other.

One address serves the page and its parts: htmx and our script ask for a part, a browser that navigates gets the whole.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web
from pydantic import Field

from admin.actions.search import search
from admin.pages.inbox_timeline import Item, timeline
from admin.pages.inbox_view import (
    InboxQuery,
    InboxView,
    ListView,
    ThreadQuery,
    ThreadRows,
    ThreadView,
    list_view,
    question_of,
    thread_view,
)
from admin.pages.page import Page, Visit
from admin.shapes import Query
from flows.roles import Actor, Permission, Sight
from storage.database import Connection
from storage.desk.inbox_customer import customer_brief
from storage.desk.inbox_list import InboxPage, inbox_counts, inbox_page
from storage.desk.inbox_question import InboxQuestion, Tab
from storage.desk.inbox_thread import Thread, open_thread
from storage.desk.labels import LabelFacts, all_labels, labels_of
from storage.desk.later_messages import later_of
from storage.desk.message_search import Hit
from storage.desk.notes import NoteFacts, colleagues, notes_of
from storage.desk.read_marks import mark_read, read_mark
from storage.knowledge.packages import package_names
from storage.privacy.reveals import sight_on
from storage.privacy.sightings import note_search, note_view

NO_CARDS = InboxPage(cards=(), has_more=False)


class OlderQuery(Query):
    before: str = Field(max_length=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderPage:
    """An earlier part of the thread; first_id is its oldest message. Nothing is sent again from up there."""

    items: tuple[Item, ...]
    has_older: bool
    first_id: str | None
    conversation_id: str
    can_write: bool = False


async def show(visit: Visit, asked: InboxQuery) -> web.Response:
    """The list, alone or with nothing open beside it."""
    cards = await cards_of(visit, asked)
    if visit.wants_fragment:
        return visit.show("inbox/list.html", cards)
    can_hold = visit.frame.may(Permission.HOLD_CONVERSATIONS)
    return visit.show("inbox/page.html", InboxView(list=cards, thread=None, can_hold=can_hold))


async def open_one(visit: Visit, asked: ThreadQuery) -> web.Response:
    """One conversation beside the list. Looking at it is noted; being told of news in an open one is not a new look."""
    if visit.wants_fragment:
        return visit.show("inbox/panes.html", await read_thread(visit, visit.path("id"), asked))
    beside = asked.model_copy(update={"open": visit.path("id")})
    thread, cards = await asyncio.gather(read_thread(visit, visit.path("id"), asked), cards_of(visit, beside))
    # Of two threads that became one it may be the other that opens; and what is looked at now is not unread.
    opened = thread.facts.id
    seen = tuple(replace(card, unread=0) if card.id == opened else card for card in cards.cards)
    cards = replace(cards, open_id=opened, cards=seen)
    return visit.show("inbox/page.html", InboxView(list=cards, thread=thread, can_hold=thread.can_hold))


async def show_older(visit: Visit, asked: OlderQuery) -> web.Response:
    """Further up in the thread."""
    conversation_id, actor = visit.path("id"), visit.actor
    now = visit.desk.now()

    def look(conn: Connection) -> tuple[Thread, tuple[NoteFacts, ...], Sight]:
        thread = open_thread(conn, actor, conversation_id, before=asked.before)
        sight = sight_on(conn, actor, thread.facts.customer_id, now)
        return thread, notes_of(conn, thread.facts.id), sight

    thread, notes, sight = await visit.desk.database.read(look)
    may_open = visit.frame.may(Permission.READ_MEDIA)
    items = timeline(
        replace(visit.frame, seen=sight), _until(thread, asked.before), notes, None, may_open_files=may_open
    )
    upper = [item for item in items if not thread.messages or item.at <= thread.messages[-1].at]
    page = OlderPage(
        items=tuple(upper),
        has_older=thread.has_older,
        first_id=thread.messages[0].id if thread.messages else None,
        conversation_id=thread.facts.id,
    )
    return visit.show("inbox/older.html", page)


def _until(thread: Thread, before: str) -> Thread:
    return replace(thread, newest_id=before)


async def cards_of(visit: Visit, asked: InboxQuery) -> ListView:
    actor, now, question = visit.actor, visit.desk.now(), question_of(visit.frame, asked)
    has_own = visit.frame.may(Permission.HOLD_CONVERSATIONS)
    tabs = [
        *((Tab.MINE, Tab.UNASSIGNED) if has_own else (Tab.UNASSIGNED,)),
        Tab.ALL,
        Tab.MENTIONED,
        Tab.SNOOZED,
    ]

    def job(
        conn: Connection,
    ) -> tuple[InboxPage, dict[Tab, int], list[tuple[str, str]], tuple[LabelFacts, ...]]:
        questions = [question if tab is question.tab else InboxQuestion(tab=tab) for tab in tabs]
        counts = dict(zip(tabs, inbox_counts(conn, actor, questions, now), strict=True))
        packages = package_names(conn)
        # What was found stands instead of the cards.
        page = NO_CARDS if asked.q else inbox_page(conn, actor, question, asked.n, now)
        return page, counts, packages, all_labels(conn)

    # Looks beside each other: neither needs what the other sees.
    (page, counts, packages, labels), hits = await asyncio.gather(
        visit.desk.database.read(job), _hits(visit, asked)
    )
    return list_view(visit.frame, asked, page, counts, packages=packages, labels=labels, hits=hits)


async def _hits(visit: Visit, asked: InboxQuery) -> tuple[Hit, ...] | None:
    """What a search finds, with one message more than is shown where there are more; None when nothing is sought. That somebody searched
    is noted, what they sought is not."""
    actor, now, sought = visit.actor, visit.desk.now(), asked.q
    if not sought:
        return None
    hits = await search(visit.desk, actor, sought, asked.n + 1)
    await visit.desk.database.write(lambda conn: note_search(conn, actor, "messages", len(hits), now))
    return hits


async def read_thread(visit: Visit, conversation_id: str, asked: ThreadQuery) -> ThreadView:
    actor, now = visit.actor, visit.desk.now()
    rows = await visit.desk.database.read(lambda conn: _rows(conn, actor, conversation_id, asked, now))
    is_revealed = rows.sight is not visit.frame.sight
    is_new_look = asked.since is None
    newest, facts = rows.thread.newest_id, rows.thread.facts

    def note_reading(conn: Connection) -> None:
        if is_new_look:
            note_view(conn, actor, facts, now, is_revealed=is_revealed)
        if newest and not asked.peek:
            mark_read(conn, actor, facts.id, newest, now)

    if is_new_look or (newest and not asked.peek):
        await visit.desk.database.write(note_reading)
    return thread_view(visit.frame, rows)


def _rows(
    conn: Connection, actor: Actor, conversation_id: str, asked: ThreadQuery, now: datetime
) -> ThreadRows:
    thread = open_thread(conn, actor, conversation_id, since=asked.since or asked.m)
    facts = thread.facts
    return ThreadRows(
        thread=thread,
        notes=notes_of(conn, facts.id),
        brief=customer_brief(conn, facts),
        labels=labels_of(conn, [facts.id]).get(facts.id, ()),
        all_labels=all_labels(conn),
        colleagues=colleagues(conn),
        later=later_of(conn, facts.id, now),
        mark=asked.mark if asked.since else read_mark(conn, actor, facts.id),
        sight=sight_on(conn, actor, facts.customer_id, now),
    )


_READ = Permission.READ_CONVERSATIONS
PAGES = (
    Page(method="GET", path="/panel/inbox", access=_READ, handle=show, takes=InboxQuery),
    Page(method="GET", path="/panel/inbox/{id:id}", access=_READ, handle=open_one, takes=ThreadQuery),
    Page(
        method="GET",
        path="/panel/inbox/{id:id}/older",
        access=_READ,
        handle=show_older,
        takes=OlderQuery,
        part_of="/panel/inbox/{id}",
    ),
)
