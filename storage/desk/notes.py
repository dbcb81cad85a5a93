"""What did staff write to each other in a conversation? Private notes, and whom they name with @."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from flows.domain import Role
from flows.roles import Actor, Permission, may
from storage.prepared import Prepared
from storage.scope import conversations_within
from storage.staff.users import StaffMember, all_users
from storage.tables import Conversation, Mention, Note, User, new_id
from storage.talks.conversations import conversation_to_change
from storage.talks.touch import touch
from storage.trail.audit import Event, note

LONGEST_NOTE = 4_000
_NAMED = re.compile(r"(?<![\w@])@([\w.-]{2,80})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFacts:
    """author_name is what the author is called. missed_by: who was named and does not see the conversation, by what they are called."""

    id: str
    author: str
    author_name: str
    body: str
    at: datetime
    missed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """name is what they are called."""

    name: str
    actor: Actor


def notes_of(conn: Connection, conversation_id: str) -> tuple[NoteFacts, ...]:
    """Oldest first. Of a conversation that the actor was allowed to open."""
    return tuple(
        NoteFacts(
            id=row.id, author=row.author, author_name=row.display_name or row.author, body=row.body, at=row.at
        )
        for row in _NOTES.all(conn, conversation_id=conversation_id)
    )


_NOTES = Prepared(
    select(Note.id, Note.author, User.display_name, Note.body, Note.at)
    .outerjoin(User, User.username == Note.author)
    .where(Note.conversation_id == bindparam("conversation_id"))
    .order_by(Note.id)
)


def write_note(conn: Connection, actor: Actor, conversation_id: str, body: str, now: datetime) -> NoteFacts:
    """Keeps the note; colleagues named in it who see the conversation find it in their list. Raises Refused for an unknown conversation."""
    facts = conversation_to_change(conn, actor, conversation_id)
    new = {
        "id": new_id("note"),
        "conversation_id": facts.id,
        "author": actor.name,
        "body": body,
        "at": now,
    }
    conn.execute(insert(Note).values(new))
    seen_by, missed_by = _named(conn, actor, facts.id, body)
    if seen_by:
        conn.execute(
            insert(Mention),
            [{"note_id": new["id"], "user_id": one.id, "conversation_id": facts.id} for one in seen_by],
        )
    touch(conn, facts.id)
    note(conn, Event.WRITE_NOTE, actor, now, subject=facts.id, note_id=str(new["id"]), mentions=len(seen_by))
    written = next(one for one in notes_of(conn, facts.id) if one.id == new["id"])
    return replace(written, missed_by=tuple(one.display_name for one in missed_by))


def colleagues(conn: Connection) -> tuple[Colleague, ...]:
    """Whom a note can name: everybody who reads conversations."""
    return tuple(
        Colleague(
            name=row.display_name,
            actor=Actor(name=row.username, role=Role(row.role), user_id=row.id, branch_id=row.branch_id),
        )
        for row in _COLLEAGUES.all(conn)
        if may(row.role, Permission.READ_CONVERSATIONS)
    )


_COLLEAGUES = Prepared(
    select(User.id, User.username, User.display_name, User.role, User.branch_id)
    .where(User.is_active)
    .order_by(User.display_name)
)


def _named(
    conn: Connection, actor: Actor, conversation_id: str, body: str
) -> tuple[list[StaffMember], list[StaffMember]]:
    """Who is named and sees the conversation, and who is named and does not."""
    names = {name.rstrip(".").lower() for name in _NAMED.findall(body)} - {actor.name.lower()}
    if not names:
        return [], []
    named = [one for one in all_users(conn) if one.is_active and one.username.lower() in names]
    return (
        [one for one in named if _sees(conn, one.actor, conversation_id)],
        [one for one in named if not _sees(conn, one.actor, conversation_id)],
    )


def _sees(conn: Connection, actor: Actor, conversation_id: str) -> bool:
    there = select(Conversation.id).where(Conversation.id == conversation_id, conversations_within(actor))
    return actor.may(Permission.READ_CONVERSATIONS) and conn.scalar(there) is not None
