"""What did customers write while nobody listened? WAHA gives up on a webhook after a while and never comes back to it.

So after a start, and whenever WAHA says that its session works again, the chat history is read from the last message that we know on,
and goes through the same door as a webhook: what is already there vanishes as a repeat, what is old is answered as the contract says.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.json_fields import UnreadableBody
from bot.receiving.arrivals import Arrival, InboundMessage
from bot.receiving.webhook_body import arrival_of_message
from bot.whatsapp import WhatsApp
from storage.database import Database, DatabaseDown
from storage.way.last_heard import last_heard

log = structlog.get_logger(__name__)

OVERLAP = timedelta(
    minutes=2
)  # Messages with files come late, so the newest known message proves little about those just before.
LOOK_BACK = timedelta(hours=24)  # Whoever wrote earlier than that is better called by a person.
PAUSE = timedelta(minutes=1)  # WORKING comes in bursts; one reading serves them all.
DATABASE_PAUSE_SECONDS = 2.0

Take = Callable[[Arrival], Awaitable[None]]


class MissedMessages:
    """Reads back what one session missed. take: the reception's own door."""

    def __init__(
        self, database: Database, whatsapp: WhatsApp, session: str, take: Take, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._whatsapp = whatsapp
        self._session = session
        self._take = take
        self._now = now
        self._last_read: datetime | None = None
        self._wanted = asyncio.Event()
        self._wanted.set()

    def session_changed(self, session: str, status: str) -> None:
        """WAHA told of its session."""
        if session == self._session and status == "WORKING":
            self._wanted.set()

    async def run(self) -> None:
        """Reads back at the start and after each outage, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self.read_back()
            except DatabaseDown:
                await asyncio.sleep(DATABASE_PAUSE_SECONDS)
                self._wanted.set()

    async def read_back(self) -> int:
        """How many messages WAHA's history gave, whether or not they were known. Raises DatabaseDown."""
        now = self._now()
        if self._last_read is not None and now - self._last_read < PAUSE:
            return 0
        since = await self._database.read(lambda conn: last_heard(conn, self._session))
        if since is None:
            return 0  # Nobody ever wrote: what the phone's history holds is from before Sapa.
        found = await self._whatsapp.missed(self._session, max(since - OVERLAP, now - LOOK_BACK))
        taken = 0
        for payload in found:
            try:
                arrival = arrival_of_message(payload, self._session, now)
            except UnreadableBody as error:
                log.warning("missed_message_unreadable", reason=str(error))
                continue
            if isinstance(arrival, InboundMessage):
                await self._take(arrival)
                taken += 1
        self._last_read = now
        if taken:
            log.info("missed_messages_read_back", count=taken)
        return taken
