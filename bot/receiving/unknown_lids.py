"""Whose LID is this? WhatsApp hides some customers' numbers; WAHA may know them, and then two strangers turn out to be one person.

Asked in the background: an answer to the customer never waits for it, because a LID can be answered as it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.whatsapp import WhatsApp
from storage.database import Database, DatabaseDown
from storage.people.identities import conversation_of, learn_phone

log = structlog.get_logger(__name__)

ASK_AGAIN_AFTER = timedelta(
    hours=1
)  # WhatsApp tells WAHA a number when it likes; the customer's next message is the occasion.
REMEMBERED = 10_000


class UnknownLids:
    """`notice` each message whose sender is only known by a LID; `run` asks WAHA."""

    def __init__(
        self,
        database: Database,
        whatsapp: WhatsApp,
        now: Callable[[], datetime],
        wake: Callable[[Sequence[str]], None],
    ) -> None:
        self._database = database
        self._whatsapp = whatsapp
        self._now = now
        self._wake = wake
        self._asked: dict[str, datetime] = {}
        self._queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def notice(self, session: str, lid: str) -> None:
        """Puts the question in the queue unless it was asked within the hour. Never waits."""
        now = self._now()
        if lid in self._asked and now - self._asked[lid] < ASK_AGAIN_AFTER:
            return
        if len(self._asked) >= REMEMBERED:
            self._asked.clear()
        self._asked[lid] = now
        self._queue.put_nowait((session, lid))

    async def run(self) -> None:
        """Asks until cancelled."""
        while True:
            session, lid = await self._queue.get()
            try:
                await self._ask(session, lid)
            except DatabaseDown:
                self._asked.pop(lid, None)

    async def drain(self) -> None:
        """Asks what is in the queue, and returns; for tests."""
        while not self._queue.empty():
            await self._ask(*self._queue.get_nowait())

    async def _ask(self, session: str, lid: str) -> None:
        phone = await self._whatsapp.phone_of(session, lid)
        if phone is None:
            return
        now = self._now()
        await self._database.write(lambda conn: learn_phone(conn, lid, phone, now))
        log.info("lid_has_a_number")
        kept = await self._database.read(lambda conn: conversation_of(conn, phone=phone))
        if kept is not None:
            self._wake([kept])
