"""The sales board: each column with its count, its worth and its first cards; undoing a move; follow-ups that fall due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
    update,
)

from flows.domain import OPEN_LEAD, LeadStatus
from flows.lead import UNDO_WITHIN, LeadStep, refuse_undo
from flows.lead_score import LeadScore
from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from storage.pages import Page, Part, page_of
from storage.prepared import Prepared
from storage.sales.lead_reminders import settle_reminder, take_tasks_up_again, wake_reminder
from storage.sales.lead_scores import lead_scores
from storage.sales.leads import (
    LeadCard,
    NoteEntry,
    NoteKind,
    card_from,
    card_of,
    cards_of,
    find_lead,
    log_move,
)
from storage.scope import leads_within
from storage.tables import Conversation, Customer, Lead, LeadMove, LeadNote, PackageRow, User
from storage.trail.audit import Event, note

COLUMN_CARDS = 10
# How far back the closed columns look: a board is for what can still be done.
CLOSED_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuestion:
    """owner_id: whose; text: part of a name or a whole phone number (digits)."""

    owner_id: int | None = None
    package: str | None = None
    text: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCard:
    """value: the package's price in rupiah. stands_since: when the lead came into its column. next_due: the next open task's time.

    score: how promising it is while it is open, None afterwards.
    """

    lead: LeadCard
    package_name: str | None
    value: int | None
    conversation_status: str | None
    last_message_at: datetime | None
    stands_since: datetime
    next_task: str | None = None
    next_due: datetime | None = None
    score: LeadScore | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    status: LeadStatus
    count: int
    value: int
    cards: tuple[BoardCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """An open or done task with whom it is about."""

    task: NoteEntry
    lead: LeadCard


def board(conn: Connection, actor: Actor, question: BoardQuestion, now: datetime) -> tuple[Column, ...]:
    """Every column of the board, within the actor's scope."""
    sums = _sums(conn, actor, question, now, tuple(LeadStatus))
    filled = [status for status in LeadStatus if sums[status][0]]
    cards = _whole(conn, _cards(conn, actor, question, filled, Page(limit=COLUMN_CARDS), now), now)
    return tuple(
        Column(
            status=status,
            count=sums[status][0],
            value=sums[status][1],
            cards=tuple(card for card in cards if card.lead.status is status),
        )
        for status in LeadStatus
    )


def column(
    conn: Connection, actor: Actor, question: BoardQuestion, status: LeadStatus, page: Page, now: datetime
) -> Column:
    """One column; its count and worth are of all its leads, its cards are the page's."""
    count, value = _sums(conn, actor, question, now, (status,))[status]
    cards = _cards(conn, actor, question, [status] if count else [], page, now)
    return Column(status=status, count=count, value=value, cards=_whole(conn, cards, now))


def _sums(
    conn: Connection, actor: Actor, question: BoardQuestion, now: datetime, statuses: Sequence[LeadStatus]
) -> dict[LeadStatus, tuple[int, int]]:
    """How many leads each of these columns has, and what their packages cost together: one look at all of them."""
    shown = or_(*(_in_column(status, now) for status in statuses))
    # Counted by package first: prices are looked up for a few packages, not for each lead.
    by_package = select(Lead.status, Lead.interested_package, func.count().label("number"))
    found = (
        _asked(by_package, actor, question)
        .where(shown)
        .group_by(Lead.status, Lead.interested_package)
        .subquery()
    )
    rows = conn.execute(
        select(
            found.c.status,
            func.sum(found.c.number),
            func.coalesce(func.sum(PackageRow.price * found.c.number), 0),
        )
        .outerjoin(PackageRow, PackageRow.code == found.c.interested_package)
        .group_by(found.c.status)
    )
    sums = {LeadStatus(status): (int(count), int(value)) for status, count, value in rows}
    return {status: sums.get(status, (0, 0)) for status in statuses}


_NEWEST = (Lead.updated_at.desc(), Lead.id.desc())


def _cards(
    conn: Connection,
    actor: Actor,
    question: BoardQuestion,
    statuses: Sequence[LeadStatus],
    page: Page,
    now: datetime,
) -> list[BoardCard]:
    """The page of each of these columns, the one last touched first."""
    columns = (
        _asked(select(Lead.id), actor, question)
        .where(_in_column(status, now))
        .order_by(*_NEWEST)
        .limit(page.limit)
        .offset(page.offset)
        for status in statuses
    )
    ids = (
        conn.scalars(union_all(*(select(column.subquery()) for column in columns))).all() if statuses else []
    )
    return [_board_card(row._asdict()) for row in _CARDS.all(conn, ids=ids)] if ids else []


