"""Who looks at a conversation, and who types in it? One row a person, overwritten every few seconds; it counts while it is fresh."""

from datetime import datetime

from sqlalchemy import Connection, delete

from flows.roles import Actor
from storage.dialect import upsert
from storage.tables import Watcher
from storage.talks.conversations import find_conversation


def look_at(conn: Connection, actor: Actor, conversation_id: str, *, is_typing: bool, now: datetime) -> None:
    """This person looks at that conversation now. Raises Refused when it is outside their scope."""
    facts = find_conversation(conn, actor, conversation_id)
    conn.execute(
        upsert(conn, Watcher, "user_id", "conversation_id", "is_typing", "seen_at").values(
            user_id=actor.user_id, conversation_id=facts.id, is_typing=is_typing, seen_at=now
        )
    )


def look_away(conn: Connection, actor: Actor) -> None:
    conn.execute(delete(Watcher).where(Watcher.user_id == actor.user_id))
