"""From a decision to what a customer reads: the rendered text, then the media in order, each with a short caption."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from bot.turns.knowledge_now import Snapshot
from flows.decision import Decision, Show
from flows.domain import MediaKind
from flows.reply_keys import Key
from storage.way.taken_turn import OutgoingPart

CAPTIONS = {
    MediaKind.IMAGE: Key.CAPTION_IMAGE,
    MediaKind.BROCHURE: Key.CAPTION_BROCHURE,
    MediaKind.ITINERARY: Key.CAPTION_ITINERARY,
    MediaKind.VIDEO: Key.CAPTION_VIDEO,
    MediaKind.LOCATION: Key.CAPTION_MAP,
}
# By the file's ending: which of WAHA's calls sends it, as what, and of which type.
ENDINGS = {
    ".pdf": ("sendFile", "document", "application/pdf"),
    ".mp4": ("sendVideo", "video", "video/mp4"),
    ".jpg": ("sendImage", "image", "image/jpeg"),
    ".jpeg": ("sendImage", "image", "image/jpeg"),
    ".png": ("sendImage", "image", "image/png"),
    ".webp": ("sendImage", "image", "image/webp"),
}
BY_KIND = {
    MediaKind.IMAGE: ENDINGS[".jpg"],
    MediaKind.BROCHURE: ENDINGS[".pdf"],
    MediaKind.ITINERARY: ENDINGS[".pdf"],
    MediaKind.VIDEO: ENDINGS[".mp4"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """text is one message (empty: nothing is said); parts are what the sender sends; prompt_version names every text used."""

    text: str
    parts: tuple[OutgoingPart, ...]
    prompt_version: str | None


def compose(decision: Decision, snapshot: Snapshot) -> Answer:
    """The answer in the decision's language."""
    replies, language = snapshot.replies, decision.language
    text = replies.speak(decision.say, language)
    parts = [OutgoingPart(call="sendText", payload={"text": text}, kind="text", body=text)] if text else []
    parts += [_media(show, decision, snapshot) for show in decision.show]
    return Answer(text=text, parts=tuple(parts), prompt_version=_versions(decision, snapshot))


def _versions(decision: Decision, snapshot: Snapshot) -> str | None:
    """`reply:greet_package:id@pack`, for each text that was used; what the audit calls the prompt version."""
    used = dict.fromkeys(f"reply:{say.key}:{decision.language}" for say in decision.say)
    named = [f"{type_}@{snapshot.prompt_versions.get(type_, 'pack')}" for type_ in used]
    return ", ".join(named)[:200] or None


def _media(show: Show, decision: Decision, snapshot: Snapshot) -> OutgoingPart:
    caption = _caption(show, decision, snapshot)
    if show.kind is MediaKind.LOCATION:
        place = {"latitude": show.lat, "longitude": show.lng, "title": show.name or caption}
        return OutgoingPart(call="sendLocation", payload=place, kind="location", body=show.name or caption)
    assert show.url is not None, "a rule shows only media that a row names"
    name, ending = _named(show.url)
    call, kind, mimetype = ENDINGS.get(ending, BY_KIND[show.kind])
    file: dict[str, Any] = {"url": show.url, "mimetype": mimetype, "filename": name or None}  # Any: JSON.
    payload = {"file": file, "caption": caption}
    return OutgoingPart(call=call, payload=payload, kind=kind, body=caption or None, media_url=show.url)


@lru_cache(maxsize=256)  # The same few files go out again and again.
def _named(url: str) -> tuple[str, str]:
    """The file's name and its ending, in small letters."""
    path = PurePosixPath(urlsplit(url).path)
    return path.name, path.suffix.lower()


def _caption(show: Show, decision: Decision, snapshot: Snapshot) -> str:
    package = snapshot.shelf.package(show.package_code)
    facts = {"company": snapshot.shelf.company, "package": package}
    return snapshot.replies.render(CAPTIONS[show.kind].value, decision.language, facts)


def media_to_send(parts: tuple[OutgoingPart, ...]) -> tuple[dict[str, Any], ...]:  # Any: JSON of the API.
    """The media of an answer as the API tells them: `{type, url, caption?}`, or a location's place."""
    return tuple(_told(part) for part in parts if part.call != "sendText")


def _told(part: OutgoingPart) -> dict[str, Any]:  # Any: JSON of the API.
    if part.call == "sendLocation":
        place = part.payload
        return {
            "type": "location",
            "lat": place["latitude"],
            "lng": place["longitude"],
            "name": place["title"],
        }
    told = {"type": part.kind, "url": part.media_url}
    return told | ({"caption": part.body} if part.body else {})
