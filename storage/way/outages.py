"""Is WhatsApp itself out of order, and do staff know? One alert while an outage of a session lasts, a new one for the next."""

from datetime import datetime

from sqlalchemy import Connection, cast, literal, update

from storage.moments.alerts import AlertState, NewAlert, raise_alert
from storage.tables import Alert


def begin_outage(conn: Connection, session: str, reason: str, now: datetime) -> bool:
    """Tells staff that nothing of this session can leave; whether this was news."""
    alert = NewAlert(
        kind="session_down", dedupe_key=_key(session), facts={"session": session, "reason": reason}
    )
    return raise_alert(conn, alert, now)


def end_outage(conn: Connection, session: str) -> bool:
    """Messages leave again: an alert not yet told is not told any more. Whether there was an outage."""
    # The key is freed by making it the row's own, so that the next outage raises an alert of its own.
    ended = conn.execute(
        update(Alert)
        .where(Alert.dedupe_key == _key(session))
        .values(
            state=AlertState.DONE,
            dedupe_key=literal(_key(session) + ":") + cast(Alert.id, Alert.kind.type),
        )
    )
    return bool(ended.rowcount)


def _key(session: str) -> str:
    return f"session_down:{session}"
