"""A turn that was decided and rendered, as it goes to be recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.decision import Decision
from storage.way.threads import OpenThread


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPart:
    """One message of the answer, ready for the sender: call is WAHA's endpoint, payload what it needs beside session and chat."""

    call: str
    payload: dict[str, Any]  # Any: JSON for the outbox.
    kind: str
    body: str | None
    media_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenTurn:
    """A decided turn with its rendered answer. is_sent False keeps the answer out of the send queue (it is returned to a caller)."""

    thread: OpenThread
    inbox_ids: tuple[int, ...]
    heard: tuple[tuple[str, str | None, float], ...]  # (message id, intent, confidence) of what was heard
    decision: Decision
    parts: tuple[OutgoingPart, ...]
    text: str
    trace: dict[str, Any]  # Any: JSON for people.
    prompt_version: str | None
    milliseconds: float
    now: datetime
    is_sent: bool = True
    by_bot: bool = True
