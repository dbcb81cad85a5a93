"""Which conversations does the inbox list show, and how many are there? Within the actor's scope, unmasked, a page at a time.

The page is found by indexes alone; what each card shows beside it (last message, unread, labels) is read for that page only. Counts stop
at a thousand: nobody acts differently on more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from flows.domain import HandoverReason, Phase, Priority, Status
from flows.roles import Actor, Reach, reach_of
from storage.desk.labels import LabelFacts, labels_of
from storage.newest import newest_ids
from storage.scope import UNHELD, conversations_within, is_awake, parts_of_reach
from storage.tables import (
    Conversation,
    ConversationLabel,
    Customer,
    Handover,
    Journey,
    Mention,
    Message,
    OutboxRow,
    ReadMark,
    User,
)

MOST_COUNTED = 1_000
MOST_OF_ALL = (
    99  # Of everything; nobody works that list off, and counting it means walking through everybody's.
)
UNREAD_SHOWN = 99
HELD = (Status.WAITING.value, Status.HUMAN.value)


class Tab(StrEnum):
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"
    MENTIONED = "mentioned"
    SNOOZED = "snoozed"


class Sort(StrEnum):
    ACTIVITY = "activity"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxQuestion:
    """Which conversations; label is a label's id."""

    tab: Tab = Tab.MINE
    sort: Sort = Sort.ACTIVITY
    status: Status | None = None
    phase: Phase | None = None
    priority: Priority | None = None
    package: str | None = None
    label: int | None = None


# The handover queue: who waits for staff and is held by nobody, in the order of service.
QUEUE = InboxQuestion(tab=Tab.UNASSIGNED, sort=Sort.WAITING, status=Status.WAITING)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    cards: tuple[Card, ...]
    has_more: bool


def inbox_page(
    conn: Connection, actor: Actor, question: InboxQuestion, limit: int, now: datetime
) -> InboxPage:
    """The first `limit` cards in the asked order."""
    ids = conn.scalars(_first(actor, question, now, limit + 1)).all()
    rows = conn.execute(_CARDS.where(Conversation.id.in_(ids[:limit])).order_by(*_order(question))).mappings()
    return InboxPage(cards=_cards(conn, actor, list(rows), now), has_more=len(ids) > limit)


def inbox_counts(
    conn: Connection, actor: Actor, questions: Sequence[InboxQuestion], now: datetime
) -> tuple[int, ...]:
    """How many there are for each question; one more than `most_counted` stands for more than that."""
    row = conn.execute(select(*(_counted(actor, question, now) for question in questions))).one()
    return tuple(int(count) for count in row)


def inbox_count(conn: Connection, actor: Actor, question: InboxQuestion, now: datetime) -> int:
    """As `inbox_counts`, for one question."""
    return inbox_counts(conn, actor, (question,), now)[0]


def _counted(actor: Actor, question: InboxQuestion, now: datetime) -> ScalarSelect[int]:
    most = most_counted(question.tab) + 1
    if question.tab is Tab.ALL and reach_of(actor) is not Reach.EVERYBODY:
        ids = _first(actor, question, now, most)
    else:
        ids = _ids(actor, question, now).limit(most)
        if question.tab is Tab.ALL:
            # By a column that no index holds: SQLite would else walk an index by status from its beginning, past all whom only the bot
            # talks with, instead of meeting some of everybody in the order of the table.
            ids = ids.with_only_columns(Conversation.priority)
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def most_counted(tab: Tab) -> int:
    return MOST_OF_ALL if tab is Tab.ALL else MOST_COUNTED


def unanswered_count(conn: Connection, actor: Actor, now: datetime) -> int:
    """How many of this person's own conversations the customer had the last word in."""
    mine = _ids(actor, InboxQuestion(tab=Tab.MINE), now)
    some = (
        mine.join(Message, Message.id == _LAST_ID)
        .where(Message.direction == "in")
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    return conn.scalar(select(func.count()).select_from(some)) or 0


_OPEN_HANDOVER = and_(Handover.conversation_id == Conversation.id, Handover.ended_at.is_(None))
_NEWEST = aliased(Message)
_LAST_ID = (
    select(_NEWEST.id)
    .where(_NEWEST.conversation_id == Conversation.id)
    .order_by(_NEWEST.id.desc())
    .limit(1)
    .correlate(Conversation)
    .scalar_subquery()
)
_CARDS = (
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
        func.coalesce(Journey.phase, Phase.LEADS.value).label("phase"),
        Journey.package_code,
        User.display_name.label("assigned_to"),
        Handover.asked_at,
        _LAST_ID.label("last_id"),
    )
    .select_from(Conversation)
    .join(Customer, Customer.id == Conversation.customer_id)
    .outerjoin(Journey, Journey.id == Conversation.journey_id)
    .outerjoin(Handover, _OPEN_HANDOVER)
    .outerjoin(User, User.id == Conversation.assigned_to)
)


def _first(actor: Actor, question: InboxQuestion, now: datetime, most: int) -> Select[Any]:
    """The ids of the first so many of what the question asks for, in its order."""
    if question.tab is Tab.ALL and question.sort is Sort.ACTIVITY:
        written = Conversation.last_message_at
        return newest_ids(
            parts_of_reach(actor),
            Conversation.id,
            written,
            lambda some: _narrowed(some, actor, question, now),
            most,
        )
    return _ids(actor, question, now).order_by(*_order(question)).limit(most)


