"""One lead at the panel: its facts, what was done and must be done, its party of travellers, and marking it paid."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from admin.pages.lead_views import LOST_REASONS, lead_name, seen_lead
from admin.pages.page import Form, Page, Undo, Visit
from admin.shapes import Day, Moment
from flows.domain import OPEN_LEAD, LeadStatus
from flows.lead import LeadStep, refuse_payment
from flows.lead_score import LeadScore
from flows.masking import mask_account, text_for
from flows.roles import Permission, Sight, sight_of
from flows.traveller import Gender, Relation, TravellerFacts, passport_warning
from storage.database import Connection
from storage.desk.lead_payments import pay_lead
from storage.knowledge.packages import package_names
from storage.sales.lead_board import settle_task, steps_of
from storage.sales.lead_entry import touch_lead
from storage.sales.lead_scores import lead_scores
from storage.sales.leads import LeadCard, NewNote, NoteEntry, NoteKind, add_lead_note, find_lead, lead_notes
from storage.sales.travellers import (
    TravellerEntry,
    add_traveller,
    change_traveller,
    party_of,
    remove_traveller,
)

Note = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class ActivityForm(Form):
    kind: NoteKind
    note: Note
    due_at: Moment | None = None


class DoneForm(Form):
    done: bool


class TravellerForm(Form):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    relation: Relation = Relation.SELF
    gender: Gender | None = None
    birth_date: date | None = None
    passport_number: str | None = Field(None, max_length=20)
    passport_expiry: Day | None = None
    note: str | None = Field(None, max_length=1_000)

    @property
    def facts(self) -> TravellerFacts:
        number = self.passport_number.replace(" ", "").upper() if self.passport_number else None
        return TravellerFacts(**self.model_dump() | {"passport_number": number})


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A traveller as the visitor may see them, with what to tell them about the passport."""

    entry: TravellerEntry
    warning: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPage:
    card: LeadCard
    notes: tuple[NoteEntry, ...]
    steps: tuple[LeadStep, ...]
    party: tuple[Companion, ...]
    package_name: str | None
    score: LeadScore | None
    may_write: bool
    sees_whole: bool

    @property
    def tasks(self) -> tuple[NoteEntry, ...]:
        open_first = sorted(self._tasks, key=lambda task: (task.done_at is not None, task.due_at is None))
        return tuple(open_first)

    def is_let_go(self, task: NoteEntry) -> bool:
        """Nobody did it: it went with the lead, and comes back with it."""
        is_lost = self.card.status is LeadStatus.LOST and bool(self.steps)
        return is_lost and task.done_at == self.steps[-1].at

    @property
    def _tasks(self) -> tuple[NoteEntry, ...]:
        return tuple(entry for entry in self.notes if entry.kind is NoteKind.TASK)

    @property
    def activities(self) -> tuple[NoteEntry, ...]:
        return tuple(entry for entry in self.notes if entry.kind is not NoteKind.TASK)

    @property
    def is_open(self) -> bool:
        return self.card.status in OPEN_LEAD

    @property
    def statuses(self) -> tuple[LeadStatus, ...]:
        return tuple(LeadStatus)

    @property
    def lost_reasons(self) -> tuple[str, ...]:
        return LOST_REASONS

    @property
    def kinds(self) -> tuple[NoteKind, ...]:
        return tuple(kind for kind in NoteKind if kind is not NoteKind.TASK)

    @property
    def relations(self) -> tuple[Relation, ...]:
        return tuple(Relation)

    @property
    def may_be_paid(self) -> bool:
        """A card dropped on WON is not paid by that: the money may still be seen."""
        return refuse_payment(self.card.status, self.card.phase) is None


async def show_lead(visit: Visit) -> web.Response:
    return visit.show("leads/lead.html", await _lead_page(visit, visit.number("id")))


async def add_note(visit: Visit, taken: ActivityForm) -> web.Response:
    """An activity or a task; a task's time is on the company's clock."""
    lead_id, now = visit.number("id"), visit.desk.now()
    due = visit.desk.aware(taken.due_at) if taken.due_at else None
    entry = NewNote(kind=taken.kind, note=taken.note, due_at=due if taken.kind is NoteKind.TASK else None)

    def record(conn: Connection) -> None:
        add_lead_note(conn, visit.actor, lead_id, entry, now)
        touch_lead(conn, visit.actor, lead_id)

    await visit.desk.database.write(record)
    page = await _lead_page(visit, lead_id)
    return visit.show("leads/work.html", page, toast=visit.t("leads.noted"))


async def finish_task(visit: Visit, taken: DoneForm) -> web.Response:
    task_id, now = visit.number("id"), visit.desk.now()
    lead_id = await visit.desk.database.write(
        lambda conn: settle_task(conn, visit.actor, task_id, now, is_done=taken.done)
    )
    undo = Undo(path=f"/panel/leads/tasks/{task_id}/done", fields={"done": "false" if taken.done else "true"})
    said = visit.t("leads.task_done" if taken.done else "leads.task_open")
    return visit.show("leads/work.html", await _lead_page(visit, lead_id), toast=said, undo=undo)


