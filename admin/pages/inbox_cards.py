"""How does a conversation look in the inbox list? Rows become what this person may read of them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from admin.pages.frame import Frame
from flows.domain import Phase, Priority, Status
from flows.masking import phone_for, text_for
from flows.roles import Sight
from flows.ticks import Tick, tick_of
from storage.desk.inbox_list import Card, LastMessage
from storage.desk.labels import LabelFacts

SNIPPET = 90  # Characters of the last message; more is cut by the pane anyway.
AVATAR_COLOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """tone says who has it: bot, waiting, mine, theirs, closed. tick is None for a message of the customer's."""

    id: str
    title: str
    initial: str
    avatar: int
    snippet: str
    kind: str
    voice: str
    tick: Tick | None
    at: datetime | None
    unread: int
    tone: str
    holder: str | None
    is_urgent: bool
    reason: str | None
    waiting_since: datetime | None
    phase: Phase
    package: str | None
    labels: tuple[LabelFacts, ...]
    is_snoozed: bool


def card_view(frame: Frame, card: Card) -> CardView:
    last = card.last
    return CardView(
        id=card.id,
        title=title_of(frame, card.customer_name, card.phone, is_erased=card.is_erased),
        initial=initial_of(frame.sight, card.customer_name),
        avatar=avatar_of(card.customer_id),
        snippet=_snippet(frame.sight, last),
        kind=last.kind if last else "text",
        voice=voice_of(last.author) if last else "customer",
        tick=tick_of(last.send_state, last.ack) if last and last.direction == "out" else None,
        at=card.last_message_at,
        unread=card.unread,
        tone=tone_of(frame, card.status, card.assigned_to_id),
        holder=card.assigned_to,
        is_urgent=card.priority is Priority.HIGH and card.status in (Status.WAITING, Status.HUMAN),
        reason=card.handover_reason.value if card.handover_reason else None,
        waiting_since=card.asked_at if card.status is Status.WAITING else None,
        phase=card.phase,
        package=card.package_code,
        labels=card.labels,
        is_snoozed=card.is_snoozed,
    )


def title_of(frame: Frame, name: str | None, phone: str | None, *, is_erased: bool = False) -> str:
    """The name, else the number, as this person may see them; of whom nothing is left, that it was erased."""
    if is_erased:
        return frame.words.say("inbox.erased")
    shown = text_for(frame.sight, name) or spaced_phone(phone_for(frame.sight, phone))
    return shown or frame.words.say("inbox.no_number")


def spaced_phone(phone: str | None) -> str | None:
    """`628123456789` → `+62 812-3456-789`; a masked number keeps its dots."""
    if not phone:
        return None
    country, rest = (phone[:2], phone[2:]) if phone[:2] in ("62", "●●") else ("", phone)
    groups = [rest[:3], *(rest[at : at + 4] for at in range(3, len(rest), 4))]
    return (f"+{country} " if country else "+") + "-".join(group for group in groups if group)


def initial_of(sight: Sight, name: str | None) -> str:
    shown = (text_for(sight, name) or "").strip()
    return shown[:1].upper() if shown[:1].isalpha() else ""


def avatar_of(customer_id: str) -> int:
    """The same colour for the same person, on every screen."""
    return sha256(customer_id.encode()).digest()[0] % AVATAR_COLOURS


def voice_of(author: str) -> str:
    """Who speaks: customer, bot, system, phone, or staff."""
    return author if author in ("customer", "bot", "system", "phone") else "staff"


def tone_of(frame: Frame, status: Status, holder_id: int | None) -> str:
    """Who has it, from this person's side."""
    if status is not Status.HUMAN:
        return status.value
    is_own = frame.actor is not None and holder_id is not None and holder_id == frame.actor.user_id
    return "mine" if is_own else "theirs"


def _snippet(sight: Sight, last: LastMessage | None) -> str:
    text = " ".join((text_for(sight, last.body) or "").split()) if last else ""
    return text if len(text) <= SNIPPET else f"{text[:SNIPPET].rstrip()}…"
