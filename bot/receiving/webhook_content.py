"""What kind of message is this, and what does it say? WAHA names no type, so it is read from what is there.

In this order: what nobody can answer (polls, WhatsApp's own notices), a place, contacts, a file, text, and last the raw message of
the engine. A WEBJS location carries its picture as text in `body`; that must never be taken for words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.json_fields import (
    Json,
    UnreadableBody,
    clean,
    loose_object,
    loose_text,
    number,
    object_at,
    text,
)
from bot.receiving.arrivals import FileNotice
from flows.domain import MessageKind

MAX_BODY = 16_000  # Characters kept; WhatsApp itself allows 65,536.
LONG_BODY = 4_000  # From here on the facts say how long it was.
MAX_CONTACTS, MAX_VCARD = 5, 2_000
MAX_NAME, MAX_MIMETYPE, MAX_ERROR = 255, 100, 200  # The file's columns; errors are WAHA's stack traces.

# WEBJS `_data.type` of what only looks like a message. Answering them would greet people who never wrote.
NOTICE_TYPES = frozenset(
    {
        "broadcast_notification",
        "call_log",
        "ciphertext",
        "debug",
        "e2e_notification",
        "gp2",
        "notification",
        "notification_template",
        "protocol",
        "revoked",
    }
)
# The same in NOWEB and GOWS: parts that carry no words of a customer, alone or beside each other.
NOTICE_PARTS = frozenset({"protocolMessage", "reactionMessage", "pinInChatMessage", "keepInChatMessage"})
CARRIER_PARTS = frozenset({"", "messageContextInfo", "senderKeyDistributionMessage"})
UNANSWERABLE = frozenset(
    {"event_creation", "eventMessage", "poll_creation", "poll_update", "pollUpdateMessage"}
)
# The engines' own names of a file: NOWEB and GOWS use message parts, WEBJS a type.
FILE_PARTS = {
    "imageMessage": MessageKind.IMAGE,
    "image": MessageKind.IMAGE,
    "videoMessage": MessageKind.VIDEO,
    "ptvMessage": MessageKind.VIDEO,
    "video": MessageKind.VIDEO,
    "audioMessage": MessageKind.VOICE,
    "audio": MessageKind.VOICE,
    "ptt": MessageKind.VOICE,
    "stickerMessage": MessageKind.STICKER,
    "sticker": MessageKind.STICKER,
    "documentMessage": MessageKind.DOCUMENT,
    "document": MessageKind.DOCUMENT,
}
WRAPPERS = (
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "documentWithCaptionMessage",
    "deviceSentMessage",
)
TEXT_PATHS: tuple[tuple[str, ...], ...] = (
    ("conversation",),
    ("extendedTextMessage", "text"),
    ("buttonsResponseMessage", "selectedDisplayText"),
    ("templateButtonReplyMessage", "selectedDisplayText"),
    ("listResponseMessage", "title"),
    ("interactiveResponseMessage", "body", "text"),
    ("imageMessage", "caption"),
    ("videoMessage", "caption"),
    ("documentMessage", "caption"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """kind and words of a message; is_notice says that nobody wrote it."""

    kind: MessageKind
    body: str = ""
    file: FileNotice | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # Any: small JSON kept beside the message.
    is_notice: bool = False


def read_content(payload: Json) -> Content:
    """The content of a WAHA message payload. Raises UnreadableBody where a promised part has a broken type."""
    body = text(payload.get("body"), "payload.body") or ""
    location = object_at(payload.get("location"), "payload.location")
    media = object_at(payload.get("media"), "payload.media")
    raw = _raw_parts(payload)
    names = {*raw, loose_text(loose_object(payload, "_data").get("type")) or ""}
    if names & NOTICE_TYPES or (names & NOTICE_PARTS and not names - NOTICE_PARTS - CARRIER_PARTS):
        return Content(kind=MessageKind.UNSUPPORTED, is_notice=True)
    if names & UNANSWERABLE or any(name.startswith("pollCreationMessage") for name in names):
        return Content(kind=MessageKind.UNSUPPORTED)
    if location:
        return Content(kind=MessageKind.LOCATION, facts={"location": _place(location)})
    if contacts := _contacts(payload.get("vCards")):
        return Content(kind=MessageKind.CONTACT, facts={"vCards": contacts})
    if media or payload.get("hasMedia") is True:
        return _file(media or {}, body, names, raw)
    return words(body if body.strip() else _raw_text(raw))


def words(body: str) -> Content:
    """A text message; one that says nothing readable is unsupported."""
    if not body.strip():
        return Content(kind=MessageKind.UNSUPPORTED)
    kept, facts = cut(body)
    return Content(kind=MessageKind.TEXT, body=kept, facts=facts)


def cut(body: str) -> tuple[str, dict[str, Any]]:  # Any: facts are JSON.
    """body, at most MAX_BODY characters of it, and the fact of its length when it is long."""
    return body[:MAX_BODY], {"length": len(body)} if len(body) > LONG_BODY else {}


def _file(media: Json, body: str, names: set[str], raw: Json) -> Content:
    mimetype = loose_text(media.get("mimetype")) or _raw_mimetype(raw) or ""
    kept, facts = cut(body)
    error = object_at(media.get("error"), "payload.media.error")
    notice = FileNotice(
        url=loose_text(media.get("url")),
        mimetype=(mimetype or "application/octet-stream")[:MAX_MIMETYPE],
        name=_visible(loose_text(media.get("filename")) or "")[-MAX_NAME:] or None,
        error=_first_line(error) if error is not None else None,
    )
    return Content(kind=_file_kind(mimetype, names), body=kept, file=notice, facts=facts)


def _visible(name: str) -> str:
    """Without letters that nobody sees: one of them turns the rest around, and a program reads like a PDF."""
    return "".join(letter for letter in name if letter.isprintable())


def _first_line(error: Json) -> str:
    return (loose_text(error.get("details")) or "WAHA could not fetch it").splitlines()[0][:MAX_ERROR]


def _file_kind(mimetype: str, names: set[str]) -> MessageKind:
    family = mimetype.partition("/")[0].lower()
    if mimetype.startswith("image/webp"):
        return MessageKind.STICKER
    by_family = {"image": MessageKind.IMAGE, "audio": MessageKind.VOICE, "video": MessageKind.VIDEO}
    if family in by_family:
        return by_family[family]
    if mimetype:
        return MessageKind.DOCUMENT
    return next((FILE_PARTS[name] for name in FILE_PARTS if name in names), MessageKind.DOCUMENT)


def _place(location: Json) -> dict[str, Any]:  # Any: facts are JSON.
    """Latitude and longitude as numbers where they are such (NOWEB sends strings), name and address."""
    name = loose_text(location.get("name")) or loose_text(location.get("description")) or ""
    return {
        "latitude": number(location.get("latitude")),
        "longitude": number(location.get("longitude")),
        "name": name[:MAX_NAME],
        "address": (loose_text(location.get("address")) or "")[:MAX_NAME],
    }


def _contacts(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableBody("`payload.vCards` is no array. WAHA sends an array of vCards or null.")
    return [clean(card)[:MAX_VCARD] for card in value[:MAX_CONTACTS] if isinstance(card, str)]


def _raw_parts(payload: Json) -> Json:
    """The engine's own message (`_data.message` of NOWEB, `_data.Message` of GOWS), out of its wrappers."""
    data = loose_object(payload, "_data")
    found = loose_object(data, "message") or loose_object(data, "Message")
    for _ in WRAPPERS:
        inner = next((loose_object(found, name, "message") for name in WRAPPERS if name in found), {})
        if not inner:
            break
        found = inner
    return found


def _raw_mimetype(raw: Json) -> str | None:
    return next((kind for kind in (loose_text(part.get("mimetype")) for part in _objects(raw)) if kind), None)


def _objects(raw: Json) -> Iterator[Json]:
    return (part for part in raw.values() if isinstance(part, dict))


def _raw_text(raw: Json) -> str:
    for path in TEXT_PATHS:
        *way, last = path
        if found := loose_text(loose_object(raw, *way).get(last)):
            return found
    return ""
