"""By which name do colleagues know a member of staff? Rows keep user names; pages say the name that stands on the desk.

Read from the database once a minute and not with every page: who is called how hardly ever changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.database import Database
from storage.staff.users import staff_names

KEPT = timedelta(minutes=1)


@dataclass(slots=True)
class StaffNames:
    """What was read last, and when."""

    _names: Mapping[str, str] = field(default_factory=dict)
    _read_at: datetime | None = None

    async def known(self, database: Database, now: datetime) -> Mapping[str, str]:
        """Display names by user name; somebody who came in the last minute may be missing."""
        if self._read_at is None or not self._read_at <= now < self._read_at + KEPT:
            self._names, self._read_at = await database.read(staff_names), now
        return self._names
