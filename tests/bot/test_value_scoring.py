"""The round that scores: who did something first, everybody once a night, and nobody twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.routine.value_scoring import BATCH, day_began, score_due
from flows.rfm import RfmSegment
from storage.database import Connection, Database
from storage.worth.value import ValueRules
from storage.worth.value_spread import value_spread
from tests.people import NOW, writes

JAKARTA = ZoneInfo("Asia/Jakarta")
RULES = ValueRules()


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (datetime(2027, 1, 4, 18, 59, tzinfo=UTC), datetime(2027, 1, 3, 19, tzinfo=UTC)),
        (datetime(2027, 1, 4, 19, 0, tzinfo=UTC), datetime(2027, 1, 4, 19, tzinfo=UTC)),
        (datetime(2027, 1, 5, 3, 0, tzinfo=UTC), datetime(2027, 1, 4, 19, tzinfo=UTC)),
    ],
    ids=["just before two", "at two", "in the morning"],
)
def test_a_day_begins_at_two_on_the_companys_clock(now: datetime, began: datetime) -> None:
    assert day_began(now, JAKARTA) == began


async def test_everybody_is_scored_once_a_night_in_batches(database: Database) -> None:
    def arrive(conn: Connection) -> None:
        for n in range(BATCH + 3):
            writes(conn, f"62812000{n:05}", "halo", at=NOW - timedelta(minutes=1))

    await database.write(arrive)
    assert [await score_due(database, RULES, JAKARTA, NOW) for _ in range(3)] == [BATCH, 3, 0]
    spread = await database.read(lambda conn: value_spread(conn, None).segments)
    assert spread[RfmSegment.POTENTIAL] == BATCH + 3
    tomorrow = NOW + timedelta(days=1)
    assert [await score_due(database, RULES, JAKARTA, tomorrow) for _ in range(3)] == [BATCH, 3, 0]


async def test_who_writes_is_scored_again_within_the_minute(database: Database) -> None:
    await database.write(lambda conn: writes(conn, "6281200000001", "halo", at=NOW))
    assert await score_due(database, RULES, JAKARTA, NOW) == 1
    assert await score_due(database, RULES, JAKARTA, NOW + timedelta(minutes=1)) == 0
    await database.write(lambda conn: writes(conn, "6281200000001", "lagi", at=NOW + timedelta(minutes=2)))
    assert await score_due(database, RULES, JAKARTA, NOW + timedelta(minutes=3)) == 1
