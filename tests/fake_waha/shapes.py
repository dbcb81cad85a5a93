"""The shapes in which WAHA speaks: messages, envelopes, answers and errors, as each engine writes them."""

import secrets
import time
from typing import Any, Literal

Json = dict[str, Any]  # Any: WAHA's JSON.
Engine = Literal["GOWS", "NOWEB", "WEBJS"]

SENDS = ("sendText", "sendImage", "sendFile", "sendVideo", "sendLocation")
OWN_NUMBER = "6281100000000@c.us"
ACK_NAMES = {-1: "ERROR", 0: "PENDING", 1: "SERVER", 2: "DEVICE", 3: "READ", 4: "PLAYED"}
VERSION = "2026.7.1"


def envelope(engine: Engine, event: str, payload: Json, session: str = "default") -> Json:
    """What WAHA posts for an event."""
    return {
        "id": "evt_" + secrets.token_hex(13),
        "timestamp": int(time.time() * 1000),
        "event": event,
        "session": session,
        "me": {"id": OWN_NUMBER, "pushName": "Sapa"},
        "payload": payload,
        "engine": engine,
        "environment": {"version": VERSION, "engine": engine, "tier": "CORE"},
    }


def ack_payload(chat_id: str, bare_id: str, ack: int) -> Json:
    head = {"id": f"true_{chat_id}_{bare_id}", "from": chat_id, "fromMe": True}
    return head | {"ack": ack, "ackName": ACK_NAMES[ack]}


def message_shape(engine: Engine, chat_id: str, bare_id: str, text: str | None, *, from_me: bool) -> Json:
    """A message as the history and the events show it; `_call` is ours and says how it was sent."""
    swapped = from_me and engine == "WEBJS"
    return {
        "id": f"{str(from_me).lower()}_{chat_id}_{bare_id}",
        "timestamp": int(time.time()),
        "from": OWN_NUMBER if swapped else chat_id,
        "to": chat_id if swapped else None,
        "fromMe": from_me,
        "source": "app",
        "body": text,
        "hasMedia": False,
        "media": None,
        "ack": 0 if from_me else 2,
        "location": None,
        "vCards": None,
        "replyTo": None,
        "_call": "sendText",
    }


def answer_shape(engine: Engine, sent: Json) -> Json:
    """The answer to a send."""
    from_me, chat_id, bare_id = sent["id"].split("_")
    if engine == "NOWEB":
        jid = chat_id.replace("@c.us", "@s.whatsapp.net")
        key = {"remoteJid": jid, "fromMe": from_me == "true", "id": bare_id}
        return {"key": key, "message": {}, "messageTimestamp": str(sent["timestamp"]), "status": "PENDING"}
    if engine == "WEBJS":
        return {"id": {"fromMe": True, "remote": chat_id, "id": bare_id, "_serialized": sent["id"]}, "ack": 0}
    return {"id": sent["id"], "timestamp": sent["timestamp"], "_data": {"Info": {"ID": bare_id}}}


def call_of(path: str) -> str | None:
    """The name by which tests speak of a call, for `removed` and `asked`."""
    parts = path.strip("/").split("/")
    match parts:
        case ["ping"]:
            return "ping"
        case ["api", "files", *_]:
            return "files"
        case ["api", "server", "version"]:
            return "version"
        case ["api", "sessions", *_]:
            return "sessions"
        case ["api", _, "new-message-id"]:
            return "new-message-id"
        case ["api", _, "lids", _]:
            return "lids"
        case ["api", _, "chats", _, "messages", *_]:
            return "history"
        case ["api", _, "auth", "qr"]:
            return "qr"
        case ["api", call] if call in (*SENDS, "sendSeen", "startTyping", "stopTyping"):
            return call
    return None


def content_shape(call: str, body: Json) -> Json:
    """What the history shows of a message that is not text."""
    if call == "sendLocation":
        place = {
            "latitude": str(body["latitude"]),
            "longitude": str(body["longitude"]),
            "name": body["title"],
        }
        return {"location": place}
    if call == "sendText":
        return {}
    file = body.get("file", {})
    return {
        "hasMedia": True,
        "media": {"url": None, "mimetype": file.get("mimetype"), "filename": file.get("filename")},
    }


def plain(status: int, message: str | list[str]) -> Json:
    return {"message": message, "error": "Error", "statusCode": status}


def broken(body: Json, message: str) -> Json:
    """WAHA's 500: a stack trace, and everything that was asked."""
    exception = {"message": message, "name": "Error", "stack": f"Error: {message}\n    at file.js:1:1"}
    return {
        "statusCode": 500,
        "timestamp": "now",
        "exception": exception,
        "request": {"body": body},
        "version": {},
    }


def new_id() -> str:
    return "3EB0" + secrets.token_hex(9).upper()
