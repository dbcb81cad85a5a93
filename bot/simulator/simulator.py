"""The built-in WhatsApp: fills the WhatsApp port when no WAHA is configured, so that Sapa can be tried with nothing but itself.

Sending always succeeds, and the acks that WhatsApp would give come back through the same webhook as a real WAHA's. What a customer's
phone shows is read from the record, never kept here; this object only knows who is looking and rings when something happened.
"""

import asyncio
import contextlib
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.simulator.simulator_envelope import DEVICE, READ, SERVER, ack_envelope
from bot.whatsapp import FetchedFile, Outgoing, Proof, Sent, SessionHealth
from storage.database import Database
from storage.way import simulator as phones

Deliver = Callable[[bytes], Awaitable[int]]
"""Passes a raw webhook body through the webhook's own handler; answers the HTTP status it gave."""

FILES_AT = (
    "http://simulator.invalid/api/files/"  # Looks like WAHA's media address; never resolved by anybody.
)
SERVER_AFTER, DEVICE_AFTER = 0.05, 0.25  # Seconds: long enough that the sender has noted the id it was given.
REMEMBERED_CHATS = 1_000  # Whose typing and seen marks are remembered; the oldest are forgotten first.


@dataclass(slots=True)
class _Chat:
    """What only the phone knows: who looks at it now, and what the business last did."""

    bells: set[asyncio.Event] = field(default_factory=set)
    is_typing: bool = False
    seen: set[str] = field(default_factory=set)


class Simulator:
    """WhatsApp without WhatsApp. `connect` it to the webhook and let `run` go on, and acks flow."""

    def __init__(self, database: Database, session: str = "default") -> None:
        self.session = session
        self.is_open = True
        self._database = database
        self._deliver: Deliver | None = None
        self._chats: OrderedDict[str, _Chat] = OrderedDict()
        self._sent: asyncio.Queue[tuple[float, str, str]] = asyncio.Queue()
        self._arrived: asyncio.Queue[tuple[float, str, str]] = asyncio.Queue()

    def connect(self, deliver: Deliver) -> None:
        """Says where webhooks go. Until then nothing is acknowledged."""
        self._deliver = deliver

    async def run(self) -> None:
        """Moves acks from SERVER to DEVICE until cancelled; READ comes from who reads, see `read`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._acknowledge(self._sent, SERVER, SERVER_AFTER, self._arrived))
            tasks.create_task(self._acknowledge(self._arrived, DEVICE, DEVICE_AFTER, None))

    async def receive(self, body: dict[str, Any]) -> int:  # Any: a WAHA envelope.
        """Hands an envelope to the webhook as WAHA would; answers its status, 503 while there is no webhook."""
        if self._deliver is None:
            return 503
        return await self._deliver(json.dumps(body).encode())

    async def read(self, phone: str, wa_ids: list[str]) -> None:
        """Somebody holds this phone in their hand and sees these messages."""
        for wa_id in wa_ids:
            await self.receive(ack_envelope(self.session, f"{phone}@c.us", wa_id, READ))
        self.ring(f"{phone}@c.us")

    @contextlib.contextmanager
    def watching(self, phones: list[str]) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happened in one of these numbers' chats."""
        bell = asyncio.Event()
        chats = [self._chat(f"{phone}@c.us") for phone in phones]
        for chat in chats:
            chat.bells.add(bell)
        try:
            yield bell
        finally:
            for chat in chats:
                chat.bells.discard(bell)

    def ring(self, chat_id: str) -> None:
        """Wakes everybody who looks at this chat."""
        for bell in self._chat(chat_id).bells:
            bell.set()

    def is_typing(self, phone: str) -> bool:
        return self._chat(f"{phone}@c.us").is_typing

    def has_seen(self, phone: str, wa_id: str) -> bool:
        """Whether the business marked this customer's message as seen."""
        return wa_id in self._chat(f"{phone}@c.us").seen

    def close(self) -> None:
        """Tells everybody who looks that the service goes down."""
        self.is_open = False
        for chat in self._chats.values():
            for bell in chat.bells:
                bell.set()

    # The WhatsApp port, as the engine sees it.

    async def send(self, message: Outgoing) -> Sent:
        wa_id = message.premade_id or await self.premade_id(message.session)
        self._chat(message.chat_id).is_typing = False
        if self._deliver is not None:
            self._sent.put_nowait((time.monotonic(), message.chat_id, wa_id))
        return Sent(wa_id=wa_id)

    async def premade_id(self, session: str) -> str:  # noqa: ARG002 (the port's signature)
        return "3EB0" + secrets.token_hex(9).upper()

    async def prove(self, message: Outgoing, since: datetime) -> Proof:  # noqa: ARG002 (the port's signature)
        # A phone shows what the record says was sent, so sending again under the same id can never be seen twice.
        return Proof(was_sent=False)

    async def mark_seen(self, session: str, chat_id: str, wa_ids: list[str]) -> None:  # noqa: ARG002
        self._chat(chat_id).seen.update(wa_ids)
        self.ring(chat_id)

    async def show_typing(self, session: str, chat_id: str, is_typing: bool) -> None:  # noqa: ARG002
        self._chat(chat_id).is_typing = is_typing
        self.ring(chat_id)

    async def phone_of(self, session: str, lid: str) -> str | None:  # noqa: ARG002 (simulated people use phones)
        return None

    async def fetch_file(self, url: str) -> FetchedFile | None:
        if not url.startswith(FILES_AT):
            return None
        media_id = url.removeprefix(FILES_AT).partition(".")[0]
        found = await self._database.read(lambda conn: phones.on_the_way(conn, media_id))
        if found is None:
            return None
        name, mimetype, content = found
        return FetchedFile(content=content, mimetype=mimetype, name=name)

    async def missed(self, session: str, since: datetime) -> list[dict[str, Any]]:  # noqa: ARG002 # Any: the port's.
        return []

    async def health(self, session: str) -> SessionHealth:  # noqa: ARG002 (there is only one)
        return SessionHealth(status="WORKING", facts={"engine": "SIMULATOR"})

    def _chat(self, chat_id: str) -> _Chat:
        chat = self._chats.pop(chat_id, None) or _Chat()
        self._chats[chat_id] = chat
        if len(self._chats) > REMEMBERED_CHATS:
            unwatched = (
                other for other, found in self._chats.items() if not found.bells and found is not chat
            )
            self._chats.pop(next(unwatched, ""), None)
        return chat

    async def _acknowledge(
        self,
        waiting: "asyncio.Queue[tuple[float, str, str]]",
        ack: int,
        after: float,
        then: "asyncio.Queue[tuple[float, str, str]] | None",
    ) -> None:
        while True:
            since, chat_id, wa_id = await waiting.get()
            await asyncio.sleep(max(0.0, since + after - time.monotonic()))
            await self.receive(ack_envelope(self.session, chat_id, wa_id, ack))
            self.ring(chat_id)
            if then is not None:
                then.put_nowait((time.monotonic(), chat_id, wa_id))
