"""When are new audit events sealed? Every minute, by any process that has a worker; the rows themselves are storage's question."""

import asyncio

from storage.database import Database, DatabaseDown
from storage.trail.audit_chain import SEALED_AT_ONCE, seal

SEAL_SECONDS = 60.0  # How long an event may stand unsealed, and could be changed unnoticed.


async def seal_forever(database: Database) -> None:
    """Seals until cancelled. Replicas may all run it: each waits for the one before, and finds less to do."""
    while True:
        try:
            is_more = await database.write(seal) == SEALED_AT_ONCE
        except DatabaseDown:
            is_more = False
        if not is_more:
            await asyncio.sleep(SEAL_SECONDS)
