"""What models were asked is counted by day and bin: additions meet, versions and days stay apart, old days go."""

from datetime import date, timedelta

from storage.database import Database
from storage.worth.score_counts import KEPT_DAYS, add_counts, counts_since

TODAY = date(2027, 3, 1)


async def add(database: Database, day: date, *bins: int, version: str = "v1", feature: str = "score") -> None:
    await database.write(lambda conn: add_counts(conn, "churn", version, day, {feature: bins}))


async def since(database: Database, day: date, version: str = "v1") -> dict[str, dict[int, int]]:
    return await database.read(lambda conn: counts_since(conn, "churn", version, day))


async def test_what_several_write_for_a_day_adds_up_and_empty_bins_take_no_room(database: Database) -> None:
    await add(database, TODAY, 3, 0, 1)
    await add(database, TODAY, 1, 0, 0)
    await add(database, TODAY - timedelta(days=1), 0, 0, 5)
    assert await since(database, TODAY) == {"score": {0: 4, 2: 1}}
    assert await since(database, TODAY - timedelta(days=1)) == {"score": {0: 4, 2: 6}}


async def test_each_version_and_each_input_is_counted_for_itself(database: Database) -> None:
    await add(database, TODAY, 1)
    await add(database, TODAY, 2, version="v2")
    await add(database, TODAY, 7, version="v2", feature="monthly_spend")
    assert await since(database, TODAY) == {"score": {0: 1}}
    assert await since(database, TODAY, "v2") == {"score": {0: 2}, "monthly_spend": {0: 7}}


async def test_days_longer_ago_than_a_year_are_let_go(database: Database) -> None:
    old = TODAY - timedelta(days=KEPT_DAYS + 1)
    await add(database, old, 1)
    assert await since(database, old) == {"score": {0: 1}}
    await add(database, TODAY, 1)
    assert await since(database, old) == {"score": {0: 1}}
    assert await since(database, TODAY) == {"score": {0: 1}}


async def test_nothing_counted_writes_nothing(database: Database) -> None:
    await add(database, TODAY, 0, 0)
    assert await since(database, TODAY) == {}
