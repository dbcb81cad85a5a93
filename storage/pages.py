"""How a list that can grow is read: a page of rows, and how many there are in all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Integer, RowMapping, Select, bindparam, func, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from storage.prepared import Prepared

T = TypeVar("T")
U = TypeVar("U")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200  # A page that a browser and a phone still show at once.
COUNTED_BEYOND = (
    1_000  # After the page; nobody acts differently on more, and counting everything would read everything.
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which rows: `limit` of them after the first `offset`."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """One page of a list, and how long the whole list is; of one that goes on for more than COUNTED_BEYOND rows, at least how long."""

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
    rows = conn.execute(statement.order_by(*order).limit(page.limit).offset(page.offset)).mappings()
    total = count_rows(conn, statement, page.offset + page.limit + COUNTED_BEYOND)
    return Part(items=tuple(read(row) for row in rows), total=total)


def page_by_key(
    conn: Connection,
    first: Callable[[int], Select[Any]],
    key: ColumnElement[Any] | Any,
    whole: Select[*tuple[Any, ...]],  # Any: as above.
    order: Sequence[ColumnElement[Any] | Any],
    page: Page,
    read: Callable[[RowMapping], T],
) -> Part[T]:
    """As `page_of`, where rows are wide or joined with much: first(n) selects the first n keys in that order (see `newest_ids`), and of
    `whole` only the page's rows are read."""
    # One look finds the page and counts what follows it.
    most = page.limit + COUNTED_BEYOND
    found = conn.scalars(first(page.offset + most).limit(most).offset(page.offset)).all()
    rows = (
        conn.execute(whole.where(key.in_(found[: page.limit])).order_by(*order)).mappings() if found else ()
    )
    total = page.offset + len(found) if found else count_rows(conn, first(page.offset), page.offset)
    return Part(items=tuple(read(row) for row in rows), total=total)


_WITHIN: Any = bindparam("within", type_=Integer)  # Any: a number still to come, as is what follows.
_MOST: Any = bindparam("most", type_=Integer)
_SKIPPED: Any = bindparam("skipped", type_=Integer)


class PreparedKeys:
    """The keys of a list's pages and how many there are, as in `page_by_key`, by statements that are written once."""

    def __init__(self, first: Callable[[Any], Select[Any]]) -> None:
        self._found = Prepared(first(_WITHIN).limit(_MOST).offset(_SKIPPED))
        before = first(_SKIPPED).subquery()
        self._before = Prepared(select(func.count().label("number")).select_from(before))

    def of_page(self, conn: Connection, page: Page, values: Mapping[str, Any]) -> Part[Any]:
        """values: of the parameters that `first` wrote into its statement."""
        most = page.limit + COUNTED_BEYOND
        asked = {**values, "within": page.offset + most, "most": most, "skipped": page.offset}
        found = [row[0] for row in self._found.all(conn, **asked)]
        total = page.offset + len(found)
        if page.offset and not found:
            total = self._before.all(conn, **values, skipped=page.offset)[0].number
        return Part(items=tuple(found[: page.limit]), total=total)


def count_rows(conn: Connection, statement: Select[*tuple[Any, ...]], most: int) -> int:  # Any: as above.
    """How many rows there are, counted up to that many. Without their columns, so that an index alone may answer."""
    # Any: a Select of one number.
    bare: Any = statement.order_by(None).with_only_columns(literal_column("1"), maintain_column_froms=True)
    return conn.scalar(select(func.count()).select_from(bare.limit(most).subquery())) or 0
