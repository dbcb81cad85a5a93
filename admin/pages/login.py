"""The way in and out: name and password, and where the demo lets one try the other roles."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web
from pydantic import Field

from admin.endpoint import Door
from admin.login import log_in
from admin.pages.guard import CODE, LOGIN, who_may_be_tried
from admin.pages.navigation import home_of, way_on
from admin.pages.page import Form, Page, Visit
from admin.pages.sentences import in_words
from admin.problems import Problem
from admin.session import begin, forget
from admin.shapes import Query
from flows.roles import Permission
from storage.staff.staff_sessions import Session, end_session
from storage.staff.users import StaffMember, find_user
from storage.trail.audit import Event, note


class LoginQuery(Query):
    next: str = Field("", max_length=2_000)


class LoginForm(Form):
    username: str = Field(max_length=200)
    password: str = Field(max_length=1_000)
    next: str = Field("", max_length=2_000)


class SwitchForm(Form):
    username: str = Field(max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPage:
    """next: where to go after. problem: why the last try failed, None at the first. people: the demo's user names.

    has_sign_on: the company's accounts work, too. is_nobody: no session goes on in this browser.
    """

    next: str
    is_nobody: bool
    username: str = ""
    problem: str | None = None
    people: tuple[str, ...] = ()
    has_sign_on: bool = False


async def show(visit: Visit, taken: LoginQuery) -> web.Response:
    page = LoginPage(
        next=taken.next,
        is_nobody=is_nobody(visit),
        people=await _people(visit),
        has_sign_on=visit.desk.sign_on is not None,
    )
    return visit.show("login/page.html", page)


async def enter(visit: Visit, taken: LoginForm) -> web.StreamResponse:
    """Logs in, or shows the form again with what was wrong. Too many tries wait, as at the API: it is the same count."""
    try:
        member = await log_in(visit.desk, taken.username, taken.password, visit.request.remote or "unknown")
    except Problem as problem:
        sentence = in_words(problem.detail, visit.frame.language)
        page = LoginPage(
            next=taken.next,
            is_nobody=is_nobody(visit),
            username=taken.username,
            problem=sentence,
            people=await _people(visit),
            has_sign_on=visit.desk.sign_on is not None,
        )
        response = visit.show("login/page.html", page, status=problem.status)
        response.headers.update(problem.headers)
        return response
    awaits_code = member.totp_secret is not None
    code = f"{CODE}?next={quote(taken.next, safe='')}" if taken.next else CODE
    where = code if awaits_code else way_on(taken.next, member.actor)
    return await _go_as(visit, member, where, awaits_code=awaits_code)


async def leave(visit: Visit) -> web.StreamResponse:
    session_id, actor, now = visit.session.id, visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: end_session(conn, session_id, actor, now))
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": LOGIN})
    forget(response)
    return response


async def switch(visit: Visit, taken: SwitchForm) -> web.StreamResponse:
    """The demo's role switcher: on as another of the demo's people. Where no demo was loaded there is nobody to be."""
    people = dict(await who_may_be_tried(visit.desk))
    if taken.username not in people or visit.actor.name not in people:
        raise Problem(HTTPStatus.FORBIDDEN, visit.t("login.no_switch"))
    member = await visit.desk.database.read(lambda conn: find_user(conn, taken.username))
    assert member is not None, "the demo's people are active members only"
    now, actor, old = visit.desk.now(), visit.actor, visit.session.id
    await visit.desk.database.write(lambda conn: end_session(conn, old, actor, now))
    await visit.desk.database.write(
        lambda conn: note(conn, Event.SWITCH_DEMO_USER, actor, now, subject=member.username)
    )
    return await _go_as(visit, member, home_of(member.actor))


async def _go_as(visit: Visit, member: StaffMember, where: str, *, awaits_code: bool = False) -> web.Response:
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": where})
    await begin(visit.desk, visit.request, response, member, awaits_code=awaits_code)
    return response


def is_nobody(visit: Visit) -> bool:
    session: Session | None = visit.session  # None behind an open door, where no visitor is asked for.
    return session is None or session.awaits_code


async def _people(visit: Visit) -> tuple[str, ...]:
    return tuple(name for name, _ in await who_may_be_tried(visit.desk))


PAGES = (
    Page(method="GET", path="/login", access=Door.OPEN, handle=show, takes=LoginQuery),
    Page(method="POST", path="/login", access=Door.OPEN, handle=enter, takes=LoginForm),
    Page(method="POST", path="/logout", access=Permission.SEE_OWN_ACCOUNT, handle=leave),
    Page(
        method="POST",
        path="/panel/switch",
        access=Permission.SEE_OWN_ACCOUNT,
        handle=switch,
        takes=SwitchForm,
    ),
)
