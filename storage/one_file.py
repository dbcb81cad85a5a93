"""SQLite behind the event loop: one thread that writes, a few that read, and a whole transaction at a time in each.

Jobs that wait together share one commit, so that a power cut costs nobody an acknowledged row (synchronous=FULL), but only for as long
as a commit takes: sharing spares the short ones a turn of the disk, and past that it would make everybody wait for the long ones. Where
one of them fails they are all done once more, each in its own savepoint: it takes nobody else down, and the many that do not fail need
none. So a job may run twice, as on PostgreSQL after a conflict. A driver that crosses from the loop to a thread and back for every
statement would wait for Python's lock four times as often as for the disk.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from storage.failures import DOWN, DatabaseDown, is_down, reason

T = TypeVar("T")
Job = Callable[[Connection], T]
Way = Callable[[Connection, Job[object]], object]

SHORTEST_GROUP_SECONDS = (
    0.002  # On disks that are quick, or only say that they are, acks and echoes still come in dozens.
)
READERS = 4  # Reading at once; Python's lock lets no more of them get anywhere.
# Pages kept by each connection: the writer comes back to the same ones, a reader finds the rest in the system's own cache.
WRITER_CACHE_KIB, READER_CACHE_KIB = 16_000, 4_000
COMMITS_REMEMBERED = 20  # Of which the mean is taken, the newest weighing most.
BUSY_TIMEOUT_MS = 10_000
PATIENCE_SECONDS = 2.0  # What can wait waits so long at most: on a day without a pause it must get done, too.


@dataclass(slots=True)
class _Waiting:
    job: Job[
        Any
    ]  # Any, here and in what becomes of it: each job has its own result type; `write` gives it back typed.
    result: "asyncio.Future[Any]"


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


class OneFile:
    """One SQLite file. `start` it before the first write; `close` waits for what is under way."""

    def __init__(
        self, url: str, *, clock: Callable[[], float] = time.perf_counter, **options: Any
    ) -> None:  # Any: keyword arguments of create_engine.
        self.engine = _engine(url, options)
        self._write_engine = self.engine.execution_options(sapa_writes=True)
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._writer: Thread | None = None
        self._unwritten = 0  # Jobs given to the writer whose result is not there yet.
        self._pause = asyncio.Event()
        self._connection: Connection | None = None
        self._clock = clock
        self._commit_seconds = 0.0  # What a commit took lately.

    def start(self) -> None:
        """Begins the group commit."""
        if self._writer is None:
            loop = asyncio.get_running_loop()
            self._writer = Thread(target=self._write_forever, args=(loop,), name="group-commit", daemon=True)
            self._writer.start()

    async def close(self) -> None:
        """Ends the writer after all that was given to it, and lets the connections go."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._waiting.put(None)
            await asyncio.to_thread(writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        self.engine.dispose()

    async def read(self, job: Job[T]) -> T:
        """The job's result on a connection of its own, nothing committed."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, job)

    async def write(self, job: Job[T]) -> T:
        """The job's result once it is durable."""
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Waiting(job=job, result=result))
        self._unwritten += 1
        try:
            return await result
        finally:
            self._unwritten -= 1
            if not self._unwritten:
                self._pause.set()

    async def write_in_a_pause(self, job: Job[T]) -> T:
        """As `write`, but everybody else goes first."""
        if self._unwritten:
            self._pause.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._pause.wait()
        return await self.write(job)

    def _read(self, job: Job[T]) -> T:
        try:
            with self.engine.connect() as connection:
                return job(connection)
        except (DBAPIError, OSError) as error:
            if is_down(error):
                raise DatabaseDown(reason(error)) from error
            raise

    def _write_forever(self, loop: asyncio.AbstractEventLoop) -> None:
        while (first := self._waiting.get()) is not None:
            if not first.result.cancelled():
                group = [first]
                outcomes = self._commit_together(group)
                loop.call_soon_threadsafe(_tell, group, outcomes)
        self._let_go()

    def _commit_together(self, group: list[_Waiting]) -> list[object]:
        """What became of each; the group grows meanwhile. When the commit itself failed nothing of the group happened: each hears it
        and may try again."""
        until = self._clock() + max(self._commit_seconds, SHORTEST_GROUP_SECONDS)
        try:
            try:
                return self._in_one(group, _plainly, self._joining(until))
            except _JobFailed as failed:
                alone = len(group) == 1
                return [_Failed(failed.error)] if alone else self._in_one(group, _in_savepoint, iter(()))
        except Exception as error:
            self._give_up()
            return [_Failed(DatabaseDown(reason(error)))] * len(group)

    def _in_one(self, group: list[_Waiting], way: Way, more: Iterator[_Waiting]) -> list[object]:
        """The group, and what joins it, in one transaction, each job in this way. Where anything is raised nothing happened."""
        connection = self._writing()
        transaction = connection.begin()
        with transaction:
            outcomes = [way(connection, waiting.job) for waiting in group]
            for waiting in more:
                group.append(waiting)
                outcomes.append(way(connection, waiting.job))
            began = self._clock()
            transaction.commit()
        self._commit_seconds += (self._clock() - began - self._commit_seconds) / COMMITS_REMEMBERED
        return outcomes

    def _joining(self, until: float) -> Iterator[_Waiting]:
        """What waits, as long as there is time."""
        while self._clock() < until and not self._waiting.empty():
            waiting = self._waiting.get()
            if waiting is None:
                self._waiting.put(None)  # The end: nothing comes after it, so it is found again at once.
                return
            if not waiting.result.cancelled():
                yield waiting

    def _writing(self) -> Connection:
        """The writer's connection, kept: fetching it from the pool for each commit costs as much as a few statements."""
        if self._connection is None:
            self._connection = self._write_engine.connect()
            driver = self._connection.connection.driver_connection
            assert driver is not None, "just connected"
            driver.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KIB}")
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _give_up(self) -> None:
        """After a fault nothing is asked of the connection any more: a writer that raised here would never write again."""
        if self._connection is not None:
            self._connection.invalidate()
        self._let_go()


def empty_log(connection: Connection) -> None:
    """Writes the log's pages into the file and cuts it to nothing."""
    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


class _JobFailed(Exception):
    """A job failed by itself: the database is there."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def _plainly(connection: Connection, job: Job[object]) -> object:
    try:
        return job(connection)
    except DOWN:
        raise
    except Exception as error:
        raise _JobFailed(error) from error


def _in_savepoint(connection: Connection, job: Job[object]) -> object:
    try:
        with connection.begin_nested():
            return job(connection)
    except DOWN:
        raise
    except Exception as error:
        return _Failed(error)


def _tell(group: list[_Waiting], outcomes: list[object]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if waiting.result.done():
            continue
        if isinstance(outcome, _Failed):
            waiting.result.set_exception(outcome.error)
        else:
            waiting.result.set_result(outcome)


def _engine(url: str, options: dict[str, Any]) -> Engine:  # Any: as above.
    engine = create_engine(url, pool_size=READERS + 1, max_overflow=0, **options)

    @event.listens_for(engine, "connect")
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
            # What is deleted or overwritten leaves the file as well: an erased person must not lie in its free pages.
            "secure_delete=ON",
            f"cache_size=-{READER_CACHE_KIB}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("sapa_writes", False)
        connection.connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
