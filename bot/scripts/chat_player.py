"""Playing scripts: each is a customer of its own who writes through the real webhook, turn, database and outbox.

Only WAHA's edge is replaced, by a recorder. The clock stands still between steps, so that a script about dates means the same every day.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.app import Service
from bot.receiving.signature import ALGORITHM, sign
from bot.scripts.chat_script import Given, Script, Step
from bot.scripts.played import Exchange, Played
from bot.scripts.recorder import Recorder
from bot.texts import TextsNow
from bot.whatsapp import Outgoing
from flows.domain import Company, Triggers
from flows.roles import SYSTEM, Actor
from storage.database import Connection
from storage.desk.handovers import claim, close, mark_paid, release
from storage.desk.staff_messages import queue_text, say_as_staff
from storage.knowledge.company import load_company, save_company
from storage.knowledge.knowledge_copy import KnowledgeRows, forget, sell_out, write_knowledge
from storage.knowledge.knowledge_version import bump
from storage.knowledge.triggers import save_triggers
from storage.way.chat_check import ChatState, chat_state, replies_of

KINDS = {"sendImage": "image", "sendFile": "document", "sendVideo": "video", "sendLocation": "location"}
MONDAY_MORNING = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BREATH = timedelta(
    seconds=1
)  # Between two steps; longer than the burst that joins what is said in one breath.


@dataclass(slots=True)
class Clock:
    """The scripts' own time."""

    now: datetime = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_on(self, by: timedelta) -> None:
        self.now += by


@dataclass(slots=True, kw_only=True)
class Player:
    service: Service
    recorder: Recorder
    clock: Clock
    staff: Actor
    knowledge: KnowledgeRows
    _numbers: int = 0
    _known: Given | None = None

    async def play(self, script: Script) -> Played:
        """One script with a new customer."""
        self._numbers += 1
        phone = f"62800{self._numbers:08d}"
        self.clock.now = _aware(script.given.now, self.service) or MONDAY_MORNING
        await self.service.database.write(lambda conn: self._prepare(conn, script.given))
        played = Played(name=script.name)
        for number, step in enumerate(script.steps, start=1):
            heard = await self._step(phone, step)
            state = await self.service.database.read(lambda conn: chat_state(conn, phone))
            played.differs += [f"step {number}: {line}" for line in differences(step, heard, state)]
            played.exchanges.append(_exchange(step, heard))
        played.replies = await self.service.database.read(lambda conn: replies_of(conn, phone))
        return played

    async def _step(self, phone: str, step: Step) -> list[Outgoing]:
        self.clock.pass_on(timedelta(hours=step.later_hours) + BREATH)
        if step.staff is not None:
            await self._act(phone, step)
        elif step.sends is not None:
            await self._deliver(
                phone, _envelope(phone, step, self.clock.now, step.says[0] if step.says else None)
            )
        else:
            for text in step.says:
                await self._deliver(phone, _envelope(phone, step, self.clock.now, text))
        self.clock.pass_on(BREATH)
        await self.service.settle()
        return self.recorder.take(f"{phone}@c.us")

    async def _deliver(self, phone: str, body: dict[str, Any]) -> None:  # Any: WAHA's envelope.
        raw = json.dumps(body).encode()
        key = self.service.webhook.hmac_key
        response = await self.service.webhook.take(raw, sign(raw, key) if key else None, ALGORITHM)
        assert response.status == 200, (
            f"the webhook refused a script's message from {phone[-3:]}: {response.text}"
        )

    async def _act(self, phone: str, step: Step) -> None:
        if step.staff == "types_on_phone":
            body = _envelope(phone, step, self.clock.now, "Halo, saya lanjutkan ya", from_me=True)
            await self._deliver(phone, body)
            return
        now, act = self.clock.now, step.staff
        rating = await TextsNow(knowledge=self.service.knowledge).rating_question("id")
        await self.service.database.write(lambda conn: _act(conn, self.staff, phone, act, rating.text, now))

    def _prepare(self, conn: Connection, given: Given) -> None:
        """Every script begins with the same knowledge, and with what it says itself. Unchanged knowledge is not read anew."""
        now = self.clock.now
        if self._known is not None and given.knows_the_same_as(self._known):
            return
        self._known = given
        write_knowledge(conn, self.knowledge)
        sell_out(conn, given.sold_out)
        for what in given.without:
            if what in ("packages", "faq"):
                forget(conn, what)
        save_company(conn, _without(load_company(conn), given.without), SYSTEM, now)
        if given.triggers:
            save_triggers(conn, Triggers(**given.triggers), SYSTEM, now)
        bump(conn, now)


def _without(company: Company, absent: Sequence[str]) -> Company:
    return replace(
        company,
        address=None if "address" in absent else company.address,
        licence=None if "licence" in absent else company.licence,
        hours=() if "hours" in absent else company.hours,
    )


