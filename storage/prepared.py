"""One question that is asked on the way of every message: compiled once, its rows made as they come from the driver.

SQLAlchemy looks a statement's compiled form up anew at each run, and writes another SQL for each number of values that an IN lists, which
the drivers then prepare anew. That costs a message more than the database's own work. Here lists come in few lengths: one, two, four, …
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, Float, Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

from storage.driver import ask
from storage.many import Convert, constant_of, converter, positions

# Any, here and below: values of columns, and rows of them read by name.
Asked = dict[str, Any]
Part = Callable[[Asked], Sequence[Any]]
Make = Callable[[list[Any]], list[Any]]
Sizes = tuple[int, ...]


@dataclass(slots=True)
class Prepared:
    """A SELECT of columns with names of their own; what changes are its `bindparam`s, lists among them those that are `expanding`."""

    statement: Select[*tuple[Any, ...]]
    _changing: frozenset[str] = field(init=False)
    _lists: tuple[str, ...] = field(init=False)
    _compiled: dict[tuple[str, Sizes], tuple[str, tuple[Part, ...], Make]] = field(default_factory=dict)

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
        sql, parts, make = self._compiled[key]
        return make(ask(conn, sql, [value for part in parts for value in part(values)]))

    def _prepared(self, dialect: Dialect, sizes: dict[str, int]) -> tuple[str, tuple[Part, ...], Make]:
        nothing = dict.fromkeys(self._changing)
        sized = self.statement.params({**nothing, **{name: [None] * size for name, size in sizes.items()}})
        compiled = sized.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        assert isinstance(compiled, SQLCompiler)
        members = {f"{name}_{at + 1}": (name, at) for name, size in sizes.items() for at in range(size)}
        parts: list[Part] = []
        for position in positions(compiled):
            name, at = members.get(position, (position, 0))
            if at == 0:  # The members of a list come one after the other, and all with the first.
                parts.append(_part(compiled, name, name in self._changing, name in sizes))
        return str(compiled), tuple(parts), _maker(self.statement, dialect)


def _filled(values: Collection[Any]) -> list[Any]:
    """The values, the last repeated until their number is a power of two."""
    filled = list(values)
    if filled:
        filled += filled[-1:] * ((1 << (len(filled) - 1).bit_length()) - len(filled))
    return filled


def _part(compiled: SQLCompiler, name: str, is_changing: bool, is_list: bool) -> Part:
    """The values that stand in the statement under this name: many for a list, otherwise one."""
    if is_list:
        return itemgetter(name)
    if not is_changing:
        constant = (constant_of(compiled, name),)
        return lambda _asked: constant
    convert = converter(compiled, name)
    return (lambda asked: (asked[name],)) if convert is None else (lambda asked: (convert(asked[name]),))


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    # Both drivers give fractions as Python has them; SQLAlchemy would first ask which of PostgreSQL's types the number has.
    return None if isinstance(kind, Float) else kind.dialect_impl(dialect).result_processor(dialect, None)


def _maker(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> Make:
    """From the driver's rows to some with names, and with the values that the columns promise."""
    columns = list(statement.selected_columns)
    row = namedtuple("row", [str(column.key) for column in columns])  # type: ignore[misc]  # names known at run time
    readers = [_reader(column.type, dialect) for column in columns]
    reading: list[tuple[int, Convert]] = [(at, read) for at, read in enumerate(readers) if read is not None]
    new = partial(tuple.__new__, row)  # As `row._make`, which asks once more how many values there are.

    def make(raws: list[Any]) -> list[Any]:
        if not reading:
            return [new(raw) for raw in raws]
        rows = []
        for raw in raws:
            values = list(raw)
            for at, read in reading:
                values[at] = read(values[at])
            rows.append(new(values))
        return rows

    return make
