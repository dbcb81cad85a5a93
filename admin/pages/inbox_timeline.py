"""What stands in the thread, from top to bottom? Messages, notes, and between them days, new phases and changes of hands.

Messages keep the order of their ids. What happened beside them is put before the first message that is younger than it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admin.pages.frame import Frame
from admin.pages.inbox_cards import voice_of
from flows.masking import text_for
from flows.roles import Sight
from flows.ticks import Tick, tick_of
from storage.desk.handover_history import HandoverFacts
from storage.desk.inbox_thread import FileFacts, Thread, ThreadMessage, TurnFacts
from storage.desk.notes import NoteFacts

TOP_INTENTS = 3
QUOTED = 120  # Characters of a quoted message.
PICTURES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """url is None where this person may not open it, or where it is not here (yet)."""

    url: str | None
    name: str
    size: int | None
    is_picture: bool
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    name: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    message_id: str
    voice: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """Why the bot said that. entities and versions are pairs and names as the engine calls them."""

    because: str
    rules: tuple[str, ...]
    intents: tuple[tuple[str, float], ...]
    entities: tuple[tuple[str, str], ...]
    prompt_version: str | None
    model_versions: tuple[str, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """kind tells items of the timeline apart; type is what the message is."""

    kind: str = "message"
    id: str
    is_out: bool
    voice: str
    who: str | None
    type: str
    text: str
    at: datetime
    tick: Tick | None
    problem: str | None
    outbox_id: int | None
    file: FileView | None
    place: PlaceView | None
    quote: QuoteView | None
    reactions: tuple[str, ...]
    edits: tuple[str, ...]
    is_revoked: bool
    why: WhyView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteBubble:
    kind: str = "note"
    id: str
    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Divider:
    """type: day, new, phase, asked, claimed, released, closed, lapsed, rated; facts fill its words."""

    kind: str = "divider"
    type: str
    id: str
    at: datetime
    facts: dict[str, Any]  # Any: words and moments.


Item = Bubble | NoteBubble | Divider


def timeline(
    frame: Frame, thread: Thread, notes: Sequence[NoteFacts], mark: str | None, *, may_open_files: bool
) -> tuple[Item, ...]:
    """mark: the newest message this person had read; None puts no "new messages" line."""
    beside = sorted(_beside(frame, thread, notes), key=lambda item: item.at)
    if thread.has_older and thread.messages:
        beside = [item for item in beside if item.at >= thread.messages[0].at]
    return tuple(_woven(frame, thread, beside, mark, may_open_files))


def _woven(
    frame: Frame, thread: Thread, beside: list[Item], mark: str | None, may_open_files: bool
) -> Iterable[Item]:
    day, is_new_told, waiting = None, mark is None, list(beside)
    for message in thread.messages:
        while waiting and waiting[0].at <= message.at:
            yield waiting.pop(0)
        local = message.at.astimezone(frame.zone).date()
        if local != day:
            day = local
            yield Divider(type="day", id=f"day-{message.id}", at=message.at, facts={})
        if not is_new_told and message.direction == "in" and message.id > (mark or ""):
            is_new_told = True
            yield Divider(type="new", id="new-messages", at=message.at, facts={})
        yield _bubble(frame, message, may_open_files)
    yield from waiting


def _beside(frame: Frame, thread: Thread, notes: Sequence[NoteFacts]) -> Iterable[Item]:
    for at, step in enumerate(thread.steps):
        if step.from_phase is not None:
            facts = {"before": step.from_phase.value, "after": step.to_phase.value}
            yield Divider(type="phase", id=f"step-{at}-{step.to_phase}", at=step.at, facts=facts)
    for handover in thread.handovers:
        yield from _passage(handover)
    for note in notes:
        yield NoteBubble(
            id=note.id, who=note.author_name, text=text_for(frame.sight, note.body) or "", at=note.at
        )


def _passage(handover: HandoverFacts) -> Iterable[Divider]:
    key, reason = f"handover-{handover.id}", {"reason": handover.reason}
    if handover.reason != "staff":
        yield Divider(type="asked", id=f"{key}-asked", at=handover.asked_at, facts=reason)
    if handover.claimed_at:
        who = {"who": handover.claimed_by}
        yield Divider(type="claimed", id=f"{key}-claimed", at=handover.claimed_at, facts=who)
    if handover.ended_at and handover.outcome:
        yield Divider(type=handover.outcome, id=f"{key}-ended", at=handover.ended_at, facts={})
    if handover.rating and handover.ended_at:
        facts = {"rating": handover.rating}
        yield Divider(type="rated", id=f"{key}-rated", at=handover.ended_at, facts=facts)


def _bubble(frame: Frame, message: ThreadMessage, may_open_files: bool) -> Bubble:
    is_out = message.direction == "out"
    details = message.details
    tick = tick_of(message.send_state, message.ack) if is_out else None
    return Bubble(
        id=message.id,
        is_out=is_out,
        voice=voice_of(message.author),
        who=message.author_name,
        type=message.kind,
        text=text_for(frame.sight, _words(message)) or "",
        at=message.at,
        tick=tick,
        problem=message.send_error if tick is Tick.FAILED else None,
        outbox_id=message.outbox_id,
        file=_file(frame.sight, message, may_open_files),
        place=_place(message),
        quote=_quote(frame.sight, message),
        reactions=tuple(str(emoji) for emoji in (details.get("reactions") or {}).values()),
        edits=tuple(text_for(frame.sight, str(edit)) or "" for edit in details.get("edits") or ()),
        is_revoked=bool(details.get("revoked")),
        why=_why(message.turn, message.prompt_version) if message.turn else None,
    )


def _words(message: ThreadMessage) -> str | None:
    """An edited message reads as it was edited last; its first words stand behind a mark."""
    edits = message.details.get("edits") or ()
    return str(edits[-1]) if edits else message.body


def _file(sight: Sight, message: ThreadMessage, may_open_files: bool) -> FileView | None:
    """A customer's file cannot be masked, so whoever sees masked does not learn its address or name either."""
    if message.kind not in ("image", "document", "video", "voice", "sticker"):
        return None
    notice = message.details.get("file") or {}
    kept = message.file
    is_public = kept is not None and kept.url is not None
    may_open = is_public or (may_open_files and sight is Sight.FULL)
    name = (kept.name if kept else notice.get("name")) if may_open else None
    mimetype = (kept.mimetype if kept else notice.get("mimetype")) or _sent_type(message)
    return FileView(
        url=_address(kept) if kept and may_open else None,
        name=str(name or ""),
        size=kept.size if kept else None,
        is_picture=mimetype.split(";")[0] in PICTURES,
        state=None if kept else str(notice.get("state") or "waiting"),
    )


