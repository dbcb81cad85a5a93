"""Which conversations does a question of the inbox ask for? Statements that are written once for each kind of question and each reach.

A page of the inbox asks for a page and five counts: writing their SQL anew each time took longer than the database's answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import aliased

from flows.domain import Phase, Priority, Role, Status
from flows.roles import Actor, Reach, reach_of
from storage.newest import newest_ids
from storage.prepared import Prepared
from storage.scope import UNHELD, conversations_within, ids_of, is_awake, parts_of_reach, somebody
from storage.tables import Conversation, ConversationLabel, Handover, Journey, Mention, Message
from storage.tables.columns import Instant

KINDS_KEPT = 200  # Tabs, orders and filters, times roles: staff ask some dozens of them.
MOST_COUNTED = 1_000
MOST_OF_ALL = (
    99  # Of everything; nobody works that list off, and counting it means walking through everybody's.
)
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


def counts_of(actor: Actor, questions: Sequence[InboxQuestion]) -> tuple[Prepared, dict[str, Any]]:
    """One row: how many there are for each question, at most one more than `most_counted`. With the values that it needs beside `now`."""
    return _prepared_counts(actor.role, tuple(map(_kind, questions))), _values(actor, questions)


def first_of(actor: Actor, question: InboxQuestion, most: int) -> tuple[Prepared, dict[str, Any]]:
    """The ids of the first so many of what the question asks for, in its order. With the values that it needs beside `now`."""
    return _prepared_first(actor.role, _kind(question)), {**_values(actor, (question,)), "most": most}


def unanswered_of(actor: Actor) -> tuple[Prepared, dict[str, Any]]:
    """One row, `number`: how many of this person's own conversations the customer had the last word in."""
    return _prepared_unanswered(actor.role), _values(actor, ())


@dataclass(frozen=True, slots=True)
class _Kind:
    """A question without the values that staff chose among many."""

    tab: Tab
    sort: Sort
    status: Status | None
    phase: Phase | None
    priority: Priority | None
    has_package: bool
    has_label: bool


def _kind(question: InboxQuestion) -> _Kind:
    fixed = (question.tab, question.sort, question.status, question.phase, question.priority)
    return _Kind(*fixed, question.package is not None, question.label is not None)


def _values(actor: Actor, questions: Sequence[InboxQuestion]) -> dict[str, Any]:  # Any: values of columns.
    of_questions = {
        name: value
        for at, question in enumerate(questions)
        for name, value in ((f"package{at}", question.package), (f"label{at}", question.label))
        if value is not None
    }
    return {**ids_of(actor), "held": HELD, **of_questions}


@lru_cache(KINDS_KEPT)
def _prepared_counts(role: Role | None, kinds: tuple[_Kind, ...]) -> Prepared:
    someone = somebody(role)
    counts = (_counted(someone, kind, at).label(f"number{at}") for at, kind in enumerate(kinds))
    return Prepared(select(*counts))


@lru_cache(KINDS_KEPT)
def _prepared_first(role: Role | None, kind: _Kind) -> Prepared:
    return Prepared(_first(somebody(role), kind, 0, bindparam("most", type_=Integer)))


@lru_cache
def _prepared_unanswered(role: Role | None) -> Prepared:
    mine = _ids(somebody(role), _kind(InboxQuestion(tab=Tab.MINE)), 0)
    last = mine.join(Message, Message.id == LAST_ID).where(Message.direction == "in")
    some = last.limit(MOST_COUNTED + 1).subquery()
    return Prepared(select(func.count().label("number")).select_from(some))


_NOW: Any = bindparam("now", type_=Instant)  # Any: a moment still to come, as is what follows.
_HELD: Any = Conversation.status.in_(bindparam("held", expanding=True, type_=String))


def _counted(actor: Actor, question: _Kind, at: int) -> ScalarSelect[int]:
    most = most_counted(question.tab) + 1
    if question.tab is Tab.ALL and reach_of(actor) is not Reach.EVERYBODY:
        ids = _first(actor, question, at, most)
    else:
        ids = _ids(actor, question, at).limit(most)
        if question.tab is Tab.ALL:
            # By a column that no index holds: SQLite would else walk an index by status from its beginning, past all whom only the bot
            # talks with, instead of meeting some of everybody in the order of the table.
            ids = ids.with_only_columns(Conversation.priority)
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def most_counted(tab: Tab) -> int:
    return MOST_OF_ALL if tab is Tab.ALL else MOST_COUNTED


