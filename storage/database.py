"""How the rooms above reach the database: one reader and one writer, whichever of the two databases it is.

A job is a plain function of a `Connection`. Jobs never commit: `write` gives them a transaction and commits for them. On SQLite the jobs
that wait together share one transaction (`one_file.py`); on PostgreSQL each job has its own transaction from the pool.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic_core import from_json, to_json
from sqlalchemy import Connection as Connection
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.failures import DatabaseDown as DatabaseDown
from storage.failures import is_conflict, is_down, reason
from storage.one_file import OneFile, empty_log

T = TypeVar("T")
Job = Callable[[Connection], T]

# A page read in order costs 1.
QUICK_READS = (("random_page_cost", "1.1"), ("max_parallel_workers_per_gather", "0"), ("jit", "off"))
POOL_RECYCLE_SECONDS = 1800  # Middleboxes forget idle connections after about an hour.
RETRIES = 3  # A serialization failure or deadlock on PostgreSQL is worth trying again, not reporting.


def _to_json(value: object) -> str:
    return to_json(value).decode()


# Values stay out of error messages and logs: they are what customers wrote. pydantic's JSON is several times json's speed.
_ENGINE: dict[str, Any] = {  # Any: keyword arguments of different types.
    "hide_parameters": True,
    "json_serializer": _to_json,
    "json_deserializer": from_json,
}


def driver_url(url: str) -> str:
    """The SQLAlchemy address for what people write: `sqlite:///…`, `postgresql://…`, or already with a driver."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+asyncpg://" + url.removeprefix(plain)
    return url


class Database:
    """One database, SQLite or PostgreSQL, behind `read` and `write`."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = driver_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self._database = OneFile(self.url, **_ENGINE) if self.is_sqlite else Server(self.url, pool_size)

    async def start(self) -> None:
        """Begins the group commit; needed before `write` on SQLite."""
        if isinstance(self._database, OneFile):
            self._database.start()

    async def close(self) -> None:
        """Ends the writer after what is under way and lets all connections go."""
        await self._database.close()

    async def read(self, job: Job[T]) -> T:
        """The job's result on a connection of its own, nothing committed. Raises DatabaseDown when there is none to be had."""
        return await self._database.read(job)

    async def write(self, job: Job[T]) -> T:
        """The job's result once it is durable. Raises what the job raised, or DatabaseDown; then nothing of it happened."""
        return await self._database.write(job)

    async def write_in_a_pause(self, job: Job[T]) -> T:
        """As `write`, for what nobody waits for: on SQLite, where one writes at a time, it lets the others go first for a while."""
        if isinstance(self._database, OneFile):
            return await self._database.write_in_a_pause(job)
        return await self._database.write(job)

    async def leave_no_trace(self) -> None:
        """Empties SQLite's log of older page versions, so that what was just deleted stands nowhere any more."""
        if isinstance(self._database, OneFile):  # PostgreSQL's vacuum reuses the rows' places by itself.
            await self._database.read(empty_log)

    @property
    def engine(self) -> AsyncEngine:
        """For what lives as long as its connection: locks that go with it, on PostgreSQL."""
        assert isinstance(self._database, Server), "SQLite is one process and needs no such locks"
        return self._database.engine

    @property
    def plain_engine(self) -> Engine:
        """The engine whose events can be listened to."""
        return self._database.engine if isinstance(self._database, OneFile) else self.engine.sync_engine


def _expect_quick_reads(connection: Any, _record: object) -> None:  # Any: DBAPI connections have no type.
    """What is asked for lies in memory or on a disk without arms: the server's own default reads whole tables where a few hundred rows
    are looked up. Starting other processes, or compiling, takes longer than any of our questions. Not in the connection's address:
    poolers refuse what they do not know there."""
    cursor = connection.cursor()
    cursor.execute(
        "SELECT " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in QUICK_READS)
    )
    cursor.close()
    connection.commit()


class Server:
    """PostgreSQL, a transaction for each job."""

    def __init__(self, url: str, pool_size: int) -> None:
        self.engine = create_async_engine(
            url, pool_size=pool_size, max_overflow=pool_size, pool_recycle=POOL_RECYCLE_SECONDS, **_ENGINE
        )
        event.listen(self.engine.sync_engine, "connect", _expect_quick_reads)

    async def close(self) -> None:
        await self.engine.dispose()

    async def read(self, job: Job[T]) -> T:
        try:
            async with self.engine.connect() as connection:
                return await connection.run_sync(job)
        except (DBAPIError, OSError) as error:
            if is_down(error):
                raise DatabaseDown(reason(error)) from error
            raise

    async def write(self, job: Job[T]) -> T:
        for attempt in range(1, RETRIES + 1):
            try:
                async with self.engine.begin() as connection:
                    return await connection.run_sync(job)
            except DBAPIError as error:
                if is_conflict(error) and attempt < RETRIES:
                    continue
                if is_down(error):
                    raise DatabaseDown(reason(error)) from error
                raise
            except OSError as error:
                raise DatabaseDown(reason(error)) from error
        raise AssertionError("unreachable: the last attempt returns or raises")
