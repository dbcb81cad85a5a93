"""The second factor of a member of staff: whether one is set up, proven, or taken away.

A code counts once: the last time step that was used is kept with the member, so that a code seen over a shoulder is worth nothing.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from flows.throttle import PER_ACCOUNT
from storage.staff.logins import begin_attempt, forgive
from storage.staff.users import StaffMember
from storage.tables import User
from storage.trail.audit import Event, note


def set_factor(conn: Connection, user_id: int, secret: str, step: int, by: Actor, now: datetime) -> None:
    """Keeps the key, once its owner has shown by the code of this step that their app knows it. Refused when there is one."""
    changed = conn.execute(
        update(User)
        .where(User.id == user_id, User.totp_secret.is_(None))
        .values(totp_secret=secret, totp_step=step)
    )
    if not changed.rowcount:
        raise Refused(conflict("A second factor is set up already. Take it away first."))
    note(conn, Event.SET_UP_SECOND_FACTOR, by, now, subject=by.name)


def forget_factor(conn: Connection, user_id: int, by: Actor, now: datetime) -> None:
    """Takes the key away. Raises Refused for an unknown member of staff."""
    name = conn.scalar(select(User.username).where(User.id == user_id))
    if name is None:
        raise missing("user")
    conn.execute(update(User).where(User.id == user_id).values(totp_secret=None, totp_step=None))
    note(conn, Event.REMOVE_SECOND_FACTOR, by, now, subject=name)


def try_code(conn: Connection, username: str, now: datetime) -> datetime | None:
    """Counts a try at the code; None when it may go on, else the moment until which to wait."""
    return begin_attempt(conn, _subject(username), PER_ACCOUNT, now)


def use_step(conn: Connection, member: StaffMember, step: int) -> bool:
    """The code of this time step was right, and is worth nothing from now on. False when this step was used before."""
    used = conn.execute(
        update(User)
        .where(User.id == member.id, (User.totp_step.is_(None)) | (User.totp_step < step))
        .values(totp_step=step)
    )
    if not used.rowcount:
        return False
    forgive(conn, _subject(member.username))
    return True


def _subject(username: str) -> str:
    return f"code:{username}"
