"""One question that is asked on the way of every message: compiled once, its rows made as they come from the driver.

SQLAlchemy looks a statement's compiled form up anew at each run, and writes another SQL for each number of values that an IN lists, which
the drivers then prepare anew. That costs a message more than the database's own work. Here lists come in few lengths: one, two, four, …
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import iterate

from storage.driver import ask
from storage.many import Value, value_of

Make = Callable[
    [Sequence[Any]], Any
]  # Any, here and below: values of columns, and rows of them read by name.
Sizes = tuple[int, ...]


@dataclass(slots=True)
class Prepared:
    """A SELECT of columns with names of their own; what changes are its `bindparam`s, lists among them those that are `expanding`."""

    statement: Select[*tuple[Any, ...]]
    _changing: frozenset[str] = field(init=False)
    _lists: tuple[str, ...] = field(init=False)
    _compiled: dict[tuple[str, Sizes], tuple[str, tuple[Value, ...], Make]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bound = [
            part for part in iterate(self.statement) if isinstance(part, BindParameter) and part.required
        ]
        self._changing = frozenset(part.key for part in bound)
        self._lists = tuple(dict.fromkeys(part.key for part in bound if part.expanding))

    def all(self, conn: Connection, **values: Any) -> list[Any]:
        """The rows, their columns by name. Lists may be any collections, and empty: in none of nothing lies everything."""
        values |= {name: _filled(values[name]) for name in self._lists}
        key = (conn.dialect.name, tuple([len(values[name]) for name in self._lists]))
        if key not in self._compiled:
            self._compiled[key] = self._prepared(conn.dialect, dict(zip(self._lists, key[1], strict=True)))
        sql, parameters, make = self._compiled[key]
        return [make(row) for row in ask(conn, sql, [value(values) for value in parameters])]

    def _prepared(self, dialect: Dialect, sizes: dict[str, int]) -> tuple[str, tuple[Value, ...], Make]:
        nothing = dict.fromkeys(self._changing)
        sized = self.statement.params({**nothing, **{name: [None] * size for name, size in sizes.items()}})
        compiled = sized.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        assert isinstance(compiled, SQLCompiler)
        assert compiled.positiontup is not None, "both drivers take values by position"
        of_lists = {
            f"{name}_{at + 1}": _member(name, at) for name, size in sizes.items() for at in range(size)
        }
        parameters = tuple(
            of_lists.get(name) or value_of(compiled, name, name in self._changing)
            for name in compiled.positiontup
        )
        return str(compiled), parameters, _maker(self.statement, dialect)


def _filled(values: Collection[Any]) -> list[Any]:
    """The values, the last repeated until their number is a power of two."""
    filled = list(values)
    if filled:
        filled += filled[-1:] * ((1 << (len(filled) - 1).bit_length()) - len(filled))
    return filled


def _member(name: str, at: int) -> Value:
    return lambda values: values[name][at]


def _maker(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> Make:
    """From the driver's row to one with names, and with the values that the columns promise."""
    columns = list(statement.selected_columns)
    row = namedtuple("row", [str(column.key) for column in columns])  # type: ignore[misc]  # names known at run time
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    reading = [(at, read) for at, read in enumerate(readers) if read is not None]

    def make(raw: Sequence[Any]) -> Any:
        values = list(raw)
        for at, read in reading:
            values[at] = read(values[at])
        return row._make(values)

    return make
