"""Complaints with their two clocks. RM sees that a case exists and how it stands, not what it says; only SUPERVISOR reopens and exports."""

from http import HTTPStatus
from typing import Annotated, Self

from aiohttp import web
from pydantic import AliasChoices, Field, StringConstraints, model_validator

from admin.actions import cases as actions
from admin.actions.case_export import send_cases
from admin.api.case_views import (
    CaseList,
    CaseView,
    ClocksView,
    LineList,
    RecoveryView,
    case_view,
    clock_view,
    line_view,
    recovery_view,
)
from admin.endpoint import Call, Endpoint
from admin.problems import unprocessable
from admin.shapes import ExactInput, Input, Line, OptionalNote, PageQuery, Phone, Text, list_of
from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus
from flows.recovery import RecoveryAction
from flows.refusal import Refused, invalid
from flows.roles import Permission
from flows.sla import Clock
from storage.complaints.case_clocks import explanation, pauses_of, spent
from storage.complaints.case_events import CaseLine, case_lines
from storage.complaints.case_work import (
    CaseChange,
    assign_case,
    change_case,
    close_case,
    escalate_case,
    note_on_case,
    open_case,
    reopen_case,
)
from storage.complaints.cases import CaseFile, CaseQuestion, case_page, find_case
from storage.complaints.recoveries import settle_recovery
from storage.database import Connection
from storage.pages import Page, Part
from storage.people.customers import customer_by_phone, customer_with_phone, find_customer
from storage.privacy.sightings import note_case

NOBODY, MYSELF = "none", "me"
Code = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=16)]


class CaseBody(Input):
    customer_id: str | None = Field(None, max_length=64)
    phone: Phone | None = Field(None, description="Instead of customer_id.")
    category: Code = Field(description="A category in use; see /api/sla.")
    priority: CasePriority
    subject: Line
    description: Text

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.customer_id and not self.phone:
            raise ValueError("customer_id or phone says whose complaint this is")
        return self


class CaseQuery(PageQuery):
    status: CaseStatus | None = None
    category: Code | None = None
    priority: CasePriority | None = None
    branch: str | None = Field(None, max_length=120, description="A branch's name.")
    assignee: str | None = Field(None, max_length=80, description=f"A user name, `{MYSELF}` or `{NOBODY}`.")
    overdue: bool | None = None
    escalated: bool | None = None
    customer_id: str | None = Field(None, max_length=64)
    q: str | None = Field(
        None, max_length=100, description="A case number, the digits at its end, or words of the subject."
    )


class CasePatch(ExactInput):
    status: CaseStatus | None = None
    category: Code | None = None
    priority: CasePriority | None = None
    subject: Line | None = None
    description: Text | None = None
    version: int | None = Field(None, ge=0)


class AssignBody(ExactInput):
    assigned_to: Line | None = Field(
        None,
        description="A user name; left out, you take the case yourself.",
        validation_alias=AliasChoices("assigned_to", "assignee", "username"),
    )


class ReasonBody(Input):
    reason: OptionalNote = Field(None, validation_alias=AliasChoices("reason", "note", "notes"))


class ResponseBody(Input):
    final_response: Text = Field(
        validation_alias=AliasChoices("final_response", "response", "text", "message", "body")
    )
    send: bool = Field(False, description="Also send it to the customer in the linked conversation.")
    version: int | None = Field(None, ge=0)


class NoteBody(Input):
    note: Text


class RecoveryBody(ExactInput):
    action: RecoveryAction | None = None
    note: OptionalNote = None
    dismiss: bool = False


async def browse(call: Call, taken: CaseQuery) -> CaseList:
    page = Page(limit=taken.limit, offset=taken.offset)
    question = question_of(call, taken)
    part = await call.desk.database.read(lambda conn: case_page(conn, call.actor, question, page))
    return CaseList(**list_of(part, lambda file: case_view(call, file)))


