"""How long is what kept? One number of days for each class, or none: kept until a person is erased.

What goes is content; rows that numbers are counted from stay. A bound from below keeps a slip of the finger from emptying the house.
"""

from collections.abc import Mapping
from enum import StrEnum

from flows.refusal import Refusal, invalid

LONGEST_DAYS = 36_500  # A hundred years; more is a typing error.


class Kept(StrEnum):
    """What can grow old, each under its own rule."""

    MESSAGES = "messages"
    MEDIA = "media"
    QUEUES = "queues"
    ALERTS = "alerts"
    REVEALS = "reveals"
    AUDIT = "audit"


# Days below which nothing of the class may go: work in hand needs it, and POJK 18/2018 lets a complaint run for 20 working days.
SHORTEST_DAYS: Mapping[Kept, int] = {
    Kept.MESSAGES: 30,
    Kept.MEDIA: 30,
    Kept.QUEUES: 7,
    Kept.ALERTS: 7,
    Kept.REVEALS: 30,
    Kept.AUDIT: 365,
}

Retention = Mapping[Kept, int | None]
KEEP_ALL: Retention = dict.fromkeys(Kept)


def refuse_retention(wanted: Retention) -> Refusal | None:
    """Why these days cannot stand, None when they can."""
    for kept, days in wanted.items():
        if days is not None and not SHORTEST_DAYS[kept] <= days <= LONGEST_DAYS:
            return invalid(
                kept.value, f"Between {SHORTEST_DAYS[kept]} and {LONGEST_DAYS} days, or empty to keep."
            )
    return None
