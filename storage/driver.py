"""Straight to the database's driver, for the few statements on the way of every message: what SQLAlchemy does around each execution takes
several times what the statement itself does. Transactions, connections and the names of errors stay SQLAlchemy's.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Values = Sequence[Any]  # Any, here and below: what the driver takes for columns, and gives.


def ask(conn: Connection, sql: str, values: Values) -> list[Any]:
    """The rows as the driver gives them. Raises what SQLAlchemy would raise, without the values: they are what customers wrote."""

    def fetch(cursor: Any) -> list[Any]:
        cursor.execute(sql, values)
        return list(cursor.fetchall())

    rows: list[Any] = _with_cursor(conn, sql, fetch)
    return rows


def carry_out(conn: Connection, sql: str, rows: Sequence[Values]) -> int | None:
    """The statement for each row; how many rows it wrote in all, None where the driver does not say. Raises as above."""

    def run(cursor: Any) -> int:
        if len(rows) == 1:
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)
        return int(cursor.rowcount)

    written: int = _with_cursor(conn, sql, run)
    return written if written >= 0 else None


def _with_cursor(conn: Connection, sql: str, work: Callable[[Any], Any]) -> Any:
    if not conn.in_transaction():
        conn.begin()
    connection, driver = conn.connection, conn.dialect.loaded_dbapi
    cursor = connection.cursor()
    try:
        return work(cursor)
    except driver.Error as error:
        if conn.dialect.is_disconnect(error, connection, cursor):
            conn.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, driver.Error, hide_parameters=True, dialect=conn.dialect
        ) from error
    finally:
        cursor.close()
