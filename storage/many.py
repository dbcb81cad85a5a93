"""One statement for many rows, on the way of every message: compiled once, its rows handed to the driver as they are.

SQLAlchemy works each row's values out from the statement anew, which costs several times what the driver needs to run it. Here only
the columns' own conversions are left.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from storage.driver import carry_out

Row = Mapping[str, Any]  # Any, here and below: a column's value.
Value = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Many:
    """An INSERT or UPDATE to be run for many rows. All rows bring the same names: the columns, or the statement's own parameters.

    skips_known: rows that would break a unique index are left out (ON CONFLICT DO NOTHING).
    """

    statement: Insert | Update
    skips_known: bool = False
    _compiled: dict[tuple[str, tuple[str, ...]], tuple[str, tuple[Value, ...]]] = field(default_factory=dict)

    def run(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Carries it out for each row; without rows nothing happens.

        Raises AssertionError where rows leave out a column whose default only Python knows: they must bring it.
        """
        if not rows:
            return
        key = (conn.dialect.name, tuple(rows[0]))
        if key not in self._compiled:
            statement = _skipping(self.statement, key[0]) if self.skips_known else self.statement
            self._compiled[key] = _compiled(statement, conn.dialect, key[1])
        sql, values = self._compiled[key]
        carry_out(conn, sql, [tuple([value(row) for value in values]) for row in rows])


def _skipping(statement: Insert | Update, database: str) -> Insert:
    assert isinstance(statement, Insert), "an UPDATE meets no rows that are new"
    insert = postgresql.insert if database == "postgresql" else sqlite.insert
    return insert(statement.table).on_conflict_do_nothing()


def _compiled(
    statement: Insert | Update, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, tuple[Value, ...]]:
    is_insert = isinstance(statement, Insert)
    # Inline: nobody asks for the keys of the new rows.
    plain = statement.inline() if is_insert else statement
    compiled = plain.compile(dialect=dialect, column_keys=list(names) if is_insert else None)
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup is not None, "both drivers take values by position"
    missing = [column.name for column in (*compiled.insert_prefetch, *compiled.update_prefetch)]
    assert not missing, f"rows must bring {', '.join(missing)} too: SQL cannot work their defaults out"
    return str(compiled), tuple(value_of(compiled, name, name in names) for name in compiled.positiontup)


def value_of(compiled: SQLCompiler, name: str, is_of_row: bool) -> Value:
    """How a row, or the statement itself, gives the driver the value of this name."""
    bound = compiled.binds[name]
    convert = bound.type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)
    if not is_of_row:
        constant = bound.effective_value if convert is None else convert(bound.effective_value)
        return lambda _row: constant
    if convert is None:
        return itemgetter(name)
    return lambda row: convert(row[name])
