"""A file that a member of staff sends: kept, written down and queued in one go, sent later by the sender."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, insert, select, update

from flows.attachments import FileKind, file_name, kind_of, refuse_file
from flows.refusal import Refused, missing
from flows.roles import Actor
from storage.complaints.case_clocks import human_answered
from storage.desk.handovers import claim
from storage.desk.staff_messages import was_queued
from storage.notify import Channel, tell
from storage.tables import Conversation, MediaFile, Message, OutboxRow, new_id
from storage.talks.media import NewMedia, keep_media
from storage.trail.audit import Event, note


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """As it came from a browser: its name is a claim. key: what the browser calls this sending, see `staff_messages.was_queued`."""

    name: str
    content: bytes
    key: str | None = None


def send_file(
    conn: Connection, actor: Actor, conversation_id: str, file: NewFile, caption: str | None, now: datetime
) -> None:
    """Claims a conversation that nobody holds. A file of a key that is there already is not sent twice.

    Raises Refused for a file that we do not send.
    """
    if refusal := refuse_file(file.content):
        raise Refused(refusal)
    kind = kind_of(file.content)
    assert kind is not None, "refused above"
    if file.key and was_queued(conn, conversation_id, file.key):
        return
    facts = claim(conn, actor, conversation_id, now)
    name = file_name(file.name, kind)
    media = NewMedia(
        owner="customer", name=name, mimetype=kind.mimetype, content=file.content, conversation_id=facts.id
    )
    media_id = keep_media(conn, media, now)
    source = {"media_id": media_id, "mimetype": kind.mimetype, "filename": name}
    payload = {"file": source, "caption": caption or ""} | ({"key": file.key} if file.key else {})
    _queue(conn, actor, facts.id, kind, payload, {"media_id": media_id, "body": caption}, now)


def send_kept(conn: Connection, actor: Actor, conversation_id: str, media_id: str, now: datetime) -> None:
    """A public file of ours, such as a canned answer's. Raises Refused when there is none."""
    row = conn.execute(
        select(MediaFile.name, MediaFile.content).where(
            MediaFile.id == media_id, MediaFile.owner == "package"
        )
    ).first()
    kind = kind_of(row.content) if row else None
    if row is None or kind is None:
        raise missing("file")
    facts = claim(conn, actor, conversation_id, now)
    url = f"/media/{media_id}/{quote(row.name)}"
    source = {"url": url, "mimetype": kind.mimetype, "filename": row.name}
    _queue(conn, actor, facts.id, kind, {"file": source, "caption": ""}, {"media_url": url}, now)


def _queue(
    conn: Connection,
    actor: Actor,
    conversation_id: str,
    kind: FileKind,
    payload: dict[str, Any],  # Any: JSON.
    shown: dict[str, Any],  # Any: column values.
    now: datetime,
) -> None:
    thread = conn.execute(
        select(Conversation.session, Conversation.chat_id).where(Conversation.id == conversation_id)
    ).one()
    message_id = new_id("msg")
    conn.execute(
        insert(Message).values(
            id=message_id, conversation_id=conversation_id, direction="out", author=actor.name,
            kind=kind.kind, at=now, **shown,
        )
    )  # fmt: skip
    conn.execute(
        insert(OutboxRow).values(
            conversation_id=conversation_id, message_id=message_id, session=thread.session,
            chat_id=thread.chat_id, call=kind.call, payload=payload, by_bot=False, state="waiting",
            not_before=now, created_at=now,
        )
    )  # fmt: skip
    conn.execute(update(Conversation).where(Conversation.id == conversation_id).values(last_message_at=now))
    note(conn, Event.SEND_MESSAGE, actor, now, subject=conversation_id, message_id=message_id)
    human_answered(conn, conversation_id, actor, now)
    tell(conn, Channel.OUTBOX, [conversation_id])
