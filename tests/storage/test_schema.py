"""The migrations make exactly the tables that the code declares, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.database import Database
from storage.schema import check, migrate
from storage.tables import Base


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_migrations_make_the_declared_tables(database: Database) -> None:
    assert await database.read(differences) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await database.write(migrate)
    await database.read(check)
    assert await database.read(differences) == []
