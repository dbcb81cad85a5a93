"""The migrations make exactly the tables that the code declares, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.database import Database
from storage.schema import check, migrate
from storage.tables import Base

# What only SQL can say, or only one of the two has, stands in a migration: the indexes that messages are searched by.
FULL_TEXT = ("message_words_fts", "ix_message_words_fts", "ix_message_words_place")


def is_declared(thing: object, name: str | None, *_: object) -> bool:  # alembic's signature
    return not (name or "").startswith(FULL_TEXT)


def differences(connection: Connection) -> list[object]:
    opts = {"compare_type": True, "include_object": is_declared}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, Base.metadata))


async def test_migrations_make_the_declared_tables(database: Database) -> None:
    assert await database.read(differences) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await database.write(migrate)
    await database.read(check)
    assert await database.read(differences) == []
