"""What a webhook body may turn out to be: the typed arrivals that everything further in relies on.

Parsing lives in `webhook_body.py`; this file only names the results.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.domain import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """How WhatsApp addressed the chat. chat_id is where to answer; phone and lid are bare digits, either may be unknown."""

    chat_id: str
    phone: str | None
    lid: str | None
    push_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNotice:
    """A file that came with a message: url is where WAHA keeps it, None when WAHA could not fetch it."""

    url: str | None
    mimetype: str
    name: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A customer's message, from WAHA's envelope or the flat form. is_flat ones are never stale."""

    session: str
    bare_id: str
    sender: Sender
    kind: MessageKind
    body: str
    at: datetime
    is_flat: bool = False
    file: FileNotice | None = None
    quoted_id: str | None = None
    facts: dict[str, Any] = field(
        default_factory=dict
    )  # Any: small JSON kept beside the row (location, vCards).


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMessage:
    """A message from the business's own number: our own echo, or a human typing on the phone."""

    session: str
    bare_id: str
    sender: Sender
    kind: MessageKind
    body: str
    at: datetime
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AckNotice:
    """ack: -1 error, 0 pending, 1 server, 2 device, 3 read, 4 played. error is WAHA's code ("463") where it names one."""

    session: str
    bare_id: str
    chat_id: str
    ack: int
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionNotice:
    """A reaction to the message target_id (bare); empty text takes it back."""

    session: str
    target_id: str
    sender: Sender
    text: str
    from_me: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditNotice:
    session: str
    target_id: str
    sender: Sender
    body: str
    from_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeNotice:
    session: str
    target_id: str
    from_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNotice:
    session: str
    status: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)  # Any: WAHA's JSON, only shown.


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEvent:
    """A valid envelope that we do not act on: groups, channels, statuses, calls, unknown events. Kept, counted, never answered."""

    event: str
    body: dict[str, Any]  # Any: WAHA's JSON, kept for people.


Arrival = (
    InboundMessage
    | OwnMessage
    | AckNotice
    | ReactionNotice
    | EditNotice
    | RevokeNotice
    | SessionNotice
    | OtherEvent
)
