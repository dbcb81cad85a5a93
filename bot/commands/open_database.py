"""The database as a command needs it: opened for the length of a block, and with the schema that this program expects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import Settings
from storage.database import Database, DatabaseDown
from storage.schema import check


@asynccontextmanager
async def open_database(settings: Settings, *, is_checked: bool = True) -> AsyncIterator[Database]:
    """Raises SchemaBehind when `sapa migrate` has not run, unless is_checked is off, and DatabaseDown."""
    _check_folder(settings)
    database = Database(settings.database)
    await database.start()
    try:
        if is_checked:
            await database.read(check)
        yield database
    finally:
        await database.close()


def _check_folder(settings: Settings) -> None:
    """SQLite itself would only say that it cannot open the file."""
    file = _sqlite_file(settings)
    if file is not None and not file.parent.is_dir():
        raise DatabaseDown(
            f"There is no folder {file.parent} for the database. Make it, or set SAPA_DATABASE_URL."
        )


def _sqlite_file(settings: Settings) -> Path | None:
    url = urlsplit(settings.database)
    return Path(url.path.removeprefix("/")) if url.scheme.startswith("sqlite") else None


def database_words(settings: Settings) -> str:
    """Which database it is, without its password."""
    file = _sqlite_file(settings)
    if file is not None:
        return f"SQLite, {file}"
    url = urlsplit(settings.database)
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL at {url.hostname or 'the local socket'}{port}{url.path}"
