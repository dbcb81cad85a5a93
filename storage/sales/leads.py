"""Who may buy? Leads, one open one a customer, with what staff did about them and still have to do."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, insert, or_, select, update

from flows.domain import OPEN_LEAD, LeadStatus, Phase
from flows.lead import LeadSignal, LeadState, merged, refuse_move, refuse_payment
from flows.refusal import Refused, missing
from flows.roles import BOT, Actor
from storage.dialect import insert_new
from storage.newest import newest_ids
from storage.pages import Page, Part, page_by_key
from storage.sales.lead_reminders import let_tasks_go, remind
from storage.scope import leads_in_parts, leads_within
from storage.tables import Customer, Lead, LeadMove, LeadNote, User
from storage.trail.audit import Event, note

CREATION_TRIES = 3  # Each try loses only to somebody who closed the lead at that very moment.


class NoteKind(StrEnum):
    CALL = "CALL"
    VISIT = "VISIT"
    EMAIL = "EMAIL"
    MEETING = "MEETING"
    NOTE = "NOTE"
    TASK = "TASK"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCard:
    """A lead in full, with its customer's number; what of it may be shown is decided where it is shown."""

    id: int
    customer_id: str
    phone: str | None
    name: str | None
    conversation_id: str | None
    phase: Phase
    interested_package: str | None
    conversation_summary: str | None
    source: str | None
    ai_confidence: float | None
    status: LeadStatus
    lost_reason: str | None
    owner_id: int | None
    owner: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedLead:
    lead_id: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadQuestion:
    status: LeadStatus | None = None
    phase: Phase | None = None
    customer_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """An activity, or a task with its due time."""

    kind: NoteKind
    note: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEntry(NewNote):
    id: int
    done_at: datetime | None
    author: str
    at: datetime


def merge_lead(
    conn: Connection, signal: LeadSignal, now: datetime, *, by: Actor = BOT, owner_id: int | None = None
) -> MergedLead:
    """Adds the signal to the customer's open lead, or opens one (owned by owner_id). Never makes a second open lead."""
    for _ in range(CREATION_TRIES):
        lead_id = _insert(conn, signal, now, owner_id)
        if lead_id is not None:
            note(conn, Event.CREATE_LEAD, by, now, subject=str(lead_id), customer_id=signal.customer_id)
            return MergedLead(lead_id=lead_id, is_new=True)
        row = conn.execute(_open_of(signal.customer_id).with_for_update()).mappings().first()
        if row is not None:
            _update(conn, row, signal, now)
            return MergedLead(lead_id=row["id"], is_new=False)
    raise RuntimeError(f"The lead of customer {signal.customer_id} keeps being closed. Try again.")


def lead_page(conn: Connection, actor: Actor, question: LeadQuestion, page: Page) -> Part[LeadCard]:
    """The leads within the actor's scope, the most recently touched first."""

    def narrowed(ids: Select[Any]) -> Select[Any]:  # Any: whatever columns were selected.
        return ids.where(*_where(question))

    first = partial(newest_ids, leads_in_parts(actor), Lead.id, Lead.updated_at, narrowed)
    return page_by_key(
        conn, first, Lead.id, _CARDS, [Lead.updated_at.desc(), Lead.id.desc()], page, card_from
    )


def find_lead(conn: Connection, actor: Actor, lead_id: int) -> LeadCard:
    """That lead. Raises Refused when there is none within the actor's scope."""
    row = conn.execute(_CARDS.where(Lead.id == lead_id, leads_within(actor))).mappings().first()
    if row is None:
        raise missing("lead")
    return card_from(row)


def card_of(conn: Connection, lead_id: int) -> LeadCard:
    """That lead, whoever asks: for what was just written."""
    return card_from(conn.execute(_CARDS.where(Lead.id == lead_id)).mappings().one())


def cards_of(conn: Connection, lead_ids: Collection[int]) -> dict[int, LeadCard]:
    """These leads, for a list whose rows the caller was allowed to read."""
    rows = conn.execute(_CARDS.where(Lead.id.in_(lead_ids))).mappings()
    return {row["id"]: card_from(row) for row in rows}


