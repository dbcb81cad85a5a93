"""The stream of news that every open page of the panel listens to (server-sent events). It carries ids and counts, never contents:
pages fetch what they show by their own addresses, where permission, scope and masking are asked. The ids are those within the listener's
reach; where a card may just have left it, `all` says to look anew.

Events: `changed` {ids, all}, `presence` {conversation: [names]}, `badges` {entry: count}, `bye` when the log-in has ended. Each `changed`
has a sequence number, and a browser that comes back names the last one it had.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass

from aiohttp import web
from pydantic import Field

from admin.badges import badges_of
from admin.live import FEED, Feed, News
from admin.pages.page import Page, Visit
from admin.shapes import Query
from flows.roles import Permission
from storage.database import DatabaseDown
from storage.desk.live import audible
from storage.staff.staff_sessions import find_session

HEARTBEAT_SECONDS = 15.0  # Proxies end what is silent for a minute.
TOGETHER_SECONDS = 0.2  # What happens together is told together.
RETRY_MS = 2_000
NO_NEWS = News(seq=0)


class EventsQuery(Query):
    after: int | None = Field(None, ge=0, le=2**53, description="The last sequence number that was received.")


@dataclass(slots=True)
class _Stream:
    visit: Visit
    response: web.StreamResponse
    told_badges: dict[str, int] | None = None

    async def send(self, event: str, data: object, seq: int | None = None) -> None:
        head = f"id: {seq}\n" if seq else ""
        await self.response.write(f"{head}event: {event}\ndata: {json.dumps(data)}\n\n".encode())

    async def tell(self, news: News) -> None:
        """Those who may not read conversations hear of badges only."""
        if self.visit.actor.may(Permission.READ_CONVERSATIONS):
            news = await self._audible(news)
            if news.ids or news.is_all:
                await self.send("changed", {"ids": list(news.ids), "all": news.is_all}, news.seq)
            if news.people:
                await self.send("presence", self._people(news))
        await self.tell_badges()

    async def _audible(self, news: News) -> News:
        """What of the news lies within this person's reach. While the database is away nobody can say, and pages look for themselves."""
        actor, now = self.visit.actor, self.visit.desk.now()
        named = {*news.ids, *news.people}
        try:
            heard = await self.visit.desk.database.read(lambda conn: audible(conn, actor, named, now))
        except DatabaseDown:
            return News(seq=news.seq, is_all=True)
        return News(
            seq=news.seq,
            ids=tuple(id_ for id_ in news.ids if id_ in heard.ids),
            is_all=news.is_all or heard.has_lost_some,
            people={id_: people for id_, people in news.people.items() if id_ in heard.ids},
        )

    async def tell_badges(self) -> None:
        actor, now = self.visit.actor, self.visit.desk.now()
        with contextlib.suppress(DatabaseDown):
            badges = await self.visit.desk.database.read(lambda conn: badges_of(conn, actor, now))
            if badges != self.told_badges:
                self.told_badges = badges
                await self.send("badges", badges)

    async def is_logged_in(self) -> bool:
        session_id, now = self.visit.session.id, self.visit.desk.now()
        try:
            return (
                await self.visit.desk.database.read(lambda conn: find_session(conn, session_id, now))
                is not None
            )
        except DatabaseDown:
            return True

    def _people(self, news: News) -> dict[str, list[dict[str, object]]]:
        me = self.visit.actor.user_id
        return {
            conversation_id: [
                {"name": person.name, "typing": person.is_typing} for person in people if person.user_id != me
            ]
            for conversation_id, people in news.people.items()
        }


async def events(visit: Visit, asked: EventsQuery) -> web.StreamResponse:
    """One browser's stream, until it goes, the log-in ends or the service does."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    feed = visit.request.app[FEED]
    await response.prepare(visit.request)
    stream = _Stream(visit, response)
    # A page that is closed ends the stream in the middle of a write; that is how streams end.
    with contextlib.suppress(ConnectionResetError), feed.listening() as queue:
        await response.write(f"retry: {RETRY_MS}\n\n".encode())
        await stream.tell(await _missed(feed, _last_seen(visit.request, asked)))
        while feed.is_open and await _tell_next(stream, queue):
            pass
    return response


async def _missed(feed: Feed, after: int | None) -> News:
    try:
        return await feed.catch_up(after)
    except DatabaseDown:
        return NO_NEWS


async def _tell_next(stream: _Stream, queue: "asyncio.Queue[News | None]") -> bool:
    """Tells what comes next, or that we are still here; False when there is nothing more to tell."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            news = await queue.get()
    except TimeoutError:
        if not await stream.is_logged_in():
            await stream.send("bye", {})
            return False
        await stream.response.write(b": still here\n\n")
        await stream.tell_badges()
        return True
    if news is None:
        return False
    await asyncio.sleep(TOGETHER_SECONDS)
    while not queue.empty():
        more = queue.get_nowait()
        if more is None:
            return False
        news = _joined(news, more)
    await stream.tell(news)
    return True


def _joined(first: News, second: News) -> News:
    return News(
        seq=max(first.seq, second.seq),
        ids=tuple(dict.fromkeys([*first.ids, *second.ids])),
        is_all=first.is_all or second.is_all,
        people={**first.people, **second.people},
    )


def _last_seen(request: web.Request, asked: EventsQuery) -> int | None:
    named = request.headers.get("Last-Event-ID", "")
    return int(named) if named.isdecimal() and len(named) < len(str(2**53)) else asked.after


PAGES = (
    Page(
        method="GET",
        path="/panel/events",
        access=Permission.SEE_OWN_ACCOUNT,
        handle=events,
        takes=EventsQuery,
    ),
)
