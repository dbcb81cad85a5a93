"""What SQLite and PostgreSQL say differently, said once."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import Base


def insert_new(
    conn: Connection, table: type[Base]
) -> Any:  # Any: the two dialects' Insert types share no base that has on_conflict.
    """An INSERT that leaves rows that are already there alone (ON CONFLICT DO NOTHING)."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def upsert(conn: Connection, table: type[Base], key: str, *columns: str) -> Any:  # Any: as above.
    """An INSERT that overwrites the given columns of a row with the same key."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=[getattr(table, key)], set_={column: statement.excluded[column] for column in columns}
    )
