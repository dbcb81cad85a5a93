"""When does what falls due happen? At its moment: the next one is known, and between two there is nothing to do.

Any number of processes may run this. A row is taken and acted on in one transaction, so each happens once, and one whose process died in
between happens elsewhere or after the restart.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from storage.complaints.case_clocks import WARNING
from storage.complaints.case_warnings import warn
from storage.database import Connection, Database, DatabaseDown
from storage.moments.due import Due, next_due, take_due

LOOK_SECONDS = 5.0  # Another process may have planned something earlier, of which nobody told us.
HELD_ELSEWHERE_SECONDS = 0.2  # Another process is just doing it.

HAPPENS: dict[str, Callable[[Connection, Due, datetime], None]] = {WARNING: warn}


class DueThings:
    """Does what is due; wake_alerts is told that there may be an alert to send."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], wake_alerts: Callable[[], None]
    ) -> None:
        self._database = database
        self._now = now
        self._wake_alerts = wake_alerts

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                pause = await self.do_due()
            except DatabaseDown:
                pause = LOOK_SECONDS
            await asyncio.sleep(pause)

    async def do_due(self) -> float:
        """Does all that is due now; answers the seconds until it is worth looking again."""
        while True:
            due = await self._database.read(lambda conn: next_due(conn, HAPPENS.keys()))
            if due is None:
                return LOOK_SECONDS
            if (seconds := (due - self._now()).total_seconds()) > 0:
                return min(LOOK_SECONDS, seconds)
            if not await self._database.write(self._do_next):
                return HELD_ELSEWHERE_SECONDS
            self._wake_alerts()

    def _do_next(self, conn: Connection) -> bool:
        now = self._now()
        due = take_due(conn, HAPPENS.keys(), now)
        if due is None:
            return False
        HAPPENS[due.kind](conn, due, now)
        return True
