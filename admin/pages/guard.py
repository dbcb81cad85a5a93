"""Who gets through to a page, and with what? The same order as the API's guard; refusals are pages and messages instead of documents.

Who visits (the log-in page), is it our own page that posts (403), may they (403), is the form right (422). Only then the handler runs.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, get_origin
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import FileField
from multidict import MultiDictProxy
from pydantic import ValidationError

from admin.desk import Desk
from admin.endpoint import Door
from admin.nul import refuse_nul, refuse_nul_in_address
from admin.pages.frame import Colleague, Frame
from admin.pages.page import Form, Page, Upload, Visit
from admin.problems import Problem, invalid_input
from admin.session import (
    CSRF_FIELD,
    CSRF_HEADER,
    SAFE_METHODS,
    csrf_token,
    refuse_foreign,
    refuse_forged,
    who_visits,
)
from admin.shapes import Query
from admin.words import Words
from flows.domain import Language, Role
from flows.roles import SYSTEM
from storage.demo.demo import demo_people
from storage.staff.staff_sessions import Session
from storage.staff.users import StaffMember

# What surrounds the page, for whoever shows a refusal after the handler.
FRAME = web.RequestKey("frame", Frame)
LOGIN, CODE = "/login", "/login/code"
LANGUAGE, LANGUAGE_KEPT = "lang", timedelta(days=365)
MAX_FORM_BYTES = 16 * 1024 * 1024  # WhatsApp's own limit for pictures.

# What the library raises for forms that no browser writes: no parts or letters, an unknown charset, an unknown encoding, broken headers.
_UNREADABLE = (ValueError, LookupError, RuntimeError, HttpProcessingError)

Sent = MultiDictProxy[str | bytes | bytearray | FileField]
Guarded = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(desk: Desk, page: Page) -> Guarded:
    """The aiohttp handler of this page."""

    async def handle(request: web.Request) -> web.StreamResponse:
        visitor = await who_visits(desk, request)
        if isinstance(page.access, Door):
            return await _open_door(desk, page, request, visitor)
        if visitor is None:
            return _to_login(request, LOGIN)
        member, session = visitor
        if session.awaits_code:
            return _to_login(request, CODE)
        request[FRAME] = frame = await frame_of(desk, request, member, session)
        sent = await _sent(request) if page.method not in SAFE_METHODS else None
        if sent is not None:
            token = request.headers.get(CSRF_HEADER) or sent.get(CSRF_FIELD)
            refuse_forged(desk, request, session, token if isinstance(token, str) else None)
        if not member.actor.may(page.access):
            raise Problem(HTTPStatus.FORBIDDEN, frame.words.say("errors.not_for_your_role"))
        visit = Visit(desk=desk, request=request, actor=member.actor, session=session, frame=frame)
        whole = page.whole_page(request)
        if whole and not visit.wants_fragment:
            return visit.go(whole)
        return await _handle(page, visit, sent)

    return handle


async def _open_door(
    desk: Desk, page: Page, request: web.Request, visitor: tuple[StaffMember, Session] | None
) -> web.StreamResponse:
    """Pages before the log-in: no session is asked for, but a post must still come from a page of ours."""
    sent = await _sent(request) if page.method not in SAFE_METHODS else None
    if sent is not None:
        refuse_foreign(request)
    frame = bare_frame(desk, request)
    request[FRAME] = frame
    session = visitor[1] if visitor else _NO_SESSION
    visit = Visit(desk=desk, request=request, actor=SYSTEM, session=session, frame=frame)
    response = await _handle(page, visit, sent)
    if LANGUAGE in request.query:
        remember_language(response, frame.words.language)
    return response


def remember_language(response: web.StreamResponse, language: Language) -> None:
    """For pages of this browser that are read before anybody is logged in."""
    kept = int(LANGUAGE_KEPT.total_seconds())
    response.set_cookie(LANGUAGE, language, max_age=kept, path="/", httponly=True, samesite="Lax")


_NO_SESSION: Any = None  # Any: pages behind an open door never ask for the session.


async def _handle(page: Page, visit: Visit, sent: Sent | None) -> web.StreamResponse:
    refuse_nul_in_address(visit.request)
    if page.takes is None:
        return await page.handle(visit)
    return await page.handle(visit, _taken(page.takes, visit.request, sent))


def _to_login(request: web.Request, where: str) -> web.Response:
    """On to the log-in, and from there back here; a fragment cannot go there, so the whole page does."""
    if request.headers.get("Accept") == "text/event-stream":
        return web.Response(
            status=HTTPStatus.NO_CONTENT
        )  # A live feed cannot show a page; its own page goes by itself.
    is_part = request.headers.get("HX-Request") == "true"
    back = request.path_qs if request.method in SAFE_METHODS and not is_part else _page_of(request)
    there = f"{where}?next={quote(back, safe='')}" if back else where
    if is_part:
        return web.Response(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": there})
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": there})


def _page_of(request: web.Request) -> str:
    """The page that a part or a form belongs to, as a path; the log-in looks once more at where it leads."""
    shown = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    return f"{shown.path}?{shown.query}" if shown.query else shown.path


def bare_frame(desk: Desk, request: web.Request) -> Frame:
    """What surrounds a page of somebody who is not logged in."""
    language: Language = "en" if request.query.get(LANGUAGE, request.cookies.get(LANGUAGE)) == "en" else "id"
    return Frame(
        words=Words(language), zone=desk.zone, now=desk.local(desk.now()), path=request.path,
        is_simulated=desk.is_simulated,
    )  # fmt: skip


async def frame_of(desk: Desk, request: web.Request, member: StaffMember, session: Session) -> Frame:
    people = await who_may_be_tried(desk)
    return Frame(
        words=Words(member.language),
        zone=desk.zone,
        now=desk.local(desk.now()),
        path=request.path,
        csrf=csrf_token(desk, session),
        actor=member.actor,
        display_name=member.display_name,
        switch_to=tuple(Colleague(username=name, role=role) for name, role in people),
        is_simulated=desk.is_simulated,
        names=await desk.names.known(desk.database, desk.now()),
    )


async def who_may_be_tried(desk: Desk) -> list[tuple[str, Role]]:
    """Name and role of the demo's people; nobody once a real WhatsApp is connected.

    By then somebody may have kept the demo's `admin` with a password of their own, which no switch may go around.
    """
    return await desk.database.read(demo_people) if desk.is_simulated else []


async def _sent(request: web.Request) -> Sent:
    """The form's fields. Raises Problem for what is no form or too large."""
    if (request.content_length or 0) > MAX_FORM_BYTES:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A form may bring 16 MB at most.")
    try:
        return await request.post()
    except _UNREADABLE as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "This form cannot be read.") from error


