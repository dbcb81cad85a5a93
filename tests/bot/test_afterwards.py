"""What is written down a little later gets written down while the service runs, on both databases."""

import asyncio
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from bot.routine.afterwards import write_down_forever
from storage.database import Database
from storage.desk.message_search import BATCH
from storage.tables import Customer, Message, MessageWords, NameWord
from tests.people import NOW, writes

JAKARTA = ZoneInfo("Asia/Jakarta")


def _long_ago(conn: Connection, messages: int) -> None:
    """So long that no transaction with them can still be open."""
    said = writes(conn, "6281111", "Halo")
    rows = [
        {
            "id": f"msg_{number:032x}", "conversation_id": said.conversation_id, "direction": "in", "author": "customer",
            "kind": "text", "body": "ada paket?", "at": NOW,
        }
        for number in range(messages)
    ]  # fmt: skip
    conn.execute(insert(Message), rows)
    budi = {"id": f"cust_{1:032x}", "phone": "62812", "name": "Budi Santoso", "created_at": NOW}
    conn.execute(insert(Customer), [budi])


def _written_down(conn: Connection) -> tuple[int, int]:
    words = conn.scalar(select(func.count()).select_from(MessageWords)) or 0
    return words, conn.scalar(select(func.count()).select_from(NameWord)) or 0


async def test_more_messages_than_one_step_takes_and_a_name_are_written_down(database: Database) -> None:
    await database.write(lambda conn: _long_ago(conn, BATCH + 1))
    at_work = asyncio.create_task(write_down_forever(database, JAKARTA, lambda: NOW))
    async with asyncio.timeout(30):
        while await database.read(_written_down) != (BATCH + 1, 2):  # noqa: ASYNC110 (the database has no event for it)
            await asyncio.sleep(0.01)
    at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)
