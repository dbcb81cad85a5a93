"""What do we hold about this person? Every row of every table in `storage.people.personal`, for their right to see it (UU PDP)."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, inspect, select

from storage.people.merge import key_of
from storage.people.person import PersonIds
from storage.people.personal import HOLDINGS, Holding

ROWS_AT_ONCE = 200
# Files are read one at a time: a hundred photographs must not lie in memory together.
FILES_AT_ONCE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some rows of one table, as JSON values."""

    table: str
    rows: tuple[dict[str, Any], ...]  # Any: JSON.


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far an export has come: which holding, after which key."""

    holding: int = 0
    after: Any = None  # Any: a primary key.


def next_section(conn: Connection, person: PersonIds, place: Place) -> tuple[Section, Place] | None:
    """The rows from this place on and where to go on; None at the end. Reading in parts lets exports be of any length."""
    while place.holding < len(HOLDINGS):
        holding = HOLDINGS[place.holding]
        rows, key = _rows(conn, holding, person, place.after)
        section = Section(table=holding.table.__tablename__, rows=tuple(rows))
        if len(rows) == _at_once(holding):
            return section, Place(holding=place.holding, after=key)
        place = Place(holding=place.holding + 1)
        if rows:
            return section, place
    return None


def everything(conn: Connection, person: PersonIds) -> Iterator[Section]:
    """All of it, part by part."""
    place = Place()
    while found := next_section(conn, person, place):
        section, place = found
        yield section


def _at_once(holding: Holding) -> int:
    return FILES_AT_ONCE if holding.table.__tablename__ == "media_files" else ROWS_AT_ONCE


def _rows(
    conn: Connection, holding: Holding, person: PersonIds, after: Any
) -> tuple[list[dict[str, Any]], Any]:  # Any: JSON and a primary key.
    key = key_of(holding.table)
    chosen = select(holding.table).where(holding.of(person))
    if after is not None:
        chosen = chosen.where(key > after)
    found = conn.execute(chosen.order_by(key).limit(_at_once(holding))).mappings().all()
    names = [column.key for column in inspect(holding.table).columns]
    rows = [{name: _json(row[name]) for name in names} for row in found]
    return rows, (found[-1][key.key] if found else None)


def _json(value: Any) -> Any:  # Any: a column value; JSON.
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value
