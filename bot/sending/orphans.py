"""Which messages has nobody in hand any more? Those that a dead worker was sending, and those that this one lost sight of."""

from collections.abc import Collection
from datetime import datetime, timedelta

from storage.database import Database
from storage.way.outbox import OutboxItem
from storage.way.presence import Presence, adopt_orphans, claimers, held_items

LOOK_EVERY = timedelta(seconds=5)
STRAY_AFTER = timedelta(seconds=15)  # Longer than the answer to a claim takes to come back from the database.


class Orphans:
    """Looks for them from time to time, and shows the other workers that this one lives."""

    def __init__(self, database: Database, worker_id: str) -> None:
        self._database = database
        self._worker_id = worker_id
        self._presence = Presence(database, worker_id)
        self._due: datetime | None = None
        # Until then another worker would take what this one claims for a dead one's.
        self.is_shown_alive = False

    def are_due(self, now: datetime) -> bool:
        return self._due is None or now >= self._due

    def look_soon(self) -> None:
        self._due = None

    async def found(self, in_hand: Collection[int], now: datetime) -> list[OutboxItem]:
        """Messages to be cleared up, none of those in hand. Raises DatabaseDown."""
        self.is_shown_alive = False
        await self._presence.hold()
        self.is_shown_alive = True
        me = self._worker_id
        working = await self._database.read(claimers)
        lost: list[OutboxItem] = []
        if working - {me}:
            lost += await self._database.write(lambda conn: adopt_orphans(conn, me))
        if me in working:
            held = await self._database.read(lambda conn: held_items(conn, me))
            lost += [item for item in held if item.claimed_at < now - STRAY_AFTER]
        self._due = now + LOOK_EVERY
        return [item for item in lost if item.id not in in_hand]

    async def let_go(self) -> None:
        """This worker ends; what it leaves behind may be taken up by others."""
        self.is_shown_alive = False
        await self._presence.let_go()
