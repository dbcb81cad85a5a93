"""Customers who write: signed webhooks at a given rate or as fast as they are taken, and how long each answer took."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Coroutine
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
THINK_SECONDS = 1.0  # Between a customer's messages, where they come at a steady rate.


@dataclass(slots=True)
class Result:
    """webhook and reply are seconds, one a message that counts; seconds and sent are of the whole run."""

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

    async def all_at_once(self, people: int) -> Result:
        """Each of these people has the whole talk, one message after the other's answer, as fast as they are answered."""

        async def person(talk: "_Talk", _number: int) -> None:
            for place in range(len(TALK)):
                talk.count(*await talk.say(place))

        return await self._together(people, person)

    async def steadily(self, rate: float, seconds: float) -> Result:
        """So many messages a second, of people at every place of the talk: they come one after the other and think before each message.

        Counted is what was written while the rate was whole, not while the first came and the last went.
        """
        rises = len(TALK) * THINK_SECONDS
        coming = rate / len(TALK)
        people = round((rises + seconds) * coming)
        started = time.perf_counter()

        async def person(talk: "_Talk", number: int) -> None:
            for place in range(len(TALK)):
                due = number / coming + place * THINK_SECONDS
                await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
                spans = await talk.say(place)
                if rises <= due < rises + seconds:
                    talk.count(*spans)

        return await self._together(people, person)

    async def _together(
        self, people: int, person: Callable[["_Talk", int], Coroutine[None, None, None]]
    ) -> Result:
        result = Result()
        started = time.perf_counter()
        before = self.sink.count
        connector = aiohttp.TCPConnector(limit=64)
        async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
            for number in range(people):
                talk = _Talk(
                    f"{self.url}/api/whatsapp/webhook", session, self.sink, result, self._phone(number)
                )
                group.create_task(person(talk, number))
        result.seconds = time.perf_counter() - started
        result.sent = self.sink.count - before
        return result

    def _phone(self, number: int) -> str:
        return f"62899{self.run:02d}{number:06d}"


@dataclass(frozen=True, slots=True)
class _Talk:
    """One customer at the webhook's address."""

    webhook: str
    session: aiohttp.ClientSession
    sink: Sink
    result: Result
    phone: str

    async def say(self, place: int) -> tuple[float, float]:
        """Seconds until the webhook answered, and until the reply to this message of the talk arrived."""
        raw = envelope(self.phone, TALK[place], f"B{self.phone}{place}")
        posted = time.perf_counter()
        async with self.session.post(self.webhook, data=raw, headers=signed(raw)) as response:
            assert response.status == 200, await response.text()
        answered = time.perf_counter() - posted
        return answered, await self.sink.text(f"{self.phone}@c.us", place) - posted

    def count(self, webhook: float, reply: float) -> None:
        self.result.webhook.append(webhook)
        self.result.reply.append(reply)
