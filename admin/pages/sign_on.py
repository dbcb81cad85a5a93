"""In by the company's own account: to the identity provider and back, where somebody known here is logged in.

Nobody is added by logging in: whoever the provider names must be a member of staff already, by user name or proven e-mail address.
"""

import json
import secrets
from http import HTTPStatus

import jwt
from aiohttp import web
from pydantic import Field

from admin.desk import Desk
from admin.endpoint import Door
from admin.pages.login import LoginPage, is_nobody
from admin.pages.navigation import way_on
from admin.pages.page import Page, Visit
from admin.ports import SignOnFailed, SignOnTry
from admin.session import begin
from admin.shapes import Query
from storage.database import Connection
from storage.staff.logins import note_refusal, note_sign_on
from storage.staff.users import StaffMember, find_user

BACK = "/login/sso/back"
TRY_COOKIE, TRY_SECONDS = "sapa-sso", 600
_PURPOSE = "sapa-sso"


class GoQuery(Query):
    next: str = Field("", max_length=2_000)


class BackQuery(Query):
    """A provider that was told no, or says no, sends an error instead of a code."""

    code: str = Field("", max_length=4_000)
    error: str = Field("", max_length=200)
    state: str = Field("", max_length=200)


async def go(visit: Visit, taken: GoQuery) -> web.StreamResponse:
    """On to the provider, with a try of our own, and where it began, kept in a signed cookie."""
    if visit.desk.sign_on is None:
        raise web.HTTPNotFound()
    attempt = SignOnTry(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=_way_back(visit),
    )
    try:
        where = await visit.desk.sign_on.address(attempt)
    except SignOnFailed as failure:
        return _sorry(visit, visit.t(f"login.sso_{failure.why}"), taken.next)
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": where})
    kept = _sealed(visit.desk, attempt, taken.next)
    response.set_cookie(TRY_COOKIE, kept, max_age=TRY_SECONDS, path="/login", httponly=True, samesite="Lax")
    return response


async def back(visit: Visit, taken: BackQuery) -> web.StreamResponse:
    """Logs in whom the provider names. Raises nothing: what goes wrong is said on the log-in page."""
    desk = visit.desk
    attempt, began_at = _opened(desk, visit.request.cookies.get(TRY_COOKIE, ""))
    if desk.sign_on is None or attempt is None or not secrets.compare_digest(attempt.state, taken.state):
        return _sorry(visit, visit.t("login.sso_stale"))
    if taken.error or not taken.code:
        return _sorry(visit, visit.t("login.sso_denied"), began_at)
    try:
        names = await desk.sign_on.names(attempt, taken.code)
    except SignOnFailed as failure:
        return _sorry(visit, visit.t(f"login.sso_{failure.why}"), began_at)
    member = await desk.database.read(lambda conn: _known(conn, names))
    now = desk.now()
    if member is None:
        await desk.database.write(lambda conn: note_refusal(conn, None, now))
        return _sorry(visit, visit.t("login.sso_unknown"), began_at)
    await desk.database.write(lambda conn: note_sign_on(conn, member, now))
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": way_on(began_at, member.actor)})
    response.del_cookie(TRY_COOKIE, path="/login")
    await begin(desk, visit.request, response, member)
    return response


def _known(conn: Connection, names: tuple[str, ...]) -> StaffMember | None:
    found = (find_user(conn, name) for name in names)
    return next((member for member in found if member and member.is_active), None)


def _way_back(visit: Visit) -> str:
    origin = visit.desk.public_url or f"{visit.request.scheme}://{visit.request.host}"
    return f"{origin}{BACK}"


def _sorry(visit: Visit, why: str, began_at: str = "") -> web.Response:
    problem = visit.t("login.sso_failed", why=why)
    page = LoginPage(next=began_at, is_nobody=is_nobody(visit), problem=problem, has_sign_on=True)
    return visit.show("login/page.html", page, status=HTTPStatus.UNAUTHORIZED)


def _sealed(desk: Desk, attempt: SignOnTry, began_at: str) -> str:
    claims = {
        "aud": _PURPOSE,
        "exp": int(desk.now().timestamp()) + TRY_SECONDS,
        "next": began_at,
        "try": json.dumps([attempt.state, attempt.nonce, attempt.verifier, attempt.redirect_uri]),
    }
    return jwt.encode(claims, desk.secret_key, algorithm="HS256")


def _opened(desk: Desk, sealed: str) -> tuple[SignOnTry | None, str]:
    """The try that this browser began, None when there is none, it is too old, or somebody changed it; and where it began."""
    try:
        claims = jwt.decode(
            sealed, desk.secret_key, algorithms=["HS256"], audience=_PURPOSE, options={"verify_exp": False}
        )
    except jwt.PyJWTError:
        return None, ""
    if claims["exp"] <= desk.now().timestamp():
        return None, ""
    state, nonce, verifier, redirect_uri = json.loads(claims["try"])
    return SignOnTry(state=state, nonce=nonce, verifier=verifier, redirect_uri=redirect_uri), claims["next"]


PAGES = (
    Page(method="GET", path="/login/sso", access=Door.OPEN, handle=go, takes=GoQuery),
    Page(method="GET", path=BACK, access=Door.OPEN, handle=back, takes=BackQuery),
)
