"""Leads at the panel: the board with its columns, entering one by hand, and the follow-ups that fall due."""

from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web
from pydantic import Field

from admin.pages.lead_views import LOST_REASONS, lead_name, seen_lead
from admin.pages.page import Form, Page, Undo, Visit
from admin.shapes import Query
from flows.domain import OPEN_LEAD, LeadStatus, Role
from flows.masking import phone_for, text_for
from flows.phone import phone_digits
from flows.refusal import Refused, invalid
from flows.roles import Permission
from storage import pages
from storage.database import Connection
from storage.knowledge.packages import package_names
from storage.people.customers import find_customer
from storage.sales.lead_board import (
    COLUMN_CARDS,
    BoardQuestion,
    Column,
    FollowUp,
    board,
    column,
    follow_ups,
    undo_move,
)
from storage.sales.lead_entry import NewLead, enter_lead, touch_lead
from storage.sales.leads import LeadCard, MergedLead, NoteEntry, move_lead

OWN, ALL = "mine", "all"
FOLLOW_UPS = 50


class BoardQuery(Query):
    """owner: `mine` or `all`; an RM begins with the own cards."""

    owner: str = Field("", max_length=10)
    package: str | None = Field(None, max_length=60)
    q: str | None = Field(None, max_length=100)


class ColumnQuery(BoardQuery):
    offset: int = Field(0, ge=0, le=100_000)


class MoveForm(Form):
    status: LeadStatus
    lost_reason: str | None = Field(None, max_length=500)
    stay: bool = False


class NewLeadQuery(Query):
    """customer_id: whose chat this comes from; package: what they asked about there."""

    customer_id: str | None = Field(None, max_length=64)
    package: str | None = Field(None, max_length=60)


class NewLeadForm(Form):
    """A customer who is known, or a number."""

    customer_id: str | None = Field(None, max_length=64)
    phone: str | None = Field(None, max_length=40)
    name: str | None = Field(None, max_length=200)
    interested_package: str | None = Field(None, max_length=60)
    conversation_summary: str | None = Field(None, max_length=4_000)


