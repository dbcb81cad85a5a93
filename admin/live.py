"""What happens now? One feed a process: it reads what changed, twice a second while anybody listens, and tells every open page.

Reading the database instead of being told has three gains: it works across replicas and through poolers, a page that lost its
connection catches up by the same question, and a customer's message pays nothing for it. A sequence number is the database's clock in
milliseconds. A transaction may commit a little after its clock was read, so each look reaches back a few seconds and leaves out what
was told already.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from storage.database import Connection, Database, DatabaseDown
from storage.desk.live import (
    Change,
    Looker,
    changes_since,
    lookers,
    tick_marks,
    woken_between,
)
from storage.dialect import database_millis

LOOK_SECONDS = 0.5  # On average a page hears of something after half of it.
REACH_BACK_MS = 5_000  # Longer than any transaction of ours takes to commit.
MOST_CHANGES = 500  # More than that and the page loads everything anew.


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """ids: conversations that changed; all of them when is_all. people: who looks at the conversations named in it now."""

    seq: int
    ids: tuple[str, ...] = ()
    is_all: bool = False
    people: dict[str, tuple[Looker, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Seen:
    """What the last look found, so that the next one tells only what is new."""

    seq: int
    at: datetime
    touched: dict[str, int] = field(default_factory=dict)
    people: dict[str, tuple[Looker, ...]] = field(default_factory=dict)
    ticks: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Look:
    changes: list[Change]
    woken: list[str]
    people: tuple[Looker, ...]
    ticks: dict[str, int]


class Feed:
    """Listen to it with `listening`. It looks only while somebody does; `close` ends every stream at once."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.is_open = True
        self._database = database
        self._now = now
        self._listeners: set[asyncio.Queue[News | None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._seen: _Seen | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator["asyncio.Queue[News | None]"]:
        """What happens from here on; None says that the service goes down."""
        queue: asyncio.Queue[News | None] = asyncio.Queue()
        self._listeners.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look_forever(), name="live-feed")
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    async def catch_up(self, after: int | None) -> News:
        """What happened since that sequence number, and who looks at what now; without one, in the last few seconds."""
        now = self._now()

        def job(conn: Connection) -> News:
            clock = database_millis(conn)
            since = (clock if after is None else after) - REACH_BACK_MS
            changes = changes_since(conn, since, MOST_CHANGES)
            return News(
                seq=max([clock, *(change.touched for change in changes)]),
                ids=tuple(change.conversation_id for change in changes),
                is_all=len(changes) >= MOST_CHANGES,
                people=_by_conversation(lookers(conn, now)),
            )

        return await self._database.read(job)

    async def close(self) -> None:
        self.is_open = False
        for queue in self._listeners:
            queue.put_nowait(None)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _look_forever(self) -> None:
        self._seen = None
        while self._listeners:
            # A database that is down for a while is told by the pages' own requests; the feed goes on where it was.
            with contextlib.suppress(DatabaseDown):
                news = await self._look()
                if news is not None:
                    for queue in self._listeners:
                        queue.put_nowait(news)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> News | None:
        seen, now = self._seen, self._now()
        if seen is None:
            self._seen = _Seen(seq=await self._database.read(database_millis), at=now)
            return None

        def job(conn: Connection) -> _Look:
            people = lookers(conn, now)
            return _Look(
                changes_since(conn, seen.seq - REACH_BACK_MS, MOST_CHANGES),
                woken_between(conn, seen.at, now),
                people,
                tick_marks(conn, sorted({person.conversation_id for person in people})),
            )

        return _news(seen, await self._database.read(job), now)


FEED = web.AppKey("live-feed", Feed)


def _news(seen: _Seen, look: _Look, now: datetime) -> News | None:
    """What of this look is new; remembers it."""
    fresh = [change for change in look.changes if seen.touched.get(change.conversation_id) != change.touched]
    ticked = [id_ for id_, mark in look.ticks.items() if id_ in seen.ticks and seen.ticks[id_] != mark]
    people = _by_conversation(look.people)
    moved = {
        id_: people.get(id_, ())
        for id_ in people.keys() | seen.people.keys()
        if people.get(id_, ()) != seen.people.get(id_, ())
    }
    seen.seq = max([seen.seq, *(change.touched for change in look.changes)])
    seen.touched = {change.conversation_id: change.touched for change in look.changes}
    seen.people, seen.ticks, seen.at = people, look.ticks, now
    ids = tuple(dict.fromkeys([*(change.conversation_id for change in fresh), *look.woken, *ticked]))
    if not ids and not moved:
        return None
    return News(seq=seen.seq, ids=ids, is_all=len(look.changes) >= MOST_CHANGES, people=moved)


def _by_conversation(people: tuple[Looker, ...]) -> dict[str, tuple[Looker, ...]]:
    found: dict[str, tuple[Looker, ...]] = {}
    for person in people:
        found[person.conversation_id] = (*found.get(person.conversation_id, ()), person)
    return found
