"""How far has a member of staff read a conversation?"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from flows.roles import Actor
from storage.dialect import insert_new
from storage.tables import Mention, ReadMark


def read_mark(conn: Connection, actor: Actor, conversation_id: str) -> str | None:
    """The newest message that this person saw, None when they never looked."""
    return conn.scalar(
        select(ReadMark.message_id).where(
            ReadMark.user_id == actor.user_id, ReadMark.conversation_id == conversation_id
        )
    )


def mark_read(conn: Connection, actor: Actor, conversation_id: str, message_id: str, now: datetime) -> None:
    """This person has seen everything up to that message, and the notes that name them. It only moves forward."""
    key = (ReadMark.user_id == actor.user_id, ReadMark.conversation_id == conversation_id)
    row = {"user_id": actor.user_id, "conversation_id": conversation_id, "message_id": message_id}
    if not conn.execute(insert_new(conn, ReadMark).values(row)).rowcount:
        conn.execute(
            update(ReadMark).where(*key, ReadMark.message_id < message_id).values(message_id=message_id)
        )
    conn.execute(
        update(Mention)
        .where(
            Mention.user_id == actor.user_id,
            Mention.conversation_id == conversation_id,
            Mention.seen_at.is_(None),
        )
        .values(seen_at=now)
    )
