"""Who or what is called so, and who said that? For the inbox and the API alike."""

import asyncio

from admin.desk import Desk
from flows.roles import Actor
from storage.desk.message_search import Hit, messages_holding, people_called


async def search(desk: Desk, actor: Actor, sought: str, limit: int) -> tuple[Hit, ...]:
    """People first, then so many messages, newest first. Both are looked for at the same time."""
    people, messages = await asyncio.gather(
        desk.database.read(lambda conn: people_called(conn, actor, sought)),
        desk.database.read(lambda conn: messages_holding(conn, actor, sought, limit)),
    )
    return (*people, *messages)
