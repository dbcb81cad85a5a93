"""What is written down a little after it happened, in small steps beside everything else: the words that searches find messages and
customers by, and what a finished day's turns came to. The way of a message pays nothing for it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from storage.database import Connection, Database, DatabaseDown
from storage.message_search import BATCH, index_more
from storage.name_index import index_names
from storage.turn_numbers import roll_up

REST_SECONDS = 5.0  # What is younger is found and counted as it is.
BETWEEN_SECONDS = 0.1  # While catching up: others want to write, too.

log = structlog.get_logger(__name__)


async def write_down_forever(database: Database, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
    """Until cancelled."""
    while True:
        is_behind = False
        try:
            is_behind = await database.write(lambda conn: write_down(conn, zone, now()))
        except DatabaseDown as error:
            log.warning("database_down", detail=str(error))
        await asyncio.sleep(BETWEEN_SECONDS if is_behind else REST_SECONDS)


def write_down(conn: Connection, zone: ZoneInfo, now: datetime) -> bool:
    """One step of each; whether there is more to do at once."""
    messages, names, is_day_done = index_more(conn, now), index_names(conn, now), roll_up(conn, zone, now)
    return messages == BATCH or names >= BATCH or is_day_done