def _ids(actor: Actor, question: InboxQuestion, now: datetime) -> Select[Any]:
    """The ids of what the question asks for, each of which says whether it lies within the actor's reach."""
    return _narrowed(select(Conversation.id), actor, question, now).where(conversations_within(actor))


def _narrowed(
    statement: Select[Any], actor: Actor, question: InboxQuestion, now: datetime
) -> Select[Any]:  # Any: whatever columns were selected.
    """To what the question asks for; only tables that it is about are read."""
    statement = statement.select_from(Conversation)
    if question.phase or question.package:
        statement = statement.outerjoin(Journey, Journey.id == Conversation.journey_id)
    if question.sort is Sort.WAITING:
        statement = statement.outerjoin(Handover, _OPEN_HANDOVER)
    return statement.where(
        Conversation.merged_into.is_(None),
        Conversation.last_message_at.is_not(None),
        *_of_tab(actor, question, now),
        *_filters(question),
    )


def _of_tab(actor: Actor, question: InboxQuestion, now: datetime) -> list[ColumnElement[bool]]:
    match question.tab:
        case Tab.MINE:
            return [Conversation.assigned_to == actor.user_id, Conversation.status.in_(HELD), is_awake(now)]
        case Tab.UNASSIGNED:
            return [UNHELD, Conversation.status.in_(HELD), is_awake(now)]
        case Tab.SNOOZED:
            # Said so that the index of these moments finds the few: the opposite of `is_awake`.
            return [
                Conversation.snoozed_until > now,
                Conversation.last_message_at <= Conversation.snoozed_from,
            ]
        case Tab.MENTIONED:
            named = select(Mention.conversation_id).where(Mention.user_id == actor.user_id)
            return [Conversation.id.in_(named)]
        case Tab.ALL:
            if question.sort is Sort.ACTIVITY:
                return []
            # Whom somebody waits for is held or should be: told, so that the few are found by it.
            return [Conversation.status.in_(HELD), Handover.id.is_not(None)]


def _filters(question: InboxQuestion) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if question.status:
        where.append(Conversation.status == question.status)
    if question.priority:
        where.append(Conversation.priority == question.priority)
    if question.phase:
        where.append(func.coalesce(Journey.phase, Phase.LEADS.value) == question.phase)
    if question.package:
        where.append(Journey.package_code == question.package)
    if question.label:
        labelled = select(ConversationLabel.conversation_id).where(
            ConversationLabel.label_id == question.label
        )
        where.append(Conversation.id.in_(labelled))
    return where


def _order(question: InboxQuestion) -> Sequence[ColumnElement[Any]]:
    if question.sort is Sort.WAITING:
        urgent_first = case((Conversation.priority == Priority.HIGH.value, 0), else_=1)
        return (urgent_first.asc(), Handover.asked_at.asc().nulls_last(), Conversation.id.asc())
    newest = Conversation.last_message_at
    if question.tab is not Tab.ALL:
        # Few rows: they are found by their own index and sorted, instead of walking everybody's by time until enough fit.
        return (func.coalesce(newest, newest).desc(), Conversation.id.desc())
    return (newest.desc(), Conversation.id.desc())


def _cards(conn: Connection, actor: Actor, rows: Sequence[RowMapping], now: datetime) -> tuple[Card, ...]:
    ids = [row["id"] for row in rows]
    last = _last_messages(conn, [row["last_id"] for row in rows if row["last_id"]])
    unread = _unread(conn, actor, [row["id"] for row in rows if row["status"] in HELD])
    labels = labels_of(conn, ids)
    return tuple(
        Card(
            id=row["id"],
            customer_id=row["customer_id"],
            customer_name=row["customer_name"],
            phone=row["phone"],
            status=Status(row["status"]),
            priority=Priority(row["priority"]),
            handover_reason=HandoverReason(row["handover_reason"]) if row["handover_reason"] else None,
            phase=Phase(row["phase"]),
            package_code=row["package_code"],
            assigned_to_id=row["assigned_to_id"],
            assigned_to=row["assigned_to"],
            asked_at=row["asked_at"],
            last_message_at=row["last_message_at"],
            is_snoozed=is_snoozed(row["snoozed_until"], row["snoozed_from"], row["last_message_at"], now),
            last=last.get(row["last_id"]),
            unread=unread.get(row["id"], 0),
            labels=labels.get(row["id"], ()),
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
    columns = [getattr(Message, name) for name in ("id", "direction", "author", "kind", "body", "at", "ack")]
    rows = conn.execute(
        select(*columns, OutboxRow.state.label("send_state"))
        .outerjoin(OutboxRow, OutboxRow.message_id == Message.id)
        .where(Message.id.in_(ids))
    ).mappings()
    return {row["id"]: LastMessage(**row) for row in rows}


def _unread(conn: Connection, actor: Actor, ids: Collection[str]) -> dict[str, int]:
    """What customers wrote since this person last looked, in conversations that people hold or should."""
    if not ids or actor.user_id is None:
        return {}
    mark = (
        select(ReadMark.message_id)
        .where(ReadMark.user_id == actor.user_id, ReadMark.conversation_id == Message.conversation_id)
        .scalar_subquery()
    )
    answered = Conversation.last_staff_at
    counted = (
        select(Message.conversation_id, func.count())
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.conversation_id.in_(ids), Message.direction == "in")
        .where(Message.id > func.coalesce(mark, ""))
        .where(or_(answered.is_(None), mark.is_not(None), Message.at > answered))
        .group_by(Message.conversation_id)
    )
    return {row[0]: min(row[1], UNREAD_SHOWN) for row in conn.execute(counted)}
