"""Is the worker that claimed these rows still alive? On PostgreSQL a living worker holds a lock; on SQLite there is only this one.

The lock goes with the connection that holds it, so there is nothing to renew, and a worker that was killed is known as dead at once.
"""

from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, DatabaseDown
from storage.tables import OutboxRow
from storage.way.outbox import OutboxItem


class Presence:
    """This worker's sign of life. `hold` it before claiming anything, and again from time to time."""

    def __init__(self, database: Database, worker_id: str) -> None:
        self._database = database
        self._key = _key(worker_id)
        self._connection: AsyncConnection | None = None

    async def hold(self) -> None:
        """Takes the lock, or takes it again when its connection has gone. Raises DatabaseDown."""
        if self._database.is_sqlite:
            return
        try:
            if self._connection is not None:
                await self._connection.execute(text("SELECT 1"))
                await self._connection.commit()
                return
            self._connection = await self._database.engine.connect()
            got = await self._connection.scalar(select(func.pg_try_advisory_lock(self._key)))
            await self._connection.commit()
            if not got:
                # Our own last connection still holds it until the server notices; that too says that we live.
                await self.let_go()
        except (DBAPIError, OSError) as error:
            await self.let_go()
            raise DatabaseDown(
                "The connection that shows this worker alive is gone; it is opened again."
            ) from error

    async def let_go(self) -> None:
        """From here on what this worker had claimed may be taken over."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # Closing for good gives the lock back whatever state the connection is in.
            await connection.invalidate()
            await connection.close()


def claimers(conn: Connection) -> set[str]:
    """Who stands as sending something now."""
    found = conn.scalars(select(OutboxRow.claimed_by).where(_being_sent()).distinct())
    return {claimer for claimer in found if claimer is not None}


def adopt_orphans(conn: Connection, worker_id: str) -> list[OutboxItem]:
    """Rows that a dead worker was sending, now this worker's to clear up. Nobody knows whether they went out."""
    dead = [claimer for claimer in claimers(conn) - {worker_id} if _is_gone(conn, claimer)]
    if not dead:
        return []
    orphans = select(OutboxRow).where(_being_sent(), OutboxRow.claimed_by.in_(dead)).order_by(OutboxRow.id)
    found = [_item(row) for row in conn.execute(orphans.with_for_update())]
    conn.execute(
        update(OutboxRow).where(_being_sent(), OutboxRow.claimed_by.in_(dead)).values(claimed_by=worker_id)
    )
    return found


def held_items(conn: Connection, worker_id: str) -> list[OutboxItem]:
    """All rows that stand as being sent by this worker."""
    rows = conn.execute(
        select(OutboxRow).where(_being_sent(), OutboxRow.claimed_by == worker_id).order_by(OutboxRow.id)
    )
    return [_item(row) for row in rows]


def _item(row: Any) -> OutboxItem:  # Any: an outbox row.
    return OutboxItem(**{name: getattr(row, name) for name in OutboxItem.__dataclass_fields__})


def _being_sent() -> Any:  # Any: a text clause is no typed column expression.
    """Also names the partial index's condition word for word, which SQLite needs in order to use it."""
    return text("outbox.state IN ('waiting', 'sending') AND outbox.state = 'sending'")


def _is_gone(conn: Connection, worker_id: str) -> bool:
    """Whether nobody holds that worker's lock. Two workers that ask at once cannot both hear yes."""
    if conn.dialect.name != "postgresql":
        return True
    return bool(conn.scalar(select(func.pg_try_advisory_xact_lock(_key(worker_id)))))


def _key(worker_id: str) -> int:
    """A 64-bit number for the lock, far from the small numbers of other locks."""
    return int.from_bytes(sha256(worker_id.encode()).digest()[:8], "big", signed=True)
