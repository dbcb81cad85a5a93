"""Whether the database's tables are the ones this code expects, and how they become so."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaBehind(Exception):
    """The database's schema is not the newest. Run: sapa migrate."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection) -> str:
    """Brings the schema to the newest revision inside the caller's transaction; answers that revision."""
    command.upgrade(_config(connection), "head")
    return newest()


def newest() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the migrations folder holds at least one version"
    return head


def check(connection: Connection) -> None:
    """Raises SchemaBehind when `sapa migrate` has not run on this database."""
    current = MigrationContext.configure(connection).get_current_revision()
    if current != newest():
        raise SchemaBehind(
            f"The database is at revision {current or 'none'}, this Sapa needs {newest()}. Run: sapa migrate"
        )