def question_of(call: Call, taken: CaseQuery) -> CaseQuestion:
    assignee = call.actor.name if taken.assignee == MYSELF else taken.assignee
    return CaseQuestion(
        status=taken.status,
        category=taken.category,
        priority=taken.priority,
        customer_id=taken.customer_id,
        branch=taken.branch,
        assigned_to=None if assignee == NOBODY else assignee,
        is_unassigned=assignee == NOBODY,
        overdue_at=call.desk.now() if taken.overdue else None,
        not_overdue_at=call.desk.now() if taken.overdue is False else None,
        is_escalated=taken.escalated,
        text=taken.q,
    )


async def export(call: Call, taken: CaseQuery) -> web.StreamResponse:
    return await send_cases(call.desk, call.request, call.actor, question_of(call, taken))


async def create(call: Call, taken: CaseBody) -> CaseView:
    draft = CaseDraft(
        category=taken.category,
        priority=taken.priority,
        subject=taken.subject,
        description=taken.description,
    )
    now = call.desk.now()

    def record(conn: Connection) -> CaseFile:
        customer_id = taken.customer_id or customer_with_phone(conn, taken.phone or "", now)
        person = find_customer(conn, call.actor, customer_id)
        if taken.phone and customer_by_phone(conn, taken.phone) != person.id:
            raise Refused(invalid("phone", "This number is not that customer's. Send one of the two."))
        return open_case(conn, draft, person.id, None, now, by=call.actor)

    return case_view(call, await call.desk.database.write(record))


async def read(call: Call) -> CaseView:
    case_id, now = call.number("id"), call.desk.now()

    def look(conn: Connection) -> CaseFile:
        file = find_case(conn, call.actor, case_id)
        note_case(conn, call.actor, file.case_number, now)
        return file

    return case_view(call, await call.desk.database.write(look))


async def clocks(call: Call) -> ClocksView:
    """Both clocks with what was counted, what not, and why."""
    case_id, now = call.number("id"), call.desk.now()

    def look(conn: Connection) -> ClocksView:
        file = find_case(conn, call.actor, case_id)
        pauses = pauses_of(conn, case_id)
        views = {
            clock: clock_view(
                call, file, clock, spent(file, clock, pauses, now), explanation(file, clock, pauses, now)
            )
            for clock in Clock
        }
        return ClocksView(first_response=views[Clock.FIRST_RESPONSE], resolution=views[Clock.RESOLUTION])

    return await call.desk.database.read(look)


async def log(call: Call, taken: PageQuery) -> LineList:
    case_id, page = call.number("id"), Page(limit=taken.limit, offset=taken.offset)

    def look(conn: Connection) -> Part[CaseLine]:
        find_case(conn, call.actor, case_id)
        return case_lines(conn, case_id, page)

    part = await call.desk.database.read(look)
    return LineList(**list_of(part, lambda line: line_view(call, line)))


async def change(call: Call, taken: CasePatch) -> CaseView:
    case_id, now = call.number("id"), call.desk.now()
    wanted = CaseChange(**taken.model_dump())
    return case_view(
        call, await call.desk.database.write(lambda conn: change_case(conn, call.actor, case_id, wanted, now))
    )


async def assign(call: Call, taken: AssignBody) -> CaseView:
    if taken.assigned_to is None and taken.model_fields_set:
        raise unprocessable("assigned_to", "Name a colleague. Leave it out to take the case yourself.")
    case_id, now, to = call.number("id"), call.desk.now(), taken.assigned_to or call.actor.name
    return case_view(
        call, await call.desk.database.write(lambda conn: assign_case(conn, call.actor, case_id, to, now))
    )


async def escalate(call: Call, taken: ReasonBody) -> CaseView:
    case_id, now = call.number("id"), call.desk.now()
    return case_view(
        call,
        await call.desk.database.write(
            lambda conn: escalate_case(conn, call.actor, case_id, taken.reason, now)
        ),
    )


async def respond(call: Call, taken: ResponseBody) -> CaseView:
    file = await actions.respond(
        call.desk,
        call.actor,
        call.number("id"),
        taken.final_response,
        is_sent=taken.send,
        version=taken.version,
    )
    return case_view(call, file)


