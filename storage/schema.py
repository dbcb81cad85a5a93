"""Whether the database's tables are the ones this code expects, and how they become so."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaBehind(Exception):
    """The database's schema is not the newest. Run: sapa migrate."""


def migrate(connection: Connection) -> str:
    """Brings the schema to the newest revision inside the caller's transaction; answers that revision."""
    if _revision(connection) == newest():
        return newest()
    # Alembic takes a third of a second to import, which only this command should cost; every start merely compares.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return newest()


def newest() -> str:
    """The last revision: versions are numbered, and their files begin with the number."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def check(connection: Connection) -> None:
    """Raises SchemaBehind when `sapa migrate` has not run on this database."""
    current = _revision(connection)
    if current != newest():
        raise SchemaBehind(
            f"The database is at revision {current or 'none'}, this Sapa needs {newest()}. Run: sapa migrate"
        )


def _revision(connection: Connection) -> str | None:
    has_begun = inspect(connection).has_table("alembic_version")
    return connection.scalar(text("SELECT version_num FROM alembic_version")) if has_begun else None
