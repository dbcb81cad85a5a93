"""One complaint: its two clocks explained, what happened, the final response, and what this visitor may do with it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from admin.actions import cases as actions
from admin.pages.case_bars import Bar, bar_of
from admin.pages.page import Form, Page, Visit
from admin.shapes import Query
from flows.case import refuse_colleagues, refuse_work
from flows.case_clock import Pause, Span, SpanKind
from flows.domain import CasePriority, CaseStatus, Role
from flows.masking import phone_for, text_for
from flows.recovery import RecoveryAction
from flows.roles import Permission
from flows.sla import Clock
from storage import pages
from storage.complaints.case_clocks import explanation, pauses_of
from storage.complaints.case_events import CaseLine, case_lines
from storage.complaints.case_work import (
    CaseChange,
    assign_case,
    change_case,
    close_case,
    escalate_case,
    note_on_case,
    reopen_case,
)
from storage.complaints.cases import CaseFile, find_case
from storage.complaints.investigations import (
    FRAUD,
    InvestigatedCase,
    InvestigationNote,
    add_investigation,
    investigated_cases,
    read_investigation,
)
from storage.complaints.recoveries import RecoveryFile, recovery_of, settle_recovery
from storage.complaints.sla import Category, all_categories
from storage.database import Connection
from storage.privacy.sightings import note_case
from storage.staff.users import StaffMember, all_users

LINES = 30
MOST_SPANS = 40  # Of an explanation; a case of many weeks shows its latest.


class LinesQuery(Query):
    offset: int = Field(0, ge=0, le=100_000)


class AssignForm(Form):
    assigned_to: str | None = Field(None, max_length=80)
    version: int


class ReasonForm(Form):
    reason: str | None = Field(None, max_length=1_000)


class ChangeForm(Form):
    status: CaseStatus | None = None
    category: str | None = Field(None, max_length=16)
    priority: CasePriority | None = None
    version: int


class ResponseForm(Form):
    final_response: str = Field(min_length=1, max_length=4_000)
    send: bool = False
    version: int


class VersionForm(Form):
    version: int


class NoteForm(Form):
    note: str = Field(min_length=1, max_length=4_000)


class RecoveryForm(Form):
    what: Literal["done", "dismissed"]
    action: RecoveryAction | None = None
    note: str | None = Field(None, max_length=1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedClock:
    bar: Bar
    spans: tuple[Span, ...]
    hidden: int
    promised_hours: float
    used: timedelta
    calendar: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """file is whole; what is shown of it goes through `seen` and the masked fields beside it."""

    file: CaseFile
    customer: str | None
    phone: str | None
    subject: str | None
    description: str | None
    final_response: str | None
    clocks: tuple[ExplainedClock, ...]
    lines: tuple[CaseLine, ...]
    offset: int
    more: int
    categories: tuple[Category, ...]
    category: str
    colleagues: tuple[StaffMember, ...]
    recovery: RecoveryFile | None
    recovery_note: str | None
    is_brief: bool
    may_work: bool
    may_recover: bool
    may_assign: bool
    may_reopen: bool
    may_investigate: bool
    is_mine: bool

    @property
    def category_names(self) -> dict[str, str]:
        return {category.code: category.name for category in self.categories}

    @property
    def priorities(self) -> tuple[CasePriority, ...]:
        return tuple(CasePriority)

    @property
    def actions(self) -> tuple[RecoveryAction, ...]:
        return tuple(RecoveryAction)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationPage:
    file: CaseFile
    notes: tuple[InvestigationNote, ...]
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationsPage:
    items: tuple[InvestigatedCase, ...]
    total: int
    limit: int
    offset: int


async def read(visit: Visit, taken: LinesQuery) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()

    def look(conn: Connection) -> CasePage:
        file = find_case(conn, visit.actor, case_id)
        note_case(conn, visit.actor, file.case_number, now)
        return _page(conn, visit, file, taken.offset)

    return visit.show("cases/one.html", await visit.desk.database.write(look))


def _page(conn: Connection, visit: Visit, file: CaseFile, offset: int) -> CasePage:
    actor, sight = visit.actor, visit.frame.sight
    is_brief = actor.role is Role.RM
    pauses = pauses_of(conn, file.id)
    part = case_lines(conn, file.id, pages.Page(limit=LINES, offset=offset))
    categories = all_categories(conn)
    recovery = recovery_of(conn, file.id)

    def told(text: str | None) -> str | None:
        return None if is_brief else text_for(sight, text)

    return CasePage(
        file=file,
        customer=file.customer_name,
        phone=phone_for(sight, file.customer_phone),
        subject=told(file.subject),
        description=told(file.description),
        final_response=told(file.final_response),
        clocks=tuple(_clock(visit, file, clock, pauses) for clock in Clock),
        lines=() if is_brief else tuple(_masked(visit, line) for line in part.items),
        offset=offset,
        more=max(part.total - offset - LINES, 0),
        categories=categories,
        category=next((c.name for c in categories if c.code == file.category), file.category),
        colleagues=_colleagues(conn, file) if actor.role is Role.SUPERVISOR else (),
        recovery=None if is_brief else recovery,
        recovery_note=told(recovery.note) if recovery else None,
        is_brief=is_brief,
        may_work=actor.may(Permission.WRITE_CASES) and refuse_work(file.standing, actor) is None,
        may_recover=actor.may(Permission.WRITE_CASES) and refuse_colleagues(file.standing, actor) is None,
        may_assign=actor.role is Role.SUPERVISOR and file.status is not CaseStatus.CLOSED,
        may_reopen=actor.may(Permission.REOPEN_CASES)
        and file.status in (CaseStatus.RESOLVED, CaseStatus.CLOSED),
        may_investigate=actor.may(Permission.READ_INVESTIGATIONS) and file.category == FRAUD,
        is_mine=file.assigned_to_id == actor.user_id,
    )


def _clock(visit: Visit, file: CaseFile, clock: Clock, pauses: tuple[Pause, ...]) -> ExplainedClock:
    now, policy = visit.desk.now(), file.policy
    spans = explanation(file, clock, pauses, now)
    return ExplainedClock(
        bar=bar_of(file, clock, pauses, now),
        spans=spans[-MOST_SPANS:],
        hidden=max(len(spans) - MOST_SPANS, 0),
        promised_hours=policy.promise.amount(clock).total_seconds() / 3600,
        used=sum((span.length for span in spans if span.kind is SpanKind.COUNTED), timedelta()),
        calendar=policy.calendar.name if policy.calendar else None,
    )


def _masked(visit: Visit, line: CaseLine) -> CaseLine:
    return CaseLine(
        id=line.id,
        kind=line.kind,
        actor=line.actor,
        facts=line.facts,
        note=text_for(visit.frame.sight, line.note),
        at=line.at,
    )


def _colleagues(conn: Connection, file: CaseFile) -> tuple[StaffMember, ...]:
    """Who could have the case: AGENT and SUPERVISOR who see its branch."""
    return tuple(
        member
        for member in all_users(conn)
        if member.is_active
        and member.role in (Role.AGENT, Role.SUPERVISOR)
        and file.branch_id in (None, member.branch_id)
    )


async def assign(visit: Visit, taken: AssignForm) -> web.Response:
    case_id, now, to = visit.number("id"), visit.desk.now(), taken.assigned_to or visit.actor.name
    file = await visit.desk.database.write(
        lambda conn: assign_case(conn, visit.actor, case_id, to, now, version=taken.version)
    )
    return _back(visit, visit.t("cases.given", name=file.holder))


async def escalate(visit: Visit, taken: ReasonForm) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()
    file = await visit.desk.database.write(
        lambda conn: escalate_case(conn, visit.actor, case_id, taken.reason, now)
    )
    return _back(visit, visit.t("cases.escalated", level=file.escalation_level))


async def change(visit: Visit, taken: ChangeForm) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()
    wanted = CaseChange(**taken.model_dump())
    await visit.desk.database.write(lambda conn: change_case(conn, visit.actor, case_id, wanted, now))
    return _back(visit, visit.t("cases.changed"))


async def respond(visit: Visit, taken: ResponseForm) -> web.Response:
    file = await actions.respond(
        visit.desk,
        visit.actor,
        visit.number("id"),
        taken.final_response,
        is_sent=taken.send,
        version=taken.version,
    )
    is_sent = taken.send and file.conversation_id
    return _back(visit, visit.t("cases.responded_sent" if is_sent else "cases.responded"))


async def close(visit: Visit, taken: VersionForm) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()
    file = await visit.desk.database.write(
        lambda conn: close_case(conn, visit.actor, case_id, now, version=taken.version)
    )
    return _back(visit, visit.t("cases.closed", number=file.case_number))


async def reopen(visit: Visit, taken: ReasonForm) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()
    await visit.desk.database.write(lambda conn: reopen_case(conn, visit.actor, case_id, taken.reason, now))
    return _back(visit, visit.t("cases.reopened"))


async def add_note(visit: Visit, taken: NoteForm) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()
    await visit.desk.database.write(lambda conn: note_on_case(conn, visit.actor, case_id, taken.note, now))
    return _back(visit, visit.t("cases.noted"))


async def recover(visit: Visit, taken: RecoveryForm) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()
    is_dismissed = taken.what == "dismissed"
    await visit.desk.database.write(
        lambda conn: settle_recovery(
            conn, visit.actor, case_id, taken.action, taken.note, now, is_dismissed=is_dismissed
        )
    )
    return _back(visit, visit.t("cases.recovered"))


async def investigate(visit: Visit) -> web.Response:
    """The notes on a fraud; looking is audited."""
    return visit.show("cases/investigation.html", await _investigation(visit))


async def add_finding(visit: Visit, taken: NoteForm) -> web.Response:
    case_id, now = visit.number("id"), visit.desk.now()
    await visit.desk.database.write(
        lambda conn: add_investigation(conn, visit.actor, case_id, taken.note, now)
    )
    return visit.go(f"/panel/investigations/{case_id}", toast=visit.t("cases.noted"))


async def _investigation(visit: Visit) -> InvestigationPage:
    case_id, now = visit.number("id"), visit.desk.now()
    file, notes = await visit.desk.database.write(
        lambda conn: read_investigation(conn, visit.actor, case_id, now)
    )
    sight = visit.frame.sight
    return InvestigationPage(
        file=file,
        notes=tuple(
            InvestigationNote(id=n.id, author=n.author, body=text_for(sight, n.body) or "", at=n.at)
            for n in notes
        ),
        may_write=visit.actor.may(Permission.WRITE_INVESTIGATIONS) and file.category == FRAUD,
    )


async def investigations(visit: Visit, taken: LinesQuery) -> web.Response:
    page = pages.Page(limit=LINES, offset=taken.offset)
    part = await visit.desk.database.read(lambda conn: investigated_cases(conn, visit.actor, page))
    context = InvestigationsPage(items=part.items, total=part.total, limit=LINES, offset=taken.offset)
    return visit.show("cases/investigations.html", context)


def _back(visit: Visit, toast: str) -> web.Response:
    return visit.go(f"/panel/cases/{visit.number('id')}", toast=toast)


_CASE = "/panel/cases/{id:int}"
_READ, _WRITE = Permission.READ_CASES, Permission.WRITE_CASES
_LOOK, _NOTE = Permission.READ_INVESTIGATIONS, Permission.WRITE_INVESTIGATIONS
PAGES = (
    Page(method="GET", path=_CASE, access=_READ, handle=read, takes=LinesQuery),
    Page(method="POST", path=f"{_CASE}/assign", access=_WRITE, handle=assign, takes=AssignForm),
    Page(method="POST", path=f"{_CASE}/escalate", access=_WRITE, handle=escalate, takes=ReasonForm),
    Page(method="POST", path=f"{_CASE}/change", access=_WRITE, handle=change, takes=ChangeForm),
    Page(method="POST", path=f"{_CASE}/final-response", access=_WRITE, handle=respond, takes=ResponseForm),
    Page(method="POST", path=f"{_CASE}/close", access=_WRITE, handle=close, takes=VersionForm),
    Page(
        method="POST", path=f"{_CASE}/reopen", access=Permission.REOPEN_CASES, handle=reopen, takes=ReasonForm
    ),
    Page(method="POST", path=f"{_CASE}/notes", access=_WRITE, handle=add_note, takes=NoteForm),
    Page(method="POST", path=f"{_CASE}/recovery", access=_WRITE, handle=recover, takes=RecoveryForm),
    Page(method="GET", path="/panel/investigations", access=_LOOK, handle=investigations, takes=LinesQuery),
    Page(method="GET", path="/panel/investigations/{id:int}", access=_LOOK, handle=investigate),
    Page(
        method="POST",
        path="/panel/investigations/{id:int}",
        access=_NOTE,
        handle=add_finding,
        takes=NoteForm,
    ),
)
