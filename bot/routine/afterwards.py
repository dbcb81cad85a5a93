"""What is written down a little after it happened, in small steps beside everything else: the words that searches find messages and
customers by, and what a finished day's turns came to. The way of a message pays nothing for it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from storage.database import Connection, Database, DatabaseDown
from storage.desk.message_search import BATCH as MESSAGES
from storage.desk.message_search import index_more
from storage.numbers.turn_numbers import roll_up
from storage.people.name_index import BATCH as NAMES
from storage.people.name_index import index_names

REST_SECONDS = 5.0  # What is younger is found and counted as it is.
BETWEEN_SECONDS = 0.05  # While catching up: others want to write, too.

Step = Callable[[Connection], bool]

log = structlog.get_logger(__name__)


async def write_down_forever(database: Database, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
    """Until cancelled. Each thing goes on by itself: while one of them catches up, the others need not be asked as often."""
    async with asyncio.TaskGroup() as group:
        for step in _steps(zone, now):
            group.create_task(_repeat(database, step))


async def _repeat(database: Database, step: Step) -> None:
    while True:
        is_behind = False
        try:
            is_behind = await database.write_in_a_pause(step)
        except DatabaseDown as error:
            log.warning("database_down", detail=str(error))
        await asyncio.sleep(BETWEEN_SECONDS if is_behind else REST_SECONDS)


def write_down(conn: Connection, zone: ZoneInfo, now: datetime) -> bool:
    """The first step for which there is more to do; whether there is any. Call it until there is none."""
    return any(step(conn) for step in _steps(zone, lambda: now))


def _steps(zone: ZoneInfo, now: Callable[[], datetime]) -> tuple[Step, ...]:
    """One thing to write down each; they tell whether there is more of it."""
    return (
        lambda conn: index_more(conn, now()) == MESSAGES,
        lambda conn: index_names(conn, now()) >= NAMES,
        lambda conn: roll_up(conn, zone, now()),
    )
