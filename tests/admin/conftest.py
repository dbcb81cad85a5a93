"""Houses for the API's tests: on both databases where storage matters, on one where only the door is tried."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.admin.house import House, open_house


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    """The API on each database in turn."""
    async with open_house(database) as house:
        yield house


@pytest.fixture
async def small_database(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    path = shutil.copy(migrated_file, tmp_path / "sapa.db")
    database = Database(f"sqlite:///{path}")
    await database.start()
    yield database
    await database.close()


@pytest.fixture
async def small_house(small_database: Database) -> AsyncIterator[House]:
    """The API on SQLite: for what has nothing to do with the database."""
    async with open_house(small_database) as house:
        yield house