def _act(conn: Connection, staff: Actor, phone: str, act: str | None, rating: str, now: datetime) -> None:
    """What a member of staff does in the panel, through the same functions."""
    state = chat_state(conn, phone)
    assert state is not None, "staff act on a conversation that somebody began"
    chat = state.conversation_id
    match act:
        case "claims":
            claim(conn, staff, chat, now)
        case "writes":
            say_as_staff(conn, staff, chat, "Halo, saya bantu ya", now)
        case "releases":
            release(conn, staff, chat, now)
        case "closes":
            _, asks = close(conn, staff, chat, now)
            if asks:
                queue_text(conn, chat, rating, now, author="system")
        case "pays":
            mark_paid(conn, staff, chat, now)


def _aware(moment: datetime | None, service: Service) -> datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=service.settings.zone)


def _envelope(
    phone: str, step: Step, now: datetime, text: str | None, *, from_me: bool = False
) -> dict[str, Any]:
    """A message as WAHA sends it. Any: WAHA's JSON."""
    sent = int((now - timedelta(minutes=step.minutes_late)).timestamp())
    bare = uuid4().hex.upper()
    payload: dict[str, Any] = {
        "id": f"{'true' if from_me else 'false'}_{phone}@c.us_{bare}",
        "timestamp": sent,
        "from": f"{phone}@c.us",
        "fromMe": from_me,
        "source": "app",
        "body": text,
        "hasMedia": False,
    }
    payload |= _content(step.sends)
    return {
        "id": f"evt_{bare.lower()}",
        "timestamp": sent * 1000,
        "event": "message.any",
        "session": "default",
        "payload": payload,
        "engine": "GOWS",
    }


MIMETYPES = {
    "voice": "audio/ogg; codecs=opus",
    "image": "image/jpeg",
    "lost_image": "image/jpeg",
    "document": "application/pdf",
    "sticker": "image/webp",
}


def _content(sends: str | None) -> dict[str, Any]:
    """What a message without words carries. Any: WAHA's JSON."""
    match sends:
        case None:
            return {}
        case "location":
            place = {"live": False, "latitude": "3.59", "longitude": "98.67", "name": "Rumah"}
            return {"location": place}
        case "contact":
            return {"vCards": ["BEGIN:VCARD\nVERSION:3.0\nFN:Teman\nEND:VCARD"]}
        case _:
            url = None if sends == "lost_image" else "http://waha:3000/api/files/default/scripted.jpeg"
            return {"hasMedia": True, "media": {"url": url, "mimetype": MIMETYPES[sends], "filename": None}}


def differences(step: Step, heard: Sequence[Outgoing], state: ChatState | None) -> list[str]:
    """What is not as the step says, one line each."""
    texts = [_words(message) for message in heard]
    everything = "\n".join(texts)
    shown = everything or "(nothing)"
    lines = [
        f"not heard: {part!r} in {shown!r}" for part in step.hears if part.lower() not in everything.lower()
    ]
    lines += [
        f"heard after all: {part!r} in {shown!r}"
        for part in step.not_hears
        if part.lower() in everything.lower()
    ]
    spoken = sum(message.call == "sendText" for message in heard)
    if step.texts is not None and spoken != step.texts:
        lines.append(f"texts: expected {step.texts}, got {spoken}: {shown!r}")
    if step.silent and heard:
        lines.append(f"not silent: {shown!r}")
    media = [KINDS[message.call] for message in heard if message.call in KINDS]
    if step.media is not None and media != list(step.media):
        lines.append(f"media: expected {list(step.media)}, got {media}")
    return lines + _state_differences(step, state)


def _exchange(step: Step, heard: Sequence[Outgoing]) -> Exchange:
    said = "\n".join(step.says) or f"[{step.sends or step.staff}]"
    return Exchange(said=said, heard="\n\n".join(filter(None, map(_words, heard))))


def _words(message: Outgoing) -> str:
    return str(
        message.payload.get("text") or message.payload.get("caption") or message.payload.get("title") or ""
    )


def _state_differences(step: Step, state: ChatState | None) -> list[str]:
    names = (
        "phase",
        "status",
        "package",
        "handover_reason",
        "priority",
        "high_intent",
        "consent",
        "language",
        "leads",
        "cases",
        "alerts",
    )
    wanted = {name: getattr(step, name) for name in names if getattr(step, name) is not None}
    if state is None:
        return [f"{name}: expected {value}, but there is no conversation" for name, value in wanted.items()]
    found = {name: getattr(state, name) for name in wanted}
    return [
        f"{name}: expected {value}, got {found[name]}"
        for name, value in wanted.items()
        if found[name] != value
    ]
