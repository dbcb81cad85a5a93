"""Customers who write: signed webhooks at a given rate or as fast as they are taken, and how long each answer took."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field

import aiohttp

from tests.bench.service import HMAC_KEY
from tests.bench.sink import Sink

# What one customer writes, a message at a time; everything but the last is answered.
TALK = (
    "UMR_MAR_2027_HEMAT",
    "hotelnya di mana ya kak?",
    "sudah termasuk visa belum",
    "kantornya di mana",
    "ada izin kemenag nya?",
    "pesawatnya apa min",
)


@dataclass(slots=True)
class Result:
    """webhook and reply are seconds, one a message; seconds is the whole run."""

    webhook: list[float] = field(default_factory=list)
    reply: list[float] = field(default_factory=list)
    seconds: float = 0.0
    sent: int = 0


def envelope(phone: str, text: str, bare_id: str) -> bytes:
    """A message as WAHA sends it."""
    moment = time.time()
    payload = {
        "id": f"false_{phone}@c.us_{bare_id}",
        "timestamp": int(moment),
        "from": f"{phone}@c.us",
        "fromMe": False,
        "source": "app",
        "body": text,
        "hasMedia": False,
        "_data": {"Info": {"PushName": "Bench"}},
    }
    event = {
        "id": f"evt_{bare_id.lower()}",
        "timestamp": int(moment * 1000),
        "event": "message.any",
        "session": "default",
        "payload": payload,
        "engine": "GOWS",
    }
    return json.dumps(event).encode()


def signed(raw: bytes) -> dict[str, str]:
    return {
        "X-Webhook-Hmac": hmac.new(HMAC_KEY.encode(), raw, hashlib.sha512).hexdigest(),
        "X-Webhook-Hmac-Algorithm": "sha512",
        "Content-Type": "application/json",
    }


@dataclass(slots=True)
class Customers:
    """Writes to the service at url; answers arrive at the sink. run tells runs apart, so that no phone repeats."""

    url: str
    sink: Sink
    run: int

    async def write(self, people: int, rate: float | None) -> Result:
        """Each of these people has the whole talk, one message after the other's answer; rate: messages a second at most."""
        result = Result()
        pace = _Pace(rate)
        started = time.perf_counter()
        before = self.sink.count
        connector = aiohttp.TCPConnector(limit=64)
        async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
            for person in range(people):
                group.create_task(self._talk(session, f"62899{self.run:02d}{person:06d}", pace, result))
        result.seconds = time.perf_counter() - started
        result.sent = self.sink.count - before
        return result

    async def _talk(self, session: aiohttp.ClientSession, phone: str, pace: "_Pace", result: Result) -> None:
        for number, text in enumerate(TALK):
            await pace.turn()
            raw = envelope(phone, text, f"B{phone}{number}")
            posted = time.perf_counter()
            async with session.post(
                f"{self.url}/api/whatsapp/webhook", data=raw, headers=signed(raw)
            ) as response:
                assert response.status == 200, await response.text()
            result.webhook.append(time.perf_counter() - posted)
            result.reply.append(await self.sink.text(f"{phone}@c.us", number) - posted)


class _Pace:
    """Lets messages start one after the other, `rate` of them a second; None: all at once."""

    def __init__(self, rate: float | None) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        if not self._gap:
            return
        now = time.perf_counter()
        self._next = max(self._next + self._gap, now)
        if self._next > now:
            await asyncio.sleep(self._next - now)
