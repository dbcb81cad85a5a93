"""Telling other processes that something waits, on PostgreSQL: a notification that is sent with the commit or not at all.

It only saves time: whoever misses one (a restart, a pooler in between) finds the rows by its next scan.
"""

import asyncio
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from storage.database import Database

IDS_PER_NOTICE = 150  # PostgreSQL takes 8,000 bytes a notice; ids have 37.
PROCESS = uuid4().hex
RECONNECT_SECONDS = 1.0


class Channel(StrEnum):
    """What waits: messages for their turn, or answers for the sender."""

    TURNS = "sapa_turns"
    OUTBOX = "sapa_outbox"


def tell(conn: Connection, channel: Channel, conversation_ids: Sequence[str]) -> None:
    """Tells the other processes, as part of the caller's transaction; does nothing on SQLite, where there is only one."""
    if conn.dialect.name != "postgresql":
        return
    for start in range(0, len(conversation_ids), IDS_PER_NOTICE):
        payload = ",".join([_sender(conn.engine), *conversation_ids[start : start + IDS_PER_NOTICE]])
        conn.execute(
            text("SELECT pg_notify(:channel, :payload)"), {"channel": channel.value, "payload": payload}
        )


def _sender(engine: Engine) -> str:
    """Whose notice it is: what a service told itself it knows already."""
    return f"{PROCESS}-{id(engine)}"


async def listen(database: Database, on_notice: Callable[[Channel, list[str]], None]) -> None:
    """Passes notices on until cancelled; a lost connection is made again."""
    # Whoever works on SQLite never listens, and need not wait for this driver at each start.
    import asyncpg

    while True:
        try:
            await _hear(
                await asyncpg.connect(plain_address(database.url)), on_notice, _sender(database.plain_engine)
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(RECONNECT_SECONDS)


async def _hear(
    connection: Any, on_notice: Callable[[Channel, list[str]], None], ourselves: str
) -> None:  # Any: asyncpg has no types.
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _connection: lost.set())

    def pass_on(_connection: Any, _pid: int, channel: str, payload: str) -> None:  # Any: the same.
        sender, *conversation_ids = payload.split(",")
        if sender != ourselves:
            on_notice(Channel(channel), conversation_ids)

    try:
        for channel in Channel:
            await connection.add_listener(channel.value, pass_on)
        await lost.wait()
    finally:
        connection.terminate()


def plain_address(url: str) -> str:
    """The address as asyncpg itself reads it, without SQLAlchemy's driver name."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
