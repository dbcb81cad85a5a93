"""Which files did customers send, and have we got them? WAHA keeps a file for minutes, so each is fetched and kept here.

The message's `details.file` says where WAHA had it and what became of it: `waiting`, `kept` (then `media_id` is set) or `gone`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from storage.tables import InboxRow, Message
from storage.talks.media import NewMedia, keep_media
from storage.talks.touch import touch

NEWEST = 2_000  # Messages looked through at start; a file that lies further back WAHA has long thrown away.


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """A file that came with a message and is not here yet."""

    message_id: str
    url: str
    mimetype: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFile:
    content: bytes
    mimetype: str
    name: str


def wanted_files(conn: Connection, since: datetime) -> list[WantedFile]:
    """Files of messages received since then that nobody has fetched: the scan at start."""
    newest = conn.scalar(select(func.max(InboxRow.id))) or 0
    rows = conn.execute(
        select(Message.id, Message.details)
        .join(InboxRow, InboxRow.message_id == Message.id)
        .where(InboxRow.id > newest - NEWEST, InboxRow.received_at >= since, Message.media_id.is_(None))
        .where(Message.kind.in_(("image", "document")))
        .order_by(InboxRow.id)
    )
    found = (_wanted(row.id, row.details.get("file")) for row in rows)
    return [wanted for wanted in found if wanted is not None]


def keep_customer_file(conn: Connection, message_id: str, file: CustomerFile, now: datetime) -> str | None:
    """Keeps the file beside its message and answers its id; None when it is there already or the message is not."""
    row = conn.execute(
        select(Message.conversation_id, Message.media_id, Message.details).where(Message.id == message_id)
    ).first()
    if row is None or row.media_id is not None:
        return None
    media = NewMedia(
        owner="customer",
        name=file.name,
        mimetype=file.mimetype,
        content=file.content,
        conversation_id=row.conversation_id,
    )
    media_id = keep_media(conn, media, now)
    details = _with_state(row.details, "kept")
    conn.execute(update(Message).where(Message.id == message_id).values(media_id=media_id, details=details))
    touch(conn, row.conversation_id)
    return media_id


def note_gone(conn: Connection, message_id: str) -> None:
    """WAHA has no such file any more, or it is none that we keep: staff ask the customer, nobody asks WAHA again."""
    details = conn.scalar(select(Message.details).where(Message.id == message_id))
    if details is not None:
        conn.execute(
            update(Message).where(Message.id == message_id).values(details=_with_state(details, "gone"))
        )


def _with_state(details: dict[str, Any], state: str) -> dict[str, Any]:  # Any: JSON as stored.
    return details | {"file": (details.get("file") or {}) | {"state": state}}


def _wanted(message_id: str, file: Any) -> WantedFile | None:  # Any: JSON as stored.
    if not isinstance(file, dict) or not file.get("url") or file.get("state", "waiting") != "waiting":
        return None
    return WantedFile(
        message_id=message_id, url=file["url"], mimetype=file.get("mimetype") or "", name=file.get("name")
    )
