"""Who is logged in to the panel, since when and from where? A session is found by the hash of its token and ended by deleting it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, String, bindparam, delete, insert, select, update

from flows.roles import Actor
from storage.prepared import Prepared
from storage.tables import StaffSession
from storage.trail.audit import Event, note

LASTS = timedelta(hours=12)  # One working day with its evening, as the API's tokens.
RESTS = timedelta(hours=2)  # Left alone for so long, it ends: panels stay open on shared desks.
# Writing at every request would make each page a transaction of its own.
SEEN_EVERY = timedelta(minutes=1)
LONGEST_DEVICE, LONGEST_ADDRESS = 200, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """id is the hash of the token. awaits_code: a second factor is still asked for."""

    id: str
    user_id: int
    awaits_code: bool
    address: str
    device: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """id is the hash of a fresh random token."""

    id: str
    user_id: int
    address: str
    device: str
    awaits_code: bool = False


def begin_session(conn: Connection, new: NewSession, now: datetime) -> None:
    """Keeps the session, and forgets those that are over."""
    conn.execute(delete(StaffSession).where(StaffSession.ends_at <= now))
    conn.execute(
        insert(StaffSession).values(
            id=new.id,
            user_id=new.user_id,
            awaits_code=new.awaits_code,
            address=new.address[:LONGEST_ADDRESS],
            device=new.device[:LONGEST_DEVICE],
            created_at=now,
            seen_at=now,
            ends_at=now + LASTS,
        )
    )


def find_session(conn: Connection, session_id: str, now: datetime) -> Session | None:
    """The session, None when it is over, was ended, or rested too long."""
    rows = _SESSION.all(conn, session_id=session_id)
    if not rows or rows[0].ends_at <= now or rows[0].seen_at <= now - RESTS:
        return None
    return Session(**rows[0]._asdict())


# Asked with every request, as who it is and what they may: compiled once.
_SESSION = Prepared(
    select(StaffSession.__table__).where(StaffSession.id == bindparam("session_id", type_=String))
)


def open_session(conn: Connection, session_id: str) -> None:
    """The code was right: nothing is awaited any more."""
    conn.execute(update(StaffSession).where(StaffSession.id == session_id).values(awaits_code=False))


def is_due_to_be_seen(session: Session, now: datetime) -> bool:
    return session.seen_at <= now - SEEN_EVERY


def see_session(conn: Connection, session_id: str, now: datetime) -> None:
    """Notes that the session is in use."""
    conn.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))


def sessions_of(conn: Connection, user_id: int, now: datetime) -> list[Session]:
    """The open sessions of a member of staff, the newest first. Who still owes the code is not logged in."""
    rows = conn.execute(
        select(StaffSession.__table__)
        .where(
            StaffSession.user_id == user_id,
            StaffSession.awaits_code.is_(False),
            StaffSession.ends_at > now,
            StaffSession.seen_at > now - RESTS,
        )
        .order_by(StaffSession.created_at.desc())
    ).mappings()
    return [Session(**row) for row in rows]


def end_session(conn: Connection, session_id: str, by: Actor, now: datetime) -> None:
    """Ends one session, of whoever's it is. Ending it twice changes nothing."""
    ended = conn.execute(delete(StaffSession).where(StaffSession.id == session_id))
    if ended.rowcount:
        note(conn, Event.LOG_OUT, by, now, subject=by.name)


def end_all(
    conn: Connection, user_id: int, by: Actor, now: datetime, *, name: str, but: str | None = None
) -> int:
    """Ends all sessions of the member of that name (but one) because somebody asked for it; answers how many."""
    ended = end_sessions_of(conn, user_id, but=but)
    if ended:
        note(conn, Event.END_SESSIONS, by, now, subject=name, sessions=ended)
    return ended


def end_sessions_of(conn: Connection, user_id: int, *, but: str | None = None) -> int:
    """Ends all sessions of a member of staff (but one); answers how many. A new password calls this."""
    which = delete(StaffSession).where(StaffSession.user_id == user_id)
    if but is not None:
        which = which.where(StaffSession.id != but)
    return conn.execute(which).rowcount
