"""WhatsApp as the engine sees it: one port that WAHA's client and the built-in simulator both fill.

Nothing here touches the network. A send has exactly four outcomes, and the outcome says what the sender must do next.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

SendCall = Literal["sendText", "sendImage", "sendFile", "sendVideo", "sendLocation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One send. payload holds what the call needs beside session and chat; premade_id is WhatsApp's id chosen before the first try.

    payloads: sendText {text}; sendImage/sendFile/sendVideo {file: {mimetype, filename?, media_id | url}, caption?};
    sendLocation {latitude, longitude, title}. A media_id is resolved to base64 or a public URL just before sending.
    """

    session: str
    chat_id: str
    call: SendCall
    payload: dict[str, Any]  # Any: JSON, validated by the client before it leaves.
    premade_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """WAHA accepted it. wa_id is the bare WhatsApp id, None when the answer named none."""

    wa_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """Certainly not sent; the same row may go again after the pause (seconds).

    is_session_wide: nothing of this session can leave now (unreachable, not logged in, key refused, too many requests), so the rows
    behind it need not be tried. is_timelock: WhatsApp holds this account back from this chat (error 463); other chats go on.
    """

    reason: str
    pause_seconds: float | None = None
    is_session_wide: bool = False
    is_timelock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Certainly not sent, and never will be in this form: staff must look."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """Nobody knows whether it went out: prove it before anything is sent again."""

    reason: str


Outcome = Sent | TryLater | Refused | Doubtful


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What WhatsApp's own history says of a doubtful send: was_sent None means that the history could not be read."""

    was_sent: bool | None
    wa_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    content: bytes
    mimetype: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHealth:
    """status in WAHA's words (WORKING, SCAN_QR_CODE…), or `unreachable`; facts holds version and engine where known."""

    status: str
    facts: dict[str, Any] = field(default_factory=dict)  # Any: WAHA's JSON, only shown.


class WhatsApp(Protocol):
    """Only `send` is required of a real WAHA; every other call may be missing there and then answers "unknown"."""

    async def send(self, message: Outgoing) -> Outcome: ...

    async def premade_id(self, session: str) -> str:
        """An id for a message not yet sent; made here in WhatsApp's form when WAHA has no such call."""
        ...

    async def prove(self, message: Outgoing, since: datetime) -> Proof: ...

    async def mark_seen(self, session: str, chat_id: str, wa_ids: list[str]) -> None: ...

    async def show_typing(self, session: str, chat_id: str, is_typing: bool) -> None: ...

    async def phone_of(self, session: str, lid: str) -> str | None:
        """The phone digits behind a LID, None while unknown."""
        ...

    async def fetch_file(self, url: str) -> FetchedFile | None:
        """A customer's file, only from WAHA's own origin; None when it is gone or refused."""
        ...

    async def missed(
        self, session: str, since: datetime
    ) -> list[dict[str, Any]]:  # Any: WAHA message payloads.
        """Inbound message payloads that WAHA's history holds since then; empty when it has no history."""
        ...

    async def health(self, session: str) -> SessionHealth: ...
