"""How often did somebody fail to log in? Counted in the database, per account and per address, so that replicas throttle together.

An attempt is counted before the password is looked at and forgiven when it was right: a hundred guesses sent at once count as a hundred.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from flows.throttle import Attempts, Limit, after_attempt
from storage.dialect import insert_new
from storage.tables import LoginAttempt


def begin_attempt(conn: Connection, subject: str, limit: Limit, now: datetime) -> datetime | None:
    """Counts an attempt; None when it may go on, else the moment until which this subject must wait."""
    conn.execute(insert_new(conn, LoginAttempt), [{"subject": subject, "failures": 0, "at": now}])
    row = conn.execute(select(LoginAttempt).where(LoginAttempt.subject == subject).with_for_update()).one()
    before = Attempts(failures=row.failures, blocked_until=row.blocked_until, at=row.at)
    if before.blocked_until is not None and before.blocked_until > now:
        return before.blocked_until
    after = after_attempt(before, limit, now)
    conn.execute(
        update(LoginAttempt)
        .where(LoginAttempt.subject == subject)
        .values(failures=after.failures, blocked_until=after.blocked_until, at=after.at)
    )
    return None


def forgive(conn: Connection, subject: str) -> None:
    """The password was right: this subject starts anew."""
    conn.execute(delete(LoginAttempt).where(LoginAttempt.subject == subject))


def forgive_one(conn: Connection, subject: str) -> None:
    """One attempt from this address was right; the others still count, or one known password would open the door to guessing."""
    conn.execute(
        update(LoginAttempt)
        .where(LoginAttempt.subject == subject, LoginAttempt.failures > 0)
        .values(failures=LoginAttempt.failures - 1, blocked_until=None)
    )
