"""Which days do numbers speak of? The period that the API and the panel ask for, and what both read over it."""

from datetime import date, timedelta

from admin.desk import Desk
from admin.problems import unprocessable
from storage.numbers.analytics import Period

DEFAULT_DAYS = 30
LONGEST_DAYS = 3_660  # Ten years; a typo in the year should not scan everything.


def period_of(desk: Desk, first: date | None, last: date | None) -> Period:
    """The local days from first to last, both included; by default the thirty up to today. Raises Problem 422 for a wrong order."""
    last = last or desk.local(desk.now()).date()
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise unprocessable("from", "The first day cannot come after the last one.")
    if last - first > timedelta(days=LONGEST_DAYS):
        raise unprocessable("from", f"A period may have {LONGEST_DAYS} days at most.")
    until = desk.midnight(last + timedelta(days=1))
    return Period(since=desk.midnight(first), until=until, first=first, last=last)
