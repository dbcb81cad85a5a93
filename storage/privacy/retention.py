"""What has grown too old? The days that staff set for each class, and letting go of what is past them, a little at a time.

Content goes, rows stay where numbers are counted from them or where they say that a message was already seen.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from flows.refusal import Refused
from flows.retention import KEEP_ALL, Kept, Retention, refuse_retention
from flows.roles import SYSTEM, Actor
from storage.dialect import upsert
from storage.people.merge import key_of
from storage.people.personal import ERASED
from storage.tables import Alert, Base, InboxRow, MediaFile, Message, OutboxRow, Reveal, Setting, Turn
from storage.trail.audit import Event, note
from storage.trail.audit_chain import forget_before

_NAME = "retention"
AT_ONCE = 500  # Rows a transaction, so that nobody waits behind a night's work.
FINISHED_IN = ("done", "ignored")
FINISHED_OUT = ("sent", "dropped", "failed", "returned")


def load_retention(conn: Connection) -> Retention:
    """The days of each class, None: kept."""
    value = conn.scalar(select(Setting.value).where(Setting.name == _NAME)) or {}
    return {kept: value.get(kept.value) for kept in Kept}


def save_retention(conn: Connection, wanted: Retention, by: Actor, now: datetime) -> None:
    """Sets the days. Raises Refused for days that cannot stand."""
    if refusal := refuse_retention(wanted):
        raise Refused(refusal)
    before = load_retention(conn)
    after = {**KEEP_ALL, **wanted}
    if before == after:
        return
    value = {kept.value: days for kept, days in after.items()}
    conn.execute(
        upsert(conn, Setting, "name", "value", "updated_at").values(name=_NAME, value=value, updated_at=now)
    )
    note(
        conn, Event.CHANGE_RETENTION, by, now, subject=_NAME,
        old_value=_days(before), new_value=_days(after),
    )  # fmt: skip


def apply_retention(conn: Connection, now: datetime) -> dict[Kept, int]:
    """Lets go of at most a few hundred rows of each class; how many went. Called again until nothing goes."""
    days = load_retention(conn)
    gone = {
        kept: forget(conn, now - timedelta(days=days[kept] or 0), now)
        for kept, forget in _FORGET.items()
        if days[kept] is not None
    }
    counts = {kept: count for kept, count in gone.items() if count}
    if counts:
        note(
            conn, Event.APPLY_RETENTION, SYSTEM, now, rows={kept.value: str(n) for kept, n in counts.items()}
        )
    return counts


def _days(retention: Retention) -> dict[str, str]:
    return {kept.value: "-" if days is None else str(days) for kept, days in retention.items()}


def _messages(conn: Connection, before: datetime, _now: datetime) -> int:
    has_content = Message.body.is_not(None) | Message.media_url.is_not(None)
    old = [Message.at < before, has_content]
    count = _blank(conn, Message, old, body=None, media_url=None, details={})
    traced = [Turn.at < before, Turn.trace != {}]
    return count + _blank(conn, Turn, traced, trace={})


def _media(conn: Connection, before: datetime, _now: datetime) -> int:
    chosen = select(MediaFile.id).where(MediaFile.owner == "customer", MediaFile.created_at < before)
    ids = conn.scalars(chosen.limit(AT_ONCE)).all()
    conn.execute(update(Message).where(Message.media_id.in_(ids)).values(media_id=None))
    conn.execute(delete(MediaFile).where(MediaFile.id.in_(ids)))
    return len(ids)


def _queues(conn: Connection, before: datetime, _now: datetime) -> int:
    received = [InboxRow.state.in_(FINISHED_IN), InboxRow.received_at < before]
    sent = [OutboxRow.state.in_(FINISHED_OUT), OutboxRow.created_at < before]
    count = _blank(conn, InboxRow, [*received, InboxRow.body != ""], body="", facts={})
    return count + _blank(
        conn, OutboxRow, [*sent, OutboxRow.chat_id != ERASED], payload={}, chat_id=ERASED, error=None
    )


def _alerts(conn: Connection, before: datetime, _now: datetime) -> int:
    old = select(Alert.id).where(
        Alert.created_at < before, or_(Alert.state == "done", Alert.state == "failed")
    )
    ids = conn.scalars(old.limit(AT_ONCE)).all()
    conn.execute(delete(Alert).where(Alert.id.in_(ids)))
    return len(ids)


def _reveals(conn: Connection, before: datetime, _now: datetime) -> int:
    return _blank(conn, Reveal, [Reveal.at < before, Reveal.reason != ERASED], reason=ERASED)


def _audit(conn: Connection, before: datetime, now: datetime) -> int:
    return forget_before(conn, before, now, AT_ONCE)


def _blank(
    conn: Connection, table: type[Base], where: list[Any], **values: Any
) -> int:  # Any: conditions and column values.
    keys = conn.scalars(select(key_of(table)).where(*where).limit(AT_ONCE)).all()
    if keys:
        conn.execute(update(table).where(key_of(table).in_(keys)).values(**values))
    return len(keys)


_FORGET: dict[Kept, Callable[[Connection, datetime, datetime], int]] = {
    Kept.MESSAGES: _messages,
    Kept.MEDIA: _media,
    Kept.QUEUES: _queues,
    Kept.ALERTS: _alerts,
    Kept.REVEALS: _reveals,
    Kept.AUDIT: _audit,
}
