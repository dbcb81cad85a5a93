"""Marking a conversation as changed when only rows beside it were: the panel's live feed looks at conversations."""

from sqlalchemy import Connection, update

from storage.tables import Conversation
from storage.tables.columns import DatabaseMillis


def touch(conn: Connection, conversation_id: str) -> None:
    """For what happens seldom. The way of a message touches by itself: it updates the conversation anyway."""
    conn.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(touched=DatabaseMillis())
    )
