"""How far has a member of staff read a conversation?"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from flows.roles import Actor
from storage.many import Many
from storage.prepared import Prepared
from storage.tables import Mention, ReadMark


def read_mark(conn: Connection, actor: Actor, conversation_id: str) -> str | None:
    """The newest message that this person saw, None when they never looked."""
    rows = _MARK.all(conn, user_id=actor.user_id, conversation_id=conversation_id)
    return next((row.message_id for row in rows), None)


def mark_read(conn: Connection, actor: Actor, conversation_id: str, message_id: str, now: datetime) -> None:
    """This person has seen everything up to that message, and the notes that name them. It only moves forward."""
    row = {"user_id": actor.user_id, "conversation_id": conversation_id, "message_id": message_id}
    if not _FIRST_MARK.run(conn, [row]):
        _MOVE_MARK.run(conn, [{"user": actor.user_id, "conversation": conversation_id, "newest": message_id}])
    _SEE_MENTIONS.run(conn, [{"user": actor.user_id, "conversation": conversation_id, "now": now}])


_MARK = Prepared(
    select(ReadMark.message_id).where(
        ReadMark.user_id == bindparam("user_id"), ReadMark.conversation_id == bindparam("conversation_id")
    )
)
_FIRST_MARK = Many(insert(ReadMark), skips_known=True)
_MOVE_MARK = Many(
    update(ReadMark)
    .where(
        ReadMark.user_id == bindparam("user"),
        ReadMark.conversation_id == bindparam("conversation"),
        ReadMark.message_id < bindparam("newest"),
    )
    .values(message_id=bindparam("newest"))
)
_SEE_MENTIONS = Many(
    update(Mention)
    .where(
        Mention.user_id == bindparam("user"),
        Mention.conversation_id == bindparam("conversation"),
        Mention.seen_at.is_(None),
    )
    .values(seen_at=bindparam("now"))
)
