"""What does WAHA's answer mean for the message? Three shapes of a success, four of an error, into one outcome.

An answer's own words may echo what we sent, so nothing of them is kept beyond a state's name or an error's class.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.json_fields import loose_object, loose_text, number, read_json
from bot.whatsapp import Doubtful, Outcome, Refused, Sent, TryLater

AUTH_PAUSE_SECONDS = 30.0  # A refused key is mended by a person, not by haste.
TIMELOCK_PAUSE_SECONDS = (
    900.0  # WhatsApp lifts error 463 after minutes to days; asking more often looks like a machine.
)
MAX_RETRY_AFTER_SECONDS = 3_600.0
ID_PARTS = 3  # {fromMe}_{chat}_{ID}
TIMELOCK = re.compile(r"\b463\b|time\s?lock|reachout|account_restricted", re.IGNORECASE)
PLUS_ONLY = re.compile(r"plus version", re.IGNORECASE)
SESSION_WORDS = re.compile(r"\bsession\b", re.IGNORECASE)


def json_or_none(raw: bytes) -> Any:  # Any: whatever WAHA answered; every reader below checks it.
    """The JSON in raw, None for an empty or broken one: WAHA answers some successes with nothing."""
    try:
        return read_json(raw)
    except (ValueError, RecursionError):
        return None


def message_id(answer: object) -> str | None:
    """The bare id of a message that WAHA tells of: `id` (GOWS, WPP), `id._serialized` (WEBJS), `key.id` (NOWEB)."""
    whole = loose_object(answer)
    named = whole.get("id")
    found = (
        loose_text(named)
        or loose_text(loose_object(named).get("_serialized"))
        or loose_text(loose_object(named).get("id"))
        or loose_text(loose_object(whole, "key").get("id"))
        or loose_text(loose_object(whole, "_data", "id").get("_serialized"))
        or loose_text(loose_object(whole, "_data", "Info").get("ID"))
    )
    parts = (found or "").split("_")
    is_full = len(parts) >= ID_PARTS and parts[0] in ("true", "false")
    return (parts[2] if is_full else found) or None


def outcome(status: int, raw: bytes, headers: Mapping[str, str]) -> Outcome:
    """What a send call's answer means for the message."""
    if 200 <= status < 300:
        return Sent(wa_id=message_id(json_or_none(raw)))
    match status:
        case 401 | 403:
            reason = f"WAHA refuses the API key ({status}). Check SAPA_WAHA_API_KEY."
            return TryLater(reason=reason, pause_seconds=AUTH_PAUSE_SECONDS, is_session_wide=True)
        case 404:
            reason = "WAHA knows no such session or call (404). Run: sapa waha connect"
            return TryLater(reason=reason, is_session_wide=True)
        case 429 | 503:
            return TryLater(
                reason=f"WAHA asks to wait ({status}).",
                pause_seconds=_retry_after(headers),
                is_session_wide=True,
            )
        case 422:
            return _unprocessable(json_or_none(raw))
        case 500 if TIMELOCK.search(_exception(json_or_none(raw))):
            reason = "WhatsApp holds the account back (error 463)."
            return TryLater(reason=reason, pause_seconds=TIMELOCK_PAUSE_SECONDS, is_timelock=True)
        case _ if status >= 500 or status == 408:
            return Doubtful(reason=f"WAHA answered {status}.")
        case _ if 300 <= status < 400:
            return TryLater(reason=f"WAHA redirects ({status}). Check SAPA_WAHA_URL.", is_session_wide=True)
        case _:
            return Refused(reason=f"WAHA refused the message ({status}).")


def _unprocessable(answer: object) -> Outcome:
    """422 is a session that is not ready (two shapes), an old Core that lacks the call, or a message WAHA cannot take."""
    whole = loose_object(answer)
    if "session" in whole:
        state = re.sub(r"[^A-Z_]", "", loose_text(whole.get("status")) or "") or "missing"
        return TryLater(
            reason=f"The WhatsApp session is not ready ({state}). Run: sapa waha status", is_session_wide=True
        )
    said = whole.get("message")
    words = " ".join(filter(None, map(loose_text, said if isinstance(said, list) else [said])))
    if PLUS_ONLY.search(words):
        return Refused(reason="This WAHA is too old to send this. Use version 2026.6.1 or newer.")
    if SESSION_WORDS.search(words):
        return TryLater(
            reason="The WhatsApp session is not ready. Run: sapa waha status", is_session_wide=True
        )
    return Refused(reason="WAHA refused the message (422).")


def _exception(answer: object) -> str:
    """The error's own words. The rest of a 500 echoes the request, where a phone number may hold any digits."""
    said = loose_object(answer, "exception")
    return " ".join(filter(None, (loose_text(said.get("name")), loose_text(said.get("message")))))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the header says, in either of HTTP's two forms."""
    written = headers.get("Retry-After", "")
    seconds = number(written)
    if seconds is None and written:
        try:
            seconds = (parsedate_to_datetime(written).astimezone(UTC) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return None if seconds is None else min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)
