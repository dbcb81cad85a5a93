"""What is done once a night? Letting go of what has grown too old, proving the audit whole, and noting its head where the database is not.

One process does it: the night is a row that falls due. Whoever can write to the database can cut off the audit's end and seal the rest
anew; a head in a file, a log and a Telegram chat is what shows it.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.routine.audit_sealing import seal_forever
from flows.roles import SYSTEM
from storage.database import Connection, Database, DatabaseDown
from storage.moments.alerts import NewAlert, raise_alert
from storage.moments.due import Due, plan, take_due
from storage.privacy.retention import apply_retention
from storage.trail.audit_chain import seal
from storage.trail.audit_check import Check, keep_check, prove

KIND = "night"
HEADS = "audit-heads.jsonl"  # In SAPA_VAR; `sapa audit verify` compares with its last line.
AT = time(2)  # On the company's clock, when few people write.
LOOK_SECONDS = 60.0

log = structlog.get_logger(__name__)


async def keep_audit(database: Database, now: Callable[[], datetime], zone: ZoneInfo, var: Path) -> None:
    """Seals what is new every minute, and does the night's work, until cancelled."""
    async with asyncio.TaskGroup() as group:
        group.create_task(seal_forever(database), name="seal")
        group.create_task(Night(database, now, zone, var / HEADS).run(), name="night")


class Night:
    """Waits for the night and does its work."""

    def __init__(self, database: Database, now: Callable[[], datetime], zone: ZoneInfo, heads: Path) -> None:
        self._database = database
        self._now = now
        self._zone = zone
        self._heads = heads

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(DatabaseDown):
                await self.work_if_due()
            await asyncio.sleep(LOOK_SECONDS)

    async def work_if_due(self) -> bool:
        """Does the night's work when its hour has come and nobody else has taken it; whether it did."""
        now = self._now()
        is_ours = await self._database.write(partial(_take, now=now, coming=self._coming(now)))
        if is_ours:
            await self.work()
        return is_ours

    async def work(self) -> Check:
        """All of it, in small transactions: what is old goes, what is new is sealed, the chain is proven and its head noted."""
        now = self._now()
        while await self._database.write(partial(apply_retention, now=now)):
            pass
        while await self._database.write(seal):
            pass
        check = await self._database.read(partial(prove, now=now, noted=last_noted(self._heads)))
        await self._database.write(partial(_keep, check=check))
        if check.is_whole:
            note_head(self._heads, check)
        log.info(
            "audit_head", head=check.head, sealed=check.sealed, last_event=check.event_id, broken=check.why
        )
        return check

    def _coming(self, now: datetime) -> datetime:
        """The next time it is two o'clock."""
        local = now.astimezone(self._zone)
        tonight = datetime.combine(local.date(), AT, tzinfo=self._zone)
        return tonight if tonight > local else tonight + timedelta(days=1)


def last_noted(heads: Path) -> str | None:
    """The newest head in the file; None where there is none."""
    line = last_line(heads)
    return str(line["head"]) if line else None


def last_line(heads: Path) -> dict[str, object] | None:
    """What was noted last: at, sealed, event_id and head."""
    if not heads.exists():
        return None
    lines = heads.read_text(encoding="utf-8").splitlines()
    found: dict[str, object] | None = json.loads(lines[-1]) if lines else None
    return found


def note_head(heads: Path, check: Check) -> None:
    """Adds the head to the file, which only ever grows."""
    line = {
        "at": check.at.isoformat(),
        "sealed": check.sealed,
        "event_id": check.event_id,
        "head": check.head,
    }
    with heads.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _take(conn: Connection, now: datetime, coming: datetime) -> bool:
    """Whether this night's row is due and now ours; the next one is planned either way."""
    is_ours = take_due(conn, [KIND], now) is not None
    key = f"{KIND}:{coming.isoformat()}"
    plan(conn, Due(kind=KIND, subject=KIND, key=key, due_at=coming, facts={}))
    return is_ours


def _keep(conn: Connection, check: Check) -> None:
    keep_check(conn, check, SYSTEM)
    kind = "audit_head" if check.is_whole else "audit_broken"
    facts = {"head": check.head, "sealed": str(check.sealed)} if check.is_whole else {"why": check.why}
    alert = NewAlert(kind=kind, dedupe_key=f"{kind}:{check.at.date().isoformat()}", facts=facts)
    raise_alert(conn, alert, check.at)
