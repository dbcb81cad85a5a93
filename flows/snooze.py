"""Until when is a conversation put off? Staff pick a word; this says the moment. Working days begin at eight."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from flows.refusal import Refusal, invalid

MORNING = time(8)
MONDAY = 0
LONGEST = timedelta(days=180)  # Whoever wants longer wants a follow-up task, not a snooze.


class Snooze(StrEnum):
    REPLY = "reply"
    HOUR = "hour"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"
    CUSTOM = "custom"


def snooze_end(choice: Snooze, local_now: datetime, custom: datetime | None) -> datetime | None:
    """The moment on the company's clock; None: until the customer writes, however long that takes."""
    match choice:
        case Snooze.REPLY:
            return None
        case Snooze.HOUR:
            return local_now + timedelta(hours=1)
        case Snooze.TOMORROW:
            return _morning(local_now, 1)
        case Snooze.NEXT_WEEK:
            return _morning(local_now, 7 - (local_now.weekday() - MONDAY))
        case Snooze.CUSTOM:
            return custom


def refuse_moment(moment: datetime | None, now: datetime, field: str) -> Refusal | None:
    """A moment for later must lie ahead, and not out of anybody's memory."""
    if moment is None:
        return None
    if moment <= now:
        return invalid(field, "The time must lie in the future.")
    if moment > now + LONGEST:
        return invalid(field, f"The time must lie within {LONGEST.days} days.")
    return None


def _morning(local_now: datetime, days: int) -> datetime:
    day = local_now.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, tzinfo=local_now.tzinfo)
