"""The service seals the audit by itself."""

import asyncio

from bot.routine.audit_sealing import seal_forever
from flows.roles import SYSTEM
from storage.database import Connection, Database
from storage.trail.audit import Event, note
from storage.trail.audit_chain import Whole, verify_chain
from tests.people import NOW

MANY = 1_001  # One more than is sealed at once.


def much_happens(conn: Connection) -> None:
    for _ in range(MANY):
        note(conn, Event.LOG_IN, SYSTEM, NOW)


async def test_everything_is_sealed_before_the_first_rest(database: Database) -> None:
    await database.write(much_happens)
    running = asyncio.create_task(seal_forever(database))
    async with asyncio.timeout(60):
        while True:
            chain = await database.read(verify_chain)
            assert isinstance(chain, Whole)
            if chain.sealed == MANY:
                break
    running.cancel()
    assert chain.unsealed == 0
