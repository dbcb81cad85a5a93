"""How long must somebody wait who keeps failing to log in? A few tries are free, then each one doubles the wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)  # After so long without a try, earlier failures are forgotten.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
MAX_DOUBLINGS = 6  # 30 s doubled six times is past the longest wait.


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many tries are free."""

    free_tries: int


PER_ACCOUNT = Limit(free_tries=5)
PER_ADDRESS = Limit(free_tries=30)  # A whole office may share one address.


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What is known of one account or address: tries in a row, and until when it must wait."""

    failures: int
    blocked_until: datetime | None
    at: datetime


def after_attempt(before: Attempts, limit: Limit, now: datetime) -> Attempts:
    """The count with one more try; from the last free one on, the next must wait."""
    is_fresh = now - before.at > WINDOW
    failures = 1 if is_fresh else before.failures + 1
    return Attempts(failures=failures, blocked_until=_blocked_until(failures, limit, now), at=now)


def _blocked_until(failures: int, limit: Limit, now: datetime) -> datetime | None:
    beyond = failures - limit.free_tries
    if beyond < 0:
        return None
    doublings: int = 2 ** min(beyond, MAX_DOUBLINGS)
    return now + min(FIRST_WAIT * doublings, LONGEST_WAIT)
