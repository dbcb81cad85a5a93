"""Which conversations does the inbox list show, and how many are there? Within the actor's scope, unmasked, a page at a time.

The page is found by indexes alone; what each card shows beside it (last message, unread, labels) is read for that page only. Counts stop
at a thousand: nobody acts differently on more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, String, bindparam, func, or_, select

from flows.domain import HandoverReason, Phase, Priority, Status
from flows.roles import Actor
from storage.desk.inbox_question import (
    HELD,
    LAST_ID,
    OPEN_HANDOVER,
    InboxQuestion,
    counts_of,
    first_of,
    unanswered_of,
)
from storage.desk.labels import LabelFacts, labels_of
from storage.prepared import Prepared
from storage.tables import Conversation, Customer, Handover, Journey, Message, OutboxRow, ReadMark, User

UNREAD_SHOWN = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMessage:
    """send_state is the outbox's word on it, None for what did not leave through it."""

    id: str
    direction: str
    author: str
    kind: str
    body: str | None
    at: datetime
    ack: int | None
    send_state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One conversation of the list. asked_at: since when it waits for staff, or waited when somebody took it."""

    id: str
    customer_id: str
    customer_name: str | None
    phone: str | None
    status: Status
    priority: Priority
    handover_reason: HandoverReason | None
    phase: Phase
    package_code: str | None
    assigned_to_id: int | None
    assigned_to: str | None
    asked_at: datetime | None
    last_message_at: datetime | None
    is_snoozed: bool
    last: LastMessage | None
    unread: int
    labels: tuple[LabelFacts, ...]
    is_erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    cards: tuple[Card, ...]
    has_more: bool


def inbox_page(
    conn: Connection, actor: Actor, question: InboxQuestion, limit: int, now: datetime
) -> InboxPage:
    """The first `limit` cards in the asked order."""
    first, values = first_of(actor, question, limit + 1)
    ids = [row.id for row in first.all(conn, now=now, **values)]
    places = {id_: at for at, id_ in enumerate(ids[:limit])}
    rows = sorted(_CARDS.all(conn, ids=places), key=lambda row: places[row.id])
    return InboxPage(cards=_cards(conn, actor, rows, now), has_more=len(ids) > limit)


def inbox_counts(
    conn: Connection, actor: Actor, questions: Sequence[InboxQuestion], now: datetime
) -> tuple[int, ...]:
    """How many there are for each question; one more than `most_counted` stands for more than that."""
    counts, values = counts_of(actor, questions)
    (row,) = counts.all(conn, now=now, **values)
    return tuple(int(count) for count in row)


def inbox_count(conn: Connection, actor: Actor, question: InboxQuestion, now: datetime) -> int:
    """As `inbox_counts`, for one question."""
    return inbox_counts(conn, actor, (question,), now)[0]


def unanswered_count(conn: Connection, actor: Actor, now: datetime) -> int:
    """How many of this person's own conversations the customer had the last word in."""
    asked, values = unanswered_of(actor)
    return int(asked.all(conn, now=now, **values)[0].number)


_CARDS = Prepared(
    select(
        Conversation.id,
        Conversation.customer_id,
        Conversation.status,
        Conversation.priority,
        Conversation.handover_reason,
        Conversation.assigned_to.label("assigned_to_id"),
        Conversation.last_message_at,
        Conversation.snoozed_until,
        Conversation.snoozed_from,
        Customer.name.label("customer_name"),
        Customer.phone,
        Customer.erased_at,
        func.coalesce(Journey.phase, Phase.LEADS.value).label("phase"),
        Journey.package_code,
        User.display_name.label("assigned_to"),
        Handover.asked_at,
        LAST_ID.label("last_id"),
    )
    .select_from(Conversation)
    .join(Customer, Customer.id == Conversation.customer_id)
    .outerjoin(Journey, Journey.id == Conversation.journey_id)
    .outerjoin(Handover, OPEN_HANDOVER)
    .outerjoin(User, User.id == Conversation.assigned_to)
    .where(Conversation.id.in_(bindparam("ids", expanding=True, type_=String)))
)


def _cards(
    conn: Connection, actor: Actor, rows: Sequence[Any], now: datetime
) -> tuple[Card, ...]:  # Any: rows of _CARDS.
    ids = [row.id for row in rows]
    last = _last_messages(conn, [row.last_id for row in rows if row.last_id])
    unread = _unread(conn, actor, [row.id for row in rows if row.status in HELD])
    labels = labels_of(conn, ids)
    return tuple(
        Card(
            id=row.id,
            customer_id=row.customer_id,
            customer_name=row.customer_name,
            phone=row.phone,
            status=Status(row.status),
            priority=Priority(row.priority),
            handover_reason=HandoverReason(row.handover_reason) if row.handover_reason else None,
            phase=Phase(row.phase),
            package_code=row.package_code,
            assigned_to_id=row.assigned_to_id,
            assigned_to=row.assigned_to,
            asked_at=row.asked_at,
            last_message_at=row.last_message_at,
            is_snoozed=is_snoozed(row.snoozed_until, row.snoozed_from, row.last_message_at, now),
            last=last.get(row.last_id),
            unread=unread.get(row.id, 0),
            labels=labels.get(row.id, ()),
            is_erased=row.erased_at is not None,
        )
        for row in rows
    )


def is_snoozed(
    until: datetime | None, since: datetime | None, last_message_at: datetime | None, now: datetime
) -> bool:
    """The same question as `is_awake`, about a row that was read."""
    if until is None or until <= now:
        return False
    return not (since and last_message_at and last_message_at > since)


def _last_messages(conn: Connection, ids: Collection[str]) -> dict[str, LastMessage]:
    return {row.id: LastMessage(**row._asdict()) for row in _LAST_MESSAGES.all(conn, ids=ids)}


_IDS = bindparam("ids", expanding=True, type_=String)
_LAST_MESSAGES = Prepared(
    select(
        *(getattr(Message, name) for name in ("id", "direction", "author", "kind", "body", "at", "ack")),
        OutboxRow.state.label("send_state"),
    )
    .outerjoin(OutboxRow, OutboxRow.message_id == Message.id)
    .where(Message.id.in_(_IDS))
)


def _unread(conn: Connection, actor: Actor, ids: Collection[str]) -> dict[str, int]:
    """What customers wrote since this person last looked, in conversations that people hold or should."""
    if not ids or actor.user_id is None:
        return {}
    rows = _UNREAD.all(conn, ids=ids, me=actor.user_id)
    return {row.conversation_id: min(row.number, UNREAD_SHOWN) for row in rows}


_MARK = (
    select(ReadMark.message_id)
    .where(
        ReadMark.user_id == bindparam("me", type_=Integer),
        ReadMark.conversation_id == Message.conversation_id,
    )
    .scalar_subquery()
)
_UNREAD = Prepared(
    select(Message.conversation_id, func.count().label("number"))
    .join(Conversation, Conversation.id == Message.conversation_id)
    .where(
        Message.conversation_id.in_(_IDS),
        Message.direction == "in",
        Message.id > func.coalesce(_MARK, ""),
        or_(
            Conversation.last_staff_at.is_(None), _MARK.is_not(None), Message.at > Conversation.last_staff_at
        ),
    )
    .group_by(Message.conversation_id)
)
