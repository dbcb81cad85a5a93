"""What tests share: real databases (SQLite, PostgreSQL from a wheel), a settable clock and the whole service."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.models import nlu_folder
from knowledge.pack import load_pack
from ml.serve.understanding import Understanding
from storage.database import Database
from storage.schema import migrate
from tests.postgres import fresh_database, migrated_template, server_url, spare_the_disk
from tests.trained import trained_models


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL that lives as long as this test process."""
    with tempfile.TemporaryDirectory(prefix="sapa-pg-") as folder, server_url(Path(folder)) as url:
        spare_the_disk(url)
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database on that server, to be copied."""
    with migrated_template(postgres_server) as name:
        yield name


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database's address."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database's address, once on each engine: an empty file, or a migrated PostgreSQL database without rows."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sapa.db'}"
        return
    server, template = (
        request.getfixturevalue("postgres_server"),
        request.getfixturevalue("postgres_template"),
    )
    with fresh_database(server, template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    database = Database(database_url)
    await database.start()
    await database.write(migrate)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def model() -> Understanding:
    """The trained understanding of the umroh pack."""
    pack = load_pack("umroh")
    return Understanding.load(nlu_folder(trained_models(), pack.name), pack)