async def add_note(call: Call, taken: NoteBody) -> CaseView:
    case_id, now = call.number("id"), call.desk.now()
    return case_view(
        call,
        await call.desk.database.write(lambda conn: note_on_case(conn, call.actor, case_id, taken.note, now)),
    )


async def close(call: Call) -> CaseView:
    case_id, now = call.number("id"), call.desk.now()
    return case_view(
        call, await call.desk.database.write(lambda conn: close_case(conn, call.actor, case_id, now))
    )


async def reopen(call: Call, taken: ReasonBody) -> CaseView:
    case_id, now = call.number("id"), call.desk.now()
    return case_view(
        call,
        await call.desk.database.write(
            lambda conn: reopen_case(conn, call.actor, case_id, taken.reason, now)
        ),
    )


async def recover(call: Call, taken: RecoveryBody) -> RecoveryView:
    case_id, now = call.number("id"), call.desk.now()
    settled = await call.desk.database.write(
        lambda conn: settle_recovery(
            conn, call.actor, case_id, taken.action, taken.note, now, is_dismissed=taken.dismiss
        )
    )
    return recovery_view(call, settled)


_GONE, _TAKEN = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
_READ, _WRITE = Permission.READ_CASES, Permission.WRITE_CASES

ENDPOINTS = (
    Endpoint(
        method="GET", path="/api/cases", access=_READ, handle=browse, takes=CaseQuery, gives=CaseList,
        summary="The complaints within your scope, the one due first at the top",
    ),
    Endpoint(
        method="POST", path="/api/cases", access=_WRITE, handle=create, takes=CaseBody, gives=CaseView,
        summary="Open a complaint; its due times follow from category and priority",
        status=HTTPStatus.CREATED, fails=(_GONE,),
    ),
    Endpoint(
        method="GET", path="/api/cases/export", access=Permission.EXPORT_CASES, handle=export, takes=CaseQuery,
        summary="The complaints within your scope as CSV; audited", media_type="text/csv",
    ),
    Endpoint(
        method="GET", path="/api/cases/{id:int}", access=_READ, handle=read, gives=CaseView,
        summary="One complaint",
    ),
    Endpoint(
        method="PATCH", path="/api/cases/{id:int}", access=_WRITE, handle=change, takes=CasePatch, gives=CaseView,
        summary="Change status, category, priority or words", fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="GET", path="/api/cases/{id:int}/clocks", access=_READ, handle=clocks, gives=ClocksView,
        summary="Both clocks, explained",
    ),
    Endpoint(
        method="GET", path="/api/cases/{id:int}/events", access=_WRITE, handle=log, takes=PageQuery, gives=LineList,
        summary="What happened to the complaint, newest first",
    ),
    Endpoint(
        method="POST", path="/api/cases/{id:int}/notes", access=_WRITE, handle=add_note, takes=NoteBody,
        gives=CaseView, summary="Add a remark to the log", fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="POST", path="/api/cases/{id:int}/assign", access=_WRITE, handle=assign, takes=AssignBody,
        gives=CaseView, summary="SUPERVISOR gives it to somebody, AGENT takes one that nobody has",
        fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="POST", path="/api/cases/{id:int}/escalate", access=_WRITE, handle=escalate, takes=ReasonBody,
        gives=CaseView, summary="One level up, with the flag ESCALATED", fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="POST", path="/api/cases/{id:int}/final-response", access=_WRITE, handle=respond,
        takes=ResponseBody, gives=CaseView, summary="Write the final response: the complaint is resolved",
        fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="POST", path="/api/cases/{id:int}/close", access=_WRITE, handle=close, gives=CaseView,
        summary="Close it; without a final response 409", fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="POST", path="/api/cases/{id:int}/reopen", access=Permission.REOPEN_CASES, handle=reopen,
        takes=ReasonBody, gives=CaseView, summary="Work goes on; a new final response will be needed",
        fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="POST", path="/api/cases/{id:int}/recovery", access=_WRITE, handle=recover, takes=RecoveryBody,
        gives=RecoveryView, summary="Record what was done to make it good, or dismiss it with a reason",
        fails=(_GONE, _TAKEN),
    ),
)  # fmt: skip
