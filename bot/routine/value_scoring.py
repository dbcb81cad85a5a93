"""When are customers scored anew? Within a minute of what they did, and everybody once a day, by any process that has a worker.

Small batches with rests between them: on SQLite a batch holds the one writer that messages wait for, too.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.database import Database, DatabaseDown
from storage.worth.value import ValueRules, rescore
from storage.worth.value_due import due_for_scoring

LOOK_SECONDS = 60.0  # How old a customer's value may be after they did something.
REST_SECONDS = 0.5  # Between batches; a hundred thousand customers take half an hour of one night.
BATCH = 25
LOOK_BACK = timedelta(
    days=2
)  # Far enough for a process that was down over a night; the nightly round catches the rest.
DAY_BEGINS = time(2)  # On the company's clock, when nobody writes.


async def score_forever(
    database: Database, rules: ValueRules, zone: ZoneInfo, now: Callable[[], datetime]
) -> None:
    """Scores until cancelled. Replicas may all run it: who comes second finds less to do."""
    while True:
        try:
            is_more = await score_due(database, rules, zone, now()) == BATCH
        except DatabaseDown:
            is_more = False
        await asyncio.sleep(REST_SECONDS if is_more else LOOK_SECONDS)


async def score_due(database: Database, rules: ValueRules, zone: ZoneInfo, now: datetime) -> int:
    """Scores one batch of those whose turn it is; how many they were."""
    began = day_began(now, zone)
    customer_ids, because = await database.read(
        lambda conn: due_for_scoring(conn, now - LOOK_BACK, began, BATCH)
    )
    # Asked outside of the writer, which messages wait for; if another process scores the same ones meanwhile, it is only done twice.
    if customer_ids:
        await database.write(lambda conn: rescore(conn, customer_ids, rules, now, because))
    return len(customer_ids)


def day_began(now: datetime, zone: ZoneInfo) -> datetime:
    """The last time that it was DAY_BEGINS on the company's clock."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), DAY_BEGINS, tzinfo=zone)
    return today if today <= local else today - timedelta(days=1)