def move_lead(
    conn: Connection, actor: Actor, lead_id: int, to: LeadStatus, lost_reason: str | None, now: datetime
) -> None:
    """Moves the lead on the board. Raises Refused where that is not allowed."""
    find_lead(conn, actor, lead_id)
    before = LeadStatus(
        conn.execute(select(Lead.status).where(Lead.id == lead_id).with_for_update()).scalar_one()
    )
    if refusal := refuse_move(before, to, lost_reason):
        raise Refused(refusal)
    reason = (lost_reason or "").strip() if to is LeadStatus.LOST else None
    conn.execute(
        update(Lead).where(Lead.id == lead_id).values(status=to.value, lost_reason=reason, updated_at=now)
    )
    if before is not to:
        log_move(conn, lead_id, before, to, actor, now)
    if before is not to and to is LeadStatus.LOST:
        let_tasks_go(conn, lead_id, now)
    note(
        conn, Event.UPDATE_LEAD, actor, now, subject=str(lead_id), old_value=before.value, new_value=to.value
    )


def log_move(
    conn: Connection, lead_id: int, before: LeadStatus, after: LeadStatus, by: Actor, now: datetime
) -> None:
    """Keeps the step, so that an undo knows the way back and the board how long a lead stood where."""
    step = {"from_status": before.value, "to_status": after.value, "moved_by": by.name, "at": now}
    conn.execute(insert(LeadMove).values(lead_id=lead_id, **step))


def own_lead(conn: Connection, lead_id: int, owner_id: int) -> None:
    """Gives a lead that nobody owns to this member of staff."""
    conn.execute(update(Lead).where(Lead.id == lead_id, Lead.owner_id.is_(None)).values(owner_id=owner_id))


def own_open_lead(conn: Connection, customer_id: str, owner_id: int) -> None:
    """Gives the customer's open lead to this member of staff, unless somebody owns it already."""
    ownerless = Lead.customer_id == customer_id, Lead.owner_id.is_(None), Lead.status.in_(OPEN_LEAD)
    conn.execute(update(Lead).where(*ownerless).values(owner_id=owner_id))


def win_open_lead(
    conn: Connection, customer_id: str, by: Actor, now: datetime, *, journey_id: str | None = None
) -> int | None:
    """The customer has paid: the open lead, if any, is WON in the last phase; its id. One of that journey WON before is paid now."""
    row = conn.execute(_open_of(customer_id).with_for_update()).mappings().first()
    if row is None:
        row = conn.execute(_won_unpaid_of(customer_id, journey_id).with_for_update()).mappings().first()
    if row is None:
        return None
    _win(conn, row, by, now)
    return int(row["id"])


def win_lead(conn: Connection, lead_id: int, by: Actor, now: datetime) -> None:
    """That lead is WON in the last phase, paid outside of any conversation. Raises Refused when it is lost or was paid already."""
    row = conn.execute(select(Lead).where(Lead.id == lead_id).with_for_update()).mappings().one()
    if refusal := refuse_payment(LeadStatus(row["status"]), Phase(row["phase"])):
        raise Refused(refusal)
    _win(conn, row, by, now)


def _win(conn: Connection, row: RowMapping, by: Actor, now: datetime) -> None:
    won = LeadStatus.WON.value
    reached = {"status": won, "phase": Phase.PAID.value, "updated_at": now}
    conn.execute(update(Lead).where(Lead.id == row["id"]).values(reached))
    if row["status"] != won:
        log_move(conn, int(row["id"]), LeadStatus(row["status"]), LeadStatus.WON, by, now)
    note(conn, Event.UPDATE_LEAD, by, now, subject=str(row["id"]), old_value=row["status"], new_value=won)


def add_lead_note(conn: Connection, actor: Actor, lead_id: int, new: NewNote, now: datetime) -> NoteEntry:
    """Writes an activity or a task down. Raises Refused when there is no such lead within the actor's scope."""
    find_lead(conn, actor, lead_id)
    values = {"kind": new.kind.value, "note": new.note, "due_at": new.due_at, "author": actor.name, "at": now}
    statement = insert(LeadNote).values(lead_id=lead_id, **values).returning(LeadNote.id)
    note_id = conn.execute(statement).scalar_one()
    conn.execute(update(Lead).where(Lead.id == lead_id).values(updated_at=now))
    if new.kind is NoteKind.TASK and new.due_at is not None:
        remind(conn, lead_id, note_id, new.due_at)
    event = Event.ADD_LEAD_TASK if new.kind is NoteKind.TASK else Event.ADD_LEAD_ACTIVITY
    note(conn, event, actor, now, subject=str(lead_id), kind=new.kind.value)
    return NoteEntry(**asdict(new), id=note_id, done_at=None, author=actor.name, at=now)


