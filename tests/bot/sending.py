"""The sender between a real database and a fake WAHA, with a clock that stands still until it is moved."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.sending.human_pace import HumanPace
from bot.sending.outgoing_media import OutgoingMedia
from bot.sending.sender import Sender, SenderOptions
from bot.waha.waha import Waha
from bot.waha.waha_http import WahaHttp
from bot.waha.waha_ids import make_id
from storage.database import Database
from storage.tables import Alert, Conversation, Message, OutboxRow, new_id
from storage.way.outbox_proof import Ack, Echo, note_ack, note_echo
from tests.fake_waha import FakeWaha
from tests.people import Said, writes

KINDS = {
    "sendText": "text",
    "sendImage": "image",
    "sendFile": "document",
    "sendVideo": "video",
    "sendLocation": "location",
}
PICTURE = {
    "file": {"mimetype": "image/jpeg", "url": "https://example.com/hemat.jpg", "filename": "hemat.jpg"},
    "caption": "Paket Hemat",
}


class Clock:
    """The time of a test. It begins now, because WAHA's history goes by real time."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class HastyHttp(WahaHttp):
    """WAHA's HTTP, where nobody waits longer than a moment for an answer."""

    async def call(self, *args: Any, **kwargs: Any) -> Any:  # Any: the same as WahaHttp.call.
        return await super().call(*args, **(kwargs | {"seconds": 0.3}))


@dataclass(slots=True, kw_only=True)
class PostOffice:
    """What a test holds in hand. waits: the pauses that the sender made."""

    database: Database
    server: FakeWaha
    clock: Clock
    sender: Sender
    whatsapp: Waha
    waits: list[float] = field(default_factory=list)

    async def customer(self, phone: str, *said: str) -> Said:
        """A customer who has written."""
        texts = said or ("Halo",)
        found = await self.database.write(lambda conn: writes(conn, phone, *texts, at=self.clock.now))
        await self.database.write(lambda conn: _name_as_whatsapp_does(conn, found))
        return found

    async def bot_says(self, said: Said, *texts: str, by_bot: bool = True) -> None:
        """The turn has put these texts into the outbox."""
        parts = [("sendText", {"text": text}) for text in texts]
        await self.database.write(lambda conn: queue(conn, said, parts, self.clock.now, by_bot=by_bot))

    async def bot_sends(self, said: Said, call: str, payload: dict[str, Any]) -> None:  # Any: JSON.
        await self.database.write(lambda conn: queue(conn, said, [(call, payload)], self.clock.now))

    async def status(self, said: Said, status: str) -> None:
        """Somebody takes the conversation, or gives it back."""
        change = update(Conversation).where(Conversation.id == said.conversation_id).values(status=status)
        await self.database.write(lambda conn: conn.execute(change) and None)

    async def states(self, said: Said) -> list[str]:
        """Where the conversation's outbox rows stand, oldest first."""
        query = (
            select(OutboxRow.state)
            .where(OutboxRow.conversation_id == said.conversation_id)
            .order_by(OutboxRow.id)
        )
        return await self.database.read(lambda conn: list(conn.scalars(query)))

    async def rows(self) -> list[Any]:  # Any: outbox rows beside their messages.
        query = (
            select(OutboxRow, Message.wa_id, Message.ack, Message.details)
            .join(Message, Message.id == OutboxRow.message_id)
            .order_by(OutboxRow.id)
        )
        return await self.database.read(lambda conn: list(conn.execute(query)))

    async def alerts(self) -> list[str]:
        query = select(Alert.kind).where(Alert.state == "waiting").order_by(Alert.id)
        return await self.database.read(lambda conn: list(conn.scalars(query)))

    async def echo(
        self, said: Said, bare_id: str, body: str, kind: str = "text", **changes: Any
    ) -> bool:  # Any: fields of Echo.
        found = echo_of(said, bare_id, body, kind, **changes)
        return await self.database.write(lambda conn: note_echo(conn, found, self.clock.now))

    async def forget_ids(self) -> None:
        """As if WAHA's answers had named no ids."""
        change = update(Message).where(Message.direction == "out").values(wa_id=None)
        await self.database.write(lambda conn: conn.execute(change) and None)

    async def ack(self, bare_id: str, ack: int, error: str | None = None) -> bool:
        found = Ack(session="default", bare_id=bare_id, ack=ack, error=error)
        return await self.database.write(lambda conn: note_ack(conn, found, self.clock.now))


def echo_of(
    said: Said, bare_id: str, body: str, kind: str = "text", **changes: Any
) -> Echo:  # Any: fields of Echo.
    phone = said.phone
    facts: dict[str, Any] = {"chat_id": f"{phone}@c.us", "phone": phone, "lid": None} | changes
    return Echo(session="default", bare_id=bare_id, kind=kind, body=body, **facts)


def _name_as_whatsapp_does(conn: Connection, said: Said) -> None:
    """WhatsApp's ids have no underscore: it parts the id from the chat."""
    for message_id in said.message_ids:
        conn.execute(update(Message).where(Message.id == message_id).values(wa_id=make_id()))


def queue(
    conn: Connection,
    said: Said,
    parts: Sequence[tuple[str, dict[str, Any]]],
    now: datetime,
    *,
    by_bot: bool = True,
) -> None:
    """Outbox rows with their messages, as a turn writes them."""
    thread = conn.execute(
        select(Conversation.session, Conversation.chat_id).where(Conversation.id == said.conversation_id)
    ).one()
    for position, (call, payload) in enumerate(parts):
        message_id = new_id("msg")
        body = payload.get("text") or payload.get("caption")
        author = "bot" if by_bot else "sari"
        row = {
            "conversation_id": said.conversation_id,
            "author": author,
            "kind": KINDS[call],
            "body": body,
            "at": now,
        }
        conn.execute(
            insert(Message).values(
                id=message_id, direction="out", position=position, answers=said.message_ids, details={}, **row
            )
        )
        conn.execute(
            insert(OutboxRow).values(
                conversation_id=said.conversation_id,
                message_id=message_id,
                session=thread.session,
                chat_id=thread.chat_id,
                call=call,
                payload=payload,
                by_bot=by_bot,
                not_before=now,
                created_at=now,
            )
        )


@asynccontextmanager
async def post_office(
    database: Database,
    server: FakeWaha,
    *,
    public_url: str = "",
    http: type[WahaHttp] = WahaHttp,
    **options: Any,  # Any: fields of SenderOptions.
) -> AsyncIterator[PostOffice]:
    """A sender with everything around it."""
    clock = Clock()
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.pass_by(seconds)

    whatsapp = Waha(http(server.url, server.api_key))
    sender = Sender(
        database,
        whatsapp,
        SenderOptions(**options),
        media=OutgoingMedia(database, public_url),
        clock=clock,
        human_pace=HumanPace(whatsapp, wait),
    )
    yield PostOffice(
        database=database, server=server, clock=clock, sender=sender, whatsapp=whatsapp, waits=waits
    )
    await whatsapp.close()
