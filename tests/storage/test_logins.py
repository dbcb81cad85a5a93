"""Failed log-ins: counted before the password is looked at, on every replica's behalf."""

import asyncio
from datetime import datetime, timedelta

from flows.throttle import FIRST_WAIT, LONGEST_WAIT, WINDOW, Limit
from storage.database import Database
from storage.staff.logins import begin_attempt, forgive, forgive_one
from tests.people import NOW

THREE = Limit(free_tries=3)


async def tries(database: Database, at: datetime = NOW) -> datetime | None:
    return await database.write(lambda conn: begin_attempt(conn, "account:ani", THREE, at))


async def test_the_free_tries_pass_and_the_next_must_wait(database: Database) -> None:
    assert [await tries(database) for _ in range(3)] == [None] * 3
    assert await tries(database) == NOW + FIRST_WAIT


async def test_each_try_after_a_wait_doubles_it_up_to_a_bound(database: Database) -> None:
    for _ in range(3):
        await tries(database)
    at, waits = NOW, []
    for _ in range(8):
        until = await tries(database, at)
        assert until is not None
        waits.append(until - at)
        at = until
        assert await tries(database, at) is None
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert max(waits) == LONGEST_WAIT


async def test_guesses_sent_at_once_are_all_counted(database: Database) -> None:
    answers = await asyncio.gather(*(tries(database) for _ in range(10)))
    assert sum(answer is None for answer in answers) == 3


async def test_a_right_password_and_time_forgive(database: Database) -> None:
    for _ in range(3):
        await tries(database)
    await database.write(lambda conn: forgive(conn, "account:ani"))
    assert await tries(database) is None
    for _ in range(2):
        await tries(database)
    assert await tries(database, NOW + WINDOW + timedelta(seconds=1)) is None


async def test_one_right_password_forgives_an_address_only_one_try(database: Database) -> None:
    for _ in range(3):
        await tries(database)
    await database.write(lambda conn: forgive_one(conn, "account:ani"))
    assert await tries(database) is None
    assert await tries(database) is not None
