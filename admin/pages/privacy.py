"""Requests to hand out or forget a person, for the two roles that must agree; and how long what is kept, for ADMIN."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from pydantic import Field

from admin.pages.page import Form, Page, Visit
from admin.shapes import Query
from flows.masking import phone_for, text_for
from flows.privacy import HANDED_OUT_FOR, REQUEST_LASTS, RequestKind, RequestState, other_role
from flows.retention import SHORTEST_DAYS, Kept, Retention
from flows.roles import Permission
from storage import pages
from storage.pages import Part
from storage.privacy.privacy_requests import PrivacyCase, decline, request_page
from storage.privacy.retention import load_retention, save_retention

AT_ONCE = 25


class RequestsQuery(Query):
    state: RequestState | None = None
    offset: int = Field(0, ge=0, le=1_000_000)


class RetentionForm(Form):
    """Days of each class; an empty field keeps."""

    messages: int | None = None
    media: int | None = None
    queues: int | None = None
    alerts: int | None = None
    reveals: int | None = None
    audit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """may_answer: this visitor is the second person. download: the export may be fetched now."""

    request: PrivacyCase
    name: str | None
    phone: str | None
    note: str | None
    missing: str
    ends: datetime
    may_answer: bool
    is_open: bool
    download: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsPage:
    lines: Part[RequestLine]
    taken: RequestsQuery
    states: tuple[RequestState, ...] = tuple(RequestState)
    limit: int = AT_ONCE

    @property
    def address(self) -> str:
        return f"/panel/privacy?{f'state={self.taken.state}&' if self.taken.state else ''}offset="


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPage:
    retention: Retention
    shortest: tuple[tuple[Kept, int], ...]


async def requests(visit: Visit, taken: RequestsQuery) -> web.Response:
    page, now = pages.Page(limit=AT_ONCE, offset=taken.offset), visit.desk.now()
    part = await visit.desk.database.read(lambda conn: request_page(conn, taken.state, page))
    lines = part.map(lambda request: _line(visit, request, now))
    return visit.show("privacy/page.html", RequestsPage(lines=lines, taken=taken))


def _line(visit: Visit, request: PrivacyCase, now: datetime) -> RequestLine:
    sight, ends = visit.frame.sight, request.asked_at + REQUEST_LASTS
    is_open = request.state is RequestState.ASKED and now < ends
    missing = other_role(request.asked_role)
    is_done = request.state is RequestState.DONE and request.kind is RequestKind.EXPORT
    return RequestLine(
        request=request,
        name=text_for(sight, request.name),
        phone=phone_for(sight, request.phone),
        note=text_for(sight, request.note),
        missing=missing.value,
        ends=ends,
        may_answer=is_open and visit.actor.role is missing and visit.actor.user_id != request.asked_by_id,
        is_open=is_open,
        download=is_done and request.decided_at is not None and now < request.decided_at + HANDED_OUT_FOR,
    )


async def refuse(visit: Visit) -> web.Response:
    request_id, now = visit.path("id"), visit.desk.now()
    await visit.desk.database.write(lambda conn: decline(conn, visit.actor, request_id, now))
    return visit.go("/panel/privacy", toast=visit.t("privacy.declined"))


async def retention(visit: Visit) -> web.Response:
    kept = await visit.desk.database.read(load_retention)
    content = RetentionPage(retention=kept, shortest=tuple(SHORTEST_DAYS.items()))
    return visit.show("privacy/retention.html", content)


async def keep(visit: Visit, taken: RetentionForm) -> web.Response:
    wanted = {kept: getattr(taken, kept.value) for kept in Kept}
    now = visit.desk.now()
    await visit.desk.database.write(lambda conn: save_retention(conn, wanted, visit.actor, now))
    return visit.go("/panel/retention", toast=visit.t("privacy.retention_saved"))


_TWO, _KEEP = Permission.HAND_OUT_PERSON, Permission.EDIT_RETENTION
PAGES = (
    Page(method="GET", path="/panel/privacy", access=_TWO, handle=requests, takes=RequestsQuery),
    Page(method="POST", path="/panel/privacy/{id:id}/decline", access=_TWO, handle=refuse),
    Page(method="GET", path="/panel/retention", access=_KEEP, handle=retention),
    Page(method="POST", path="/panel/retention", access=_KEEP, handle=keep, takes=RetentionForm),
)