def _asked(
    statement: Any, actor: Actor, question: BoardQuestion
) -> Any:  # Any: a Select of whatever columns of leads.
    """Customers are opened only where the question is about their name or number."""
    if question.text or question.phone:
        statement = statement.join(Customer, Customer.id == Lead.customer_id)
    return statement.where(leads_within(actor), *_where(question))


def _in_column(status: LeadStatus, now: datetime) -> ColumnElement[bool]:
    if status in OPEN_LEAD:
        return Lead.status == status.value
    return and_(Lead.status == status.value, Lead.updated_at >= now - CLOSED_SHOWN)


def undo_move(conn: Connection, actor: Actor, lead_id: int, now: datetime) -> LeadCard:
    """Takes the actor's own last move back, within ten minutes. Raises Refused where that is not possible."""
    card = find_lead(conn, actor, lead_id)
    step = last_step(conn, lead_id)
    if refusal := refuse_undo(step, card.status, card.phase, actor.name, now):
        raise Refused(refusal)
    assert step is not None, "refuse_undo refuses where there is none"
    if step.before in OPEN_LEAD and card.status not in OPEN_LEAD and _has_open(conn, card.customer_id):
        raise Refused(conflict("This customer has a new open lead by now. Work on that one."))
    conn.execute(
        update(Lead)
        .where(Lead.id == lead_id)
        .values(status=step.before.value, lost_reason=None, updated_at=now)
    )
    log_move(conn, lead_id, step.after, step.before, actor, now)
    if step.after is LeadStatus.LOST:
        take_tasks_up_again(conn, lead_id, step.at)
    note(conn, Event.UNDO_LEAD_MOVE, actor, now, subject=str(lead_id), new_value=step.before.value)
    return card_of(conn, lead_id)


def last_step(conn: Connection, lead_id: int) -> LeadStep | None:
    row = (
        conn.execute(
            select(LeadMove).where(LeadMove.lead_id == lead_id).order_by(LeadMove.id.desc()).limit(1)
        )
        .mappings()
        .first()
    )
    return _step(row) if row else None


def steps_of(conn: Connection, lead_id: int) -> list[LeadStep]:
    """The lead's whole way over the board, the oldest step first."""
    rows = conn.execute(select(LeadMove).where(LeadMove.lead_id == lead_id).order_by(LeadMove.id)).mappings()
    return [_step(row) for row in rows]


def settle_task(conn: Connection, actor: Actor, task_id: int, now: datetime, *, is_done: bool) -> int:
    """The task is done, or not after all; the id of its lead. Raises Refused for one outside the actor's scope."""
    row = conn.execute(
        select(LeadNote.lead_id).where(LeadNote.id == task_id, LeadNote.kind == NoteKind.TASK.value)
    ).first()
    if row is None:
        raise missing("task")
    find_lead(conn, actor, row.lead_id)
    conn.execute(update(LeadNote).where(LeadNote.id == task_id).values(done_at=now if is_done else None))
    if is_done:
        settle_reminder(conn, task_id)
    else:
        wake_reminder(conn, task_id)
    note(conn, Event.DO_LEAD_TASK, actor, now, subject=str(row.lead_id), task=task_id, done=is_done)
    return int(row.lead_id)


def follow_ups(conn: Connection, actor: Actor, page: Page, *, is_done: bool = False) -> Part[FollowUp]:
    """The tasks within the actor's scope: open ones by when they fall due, done ones by when they were done."""
    statement = (
        select(LeadNote.id.label("task_id"), LeadNote.kind, LeadNote.note, LeadNote.due_at, LeadNote.done_at)
        .add_columns(LeadNote.author, LeadNote.at, Lead.id.label("lead_id"))
        .join(Lead, Lead.id == LeadNote.lead_id)
        .where(
            LeadNote.kind == NoteKind.TASK.value,
            LeadNote.done_at.is_not(None) if is_done else LeadNote.done_at.is_(None),
            leads_within(actor),
        )
    )
    order = [LeadNote.done_at.desc()] if is_done else [LeadNote.due_at.asc().nulls_last(), LeadNote.id.asc()]
    part = page_of(conn, statement, order, page, dict)
    leads = cards_of(conn, [row["lead_id"] for row in part.items])
    return part.map(lambda row: FollowUp(task=_task(row), lead=leads[row["lead_id"]]))


