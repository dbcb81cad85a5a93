"""What only one process may do is done by one."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text

from storage.alone import Duty, alone
from storage.database import Database, DatabaseDown
from tests.postgres import fresh_database


@pytest.fixture
def shared_url(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
async def here(shared_url: str) -> AsyncIterator[Database]:
    database = Database(shared_url)
    yield database
    await database.close()


@pytest.fixture
async def elsewhere(shared_url: str) -> AsyncIterator[Database]:
    """Another process's pool on the same database."""
    database = Database(shared_url)
    yield database
    await database.close()


async def test_the_second_process_does_not_get_the_duty(here: Database, elsewhere: Database) -> None:
    async with alone(here, Duty.TELEGRAM_UPDATES) as first, alone(elsewhere, Duty.TELEGRAM_UPDATES) as second:
        assert first is not None
        assert second is None
        await first.still()


async def test_two_duties_do_not_meet(here: Database, elsewhere: Database) -> None:
    async with alone(here, Duty.TELEGRAM_UPDATES) as first, alone(elsewhere, Duty.AUDIT_SEAL) as second:
        assert first is not None
        assert second is not None


async def test_the_duty_is_free_once_it_is_done(here: Database, elsewhere: Database) -> None:
    async with alone(here, Duty.TELEGRAM_UPDATES):
        pass
    async with alone(elsewhere, Duty.TELEGRAM_UPDATES) as second:
        assert second is not None


async def test_the_duty_goes_with_a_lost_connection(here: Database, elsewhere: Database) -> None:
    # With a time to wait for it: by itself the call only asks the other server process to end, and comes back before it has.
    end_others = text(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    async with alone(here, Duty.TELEGRAM_UPDATES) as first:
        assert first is not None
        await elsewhere.write(lambda conn: conn.execute(end_others))
        async with alone(elsewhere, Duty.TELEGRAM_UPDATES) as second:
            assert second is not None
        with pytest.raises(DatabaseDown):
            await first.still()


async def test_on_sqlite_the_only_process_always_has_it(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db")
    async with alone(database, Duty.TELEGRAM_UPDATES) as held:
        assert held is not None
        await held.still()
    await database.close()
