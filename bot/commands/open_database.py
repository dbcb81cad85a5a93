"""The database as a command needs it: opened for the length of a block, and with the schema that this program expects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from bot.settings import Settings
from storage.database import Database
from storage.schema import check


@asynccontextmanager
async def open_database(settings: Settings, *, is_checked: bool = True) -> AsyncIterator[Database]:
    """Raises SchemaBehind when `sapa migrate` has not run, unless is_checked is off, and DatabaseDown."""
    database = Database(settings.database)
    await database.start()
    try:
        if is_checked:
            await database.read(check)
        yield database
    finally:
        await database.close()


def database_words(settings: Settings) -> str:
    """Which database it is, without its password."""
    url = urlsplit(settings.database)
    if url.scheme.startswith("sqlite"):
        return f"SQLite, {url.path.removeprefix('/')}"
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL at {url.hostname or 'the local socket'}{port}{url.path}"
