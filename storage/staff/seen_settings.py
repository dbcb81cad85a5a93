"""Was this setting saved again since somebody looked at it? Asked before it is written over."""

from datetime import datetime

from sqlalchemy import Connection, select

from flows.refusal import Changed
from storage.tables import Setting


def setting_seen(conn: Connection, name: str) -> datetime | None:
    """When it was saved last, None when it never was."""
    return conn.scalar(select(Setting.updated_at).where(Setting.name == name))


def refuse_unseen(conn: Connection, name: str, seen: datetime | None) -> None:
    """Raises Changed when it was saved after that; who did not look (None) is not held up."""
    saved = setting_seen(conn, name)
    if seen is not None and saved is not None and saved != seen:
        raise Changed(saved)
