"""Until when do we know what customers wrote? From there on missed messages are read back."""

from datetime import datetime

from sqlalchemy import Connection, select

from storage.tables import InboxRow


def last_heard(conn: Connection, session: str) -> datetime | None:
    """WhatsApp's time of the newest message that came in over this session; None when nobody ever wrote."""
    newest = select(InboxRow.at).where(InboxRow.session == session).order_by(InboxRow.id.desc()).limit(1)
    return conn.scalar(newest)
