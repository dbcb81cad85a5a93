"""How much waits behind each entry of the menu? Numbers beside it, counted for each person and kept fresh by the live feed.

A noun that wants a badge adds a row: the entry's key in `navigation.py`, the permission, and a bounded count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flows.roles import Actor, Permission
from storage.complaints.case_numbers import late_for
from storage.database import Connection
from storage.desk.inbox_list import inbox_count, unanswered_count
from storage.desk.inbox_question import QUEUE

Count = Callable[[Connection, Actor, datetime], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    key: str
    access: Permission
    count: Count


def _queue(conn: Connection, actor: Actor, now: datetime) -> int:
    return inbox_count(conn, actor, QUEUE, now)


BADGES: tuple[Badge, ...] = (
    Badge(key="inbox", access=Permission.HOLD_CONVERSATIONS, count=unanswered_count),
    Badge(key="queue", access=Permission.HOLD_CONVERSATIONS, count=_queue),
    Badge(key="cases", access=Permission.WRITE_CASES, count=late_for),
)


def badges_of(conn: Connection, actor: Actor, now: datetime) -> dict[str, int]:
    """The numbers that this person sees."""
    return {badge.key: badge.count(conn, actor, now) for badge in BADGES if actor.may(badge.access)}
