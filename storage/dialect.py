"""What SQLite and PostgreSQL say differently, said once."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Float, extract, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import Base
from storage.tables.columns import DatabaseMillis

SECONDS_A_DAY = 86_400


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


def count_up(
    conn: Connection, table: type[Base], keys: tuple[str, ...], counter: str
) -> Any:  # Any: as above.
    """An INSERT that adds to the counter of a row with the same keys."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    own = getattr(table, counter)
    return statement.on_conflict_do_update(
        index_elements=[getattr(table, key) for key in keys],
        set_={counter: own + getattr(statement.excluded, counter)},
    )


def written(word: str) -> ColumnElement[str]:
    """A word of ours (never one from outside) as part of the statement: there SQLite sees at once that a partial index fits, where it
    would plan the statement anew for each value that comes with it."""
    return literal_column(f"'{word}'")


def local_day(
    moment: Any, zone: Any, *, is_postgres: bool
) -> Any:  # Any: a time column, a value, an expression.
    """The company's calendar day of a moment, as a text like `2027-03-15`; zone is what `zone_value` makes of the company's."""
    if is_postgres:
        return func.to_char(func.timezone(zone, moment), "YYYY-MM-DD")
    return func.strftime("%Y-%m-%d", moment, zone)


def zone_value(conn: Connection, zone: ZoneInfo, at: datetime) -> str:
    """The zone as the database takes it. SQLite knows no zones: it takes the offset of `at`."""
    if conn.dialect.name == "postgresql":
        return zone.key
    offset = zone.utcoffset(at.astimezone(zone))
    minutes = int(offset.total_seconds() // 60) if offset else 0
    return f"{minutes:+d} minutes"


def seconds_between(
    first: Any, last: Any, *, is_postgres: bool
) -> ColumnElement[Any]:  # Any: columns of moments.
    """Seconds from the first moment to the last, as a fraction; of no moment none."""
    if is_postgres:
        return extract("epoch", last - first)
    return (func.julianday(last, type_=Float) - func.julianday(first, type_=Float)) * SECONDS_A_DAY


def database_millis(conn: Connection) -> int:
    """The database's clock now."""
    return int(conn.scalar(select(DatabaseMillis())) or 0)
