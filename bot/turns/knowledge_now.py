"""What the bot knows at this moment: one snapshot of packages, FAQ, texts and triggers, read anew when staff change anything.

Every change bumps a number in the database; a turn compares it with the snapshot's. So an edit counts from the next message on, in every
process, and an unchanged shelf costs one tiny look-up a batch.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.decision import Shelf
from knowledge.pack import load_pack
from knowledge.replies import Replies, pack_texts
from ml.serve.faq import FaqRanker, fit_faq
from ml.serve.understanding import Vocabulary
from storage.complaints.holidays import DayOff, load_days_off, save_days_off
from storage.database import Database
from storage.knowledge.faq import Faq, all_faq
from storage.knowledge.knowledge_version import current
from storage.knowledge.prompts import PromptVersion, live_prompts
from storage.knowledge.shelf import load_shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one version of the knowledge says. prompt_versions maps a text's type to its live version label."""

    version: int
    day: date
    shelf: Shelf
    vocabulary: Vocabulary
    replies: Replies
    prompt_versions: dict[str, str]


class KnowledgeNow:
    """Hands out the snapshot for a version; one load at a time, the newest kept."""

    def __init__(self, database: Database, pack: str, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._database = database
        self._pack = pack
        self._trade = load_pack(pack).trade
        self._zone = zone
        self._now = now
        self._kept: Snapshot | None = None
        self._ranker: tuple[tuple[Faq, ...], FaqRanker | None] = ((), None)
        self._loading = asyncio.Lock()

    async def snapshot(self, version: int | None = None) -> Snapshot:
        """The snapshot of this version or newer; without a version, of the database's newest."""
        if version is None:
            version = await self._database.read(current)
        kept = self._kept
        if kept is not None and kept.version >= version and kept.day == self._today():
            return kept
        async with self._loading:
            kept = self._kept
            if kept is None or kept.version < version or kept.day != self._today():
                self._kept = kept = await self._load()
        return kept

    async def at_hand(self) -> Snapshot:
        """What was loaded last, of today; for whoever finds out by himself whether there is newer knowledge."""
        return await self.snapshot(0)

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()

    async def _load(self) -> Snapshot:
        today = self._today()
        version = await self._database.read(current)
        shelf = await self._database.read(lambda conn: load_shelf(conn, today))
        shelf = replace(shelf, holidays=await self._holidays(today), trade=self._trade)
        entries = await self._database.read(all_faq)
        prompts = await self._database.read(live_prompts)
        return Snapshot(
            version=version,
            day=today,
            shelf=shelf,
            vocabulary=Vocabulary(packages=shelf.packages, faq=await self._faq(entries), today=today),
            replies=self._replies(prompts),
            prompt_versions={type_: prompt.version for type_, prompt in prompts.items()},
        )

    async def _holidays(self, today: date) -> frozenset[date]:
        """Indonesia's public holidays of this year and the next: the days on which nobody answers. Kept once looked up."""
        years = (today.year, today.year + 1)
        kept = await self._database.read(load_days_off)
        if not set(years) <= kept.keys():
            found = await asyncio.to_thread(_look_up, years)
            kept = {year: tuple(off for off in found if off.day.year == year) for year in years}
            now = self._now()
            await self._database.write(lambda conn: save_days_off(conn, kept, now))
        return frozenset(off.day for year in years for off in kept[year] if not off.is_joint_leave)

    async def _faq(self, entries: tuple[Faq, ...]) -> FaqRanker | None:
        """Fitted in a thread, and only when an entry changed: staff edit packages more often than answers."""
        if entries != self._ranker[0]:
            fitted = await asyncio.to_thread(fit_faq, entries) if entries else None
            self._ranker = (entries, fitted)
        return self._ranker[1]

    def _replies(self, prompts: dict[str, PromptVersion]) -> Replies:
        live = {type_: prompt.content for type_, prompt in prompts.items()}
        return Replies(live, self._zone, pack_texts(self._pack))


@lru_cache(maxsize=2)
def _look_up(years: tuple[int, ...]) -> tuple[DayOff, ...]:
    # The library knows every country and takes a third of a second to import: paid once a year, not at every start.
    import holidays

    days = (
        DayOff(day=day, name=name, is_joint_leave=category == "government")
        for category in ("public", "government")
        for day, name in holidays.country_holidays(
            "ID", years=years, categories=(category,), language="id"
        ).items()
    )
    return tuple(sorted(days, key=lambda off: (off.day, off.is_joint_leave)))
