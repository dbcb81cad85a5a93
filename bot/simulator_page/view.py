"""What the page is told of a chat: plain JSON of what the phone shows and of what lies behind it.

Texts go out as they are; the page puts them in as text, never as HTML.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.simulator_page.numbers import name_of
from storage.way.simulator import PhoneMessage, PhoneTurn, Screen

Json = dict[str, Any]  # Any: JSON for the page.


def screen_json(screen: Screen, own: Sequence[str], is_seen: Callable[[str], bool]) -> Json:
    """The open chat, the list of numbers and the company's name. is_seen: the business marked a customer's message as seen."""
    return {
        **_chat(screen, is_seen),
        "chats": [_entry(number, screen.last.get(number)) for number in reversed(own)],
        "company": screen.company,
        "code": screen.code,
    }


def _chat(screen: Screen, is_seen: Callable[[str], bool]) -> Json:
    phone = screen.phone
    if phone is None:
        return {"messages": [], "turns": {}, "backstage": None}
    return {
        "messages": [_message(message, screen.sizes, is_seen) for message in phone.messages],
        "turns": {turn.id: _turn(turn) for turn in phone.turns},
        "backstage": asdict(phone.backstage),
    }


def _entry(number: str, last: tuple[PhoneMessage, int] | None) -> Json:
    entry: Json = {"number": number, "name": name_of(number), "last": None, "unread": 0}
    if last is not None:
        message, unread = last
        entry |= {"last": _preview(message), "at": message.at.isoformat(), "unread": unread}
    return entry


def _preview(message: PhoneMessage) -> str:
    label = {"image": "📷 Foto", "document": "📄 Dokumen", "video": "🎬 Video", "location": "📍 Lokasi"}
    return (message.body or "").strip()[:80] or label.get(message.kind, "Pesan")


def _message(message: PhoneMessage, sizes: Mapping[str, int], is_seen: Callable[[str], bool]) -> Json:
    return {
        "id": message.id,
        "wa_id": message.wa_id,
        "mine": message.is_mine,
        "author": message.author,
        "kind": message.kind,
        "text": _text(message),
        "at": message.at.isoformat(),
        "tick": _tick(message, is_seen),
        "file": _file_json(message, sizes),
        "place": _place(message),
        "turn": message.turn_id,
        "prompt_version": message.prompt_version,
        "ack": message.ack,
    }


def _text(message: PhoneMessage) -> str:
    if message.call and message.call != "sendText":
        return str(message.payload.get("caption") or "")
    return message.body or ""


def _tick(message: PhoneMessage, is_seen: Callable[[str], bool]) -> str | None:
    """What stands beside the customer's own message; nothing stands beside the company's."""
    if not message.is_mine:
        return None
    return "read" if message.is_read or (message.wa_id and is_seen(message.wa_id)) else "delivered"


def _file(message: PhoneMessage) -> Json:
    file = message.payload.get("file")
    return file if isinstance(file, dict) else {}


def _file_json(message: PhoneMessage, sizes: Mapping[str, int]) -> Json | None:
    if message.is_mine:
        if message.kind not in ("image", "document", "video"):
            return None
        notice = message.details.get("file") or {}
        return {
            "url": message.media_id and f"/simulator/files/{message.media_id}",
            "name": notice.get("name") or "berkas",
            "mimetype": notice.get("mimetype") or "",
            "size": sizes.get(message.media_id or ""),
        }
    file = _file(message)
    if not file:
        return None
    url = str(file.get("url") or "")
    name = str(file.get("filename") or url.rpartition("/")[2] or "berkas")
    return {
        "url": f"/simulator/files/{message.media_id}" if file.get("media_id") else url,
        "name": name,
        "mimetype": str(file.get("mimetype") or ""),
        "size": sizes.get(message.media_id or ""),
    }


def _place(message: PhoneMessage) -> Json | None:
    sent = message.payload if message.call == "sendLocation" else message.details.get("location")
    if not isinstance(sent, dict) or "latitude" not in sent:
        return None
    return {
        "lat": sent["latitude"],
        "lng": sent["longitude"],
        "name": str(sent.get("title") or sent.get("name") or "Lokasi"),
    }


def _turn(turn: PhoneTurn) -> Json:
    return {
        "because": turn.because,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "milliseconds": turn.milliseconds,
        "trace": turn.trace,
    }
