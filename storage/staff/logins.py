"""How often did somebody fail to log in? Counted in the database, per account and per address, so that replicas throttle together.

An attempt is counted before the password is looked at and forgiven when it was right: a hundred guesses sent at once count as a hundred.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from flows.roles import SYSTEM
from flows.throttle import PER_ACCOUNT, PER_ADDRESS, Attempts, Limit, after_attempt
from storage.dialect import insert_new
from storage.staff.users import StaffMember
from storage.tables import LoginAttempt
from storage.trail.audit import Event, note

LONGEST_NAME = 100  # The subject's column holds 120.


def try_login(conn: Connection, username: str, address: str, now: datetime) -> datetime | None:
    """Counts a try for this account from this address; None when it may go on, else the moment until which it must wait."""
    by_address = begin_attempt(conn, _place(address), PER_ADDRESS, now)
    return by_address or begin_attempt(conn, _account(username), PER_ACCOUNT, now)


def forgive_login(conn: Connection, member: StaffMember, address: str) -> None:
    """The password was right: the account starts anew, the address gets its try back."""
    forgive(conn, _account(member.username))
    forgive_one(conn, _place(address))


def note_login(conn: Connection, member: StaffMember, now: datetime) -> None:
    """By the password alone. Who still owes a code is not in yet."""
    if member.totp_secret is None:
        note(conn, Event.LOG_IN, member.actor, now, subject=member.username)


def note_code(conn: Connection, member: StaffMember, now: datetime) -> None:
    """The code of the second factor was right, too."""
    note(conn, Event.LOG_IN, member.actor, now, subject=member.username, means="password and code")


def note_sign_on(conn: Connection, member: StaffMember, now: datetime) -> None:
    """The company's identity provider named this member."""
    note(conn, Event.LOG_IN, member.actor, now, subject=member.username, means="single sign-on")


def note_refusal(conn: Connection, member: StaffMember | None, now: datetime) -> None:
    """The name, the password or the code was wrong. Names that nobody here has are not kept: people type passwords there."""
    by = member.actor if member else SYSTEM
    note(conn, Event.LOG_IN_REFUSED, by, now, subject=member.username if member else None)


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


def _account(username: str) -> str:
    return f"account:{username[:LONGEST_NAME]}"


def _place(address: str) -> str:
    return f"address:{address[:LONGEST_NAME]}"