def lead_notes(conn: Connection, lead_id: int) -> tuple[NoteEntry, ...]:
    """Everything that was done about the lead or remains to be done, newest first."""
    rows = conn.execute(
        select(LeadNote).where(LeadNote.lead_id == lead_id).order_by(LeadNote.id.desc())
    ).mappings()
    return tuple(_note(row) for row in rows)


_CARDS = (
    select(Lead, Customer.phone, User.username.label("owner"))
    .join(Customer, Customer.id == Lead.customer_id)
    .outerjoin(User, User.id == Lead.owner_id)
)


def _open_of(customer_id: str) -> Select[Lead]:
    return select(Lead).where(Lead.customer_id == customer_id, Lead.status.in_(OPEN_LEAD))


def _won_unpaid_of(customer_id: str, journey_id: str | None) -> Select[Lead]:
    """The lead that was dropped on WON before its money was seen; one entered by hand knows no journey."""
    same = or_(Lead.journey_id == journey_id, Lead.journey_id.is_(None))
    won = Lead.status == LeadStatus.WON.value, Lead.phase != Phase.PAID.value
    return select(Lead).where(Lead.customer_id == customer_id, *won, same).order_by(Lead.id.desc()).limit(1)


def _where(question: LeadQuestion) -> list[ColumnElement[bool]]:
    wanted = {
        Lead.status: question.status,
        Lead.phase: question.phase,
        Lead.customer_id: question.customer_id,
    }
    return [column == value for column, value in wanted.items() if value is not None]


def _insert(conn: Connection, signal: LeadSignal, now: datetime, owner_id: int | None) -> int | None:
    """The new lead's id, None when an open one is there already (the partial unique index decides)."""
    statement = insert_new(conn, Lead).values(
        customer_id=signal.customer_id,
        conversation_id=signal.conversation_id,
        journey_id=signal.journey_id,
        name=signal.name,
        phase=signal.phase.value,
        interested_package=signal.interested_package,
        conversation_summary=signal.summary,
        source=signal.source,
        ai_confidence=signal.confidence,
        status=LeadStatus.NEW.value,
        owner_id=owner_id,
        created_at=now,
        updated_at=now,
    )
    found = conn.execute(statement.returning(Lead.id)).scalar_one_or_none()
    return int(found) if found is not None else None


def _update(conn: Connection, row: RowMapping, signal: LeadSignal, now: datetime) -> None:
    before = LeadState(
        phase=Phase(row["phase"]),
        interested_package=row["interested_package"],
        summary=row["conversation_summary"],
        source=row["source"],
        confidence=row["ai_confidence"],
        name=row["name"],
    )
    after = merged(before, signal)
    conn.execute(
        update(Lead)
        .where(Lead.id == row["id"])
        .values(
            phase=after.phase.value,
            interested_package=after.interested_package,
            conversation_summary=after.summary,
            source=after.source,
            ai_confidence=after.confidence,
            name=after.name,
            conversation_id=row["conversation_id"] or signal.conversation_id,
            journey_id=signal.journey_id or row["journey_id"],
            updated_at=now,
        )
    )


def card_from(row: RowMapping | dict[str, Any]) -> LeadCard:  # Any: column values.
    """A lead from a row that holds its columns beside others."""
    values = {name: row[name] for name in LeadCard.__dataclass_fields__}
    return LeadCard(**values | {"phase": Phase(row["phase"]), "status": LeadStatus(row["status"])})


def _note(row: RowMapping) -> NoteEntry:
    values = {name: row[name] for name in NoteEntry.__dataclass_fields__}
    return NoteEntry(**values | {"kind": NoteKind(row["kind"])})
