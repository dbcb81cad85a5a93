"""Which rows within somebody's reach are the newest? Each part of a reach is an index that is read from its newest end.

Said as one condition, a reach of several parts would be met by chance in everybody's order of time, or gathered whole and sorted.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select, union

# What a question adds to a selection of rows: its tables and its conditions.
Narrowed = Callable[[Select[Any]], Select[Any]]


def newest_ids(
    parts: Sequence[ColumnElement[bool]],
    key: Any,  # Any: mapped columns of any table.
    at: Any,
    narrowed: Narrowed,
    most: Any,  # Any: a number, or a value still to come.
    *,
    with_timeless: bool = False,
) -> Select[Any]:
    """The keys of so many rows in any of the parts, the newest first; with_timeless: then those without a moment."""
    timed: Any = literal_column("0").label("is_timeless")
    timeless: Any = literal_column("1").label("is_timeless")
    arms = []
    for part in parts:
        told = narrowed(select(key, at, timed)).where(part, at.is_not(None))
        arms.append(told.order_by(at.desc(), key.desc()).limit(most))
        if with_timeless:
            quiet = narrowed(select(key, at, timeless)).where(part, at.is_(None))
            arms.append(quiet.order_by(key.desc()).limit(most))
    if len(arms) == 1:
        return arms[0].with_only_columns(key)
    found = union(*(select(arm.subquery()) for arm in arms)).subquery()
    found_key, found_at, is_timeless = found.c
    return select(found_key).order_by(is_timeless, found_at.desc(), found_key.desc()).limit(most)
