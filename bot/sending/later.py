"""Sends what staff prepared for later, when its moment comes."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from storage.database import Database, DatabaseDown
from storage.desk.later_messages import has_due, send_due

LOOK_SECONDS = 2.0  # Nobody prepares a message to the second.

log = structlog.get_logger(__name__)


async def send_later_forever(
    database: Database, wake_sender: Callable[[Sequence[str]], None], now: Callable[[], datetime]
) -> None:
    """Until cancelled."""
    while True:
        try:
            await send_what_is_due(database, wake_sender, now())
        except DatabaseDown as error:
            log.warning("database_down", detail=str(error))
        await asyncio.sleep(LOOK_SECONDS)


async def send_what_is_due(
    database: Database, wake_sender: Callable[[Sequence[str]], None], now: datetime
) -> None:
    if await database.read(lambda conn: has_due(conn, now)):
        wake_sender(await database.write(lambda conn: send_due(conn, now)))
