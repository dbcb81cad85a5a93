"""What is done beside a message and never before its answer: files fetched, LIDs resolved, missed messages read back."""

import asyncio
from dataclasses import dataclass

from bot.receiving.incoming_files import IncomingFiles
from bot.receiving.reconcile import MissedMessages
from bot.receiving.unknown_lids import UnknownLids


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideMessages:
    """missed is read back only where there is a worker to answer it."""

    files: IncomingFiles
    lids: UnknownLids
    missed: MissedMessages

    async def run(self, *, is_worker: bool) -> None:
        """Works until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.files.run(), name="files")
            group.create_task(self.lids.run(), name="lids")
            if is_worker:
                group.create_task(self.missed.run(), name="missed")

    async def drain(self) -> None:
        """Returns when nothing is left to fetch or to ask."""
        await self.files.drain()
        await self.lids.drain()
