"""Which files do we keep? Package pictures and brochures, public under an id that cannot be guessed; customers' files by permission."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, RowMapping, insert, select

from flows.refusal import missing
from flows.roles import Actor
from storage.tables import MediaFile, new_id
from storage.talks.conversations import find_conversation

Owner = Literal["package", "customer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMedia:
    owner: Owner
    name: str
    mimetype: str
    content: bytes
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media(NewMedia):
    id: str
    sha256: str
    created_at: datetime


def keep_media(conn: Connection, new: NewMedia, now: datetime) -> str:
    """Keeps the file and answers its id; a package file with the same name and content is kept once."""
    digest = sha256(new.content).hexdigest()
    if new.owner == "package":
        same = select(MediaFile.id).where(
            MediaFile.sha256 == digest, MediaFile.owner == "package", MediaFile.name == new.name
        )
        if found := conn.scalar(same):
            return str(found)
    media_id = new_id("media")
    conn.execute(
        insert(MediaFile).values(
            id=media_id,
            owner=new.owner,
            name=new.name,
            mimetype=new.mimetype,
            size=len(new.content),
            sha256=digest,
            content=new.content,
            conversation_id=new.conversation_id,
            created_at=now,
        )
    )
    return media_id


def package_media(conn: Connection, media_id: str) -> Media:
    """A package's file, for anybody who knows its id. Raises Refused when there is none."""
    return _find(conn, media_id, "package")


def customer_media(conn: Connection, actor: Actor, media_id: str) -> Media:
    """A customer's file. Raises Refused when there is none in a conversation within the actor's scope."""
    media = _find(conn, media_id, "customer")
    if media.conversation_id is None:
        raise missing("file")
    find_conversation(conn, actor, media.conversation_id)
    return media


def any_media(conn: Connection, media_id: str) -> Media:
    """Whatever file that is: for the sender, which asks on nobody's behalf. Raises Refused when there is none."""
    return _find(conn, media_id, None)


def _find(conn: Connection, media_id: str, owner: Owner | None) -> Media:
    chosen = select(MediaFile).where(MediaFile.id == media_id)
    row = conn.execute(chosen.where(MediaFile.owner == owner) if owner else chosen).mappings().first()
    if row is None:
        raise missing("file")
    return _media(row)


def _media(row: RowMapping) -> Media:
    return Media(**{name: row[name] for name in Media.__dataclass_fields__})
