"""A WhatsApp that only writes down what it was given: the one thing that scripts put in WAHA's place."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.whatsapp import FetchedFile, Outgoing, Proof, Sent, SessionHealth


@dataclass(slots=True)
class Recorder:
    """Fills the WhatsApp port. `sent` holds every message in the order of sending."""

    sent: list[Outgoing] = field(default_factory=list)

    def take(self, chat_id: str) -> list[Outgoing]:
        """What was sent to this chat since the last time, in order; taken out."""
        mine = [message for message in self.sent if message.chat_id == chat_id]
        self.sent = [message for message in self.sent if message.chat_id != chat_id]
        return mine

    async def send(self, message: Outgoing) -> Sent:
        self.sent.append(message)
        return Sent(wa_id=message.premade_id)

    async def premade_id(self, session: str) -> str:
        return f"{session}{uuid4().hex[:18].upper()}"

    async def prove(self, message: Outgoing, since: datetime) -> Proof:  # noqa: ARG002 (the port's signature)
        return Proof(was_sent=True, wa_id=message.premade_id)

    async def mark_seen(self, session: str, chat_id: str, wa_ids: list[str]) -> None:
        """Nobody looks."""

    async def show_typing(self, session: str, chat_id: str, is_typing: bool) -> None:
        """Nobody looks."""

    async def phone_of(self, session: str, lid: str) -> str | None:  # noqa: ARG002 (the port's signature)
        return None

    async def fetch_file(self, url: str) -> FetchedFile | None:  # noqa: ARG002 (the port's signature)
        return FetchedFile(content=b"scripted", mimetype="image/jpeg", name="scripted.jpg")

    async def missed(self, session: str, since: datetime) -> list[dict[str, Any]]:  # noqa: ARG002 # Any: the port's.
        return []

    async def health(self, session: str) -> SessionHealth:  # noqa: ARG002 (the port's signature)
        return SessionHealth(status="WORKING")
