"""My own account: language, password, where I am logged in, and ending those log-ins."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from aiohttp import web
from pydantic import Field

from admin.login import prove
from admin.pages.guard import remember_language
from admin.pages.page import Form, Page, Visit
from admin.problems import FieldError, Problem
from admin.shapes import Password
from flows.refusal import missing
from flows.roles import Permission
from storage.staff.staff_sessions import Session, end_all, end_session, sessions_of
from storage.staff.users import StaffMember, UserChange, change_own_password, change_user, user_by_id


class LanguageForm(Form):
    language: Literal["id", "en"]


class PasswordForm(Form):
    """again: the new one once more, since nobody sees what they type."""

    current: str = Field(max_length=1_000)
    password: Password
    again: str = Field(max_length=1_000)


class EndForm(Form):
    session: str = Field(max_length=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """own is the id of the session that looks at the page."""

    member: StaffMember
    sessions: tuple[Session, ...]
    own: str


async def show(visit: Visit) -> web.Response:
    return visit.show("account/page.html", await _page(visit))


async def speak(visit: Visit, taken: LanguageForm) -> web.Response:
    """The panel's language from now on; the page is loaded anew in it."""
    user_id, actor, now = visit.session.user_id, visit.actor, visit.desk.now()
    change = UserChange(language=taken.language)
    await visit.desk.database.write(lambda conn: change_user(conn, user_id, change, actor, now))
    response = visit.done()
    response.headers["HX-Refresh"] = "true"
    remember_language(response, taken.language)
    return response


async def renew(visit: Visit, taken: PasswordForm) -> web.Response:
    """A new password for whoever shows the old one; other log-ins end, a stolen one among them."""
    if taken.again != taken.password:
        raise _wrong("again", visit.t("account.password_differs"))
    desk, user_id, own = visit.desk, visit.session.user_id, visit.session.id
    try:
        await prove(desk, visit.actor.name, taken.current, visit.request.remote or "unknown")
    except Problem as problem:
        if problem.status is HTTPStatus.UNAUTHORIZED:
            raise _wrong("current", visit.t("account.password_wrong")) from problem
        raise
    new, now = await desk.passwords.hash(taken.password), desk.now()
    await desk.database.write(
        lambda conn: change_own_password(conn, user_id, new, visit.actor, now, session_id=own)
    )
    return visit.go("/panel/account", toast=visit.t("account.password_kept"))


def _wrong(field: str, why: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, why, errors=(FieldError(field=field, message=why),))


async def end(visit: Visit, taken: EndForm) -> web.Response:
    """Ends one of the own sessions; another's is not there."""
    page, actor, now = await _page(visit), visit.actor, visit.desk.now()
    if taken.session not in {session.id for session in page.sessions}:
        raise missing("session")
    await visit.desk.database.write(lambda conn: end_session(conn, taken.session, actor, now))
    return visit.show("account/sessions.html", await _page(visit), toast=visit.t("account.ended"))


async def end_others(visit: Visit) -> web.Response:
    user_id, own, by, now = visit.session.user_id, visit.session.id, visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: end_all(conn, user_id, by, now, name=by.name, but=own))
    return visit.show("account/sessions.html", await _page(visit), toast=visit.t("account.ended"))


async def _page(visit: Visit) -> AccountPage:
    user_id, now = visit.session.user_id, visit.desk.now()
    member = await visit.desk.database.read(lambda conn: user_by_id(conn, user_id))
    assert member is not None, "the guard found this member a moment ago"
    sessions = await visit.desk.database.read(lambda conn: sessions_of(conn, user_id, now))
    return AccountPage(member=member, sessions=tuple(sessions), own=visit.session.id)


_OWN = Permission.SEE_OWN_ACCOUNT
PAGES = (
    Page(method="GET", path="/panel/account", access=_OWN, handle=show),
    Page(method="POST", path="/panel/account/language", access=_OWN, handle=speak, takes=LanguageForm),
    Page(method="POST", path="/panel/account/password", access=_OWN, handle=renew, takes=PasswordForm),
    Page(method="POST", path="/panel/account/sessions/end", access=_OWN, handle=end, takes=EndForm),
    Page(method="POST", path="/panel/account/sessions/end-others", access=_OWN, handle=end_others),
)
