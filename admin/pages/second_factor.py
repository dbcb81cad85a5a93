"""The second factor: asked for after the password, set up and taken away by its owner. Codes are those of any authenticator app (TOTP)."""

import base64
import io
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import pyotp
import segno
from aiohttp import web
from pydantic import Field, StringConstraints

from admin.endpoint import Door
from admin.factor_code import is_good, lets_in, step_of
from admin.pages.guard import CODE, LOGIN
from admin.pages.navigation import way_on
from admin.pages.page import Form, Page, Visit
from admin.pages.sentences import in_words
from admin.problems import FieldError, Problem
from admin.session import who_visits
from admin.shapes import Query
from flows.roles import Permission
from storage.staff.second_factor import forget_factor, set_factor
from storage.staff.staff_sessions import Session, open_session
from storage.staff.users import StaffMember, user_by_id

ISSUER = "Sapa"

Code = Annotated[str, StringConstraints(pattern=r"^\s*\d{3}\s?\d{3}\s*$", max_length=12)]


class CodeQuery(Query):
    next: str = Field("", max_length=2_000)


class CodeForm(Form):
    code: str = Field(max_length=20)
    next: str = Field("", max_length=2_000)


class SetUpForm(Form):
    secret: Annotated[str, StringConstraints(pattern=r"^[A-Z2-7]{32}$")]
    code: Code


class RemoveForm(Form):
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    """next: where to go once the code is right."""

    next: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpPage:
    """picture is the secret as a QR code (an SVG data address); secret is for typing it in."""

    secret: str
    picture: str


async def ask(visit: Visit, taken: CodeQuery) -> web.StreamResponse:
    await _waiting(visit)
    return visit.show("login/code.html", CodePage(next=taken.next))


async def answer(visit: Visit, taken: CodeForm) -> web.StreamResponse:
    member, session = await _waiting(visit)
    try:
        is_in = await lets_in(visit.desk, member, taken.code)
    except Problem as problem:
        return _again(visit, taken, in_words(problem.detail, visit.frame.language), problem)
    if not is_in:
        return _again(visit, taken, visit.t("login.wrong_code"))
    await visit.desk.database.write(lambda conn: open_session(conn, session.id))
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": way_on(taken.next, member.actor)})


async def set_up(visit: Visit) -> web.Response:
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=visit.actor.name, issuer_name=ISSUER)
    return visit.show("account/factor.html", SetUpPage(secret=secret, picture=_picture(address)))


async def keep(visit: Visit, taken: SetUpForm) -> web.Response:
    """Keeps the key only when its owner shows a code of it: a half-set-up factor would lock them out."""
    now, user_id = visit.desk.now(), visit.session.user_id
    step = step_of(taken.secret, taken.code, now.timestamp())
    if step is None:
        raise _wrong(visit)
    await visit.desk.database.write(
        lambda conn: set_factor(conn, user_id, taken.secret, step, visit.actor, now)
    )
    return visit.go("/panel/account", toast=visit.t("account.factor_kept"))


async def remove(visit: Visit, taken: RemoveForm) -> web.Response:
    now, user_id = visit.desk.now(), visit.session.user_id
    member = await visit.desk.database.read(lambda conn: user_by_id(conn, user_id))
    if member is None or not await is_good(visit.desk, member, taken.code):
        raise _wrong(visit)
    await visit.desk.database.write(lambda conn: forget_factor(conn, user_id, visit.actor, now))
    return visit.go("/panel/account", toast=visit.t("account.factor_removed"))


def _again(visit: Visit, taken: CodeForm, why: str, problem: Problem | None = None) -> web.Response:
    """The form once more with what was wrong, as the log-in page does; whoever must wait is told how long."""
    status = problem.status if problem else HTTPStatus.UNAUTHORIZED
    response = visit.show("login/code.html", CodePage(next=taken.next, problem=why), status=status)
    response.headers.update(problem.headers if problem else {})
    return response


def _wrong(visit: Visit) -> Problem:
    said = visit.t("login.wrong_code")
    errors = (FieldError(field="code", message=said),)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, said, errors=errors)


async def _waiting(visit: Visit) -> tuple[StaffMember, Session]:
    """Who gave the right password and owes the code. Others go to the log-in."""
    visitor = await who_visits(visit.desk, visit.request)
    if visitor is None or not visitor[1].awaits_code:
        raise web.HTTPSeeOther(LOGIN)
    return visitor


def _picture(address: str) -> str:
    svg = io.BytesIO()
    segno.make(address, error="m").save(svg, kind="svg", scale=5, border=2, light="#fff")
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.getvalue()).decode()}"


_OWN = Permission.SEE_OWN_ACCOUNT
PAGES = (
    Page(method="GET", path=CODE, access=Door.OPEN, handle=ask, takes=CodeQuery),
    Page(method="POST", path=CODE, access=Door.OPEN, handle=answer, takes=CodeForm),
    Page(method="GET", path="/panel/account/factor", access=_OWN, handle=set_up),
    Page(method="POST", path="/panel/account/factor", access=_OWN, handle=keep, takes=SetUpForm),
    Page(method="POST", path="/panel/account/factor/remove", access=_OWN, handle=remove, takes=RemoveForm),
)