def _sent_type(message: ThreadMessage) -> str:
    file = message.payload.get("file")
    given = str(file.get("mimetype") or "") if isinstance(file, dict) else ""
    return given or ("image/jpeg" if message.kind == "image" else "")


def _address(file: FileFacts) -> str | None:
    return f"/api/media/{file.id}" if file.id else file.url


def _place(message: ThreadMessage) -> PlaceView | None:
    if message.kind != "location":
        return None
    place = message.details.get("location") or message.payload
    lat, lng = place.get("latitude"), place.get("longitude")
    if not isinstance(lat, int | float) or not isinstance(lng, int | float):
        return None
    link = f"https://www.openstreetmap.org/?mlat={lat}&mlon={lng}#map=16/{lat}/{lng}"
    return PlaceView(name=str(place.get("title") or place.get("name") or ""), link=link)


def _quote(sight: Sight, message: ThreadMessage) -> QuoteView | None:
    quote = message.quote
    if quote is None:
        return None
    text = (text_for(sight, quote.body) or "")[:QUOTED]
    return QuoteView(message_id=quote.message_id, voice=voice_of(quote.author), kind=quote.kind, text=text)


def _why(turn: TurnFacts, prompt_version: str | None) -> WhyView:
    trace = turn.trace
    heard = trace.get("heard") or [{}]
    intents = [(str(i.get("name")), float(i.get("confidence") or 0)) for i in heard[-1].get("intents") or ()]
    entities = {
        str(name): str(value)
        for item in heard
        for name, value in (item.get("entities") or {}).items()
        if value not in (None, False, [], "")
    }
    return WhyView(
        because=turn.because,
        rules=tuple(str(rule) for rule in trace.get("rules") or ()),
        intents=tuple(intents[:TOP_INTENTS]),
        entities=tuple(entities.items()),
        prompt_version=prompt_version or trace.get("prompt_version"),
        model_versions=tuple(str(version) for version in trace.get("model_versions") or ()),
        milliseconds=turn.milliseconds,
    )
