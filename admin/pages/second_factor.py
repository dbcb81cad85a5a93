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
from admin.pages.guard import CODE, LOGIN
from admin.pages.navigation import way_on
from admin.pages.page import Form, Page, Visit
from admin.problems import Problem
from admin.session import who_visits
from admin.shapes import Query
from flows.roles import Permission
from storage.staff.second_factor import forget_factor, pass_code, set_factor, try_code
from storage.staff.staff_sessions import Session
from storage.staff.users import StaffMember, user_by_id

ISSUER = "Sapa"
STEP_SECONDS = 30
CLOCKS_APART = (0, -1, 1)  # Steps: a phone's clock may be half a minute off.

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
    now, database = visit.desk.now(), visit.desk.database
    blocked = await database.write(lambda conn: try_code(conn, member.username, now))
    if blocked:
        seconds = max(1, round((blocked - now).total_seconds()))
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, f"Too many tries. Wait {seconds} seconds and try again.")
    step = _step_of(member.totp_secret, taken.code, now.timestamp())
    is_in = step is not None and await database.write(
        lambda conn: pass_code(conn, member.id, session.id, member.username, step)
    )
    if not is_in:
        page = CodePage(next=taken.next, problem=visit.t("login.wrong_code"))
        return visit.show("login/code.html", page, status=HTTPStatus.UNAUTHORIZED)
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": way_on(taken.next, member.actor)})


async def set_up(visit: Visit) -> web.Response:
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=visit.actor.name, issuer_name=ISSUER)
    return visit.show("account/factor.html", SetUpPage(secret=secret, picture=_picture(address)))


async def keep(visit: Visit, taken: SetUpForm) -> web.Response:
    """Keeps the key only when its owner shows a code of it: a half-set-up factor would lock them out."""
    now, user_id = visit.desk.now(), visit.session.user_id
    if _step_of(taken.secret, taken.code, now.timestamp()) is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, visit.t("login.wrong_code"))
    await visit.desk.database.write(lambda conn: set_factor(conn, user_id, taken.secret, visit.actor, now))
    return visit.go("/panel/account", toast=visit.t("account.factor_kept"))


async def remove(visit: Visit, taken: RemoveForm) -> web.Response:
    now, user_id = visit.desk.now(), visit.session.user_id
    member = await visit.desk.database.read(lambda conn: user_by_id(conn, user_id))
    if member is None or _step_of(member.totp_secret, taken.code, now.timestamp()) is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, visit.t("login.wrong_code"))
    await visit.desk.database.write(lambda conn: forget_factor(conn, user_id, visit.actor, now))
    return visit.go("/panel/account", toast=visit.t("account.factor_removed"))


async def _waiting(visit: Visit) -> tuple[StaffMember, Session]:
    """Who gave the right password and owes the code. Others go to the log-in."""
    visitor = await who_visits(visit.desk, visit.request)
    if visitor is None or not visitor[1].awaits_code:
        raise web.HTTPSeeOther(LOGIN)
    return visitor


def _step_of(secret: str | None, code: str, timestamp: float) -> int | None:
    """The time step whose code this is, None when it is no code of now."""
    if secret is None:
        return None
    digits = "".join(character for character in code if character.isdigit())
    now = int(timestamp) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for apart in CLOCKS_APART:
        if pyotp.utils.strings_equal(digits, totp.generate_otp(now + apart)):
            return now + apart
    return None


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
