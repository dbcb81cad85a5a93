"""Customers who keep writing while the service is killed: every message answered once, in order, none lost.

The service runs as people run it, in processes of its own, killed with SIGKILL and started again. Only WAHA's HTTP edge is played. What the
right answers are is told by one customer more, who writes the same before anything is killed.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiohttp

from bot.receiving.signature import ALGORITHM, ALGORITHM_HEADER, SIGNATURE_HEADER, sign
from tests import forked
from tests.bench.service import free_port
from tests.company import found_company
from tests.fake_waha.server import FakeWaha
from tests.trained import trained_models

HMAC_KEY = "kunci-uji"
# Ten messages whose answers all differ, so that a missing, doubled or misplaced answer cannot go unnoticed.
TALK = (
    "UMR_MAR_2027_HEMAT",
    "hotelnya di mana ya kak?",
    "kantornya di mana",
    "naik pesawat apa?",
    "ada izin kemenag nya?",
    "harganya sudah termasuk apa saja?",
    "UMR_JAN_2027_REGULER",
    "berapa sisa seatnya?",
    "hotelnya di mana ya kak?",
    "naik pesawat apa?",
)
READY_SECONDS, ANSWER_SECONDS = 90.0, 120.0


@dataclass(slots=True, kw_only=True)
class Process:
    """One `sapa serve`, which can be killed and started again at the same port."""

    environment: dict[str, str]
    log: Path
    running: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['SAPA_PORT']}"

    def start(self) -> None:
        self.running = forked.start(
            "serve", environment=self.environment, folder=self.log.parent, log=self.log
        )

    def kill(self) -> None:
        """SIGKILL: nothing can be tidied up."""
        assert self.running is not None
        self.running.kill()
        self.running.join()

    def stop(self) -> None:
        if self.running is not None:
            forked.stop(self.running)

    def lives(self) -> bool:
        return self.running is not None and self.running.is_alive()

    async def ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < deadline and self.lives():
                try:
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError(f"The service did not become ready:\n{self.log.read_text()[-3000:]}")


@dataclass(slots=True, kw_only=True)
class Fleet:
    """The processes that share one database, and WAHA's edge in front of them."""

    waha: FakeWaha
    processes: Sequence[Process]
    talkers: int
    kills: int
    killed: int = 0
    _chance: random.Random = field(default_factory=lambda: random.Random(7))

    async def run(self) -> dict[str, list[str]]:
        """What each customer heard, the one of calm days first."""
        await self._everybody_ready()
        calm = "628990000000@c.us"
        await self._talk(calm)
        await self._until_heard([calm])
        chats = [f"62898{number:07d}@c.us" for number in range(self.talkers)]
        posted = asyncio.Semaphore(12)
        async with asyncio.TaskGroup() as group:
            for chat in chats:
                group.create_task(self._talk(chat, posted))
            group.create_task(self._kill_now_and_then(chats))
        await self._everybody_ready()
        await self._until_heard(chats)
        return {chat: self.texts(chat) for chat in (calm, *chats)}

    def texts(self, chat: str) -> list[str]:
        """The texts that WhatsApp delivered there, in order. Media carry no id of ours: after a crash one may be told to staff instead."""
        there = self.waha.messages.get(chat, [])
        return [str(m["body"]) for m in there if m["fromMe"] and m["_call"] == "sendText"]

    async def _everybody_ready(self) -> None:
        for process in self.processes:
            if not process.lives():
                process.start()
        await asyncio.gather(*(process.ready() for process in self.processes))

    async def _talk(self, chat: str, posted: asyncio.Semaphore | None = None) -> None:
        began = int(time.time()) - len(TALK)
        for number, text in enumerate(TALK):
            envelope = self.waha.customer_says(chat, text, timestamp=began + number)
            async with posted or asyncio.Semaphore(1):
                await self._deliver(envelope)

    async def _deliver(self, envelope: dict[str, object]) -> None:
        """As WAHA does: again and again, to whoever answers, until it is taken."""
        raw = json.dumps(envelope).encode()
        headers = {SIGNATURE_HEADER: sign(raw, HMAC_KEY), ALGORITHM_HEADER: ALGORITHM}
        async with aiohttp.ClientSession() as session:
            for attempt in range(2_000):
                process = self.processes[attempt % len(self.processes)]
                try:
                    url = f"{process.url}/api/whatsapp/webhook"
                    async with session.post(url, data=raw, headers=headers) as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError("nobody took the message")

    async def _kill_now_and_then(self, chats: Sequence[str]) -> None:
        """Kills one process after the other, at moments spread over the whole run."""
        every = self.talkers * len(TALK) / (self.kills + 1)
        while self.killed < self.kills:
            await self._until_answers(chats, round(every * (self.killed + self._chance.uniform(0.3, 0.9))))
            victim = self.processes[self.killed % len(self.processes)]
            victim.kill()
            self.killed += 1
            victim.start()
            await victim.ready()

    async def _until_answers(self, chats: Sequence[str], number: int) -> None:
        while sum(len(self.texts(chat)) for chat in chats) < number:  # noqa: ASYNC110 (WAHA has no event for it)
            await asyncio.sleep(0.02)

    async def _until_heard(self, chats: Sequence[str]) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if all(len(self.texts(chat)) >= len(TALK) for chat in chats):
                await asyncio.sleep(1.0)  # Time for one answer too many to show itself.
                return
            await asyncio.sleep(0.05)


def environment(var: Path, models: Path, database_url: str, waha_url: str, port: int) -> dict[str, str]:
    """A service of its own, with a real WAHA's address."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SAPA_")}
    if not (var / "models").exists():
        (var / "models").symlink_to(models)
    return clean | {
        "SAPA_VAR": str(var),
        "SAPA_DATABASE_URL": database_url,
        "SAPA_WAHA_URL": waha_url,
        "SAPA_WAHA_HMAC_KEY": HMAC_KEY,
        "SAPA_PACING": "off",
        "SAPA_PORT": str(port),
        "SAPA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SAPA_LOG_FORMAT": "json",
    }


async def play(
    folder: Path, url: str, workers: int, *, talkers: int, kills: int
) -> tuple[dict[str, list[str]], FakeWaha]:
    async with FakeWaha() as waha:
        settings = [environment(folder, trained_models(), url, waha.url, free_port()) for _ in range(workers)]
        await found_company(url, "umroh")
        processes = [
            Process(environment=env, log=folder / f"serve-{number}.log")
            for number, env in enumerate(settings)
        ]
        fleet = Fleet(waha=waha, processes=processes, talkers=talkers, kills=kills)
        try:
            heard = await fleet.run()
            assert fleet.killed == kills
            return heard, waha
        finally:
            for process in processes:
                process.stop()


TALKERS, KILLS = 50, 3


async def answered_once_in_order(folder: Path, url: str, workers: int) -> None:
    """500 messages of 50 customers in a migrated database, three kills on the way. Raises AssertionError naming who heard anything else."""
    heard, waha = await asyncio.wait_for(
        play(folder, url, workers, talkers=TALKERS, kills=KILLS), timeout=280
    )
    calm, *others = heard.values()
    assert len(calm) == len(TALK)
    assert len(set(calm)) >= len(TALK) - 1
    assert len(others) == TALKERS
    assert [chat for chat, texts in heard.items() if texts != calm] == []
    assert waha.violations == []
