"""May this leave the house? WAHA's send endpoints check nothing and answer a wrong body with a 500 that echoes it, so we check.

Mirrors WAHA's own request types, narrowed to what we send: to people only, one file by address or as base64.
"""

import math
import re
from typing import Any

from bot.whatsapp import Outgoing

Json = dict[str, Any]  # Any: JSON, built here field by field.

SESSION = re.compile(r"[a-zA-Z0-9_-]{1,54}")
CHAT = re.compile(r"[0-9]{5,20}@(c\.us|lid)")  # Groups and channels never get an answer.
MAX_TEXT = 65_536  # WhatsApp's own limit of a text.
MAX_CAPTION = 1_024
MEDIA_CALLS = ("sendImage", "sendFile", "sendVideo")


class NotSendable(ValueError):
    """This message can never be sent in this form. Give up and let staff look."""


def send_body(message: Outgoing) -> Json:
    """The body of the send call. Raises NotSendable, in words that quote nothing of what was to be said."""
    _expect(SESSION.fullmatch(message.session), "The session's name has letters that WAHA refuses.")
    _expect(CHAT.fullmatch(message.chat_id), "The chat is no person's chat (…@c.us or …@lid).")
    head: Json = {"session": message.session, "chatId": message.chat_id}
    match message.call:
        case "sendText":
            return head | {"text": _text(message.payload)} | _premade(message)
        case "sendLocation":
            return head | _location(message.payload) | _premade(message)
        case "sendVideo":
            file = _file(message.payload)
            # WAHA converts with ffmpeg; what is MP4 already goes out faster as it is.
            needs_work = file["mimetype"] != "video/mp4"
            return (
                head
                | {"file": {"filename": "video.mp4"} | file, "convert": needs_work}
                | _caption(message.payload)
            )
        case "sendImage" | "sendFile":
            return head | {"file": _file(message.payload)} | _caption(message.payload)


def _premade(message: Outgoing) -> Json:
    return {"id": message.premade_id} if message.premade_id else {}


def _text(payload: Json) -> str:
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        raise NotSendable("The text is empty.")
    _expect(len(text) <= MAX_TEXT, f"The text has {len(text)} characters; WhatsApp takes {MAX_TEXT}.")
    return text


def _caption(payload: Json) -> Json:
    caption = payload.get("caption")
    if caption is None or caption == "":
        return {}
    _expect(
        isinstance(caption, str) and len(caption) <= MAX_CAPTION,
        f"The caption is no text of at most {MAX_CAPTION}.",
    )
    return {"caption": caption}


def _location(payload: Json) -> Json:
    title = payload.get("title")
    _expect(isinstance(title, str), "The place has no title.")
    return {
        "latitude": _degrees(payload.get("latitude"), 90, "latitude"),
        "longitude": _degrees(payload.get("longitude"), 180, "longitude"),
        "title": title,
    }


def _degrees(value: object, limit: int, name: str) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or abs(value) > limit
    ):
        raise NotSendable(f"The place's {name} is no number between -{limit} and {limit}.")
    return value


def _file(payload: Json) -> Json:
    file = payload.get("file")
    if not isinstance(file, dict):
        raise NotSendable("The file is missing.")
    url, data, name = file.get("url"), file.get("data"), file.get("filename")
    mimetype = file.get("mimetype")
    _expect(isinstance(mimetype, str) and "/" in mimetype, "The file's type is missing.")
    _expect((url is None) != (data is None), "The file needs an address or its content, not both.")
    _expect(name is None or isinstance(name, str), "The file's name is no text.")
    if url is not None:
        _expect(
            isinstance(url, str) and url.startswith(("http://", "https://")),
            "The file's address is not http(s).",
        )
    else:
        _expect(
            isinstance(data, str) and data and not data.startswith("data:"),
            "The file's content is not plain base64.",
        )
    kept: Json = {"mimetype": mimetype} | ({"url": url} if url is not None else {"data": data})
    return kept | ({"filename": name} if name else {})


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise NotSendable(otherwise)
