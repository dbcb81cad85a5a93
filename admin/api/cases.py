"""Complaints with their due times. RM sees that a case exists and how it stands, not what it says."""

from datetime import datetime
from http import HTTPStatus
from typing import Self

from pydantic import Field, model_validator

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, Line, ListView, PageQuery, Phone, Text, View, list_of
from flows.decision import CaseDraft
from flows.domain import CaseCategory, CasePriority, CaseStatus, Role
from flows.masking import text_for
from flows.roles import Permission, sight_of
from storage.cases import CaseFile, CaseQuestion, case_page, find_case, open_case
from storage.customers import customer_with_phone, find_customer
from storage.database import Connection
from storage.pages import Page


class CaseBody(Input):
    customer_id: str | None = Field(None, max_length=64)
    phone: Phone | None = Field(None, description="Instead of customer_id.")
    category: CaseCategory
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
    category: CaseCategory | None = None
    customer_id: str | None = Field(None, max_length=64)


class CaseView(View):
    """subject and description are null for those who may know the status only."""

    id: int
    case_number: str
    customer_id: str
    conversation_id: str | None
    category: CaseCategory
    priority: CasePriority
    status: CaseStatus
    escalation_level: int
    subject: str | None
    description: str | None
    first_response_due: datetime
    resolution_due: datetime
    opened_at: datetime
    closed_at: datetime | None


class CaseList(ListView[CaseView]):
    pass


async def browse(call: Call, taken: CaseQuery) -> CaseList:
    page = Page(limit=taken.limit, offset=taken.offset)
    question = CaseQuestion(status=taken.status, category=taken.category, customer_id=taken.customer_id)
    part = await call.desk.database.read(lambda conn: case_page(conn, call.actor, question, page))
    return CaseList(**list_of(part, lambda file: _view(call, file)))


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
        return open_case(conn, draft, person.id, None, now, by=call.actor)

    return _view(call, await call.desk.database.write(record))


async def read(call: Call) -> CaseView:
    case_id = call.number("id")
    return _view(call, await call.desk.database.read(lambda conn: find_case(conn, call.actor, case_id)))


def _view(call: Call, file: CaseFile) -> CaseView:
    sight, local = sight_of(call.actor), call.desk.local
    is_status_only = call.actor.role is Role.RM
    return CaseView(
        id=file.id,
        case_number=file.case_number,
        customer_id=file.customer_id,
        conversation_id=file.conversation_id,
        category=file.category,
        priority=file.priority,
        status=file.status,
        escalation_level=file.escalation_level,
        subject=None if is_status_only else text_for(sight, file.subject),
        description=None if is_status_only else text_for(sight, file.description),
        first_response_due=local(file.first_response_due),
        resolution_due=local(file.resolution_due),
        opened_at=local(file.opened_at),
        closed_at=local(file.closed_at) if file.closed_at else None,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/cases",
        access=Permission.READ_CASES,
        summary="The complaints within your scope, the one due first at the top",
        handle=browse,
        takes=CaseQuery,
        gives=CaseList,
    ),
    Endpoint(
        method="POST",
        path="/api/cases",
        access=Permission.WRITE_CASES,
        summary="Open a complaint; its due times follow from category and priority",
        handle=create,
        takes=CaseBody,
        gives=CaseView,
        status=HTTPStatus.CREATED,
        fails=(HTTPStatus.NOT_FOUND,),
    ),
    Endpoint(
        method="GET",
        path="/api/cases/{id:int}",
        access=Permission.READ_CASES,
        summary="One complaint",
        handle=read,
        gives=CaseView,
    ),
)
