"""What tests share: real databases (SQLite, PostgreSQL from a wheel), a settable clock and the whole service."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

# As in the program: more threads of linear algebra only spin, beside the other test process. numpy reads it when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from bot.models import nlu_folder
from knowledge.pack import load_pack
from ml.serve.understanding import Understanding
from storage.database import Database
from storage.schema import migrate
from tests.postgres import fresh_database, migrated_template, server_url, spare_the_disk
from tests.quick import compile_once, look_for_garbage_seldom, look_no_more_at_what_is_loaded
from tests.trained import trained_models

look_for_garbage_seldom()
compile_once()

# No test waits on a clock: machines are noisy, and a slow example is not a wrong one.
settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

# Files that take long begin first, the longest at the head: one that began last would let the other process stand idle at the end.
LONGEST = (
    "browser/test_accessibility.py",
    "faults/test_killed_on_postgresql.py",
    "faults/test_killed_on_sqlite.py",
    "browser/test_teaching.py",
    "test_deploy.py",
    "bot/test_chats.py",
    "browser/test_first_ten_minutes.py",
    "browser/test_inbox.py",
    "admin/test_canary.py",
    "admin/test_openapi_holds.py",
    "browser/test_desk_story.py",
    "ml/test_public_tables.py",
    "ml/test_figures.py",
    "browser/test_cases.py",
    "browser/test_value.py",
    "browser/test_compliance.py",
    "bot/test_demo.py",
    "ml/test_recommender.py",
    "ml/test_segments.py",
    "admin/test_value_pages.py",
    "bot/test_rehearsal.py",
    "test_architecture.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order of LONGEST, then all others as they were found; `make test` hands them out in this order."""
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    look_no_more_at_what_is_loaded()


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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating it anew for every test would take most of the time."""
    path = tmp_path_factory.mktemp("migrated") / "sapa.db"

    async def build() -> None:
        database = Database(f"sqlite:///{path}")
        await database.start()
        await database.write(migrate)
        await database.close()

    asyncio.run(build())
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database's address, once on each engine, without rows."""
    if request.param == "sqlite":
        migrated = request.getfixturevalue("migrated_file")
        yield f"sqlite:///{shutil.copy(migrated, tmp_path / 'sapa.db')}"
        return
    server, template = (
        request.getfixturevalue("postgres_server"),
        request.getfixturevalue("postgres_template"),
    )
    with fresh_database(server, template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database without rows."""
    database = Database(database_url)
    await database.start()
    yield database
    await database.close()


@pytest.fixture(scope="session")
def model() -> Understanding:
    """The trained understanding of the umroh pack."""
    pack = load_pack("umroh")
    return Understanding.load(nlu_folder(trained_models(), pack.name), pack)