async def mark_paid(visit: Visit) -> web.Response:
    """The money was seen: the lead is WON, and the journey paid where there is one."""
    lead_id, now = visit.number("id"), visit.desk.now()
    card = await visit.desk.database.write(lambda conn: pay_lead(conn, visit.actor, lead_id, now))
    return visit.go(f"/panel/leads/{lead_id}", toast=visit.t("leads.paid", name=lead_name(visit, card)))


async def add_companion(visit: Visit, taken: TravellerForm) -> web.Response:
    lead_id, now = visit.number("id"), visit.desk.now()
    today = visit.desk.local(now).date()
    await visit.desk.database.write(
        lambda conn: add_traveller(conn, visit.actor, lead_id, taken.facts, now, today)
    )
    page = await _lead_page(visit, lead_id)
    return visit.show("leads/party.html", page, toast=visit.t("leads.traveller_kept"))


async def change_companion(visit: Visit, taken: TravellerForm) -> web.Response:
    traveller_id, now = visit.number("id"), visit.desk.now()
    today = visit.desk.local(now).date()
    entry = await visit.desk.database.write(
        lambda conn: change_traveller(conn, visit.actor, traveller_id, taken.facts, now, today)
    )
    page = await _lead_page(visit, entry.lead_id or 0)
    return visit.show("leads/party.html", page, toast=visit.t("leads.traveller_kept"))


async def drop_companion(visit: Visit) -> web.Response:
    traveller_id, now = visit.number("id"), visit.desk.now()
    entry = await visit.desk.database.write(
        lambda conn: remove_traveller(conn, visit.actor, traveller_id, now)
    )
    undo = None
    if (
        sight_of(visit.actor) is Sight.FULL
    ):  # It would carry what others are not shown; they were asked before.
        facts = {
            name: str(value)
            for name in TravellerForm.model_fields
            if (value := getattr(entry.facts, name)) is not None
        }
        undo = Undo(path=f"/panel/leads/{entry.lead_id}/travellers", fields=facts)
    page = await _lead_page(visit, entry.lead_id or 0)
    return visit.show("leads/party.html", page, toast=visit.t("leads.traveller_gone"), undo=undo)


async def _lead_page(visit: Visit, lead_id: int) -> LeadPage:
    now = visit.desk.now()

    def look(conn: Connection) -> LeadPage:
        card = find_lead(conn, visit.actor, lead_id)
        scored = [lead_id] if card.status in OPEN_LEAD else []
        return LeadPage(
            card=seen_lead(visit, card),
            notes=tuple(_seen_note(visit, entry) for entry in lead_notes(conn, lead_id)),
            steps=tuple(steps_of(conn, lead_id)),
            party=tuple(_seen_companion(visit, entry) for entry in party_of(conn, lead_id)),
            package_name=dict(package_names(conn)).get(card.interested_package or ""),
            score=lead_scores(conn, scored, now).get(lead_id),
            may_write=visit.actor.may(Permission.WRITE_LEADS),
            sees_whole=sight_of(visit.actor) is Sight.FULL,
        )

    return await visit.desk.database.read(look)


def _seen_note(visit: Visit, entry: NoteEntry) -> NoteEntry:
    return replace(entry, note=text_for(visit.frame.sight, entry.note) or "")


def _seen_companion(visit: Visit, entry: TravellerEntry) -> Companion:
    """The traveller as this visitor may see them: masked roles see neither birth date nor whole passport number."""
    facts, warning = entry.facts, passport_warning(entry.facts, entry.departure)
    if sight_of(visit.actor) is not Sight.FULL:
        number = mask_account(facts.passport_number) if facts.passport_number else None
        facts = replace(facts, passport_number=number, birth_date=None, note=None)
    return Companion(entry=replace(entry, facts=facts), warning=warning)


_READ, _WRITE = Permission.READ_LEADS, Permission.WRITE_LEADS
PAGES = (
    Page(method="GET", path="/panel/leads/{id:int}", access=_READ, handle=show_lead),
    Page(
        method="POST", path="/panel/leads/{id:int}/notes", access=_WRITE, handle=add_note, takes=ActivityForm
    ),
    Page(
        method="POST",
        path="/panel/leads/tasks/{id:int}/done",
        access=_WRITE,
        handle=finish_task,
        takes=DoneForm,
    ),
    Page(
        method="POST",
        path="/panel/leads/{id:int}/paid",
        access=Permission.HOLD_CONVERSATIONS,
        handle=mark_paid,
    ),
    Page(
        method="POST",
        path="/panel/leads/{id:int}/travellers",
        access=_WRITE,
        handle=add_companion,
        takes=TravellerForm,
    ),
    Page(
        method="POST",
        path="/panel/travellers/{id:int}",
        access=_WRITE,
        handle=change_companion,
        takes=TravellerForm,
    ),
    Page(method="POST", path="/panel/travellers/{id:int}/remove", access=_WRITE, handle=drop_companion),
)