class TasksQuery(Query):
    done: bool = False
    offset: int = Field(0, ge=0, le=100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """query repeats the filters in the address of further pages."""

    columns: tuple[Column, ...]
    packages: tuple[tuple[str, str], ...]
    taken: BoardQuery
    is_mine: bool
    may_write: bool

    @property
    def is_filtered(self) -> bool:
        return bool(self.taken.q or self.taken.package)

    @property
    def lost_reasons(self) -> tuple[str, ...]:
        return LOST_REASONS

    @property
    def open_statuses(self) -> tuple[LeadStatus, ...]:
        return OPEN_LEAD

    @property
    def statuses(self) -> tuple[LeadStatus, ...]:
        return tuple(LeadStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPage:
    """One column, or more of its cards from offset on."""

    column: Column
    offset: int
    taken: BoardQuery
    may_write: bool

    @property
    def next_offset(self) -> int | None:
        shown = self.offset + len(self.column.cards)
        return shown if shown < self.column.count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLeadPage:
    packages: tuple[tuple[str, str], ...]
    package: str | None = None
    customer_id: str | None = None
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksPage:
    items: tuple[FollowUp, ...]
    total: int
    offset: int
    is_done: bool
    now: datetime
    limit: int = FOLLOW_UPS


async def show_board(visit: Visit, taken: BoardQuery) -> web.Response:
    now = visit.desk.now()
    question = _question(visit, taken)

    def look(conn: Connection) -> tuple[tuple[Column, ...], list[tuple[str, str]]]:
        return board(conn, visit.actor, question, now), package_names(conn)

    columns, packages = await visit.desk.database.read(look)
    page = BoardPage(
        columns=tuple(_seen(visit, found) for found in columns),
        packages=tuple(packages),
        taken=taken,
        is_mine=question.owner_id is not None,
        may_write=visit.actor.may(Permission.WRITE_LEADS),
    )
    return visit.show("leads/columns.html" if visit.wants_fragment else "leads/board.html", page)


async def show_column(visit: Visit, taken: ColumnQuery) -> web.Response:
    now, wanted = visit.desk.now(), visit.path("status")
    if wanted not in set(LeadStatus):
        raise web.HTTPNotFound()
    status = LeadStatus(wanted)
    part = pages.Page(limit=COLUMN_CARDS, offset=taken.offset)
    found = await visit.desk.database.read(
        lambda conn: column(conn, visit.actor, _question(visit, taken), status, part, now)
    )
    page = ColumnPage(
        column=_seen(visit, found),
        offset=taken.offset,
        taken=taken,
        may_write=visit.actor.may(Permission.WRITE_LEADS),
    )
    return visit.show("leads/cards.html", page)


async def new(visit: Visit, taken: NewLeadQuery) -> web.Response:
    sight = visit.frame.sight

    def look(conn: Connection) -> NewLeadPage:
        packages = tuple(package_names(conn))
        if not taken.customer_id:
            return NewLeadPage(packages=packages, package=taken.package)
        person = find_customer(conn, visit.actor, taken.customer_id)
        return NewLeadPage(
            packages=packages,
            package=taken.package,
            customer_id=person.id,
            name=text_for(sight, person.name),
            phone=phone_for(sight, person.phone),
        )

    return visit.show("leads/new.html", await visit.desk.database.read(look))


async def create(visit: Visit, taken: NewLeadForm) -> web.Response:
    now = visit.desk.now()

    def record(conn: Connection) -> MergedLead:
        known = (
            find_customer(conn, visit.actor, taken.customer_id).phone if taken.customer_id else taken.phone
        )
        phone = phone_digits(known) if known else None
        if phone is None:
            raise Refused(invalid("phone", "is no phone number; write it like 6281234567890"))
        values = taken.model_dump(exclude={"customer_id"}) | {"phone": phone}
        return enter_lead(conn, visit.actor, NewLead(**values, source="panel"), now)[0]

    lead = await visit.desk.database.write(record)
    said = visit.t("leads.created" if lead.is_new else "leads.merged")
    return visit.go(f"/panel/leads/{lead.lead_id}", toast=said)


async def move(visit: Visit, taken: MoveForm) -> web.Response:
    """A card dropped on a column, or sent there by its menu; the message takes it back."""
    lead_id, now = visit.number("id"), visit.desk.now()

    def change(conn: Connection) -> LeadCard:
        move_lead(conn, visit.actor, lead_id, taken.status, taken.lost_reason, now)
        return touch_lead(conn, visit.actor, lead_id)

    card = await visit.desk.database.write(change)
    said = visit.t("leads.moved", name=lead_name(visit, card), status=visit.t(f"lead_status.{card.status}"))
    undo = Undo(path=f"/panel/leads/{lead_id}/undo", fields={})
    if taken.stay:
        return visit.go(f"/panel/leads/{lead_id}", toast=said, undo=undo)
    return visit.done(said, undo=undo, events={"leads-changed": ""})


async def take_back(visit: Visit) -> web.Response:
    lead_id, now = visit.number("id"), visit.desk.now()
    card = await visit.desk.database.write(lambda conn: undo_move(conn, visit.actor, lead_id, now))
    said = visit.t("leads.undone", name=lead_name(visit, card), status=visit.t(f"lead_status.{card.status}"))
    return visit.done(said, events={"leads-changed": ""})


async def show_tasks(visit: Visit, taken: TasksQuery) -> web.Response:
    part = pages.Page(limit=FOLLOW_UPS, offset=taken.offset)
    found = await visit.desk.database.read(
        lambda conn: follow_ups(conn, visit.actor, part, is_done=taken.done)
    )
    page = TasksPage(
        items=tuple(
            FollowUp(task=_seen_task(visit, item.task), lead=seen_lead(visit, item.lead))
            for item in found.items
        ),
        total=found.total,
        offset=taken.offset,
        is_done=taken.done,
        now=visit.desk.now(),
    )
    return visit.show("leads/tasks.html", page)


def _question(visit: Visit, taken: BoardQuery) -> BoardQuestion:
    """The filters as storage takes them; an RM's board begins with the own cards."""
    owner = taken.owner or (OWN if visit.actor.role is Role.RM else ALL)
    return BoardQuestion(
        owner_id=visit.actor.user_id if owner == OWN else None,
        package=taken.package,
        text=taken.q,
        phone=phone_digits(taken.q) if taken.q else None,
    )


def _seen(visit: Visit, found: Column) -> Column:
    """The column as this visitor may see its people."""
    cards = tuple(
        replace(card, lead=seen_lead(visit, card.lead), next_task=text_for(visit.frame.sight, card.next_task))
        for card in found.cards
    )
    return replace(found, cards=cards)


def _seen_task(visit: Visit, task: NoteEntry) -> NoteEntry:
    return replace(task, note=text_for(visit.frame.sight, task.note) or "")


_READ, _WRITE = Permission.READ_LEADS, Permission.WRITE_LEADS
PAGES = (
    Page(method="GET", path="/panel/leads", access=_READ, handle=show_board, takes=BoardQuery),
    Page(
        method="GET",
        path="/panel/leads/column/{status:word}",
        access=_READ,
        handle=show_column,
        takes=ColumnQuery,
        part_of="/panel/leads",
    ),
    Page(method="GET", path="/panel/leads/new", access=_WRITE, handle=new, takes=NewLeadQuery),
    Page(method="POST", path="/panel/leads", access=_WRITE, handle=create, takes=NewLeadForm),
    Page(method="GET", path="/panel/leads/tasks", access=_READ, handle=show_tasks, takes=TasksQuery),
    Page(method="POST", path="/panel/leads/{id:int}/move", access=_WRITE, handle=move, takes=MoveForm),
    Page(method="POST", path="/panel/leads/{id:int}/undo", access=_WRITE, handle=take_back),
)