_NEWEST = aliased(Message)
LAST_ID = (
    select(_NEWEST.id)
    .where(_NEWEST.conversation_id == Conversation.id)
    .order_by(_NEWEST.id.desc())
    .limit(1)
    .correlate(Conversation)
    .scalar_subquery()
)
OPEN_HANDOVER = and_(Handover.conversation_id == Conversation.id, Handover.ended_at.is_(None))


def _first(actor: Actor, question: _Kind, at: int, most: Any) -> Select[Any]:
    """The ids of the first so many of what the question asks for, in its order."""
    if question.tab is Tab.ALL and question.sort is Sort.ACTIVITY:
        written = Conversation.last_message_at
        return newest_ids(
            parts_of_reach(actor),
            Conversation.id,
            written,
            lambda some: _narrowed(some, actor, question, at),
            most,
        )
    return _ids(actor, question, at).order_by(*order_of(question)).limit(most)


def _ids(actor: Actor, question: _Kind, at: int) -> Select[Any]:
    """The ids of what the question asks for, each of which says whether it lies within the actor's reach."""
    return _narrowed(select(Conversation.id), actor, question, at).where(conversations_within(actor))


def _narrowed(
    statement: Select[Any], actor: Actor, question: _Kind, at: int
) -> Select[Any]:  # Any: whatever columns were selected.
    """To what the question asks for; only tables that it is about are read."""
    statement = statement.select_from(Conversation)
    if question.phase or question.has_package:
        statement = statement.outerjoin(Journey, Journey.id == Conversation.journey_id)
    if question.sort is Sort.WAITING:
        statement = statement.outerjoin(Handover, OPEN_HANDOVER)
    return statement.where(
        Conversation.merged_into.is_(None),
        Conversation.last_message_at.is_not(None),
        *_of_tab(actor, question),
        *_filters(question, at),
    )


def _of_tab(actor: Actor, question: _Kind) -> list[ColumnElement[bool]]:
    match question.tab:
        case Tab.MINE:
            return [Conversation.assigned_to == actor.user_id, _HELD, is_awake(_NOW)]
        case Tab.UNASSIGNED:
            return [UNHELD, _HELD, is_awake(_NOW)]
        case Tab.SNOOZED:
            # Said so that the index of these moments finds the few: the opposite of `is_awake`.
            return [
                Conversation.snoozed_until > _NOW,
                Conversation.last_message_at <= Conversation.snoozed_from,
            ]
        case Tab.MENTIONED:
            named = select(Mention.conversation_id).where(Mention.user_id == actor.user_id)
            return [Conversation.id.in_(named)]
        case Tab.ALL:
            if question.sort is Sort.ACTIVITY:
                return []
            # Whom somebody waits for is held or should be: told, so that the few are found by it.
            return [_HELD, Handover.id.is_not(None)]


def _filters(question: _Kind, at: int) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if question.status:
        where.append(Conversation.status == question.status)
    if question.priority:
        where.append(Conversation.priority == question.priority)
    if question.phase:
        where.append(func.coalesce(Journey.phase, Phase.LEADS.value) == question.phase)
    if question.has_package:
        where.append(Journey.package_code == bindparam(f"package{at}", type_=String))
    if question.has_label:
        labelled = select(ConversationLabel.conversation_id).where(
            ConversationLabel.label_id == bindparam(f"label{at}", type_=Integer)
        )
        where.append(Conversation.id.in_(labelled))
    return where


def order_of(question: "InboxQuestion | _Kind") -> Sequence[ColumnElement[Any]]:
    if question.sort is Sort.WAITING:
        urgent_first = case((Conversation.priority == Priority.HIGH.value, 0), else_=1)
        return (urgent_first.asc(), Handover.asked_at.asc().nulls_last(), Conversation.id.asc())
    newest = Conversation.last_message_at
    if question.tab is not Tab.ALL:
        # Few rows: they are found by their own index and sorted, instead of walking everybody's by time until enough fit.
        return (func.coalesce(newest, newest).desc(), Conversation.id.desc())
    return (newest.desc(), Conversation.id.desc())
