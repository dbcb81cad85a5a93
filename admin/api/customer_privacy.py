"""A person's privacy: breaking the glass for a reason, and (by two persons) handing out or forgetting what we know of somebody."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from admin.actions.person_export import send_export
from admin.api.customer_views import CustomerView, customer_view
from admin.endpoint import Answer, Call, Endpoint
from admin.shapes import Input, ListView, OptionalNote, PageQuery, Query, View, list_of
from flows.domain import Role
from flows.masking import phone_for, text_for
from flows.privacy import REQUEST_LASTS, RequestKind, RequestState, Step, other_role
from flows.roles import Permission, Sight, sight_of
from storage.database import Connection
from storage.pages import Page
from storage.people.customers import living_customer
from storage.people.person import PersonIds, person_ids
from storage.privacy.erasure import Erased, erase
from storage.privacy.privacy_requests import PrivacyCase, Turnout, decline, request_page, take_step
from storage.privacy.reveals import reveal


class RevealBody(Input):
    # How long a reason must be is the rule's to say.
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]


class ExportQuery(Query):
    format: Literal["json", "html"] = Field("json", description="`html` is for people to read.")
    note: OptionalNote = Field(None, description="How the person asked.")


class EraseBody(Input):
    note: OptionalNote = Field(None, description="How the person asked.")


class PrivacyStepView(View):
    """Where a request by two persons stands. missing: the role whose same call is still needed."""

    status: Literal["pending", "done"]
    request_id: str
    kind: RequestKind
    customer_id: str
    asked_by: str
    asked_role: Role
    missing: Role | None = None
    expires_at: datetime | None = None
    detail: str
    erased_rows: dict[str, int] = Field(default_factory=dict)


class RequestQuery(PageQuery):
    state: RequestState | None = None


class RequestView(View):
    id: str
    kind: RequestKind
    state: RequestState
    customer_id: str
    name: str | None
    phone: str | None
    note: str | None
    asked_by: str
    asked_role: Role
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class RequestList(ListView[RequestView]):
    pass


async def break_glass(call: Call, taken: RevealBody) -> CustomerView:
    customer_id, now = call.path("id"), call.desk.now()

    def record(conn: Connection) -> CustomerView:
        revealed = reveal(conn, call.actor, customer_id, taken.reason, now)
        person = living_customer(conn, call.actor, revealed.customer_id)
        return customer_view(call.desk, Sight.FULL, person, revealed.until)

    return await call.desk.database.write(record)


async def export(call: Call, taken: ExportQuery) -> Answer | web.StreamResponse:
    customer_id, now = call.path("id"), call.desk.now()

    def step(conn: Connection) -> tuple[Turnout, PersonIds]:
        person = living_customer(conn, call.actor, customer_id)
        turnout = take_step(conn, call.actor, RequestKind.EXPORT, person.id, taken.note, now)
        return turnout, person_ids(conn, person.id)

    turnout, person = await call.desk.database.write(step)
    if turnout.step in (Step.ASK, Step.WAIT):
        return _pending(call, turnout.request)
    return await send_export(call.desk, call.request, call.actor, turnout.request, person, taken.format)


async def forget(call: Call, taken: EraseBody) -> Answer:
    customer_id, now = call.path("id"), call.desk.now()

    def step(conn: Connection) -> tuple[PrivacyCase, Erased | None]:
        person = living_customer(conn, call.actor, customer_id)
        turnout = take_step(conn, call.actor, RequestKind.ERASE, person.id, taken.note, now)
        is_second = turnout.step is Step.PERFORM
        request = turnout.request
        return request, erase(conn, call.actor, person.id, request.id, now) if is_second else None

    request, erased = await call.desk.database.write(step)
    if erased is None:
        return _pending(call, request)
    await call.desk.database.leave_no_trace()
    detail = "Everything that names or quotes this person is gone; counts and the audit remain."
    return Answer(view=_step(request, detail, erased), status=HTTPStatus.OK)


def _pending(call: Call, request: PrivacyCase) -> Answer:
    missing = other_role(request.asked_role)
    detail = (
        f"Asked for by {request.asked_by} ({request.asked_role}). {missing} must make the same call to agree."
    )
    view = _step(request, detail).model_copy(
        update={"missing": missing, "expires_at": call.desk.local(request.asked_at + REQUEST_LASTS)}
    )
    return Answer(view=view, status=HTTPStatus.ACCEPTED)


def _step(request: PrivacyCase, detail: str, erased: Erased | None = None) -> PrivacyStepView:
    return PrivacyStepView(
        status="pending" if erased is None else "done",
        request_id=request.id,
        kind=request.kind,
        customer_id=request.customer_id,
        asked_by=request.asked_by,
        asked_role=request.asked_role,
        detail=detail,
        erased_rows=dict(erased.rows) if erased else {},
    )


async def browse(call: Call, taken: RequestQuery) -> RequestList:
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: request_page(conn, taken.state, page))
    return RequestList(**list_of(part, lambda request: _request(call, request)))


async def refuse(call: Call) -> RequestView:
    request_id, now = call.path("id"), call.desk.now()
    request = await call.desk.database.write(lambda conn: decline(conn, call.actor, request_id, now))
    return _request(call, request)


def _request(call: Call, request: PrivacyCase) -> RequestView:
    sight = sight_of(call.actor)
    return RequestView(
        id=request.id,
        kind=request.kind,
        state=request.state,
        customer_id=request.customer_id,
        name=text_for(sight, request.name),
        phone=phone_for(sight, request.phone),
        note=text_for(sight, request.note),
        asked_by=request.asked_by,
        asked_role=request.asked_role,
        asked_at=call.desk.local(request.asked_at),
        decided_by=request.decided_by,
        decided_at=call.desk.local(request.decided_at) if request.decided_at else None,
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/customers/{id:id}/reveal",
        access=Permission.REVEAL_CUSTOMER,
        summary="See this person unmasked for 30 minutes; supervisors are told",
        handle=break_glass,
        takes=RevealBody,
        gives=CustomerView,
    ),
    Endpoint(
        method="GET",
        path="/api/customers/{id:id}/export",
        access=Permission.HAND_OUT_PERSON,
        summary="Everything we hold about this person. The first call asks (202), the other role's same call gets it (200)",
        handle=export,
        takes=ExportQuery,
        also=(HTTPStatus.ACCEPTED,),
        media_type="application/json, text/html",
    ),
    Endpoint(
        method="POST",
        path="/api/customers/{id:id}/erase",
        access=Permission.HAND_OUT_PERSON,
        summary="Forget this person. The first call asks (202), the other role's same call does it (200)",
        handle=forget,
        takes=EraseBody,
        gives=PrivacyStepView,
        also=(HTTPStatus.ACCEPTED,),
    ),
    Endpoint(
        method="GET",
        path="/api/privacy-requests",
        access=Permission.HAND_OUT_PERSON,
        summary="Requests to hand out or forget a person",
        handle=browse,
        takes=RequestQuery,
        gives=RequestList,
    ),
    Endpoint(
        method="POST",
        path="/api/privacy-requests/{id:id}/decline",
        access=Permission.HAND_OUT_PERSON,
        summary="Decline a request, or take the own one back",
        handle=refuse,
        gives=RequestView,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