def is_undoable(step: LeadStep | None, actor: Actor, now: datetime) -> bool:
    return step is not None and step.moved_by == actor.name and now - step.at <= UNDO_WITHIN


_SINCE = select(func.max(LeadMove.at)).where(LeadMove.lead_id == Lead.id).correlate(Lead).scalar_subquery()
_CARDS = Prepared(
    select(
        *Lead.__table__.columns,
        Customer.phone,
        Customer.name.label("customer_name"),
        User.username.label("owner"),
        PackageRow.name.label("package_name"),
        PackageRow.price.label("value"),
        Conversation.status.label("conversation_status"),
        Conversation.last_message_at,
        func.coalesce(_SINCE, Lead.created_at).label("stands_since"),
    )
    .join(Customer, Customer.id == Lead.customer_id)
    .outerjoin(User, User.id == Lead.owner_id)
    .outerjoin(PackageRow, PackageRow.code == Lead.interested_package)
    .outerjoin(Conversation, Conversation.id == Lead.conversation_id)
    .where(Lead.id.in_(bindparam("ids", expanding=True, type_=Integer)))
    .order_by(*_NEWEST)
)


def _where(question: BoardQuestion) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if question.owner_id is not None:
        where.append(Lead.owner_id == question.owner_id)
    if question.package:
        where.append(Lead.interested_package == question.package)
    if question.phone:
        where.append(Customer.phone == question.phone)
    elif question.text:
        pattern = f"%{question.text.lower().replace('%', '').replace('_', ' ')}%"
        where.append(or_(func.lower(Lead.name).like(pattern), func.lower(Customer.name).like(pattern)))
    return where


def _board_card(row: dict[str, Any]) -> BoardCard:  # Any: a row of _CARDS, by name.
    return BoardCard(
        lead=card_from({**row, "name": row["name"] or row["customer_name"]}),
        **{name: row[name] for name in ("package_name", "value", "conversation_status", "last_message_at")},
        stands_since=row["stands_since"],
    )


def _whole(conn: Connection, cards: Sequence[BoardCard], now: datetime) -> tuple[BoardCard, ...]:
    """The cards with each one's score and the open task that falls due first; one statement for all tasks, one for all scores."""
    ids = [card.lead.id for card in cards]
    first = {row.lead_id: row for row in _OPEN_TASKS.all(conn, ids=ids)}
    scores = lead_scores(conn, [card.lead.id for card in cards if card.lead.status in OPEN_LEAD], now)
    return tuple(
        replace(
            card,
            next_task=first[card.lead.id].note if card.lead.id in first else None,
            next_due=first[card.lead.id].due_at if card.lead.id in first else None,
            score=scores.get(card.lead.id),
        )
        for card in cards
    )


_OPEN_TASKS = Prepared(
    select(LeadNote.lead_id, LeadNote.note, LeadNote.due_at)
    .where(
        LeadNote.lead_id.in_(bindparam("ids", expanding=True, type_=Integer)),
        LeadNote.kind == NoteKind.TASK.value,
        LeadNote.done_at.is_(None),
    )
    .order_by(LeadNote.due_at.is_(None).desc(), LeadNote.due_at.desc())
)


def _has_open(conn: Connection, customer_id: str) -> bool:
    found = select(Lead.id).where(Lead.customer_id == customer_id, Lead.status.in_(OPEN_LEAD)).limit(1)
    return conn.scalar(found) is not None


def _step(row: RowMapping) -> LeadStep:
    return LeadStep(
        before=LeadStatus(row["from_status"]),
        after=LeadStatus(row["to_status"]),
        moved_by=row["moved_by"],
        at=row["at"],
    )


def _task(row: dict[str, object]) -> NoteEntry:
    values = {name: row[name] for name in ("note", "due_at", "done_at", "author", "at")}
    return NoteEntry(id=row["task_id"], kind=NoteKind.TASK, **values)  # type: ignore[arg-type]  # columns as selected above
