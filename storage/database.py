"""How the rooms above reach the database: one reader, one writer, and a group commit where one file has one writer.

A job is a plain function of a `Connection`. Jobs never commit: `write` gives them a transaction and commits for them. On SQLite the jobs
that wait together share one transaction, each in its own savepoint, so that a failing job takes nobody else down and a power cut
costs nobody an acknowledged row (synchronous=FULL). On PostgreSQL each job has its own transaction from the pool.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic_core import from_json, to_json
from sqlalchemy import Connection as Connection
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")
Job = Callable[[Connection], T]

GROUP_LIMIT = 128  # Jobs that share one commit; beyond it the first of them would wait too long.
BUSY_TIMEOUT_MS = 10_000
POOL_RECYCLE_SECONDS = 1800  # Middleboxes forget idle connections after about an hour.
RETRIES = 3  # A serialization failure or deadlock on PostgreSQL is worth trying again, not reporting.


class DatabaseDown(Exception):
    """The database cannot be reached or written now. Try again later; nothing of the job happened."""


def _to_json(value: object) -> str:
    return to_json(value).decode()


# Values stay out of error messages and logs: they are what customers wrote. pydantic's JSON is several times json's speed.
_ENGINE: dict[str, Any] = {  # Any: keyword arguments of different types.
    "hide_parameters": True,
    "json_serializer": _to_json,
    "json_deserializer": from_json,
}


@dataclass(slots=True)
class _Waiting:
    job: Job[Any]  # Any: each job has its own result type; `write` gives it back typed.
    result: "asyncio.Future[Any]"


def async_url(url: str) -> str:
    """The SQLAlchemy address for what people write: `sqlite:///…`, `postgresql://…`, or already with a driver."""
    for plain, driver in (
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgresql://", "postgresql+asyncpg://"),
        ("postgres://", "postgresql+asyncpg://"),
    ):
        if url.startswith(plain):
            return driver + url.removeprefix(plain)
    return url


class Database:
    """One database, SQLite or PostgreSQL, behind `read` and `write`."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self.engine: AsyncEngine = (
            _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url, pool_size)
        )
        self._write_engine = self.engine.execution_options(sapa_writes=True)
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins the group commit; needed before `write` on SQLite."""
        if self.is_sqlite and self._writer is None:
            self._writer = asyncio.create_task(self._write_forever(), name="group-commit")

    async def close(self) -> None:
        """Ends the writer after what is under way and lets all connections go."""
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer
            self._writer = None
        await self.engine.dispose()

    async def read(self, job: Job[T]) -> T:
        """The job's result on a connection of its own, nothing committed. Raises DatabaseDown when there is none to be had."""
        try:
            async with self.engine.connect() as connection:
                return await connection.run_sync(job)
        except (DBAPIError, OSError) as error:
            if _is_down(error):
                raise DatabaseDown(_reason(error)) from error
            raise

    async def write(self, job: Job[T]) -> T:
        """The job's result once it is durable. Raises what the job raised, or DatabaseDown; then nothing of it happened."""
        if not self.is_sqlite:
            return await self._write_alone(job)
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Waiting(job=job, result=result))
        return await result

    async def _write_alone(self, job: Job[T]) -> T:
        for attempt in range(1, RETRIES + 1):
            try:
                async with self.engine.begin() as connection:
                    return await connection.run_sync(job)
            except DBAPIError as error:
                if _is_conflict(error) and attempt < RETRIES:
                    continue
                if _is_down(error):
                    raise DatabaseDown(_reason(error)) from error
                raise
            except OSError as error:
                raise DatabaseDown(_reason(error)) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _write_forever(self) -> None:
        while True:
            group = [await self._waiting.get()]
            while len(group) < GROUP_LIMIT and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            await self._commit_together([waiting for waiting in group if not waiting.result.cancelled()])

    async def _commit_together(self, group: list[_Waiting]) -> None:
        done: list[tuple[_Waiting, object]] = []
        try:
            async with self._write_engine.begin() as connection:
                for waiting in group:
                    done.append((waiting, await _in_savepoint(connection, waiting.job)))
        except asyncio.CancelledError:
            for waiting in group:
                waiting.result.cancel()
            raise
        except Exception as error:
            # The commit itself failed, so nothing of the group happened: each caller hears it and may try again.
            down = DatabaseDown(_reason(error))
            for waiting in group:
                if not waiting.result.done():
                    waiting.result.set_exception(down)
            return
        for waiting, outcome in done:
            if waiting.result.done():
                continue
            if isinstance(outcome, _Failed):
                waiting.result.set_exception(outcome.error)
            else:
                waiting.result.set_result(outcome)


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


async def _in_savepoint(connection: AsyncConnection, job: Job[object]) -> object:
    def run(sync: Connection) -> object:
        try:
            with sync.begin_nested():
                return job(sync)
        except _DOWN:
            raise
        except Exception as error:
            return _Failed(error)

    return await connection.run_sync(run)


_DOWN = (OperationalError, InterfaceError, OSError)


# SQLSTATE classes in which PostgreSQL refuses everybody, not this statement: connection (08), log-in (28), no such database (3D),
# out of memory, disk or connections (53), shutting down or cancelled by an operator (57).
_REFUSES_EVERYBODY = ("08", "28", "3D", "53", "57")


def _is_down(error: BaseException) -> bool:
    return isinstance(error, _DOWN) or _state(error).startswith(_REFUSES_EVERYBODY)


def _state(error: BaseException) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _reason(error: BaseException) -> str:
    if _state(error).startswith(("28", "3D")):
        # What the server says here names the user or the database and nothing else.
        return f"The database refuses us: {getattr(error, 'orig', error)}. Check SAPA_DATABASE_URL."
    return f"The database does not answer ({type(error).__name__}). Check SAPA_DATABASE_URL and that it runs, then try again."


def _is_conflict(error: DBAPIError) -> bool:
    """Deadlock or serialization failure: PostgreSQL asks to simply try again (codes 40P01, 40001)."""
    return _state(error) in ("40P01", "40001")


def _sqlite_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=6, max_overflow=4, **_ENGINE)

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(
        dbapi_connection: Any, _record: ConnectionPoolEntry
    ) -> None:  # Any: DBAPI connections have no type.
        # The driver must not begin transactions by itself: our own BEGIN IMMEDIATE below takes the write lock at once.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "temp_store=MEMORY",
            "cache_size=-16000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("sapa_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(url: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url, pool_size=pool_size, max_overflow=pool_size, pool_recycle=POOL_RECYCLE_SECONDS, **_ENGINE
    )


def ping(connection: Connection) -> None:
    """Raises when the database does not answer."""
    connection.execute(text("SELECT 1"))
