"""Fetching what customers send (transfer proofs, passports) before WAHA throws it away, and keeping it beside the message.

Only pictures and PDFs, only from WAHA's own file store. A file that cannot be had is marked so: staff then ask the customer.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.receiving.arrivals import InboundMessage
from bot.receiving.waha_files import MAX_NAME, is_wanted
from bot.whatsapp import FetchedFile, WhatsApp
from storage.database import Database, DatabaseDown
from storage.talks.customer_files import CustomerFile, WantedFile, keep_customer_file, note_gone, wanted_files

log = structlog.get_logger(__name__)

TOGETHER = 4  # Files fetched at once: each may take 16 MiB of memory.
LOOK_BACK = timedelta(hours=1)  # At start; WAHA keeps files for 3 minutes unless it is told otherwise.
DATABASE_PAUSE_SECONDS = 1.0


class IncomingFiles:
    """`notice` each message with a file; `run` fetches them."""

    def __init__(self, database: Database, whatsapp: WhatsApp, now: Callable[[], datetime]) -> None:
        self._database = database
        self._whatsapp = whatsapp
        self._now = now
        self._queue: asyncio.Queue[WantedFile] = asyncio.Queue()

    async def notice(self, message_id: str, arrival: InboundMessage) -> None:
        """Puts the message's file in the queue, if it is one that we keep. Never waits."""
        file = arrival.file
        if file is None or file.url is None or not is_wanted(file.mimetype):
            return
        self._queue.put_nowait(
            WantedFile(message_id=message_id, url=file.url, mimetype=file.mimetype, name=file.name)
        )

    async def run(self) -> None:
        """Fetches until cancelled, beginning with what the last process left undone."""
        await self.look_back()
        async with asyncio.TaskGroup() as tasks:
            for number in range(TOGETHER):
                tasks.create_task(self._fetch_forever(), name=f"incoming-files-{number}")

    async def drain(self) -> None:
        """Fetches what is in the queue, and returns; for tests."""
        while not self._queue.empty():
            await self._fetch(self._queue.get_nowait())

    async def look_back(self) -> None:
        """Puts the files in the queue that were announced and never fetched."""
        since = self._now() - LOOK_BACK
        for wanted in await self._database.read(lambda conn: wanted_files(conn, since)):
            if is_wanted(wanted.mimetype):
                self._queue.put_nowait(wanted)

    async def _fetch_forever(self) -> None:
        while True:
            wanted = await self._queue.get()
            try:
                await self._fetch(wanted)
            except DatabaseDown:
                await asyncio.sleep(DATABASE_PAUSE_SECONDS)
                self._queue.put_nowait(wanted)

    async def _fetch(self, wanted: WantedFile) -> None:
        found = await self._whatsapp.fetch_file(wanted.url)
        if found is None:
            log.info("customer_file_gone", message=wanted.message_id)
            await self._database.write(lambda conn: note_gone(conn, wanted.message_id))
            return
        file = _customer_file(wanted, found)
        now = self._now()
        await self._database.write(lambda conn: keep_customer_file(conn, wanted.message_id, file, now))


def _customer_file(wanted: WantedFile, found: FetchedFile) -> CustomerFile:
    """The customer's own name for it before the store's, and the type that really came."""
    return CustomerFile(
        content=found.content, mimetype=found.mimetype[:100], name=(wanted.name or found.name)[-MAX_NAME:]
    )
