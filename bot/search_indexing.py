"""Keeps the search of messages up to date, in small steps beside everything else."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from storage.database import Database, DatabaseDown
from storage.message_search import BATCH, index_more

REST_SECONDS = 5.0  # What is younger is found without an index.
BETWEEN_SECONDS = 0.1  # While catching up: others want to write, too.

log = structlog.get_logger()


async def index_forever(database: Database, now: Callable[[], datetime]) -> None:
    """Until cancelled."""
    while True:
        indexed = 0
        try:
            indexed = await database.write(lambda conn: index_more(conn, now()))
        except DatabaseDown as error:
            log.warning("database_down", detail=str(error))
        await asyncio.sleep(BETWEEN_SECONDS if indexed == BATCH else REST_SECONDS)
