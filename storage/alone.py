"""Which of several processes does what only one may do? On PostgreSQL the one that holds an advisory lock; SQLite has one process.

The lock goes with the connection that holds it, so a dead process blocks nobody.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, DatabaseDown


class Duty(IntEnum):
    """What only one may do. The numbers only have to be the same in every process, and no other lock's."""

    TELEGRAM_UPDATES = 7301
    MIGRATION = 7302
    AUDIT_SEAL = 7303


class Held:
    """Proof that this process has the duty; to be asked again between two pieces of work."""

    def __init__(self, connection: AsyncConnection | None) -> None:
        self._connection = connection

    async def still(self) -> None:
        """Raises DatabaseDown when the lock went with its connection."""
        if self._connection is not None:
            try:
                await self._connection.execute(text("SELECT 1"))
                await self._connection.commit()
            except (DBAPIError, OSError) as error:
                raise DatabaseDown(
                    "The connection that held a duty is gone; somebody else has it now."
                ) from error


@asynccontextmanager
async def alone(database: Database, duty: Duty) -> AsyncIterator[Held | None]:
    """The duty for as long as the block runs; None when another process has it. Raises DatabaseDown."""
    if database.is_sqlite:
        yield Held(None)
        return
    try:
        connection = await database.engine.connect()
    except (DBAPIError, OSError) as error:
        raise DatabaseDown("The database does not answer; no duty can be taken.") from error
    try:
        got = await connection.scalar(select(func.pg_try_advisory_lock(int(duty))))
        await connection.commit()
        yield Held(connection) if got else None
    finally:
        # Closing for good gives the lock back whatever state the connection is in.
        await connection.invalidate()
        await connection.close()


def wait_alone(conn: Connection, duty: Duty) -> None:
    """Waits until this transaction has the duty, and keeps it until the transaction ends."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(int(duty))))