def _taken(
    model: type[Form] | type[Query],
    request: web.Request,
    sent: Sent | None,
) -> Form | Query:
    """The form or query as the model says. Raises Problem naming every field that cannot be used."""
    try:
        if issubclass(model, Form):
            return model.model_validate(_fields(model, sent) if sent is not None else _asked(request))
        # An empty field of a filter means "not filtered", not "filtered by nothing".
        return model.model_validate({name: value for name, value in _asked(request).items() if value})
    except ValidationError as error:
        raise invalid_input(error) from error


def _asked(request: web.Request) -> dict[str, str]:
    asked = dict(request.query)
    refuse_nul(asked)
    return asked


def _fields(model: type[Form], sent: Sent) -> dict[str, Any]:  # Any: field values.
    """Field by field; a field that takes a list gets all values of its name, any other the last. Empty texts of optional ones are none."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        alias = info.alias or name
        values = [_value(value) for value in sent.getall(alias, [])]
        if get_origin(info.annotation) in (list, tuple, set, frozenset):
            fields[alias] = [value for value in values if value != ""]
        elif values and not (values[-1] == "" and not info.is_required()):
            fields[alias] = values[-1]
    refuse_nul(fields)
    return fields


def _value(value: str | bytes | bytearray | FileField) -> Any:  # Any: text or Upload.
    if isinstance(value, FileField):
        if not value.filename:
            return ""
        return Upload(name=value.filename, mimetype=value.content_type, content=value.file.read())
    return value if isinstance(value, str) else bytes(value).decode(errors="replace")
