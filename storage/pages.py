"""How a list that can grow is read: a page of rows, and how many there are in all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, RowMapping, Select, func, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

T = TypeVar("T")
U = TypeVar("U")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200  # A page that a browser and a phone still show at once.


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which rows: `limit` of them after the first `offset`."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """One page of a list, and how long the whole list is."""

    items: tuple[T, ...]
    total: int

    def map(self, change: Callable[[T], U]) -> "Part[U]":
        return Part(items=tuple(change(item) for item in self.items), total=self.total)


def page_of(
    conn: Connection,
    statement: Select[*tuple[Any, ...]],  # Any: whatever columns the caller selected.
    order: Sequence[ColumnElement[Any] | Any],
    page: Page,
    read: Callable[[RowMapping], T],
) -> Part[T]:
    """The page of the statement's rows in that order, each parsed by `read`, with the total count."""
    # Counted without its columns, so that an index alone may answer. Any: a Select of one number.
    bare: Any = statement.order_by(None).with_only_columns(literal_column("1"), maintain_column_froms=True)
    total = conn.scalar(select(func.count()).select_from(bare.subquery())) or 0
    rows = conn.execute(statement.order_by(*order).limit(page.limit).offset(page.offset)).mappings()
    return Part(items=tuple(read(row) for row in rows), total=total)
