"""How a WAHA session is doing, as its own events and our probes last told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.dialect import upsert
from storage.tables import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNow:
    session: str
    status: str
    at: datetime
    facts: dict[str, Any]  # Any: WAHA's JSON, only shown.


def note_session(
    conn: Connection, session: str, status: str, at: datetime, facts: dict[str, Any]
) -> None:  # Any: as above.
    """The session's newest status replaces the one before."""
    statement = upsert(conn, SessionState, "session", "status", "at", "facts")
    conn.execute(statement, [{"session": session, "status": status, "at": at, "facts": facts}])


def session_now(conn: Connection, session: str) -> SessionNow | None:
    row = conn.execute(select(SessionState).where(SessionState.session == session)).first()
    return SessionNow(session=row.session, status=row.status, at=row.at, facts=row.facts) if row else None
