"""One statement for many rows, on the way of every message: compiled once, its rows handed to the driver as they are.

SQLAlchemy works each row's values out from the statement anew, which costs several times what the driver needs to run it. Here only
the columns' own conversions are left.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from storage.driver import carry_out

Row = Mapping[str, Any]  # Any, here and below: a column's value.
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """In which order a statement takes what a row names, what the driver wants converted, and where values of the statement's own lie
    between them. Places count from 0; each constant goes to its place when those before it are there."""

    names: tuple[str, ...]
    converted: tuple[tuple[int, Convert], ...]
    constants: tuple[tuple[int, Any], ...]

    def values(self, row: Row) -> list[Any]:
        values = [row[name] for name in self.names]
        for place, convert in self.converted:
            values[place] = convert(values[place])
        for place, constant in self.constants:
            values.insert(place, constant)
        return values


@dataclass(frozen=True, slots=True)
class Many:
    """An INSERT or UPDATE to be run for many rows. All rows bring the same names: the columns, or the statement's own parameters.

    skips_known: rows that would break a unique index are left out (ON CONFLICT DO NOTHING).
    """

    statement: Insert | Update
    skips_known: bool = False
    _compiled: dict[tuple[str, tuple[str, ...]], tuple[str, Layout]] = field(default_factory=dict)

    def run(self, conn: Connection, rows: Sequence[Row]) -> int | None:
        """Carries it out for each row; without rows nothing happens. How many rows were written, None where the driver does not say.

        Raises AssertionError where rows leave out a column whose default only Python knows: they must bring it.
        """
        if not rows:
            return 0
        key = (conn.dialect.name, tuple(rows[0]))
        if key not in self._compiled:
            statement = _skipping(self.statement, key[0]) if self.skips_known else self.statement
            self._compiled[key] = _compiled(statement, conn.dialect, key[1])
        sql, layout = self._compiled[key]
        return carry_out(conn, sql, [layout.values(row) for row in rows])


def _skipping(statement: Insert | Update, database: str) -> Insert:
    assert isinstance(statement, Insert), "an UPDATE meets no rows that are new"
    insert = postgresql.insert if database == "postgresql" else sqlite.insert
    return insert(statement.table).on_conflict_do_nothing()


def _compiled(statement: Insert | Update, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, Layout]:
    is_insert = isinstance(statement, Insert)
    # Inline: nobody asks for the keys of the new rows.
    plain = statement.inline() if is_insert else statement
    compiled = plain.compile(dialect=dialect, column_keys=list(names) if is_insert else None)
    assert isinstance(compiled, SQLCompiler)
    missing = [column.name for column in (*compiled.insert_prefetch, *compiled.update_prefetch)]
    assert not missing, f"rows must bring {', '.join(missing)} too: SQL cannot work their defaults out"
    return str(compiled), layout_of(compiled, frozenset(names))


def layout_of(compiled: SQLCompiler, of_rows: frozenset[str]) -> Layout:
    """How rows, which bring these names, and the statement itself give the driver its values."""
    names: list[str] = []
    converted: list[tuple[int, Convert]] = []
    constants: list[tuple[int, Any]] = []
    for place, name in enumerate(positions(compiled)):
        if name not in of_rows:
            constants.append((place, constant_of(compiled, name)))
            continue
        if convert := converter(compiled, name):
            converted.append((len(names), convert))
        names.append(name)
    return Layout(tuple(names), tuple(converted), tuple(constants))


def positions(compiled: SQLCompiler) -> Sequence[str]:
    """The names of the values in the order in which the driver takes them."""
    assert compiled.positiontup is not None, "both drivers take values by position"
    return compiled.positiontup


def converter(compiled: SQLCompiler, name: str) -> Convert | None:
    """What makes of a value with this name what the driver takes; None: it is taken as it is."""
    return compiled.binds[name].type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)


def constant_of(compiled: SQLCompiler, name: str) -> Any:
    """A value that the statement brings along, as the driver takes it."""
    if name in compiled.binds:
        value, convert = compiled.binds[name].effective_value, converter(compiled, name)
    else:  # The member of a list: called after the list, and counted from 1.
        of_list, _, place = name.rpartition("_")
        members: Sequence[Any] = compiled.binds[of_list].effective_value or ()
        value, convert = members[int(place) - 1], converter(compiled, of_list)
    return value if convert is None else convert(value)
