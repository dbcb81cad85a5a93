"""Who or what is called so, and who said that? For the inbox and the API alike."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from admin.desk import Desk
from flows.roles import Actor
from storage.database import Connection
from storage.desk.message_search import Hit, conversations_holding, messages_holding, people_called

T = TypeVar("T")


async def search(desk: Desk, actor: Actor, sought: str, limit: int) -> tuple[Hit, ...]:
    """People first, then so many messages, newest first."""
    people, messages = await _both(
        desk, actor, sought, lambda conn: messages_holding(conn, actor, sought, limit)
    )
    return (*people, *messages)


async def search_conversations(desk: Desk, actor: Actor, sought: str, limit: int) -> tuple[str, ...]:
    """The same hits, the conversation of each."""
    people, conversations = await _both(
        desk, actor, sought, lambda conn: conversations_holding(conn, actor, sought, limit)
    )
    return (*(hit.conversation_id for hit in people), *conversations)


async def _both(
    desk: Desk, actor: Actor, sought: str, look: Callable[[Connection], T]
) -> tuple[tuple[Hit, ...], T]:
    """Looked for at the same time."""
    return await asyncio.gather(
        desk.database.read(lambda conn: people_called(conn, actor, sought)), desk.database.read(look)
    )
