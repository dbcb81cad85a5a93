"""A company's years in a database, on either of the two: written once, kept where somebody wants to ask again, and asked in a copy.

A kept database is named after the rows that it was made of, so that rows made differently are never taken for them. Each asking works on
a copy that is brought to the newest schema: it always begins the same, and a new migration meets a million messages.
"""

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import text

from bot.routine.afterwards import write_down
from flows.domain import Role
from storage.database import Connection, Database
from storage.schema import migrate
from storage.staff.users import add_branch
from tests.admin.house import JAKARTA, QUICK_HASH
from tests.bench_panel import rows
from tests.people import NOW, hire, member
from tests.postgres import fresh_database, has_database, lasting_database, server_url

SQLITE, POSTGRES = "sqlite", "postgresql"
BRANCHES = 44
SERVE = (Role.RM, Role.AGENT)  # Each branch has one of each; customers are theirs by chance.


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """A database full of rows; written_seconds is None when they lay there already."""

    database: Database
    written_seconds: float | None


def name_of(role: Role) -> str:
    """The member of staff in whose name lists are asked for; customers of these rows are theirs."""
    return f"bench_{role.value.lower()}"


@asynccontextmanager
async def years_on(kind: str, folder: Path, customers: int) -> AsyncIterator[Years]:
    """The rows of so many customers in a database of that kind; what was made for it stays in the folder, the copy goes."""
    name = f"sapa_{customers}_{_trace()}"
    where = _on_sqlite if kind == SQLITE else _on_postgres
    async with where(folder, name, customers) as (url, seconds):
        database = await _open(url)
        await database.write(_prepare)
        if not database.is_sqlite:
            await _vacuum(database)
        try:
            yield Years(database=database, written_seconds=seconds)
        finally:
            await database.close()


@asynccontextmanager
async def _on_sqlite(folder: Path, name: str, customers: int) -> AsyncIterator[tuple[str, float | None]]:
    kept, copy = folder / f"{name}.db", folder / f"{name}-asked.db"
    seconds, unfinished = None, folder / "unfinished.db"
    if not kept.exists():
        _remove(unfinished)
        seconds = await _write(f"sqlite:///{unfinished}", customers)
        unfinished.rename(kept)
    shutil.copy(kept, copy)
    try:
        yield f"sqlite:///{copy}", seconds
    finally:
        _remove(copy)


@asynccontextmanager
async def _on_postgres(folder: Path, name: str, customers: int) -> AsyncIterator[tuple[str, float | None]]:
    place = folder / "pg"
    place.mkdir(exist_ok=True)
    with server_url(place, stays=True) as server:
        seconds = None
        if not has_database(server, name):
            with lasting_database(server, name) as url:
                seconds = await _write(url, customers)
        with fresh_database(server, template=name) as url:
            yield url, seconds


def _trace() -> str:
    return sha256(Path(rows.__file__).read_bytes()).hexdigest()[:8]


def _remove(file: Path) -> None:
    """With what SQLite keeps beside it."""
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()


async def _write(url: str, customers: int) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    database = await _open(url)
    await database.write(migrate)
    await database.write(lambda conn: _fill(conn, customers))
    await database.close()
    return time.perf_counter() - began


async def _open(url: str) -> Database:
    database = Database(url)
    await database.start()
    return database


def _fill(conn: Connection, customers: int) -> None:
    branches = [add_branch(conn, f"Cabang {at}") for at in range(BRANCHES)]
    for role in Role:
        hire(conn, name_of(role), role, password_hash=QUICK_HASH, branch="Cabang 0")
    holders = [member(conn, name_of(role)).id for role in SERVE]
    for at in range(1, BRANCHES):
        for role in SERVE:
            colleague = hire(conn, f"{name_of(role)}_{at}", role, branch=f"Cabang {at}")
            holders.append(member(conn, colleague.name).id)
    rows.fill(conn, customers, holders, branches, NOW)
    _prepare(conn)


async def _vacuum(database: Database) -> None:
    """As PostgreSQL does by itself within minutes of so many rows; it would do so while we measure."""
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text("VACUUM ANALYZE"))
        await alone.execute(text("CHECKPOINT"))


def _prepare(conn: Connection) -> None:
    """As after a service ran on it for a while."""
    migrate(conn)
    while write_down(conn, JAKARTA, NOW):
        pass
    conn.execute(text("ANALYZE"))
