"""Customers who write to the whole service and hear what it says: `budi.says("pesan 2 kaos")`, `budi.hears()`.

Real are the webhook over HTTP, worker, turn, database, outbox, sender and WAHA's client; WAHA itself is the only thing played.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer

from bot.app import Parts, Service, open_service
from bot.settings import Settings
from bot.turns.understanding import Model
from flows.roles import SYSTEM
from storage.database import Connection, Database
from storage.knowledge.company import save_company
from storage.knowledge.faq import FaqDraft, add_faq
from storage.knowledge.packages import put_package
from storage.schema import migrate
from tests.fake_waha.server import FakeWaha
from tests.flows.situations import ALL, COMPANY

HMAC_KEY = "kunci-uji"
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10.00 in Jakarta, within working hours.


@dataclass(slots=True)
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def passes(self, by: timedelta) -> None:
        self.now += by


@dataclass(slots=True)
class House:
    """A running service with the test company's packages, and WAHA's played edge in front of it."""

    service: Service
    waha: FakeWaha
    clock: Clock
    _people: int = 0

    def somebody(self) -> "Customer":
        """A customer who never wrote before."""
        self._people += 1
        return Customer(house=self, chat=f"62811{self._people:07d}@c.us")

    async def settle(self) -> None:
        await self.service.settle()
        await self.waha.settle()


@dataclass(slots=True)
class Customer:
    """One customer's phone. heard_before is how much of what was said is already read."""

    house: House
    chat: str
    heard_before: int = 0
    bare_ids: list[str] = field(default_factory=list)

    async def says(self, text: str, **changes: Any) -> int:  # Any: parts of WAHA's payload.
        """Writes, and waits until the service has nothing left to do; the webhook's status."""
        status = await self.posts(text, **changes)
        await self.house.settle()
        return status

    async def posts(self, text: str, bare_id: str | None = None, **changes: Any) -> int:  # Any: as above.
        """Writes, without waiting for anything but the webhook's answer."""
        moment = int(self.house.clock.now.timestamp())
        envelope = self.house.waha.customer_says(
            self.chat, text, bare_id, **({"timestamp": moment} | changes)
        )
        return await self.house.waha.post(envelope)

    def hears(self) -> list[str]:
        """What was said to this customer since the last time: texts, and the call's name for what has no words."""
        said = self.house.waha.said(self.chat)
        new, self.heard_before = said[self.heard_before :], len(said)
        return new


@asynccontextmanager
async def open_house(
    url: str, folder: Path, model: Model, *, burst: timedelta = timedelta(0), **settings: Any
) -> AsyncIterator[House]:
    """Any: settings by name. The house is empty but for packages, company facts and one FAQ entry."""
    await _furnish(url)
    clock = Clock()
    async with FakeWaha(hmac_key=HMAC_KEY, echoes=True, acks=(1, 2)) as waha:
        values = {
            "database_url": url,
            "var": folder,
            "waha_url": waha.url,
            "waha_hmac_key": HMAC_KEY,
            "pacing": "off",
        }
        parts = Parts(model=model, now=clock, burst=burst, progress=lambda _: None)
        async with open_service(Settings.model_validate(values | settings), parts) as service:
            await service.load_models()
            async with TestServer(service.http) as server:
                waha.webhook_url = str(server.make_url("/api/whatsapp/webhook"))
                yield House(service=service, waha=waha, clock=clock)


async def _furnish(url: str) -> None:
    database = Database(url)
    await database.start()
    await database.write(migrate)
    await database.write(_move_in)
    await database.close()


def _move_in(conn: Connection) -> None:
    for package in ALL:
        put_package(conn, package, SYSTEM, MONDAY)
    save_company(conn, COMPANY, SYSTEM, MONDAY)
    entry = FaqDraft(question="Apa saja syarat paspor?", answer="Paspor berlaku paling sedikit 7 bulan.")
    add_faq(conn, entry, SYSTEM, MONDAY)
