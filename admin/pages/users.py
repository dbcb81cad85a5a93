"""Who works here? ADMIN adds staff, changes role and branch, sets passwords, ends log-ins and resets a lost second factor."""

from dataclasses import dataclass
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, StringConstraints

from admin.pages.page import Form, Page, Visit
from admin.shapes import Password, TelegramId, UserName, blank_as_none
from flows.domain import Role
from flows.refusal import missing
from flows.roles import Permission
from storage.database import Connection
from storage.staff.second_factor import forget_factor
from storage.staff.staff_sessions import end_all, sessions_of
from storage.staff.users import (
    NewUser,
    StaffMember,
    UserChange,
    add_user,
    all_branches,
    all_users,
    change_user,
    user_by_id,
)

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
OptionalBranch = Annotated[str | None, AfterValidator(blank_as_none)]


class NewUserForm(Form):
    username: UserName
    display_name: Name
    role: Role
    branch: OptionalBranch = None
    telegram_id: TelegramId | None = None
    password: Password


class UserForm(Form):
    display_name: Name
    role: Role
    branch: OptionalBranch = None
    telegram_id: TelegramId | None = None
    password: Password | None = None


class ActiveForm(Form):
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersPage:
    members: tuple[StaffMember, ...]

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPage:
    """member is None for somebody who is yet to be added; logged_in counts their open sessions."""

    member: StaffMember | None
    branches: tuple[str, ...]
    logged_in: int = 0
    is_self: bool = False

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(Role)


async def browse(visit: Visit) -> web.Response:
    members = await visit.desk.database.read(all_users)
    return visit.show("users/page.html", UsersPage(members=tuple(members)))


async def new(visit: Visit) -> web.Response:
    branches = await visit.desk.database.read(all_branches)
    return visit.show("users/one.html", UserPage(member=None, branches=tuple(branches)))


async def add(visit: Visit, taken: NewUserForm) -> web.Response:
    password_hash = await visit.desk.passwords.hash(taken.password)
    user = NewUser(**taken.model_dump(exclude={"password"}), password_hash=password_hash)
    now = visit.desk.now()
    member = await visit.desk.database.write(lambda conn: add_user(conn, user, visit.actor, now))
    return visit.go("/panel/users", toast=visit.t("users.added", name=member.display_name))


async def read(visit: Visit) -> web.Response:
    return visit.show("users/one.html", await _page(visit))


async def change(visit: Visit, taken: UserForm) -> web.Response:
    password_hash = await visit.desk.passwords.hash(taken.password) if taken.password else None
    # The form says all of somebody: what is empty there is to be gone.
    asked = UserChange(
        display_name=taken.display_name,
        role=taken.role,
        branch=taken.branch or "",
        telegram_id=taken.telegram_id or "",
        password_hash=password_hash,
    )
    member = await _change(visit, asked)
    return visit.go("/panel/users", toast=visit.t("users.changed", name=member.display_name))


async def activate(visit: Visit, taken: ActiveForm) -> web.Response:
    """Lets somebody in again, or no longer; whoever may no longer is logged out at once."""
    member = await _change(visit, UserChange(is_active=taken.is_active))
    key = "users.let_in" if taken.is_active else "users.shut_out"
    return visit.go(f"/panel/users/{member.id}", toast=visit.t(key, name=member.display_name))


async def log_out(visit: Visit) -> web.Response:
    user_id, now = visit.number("id"), visit.desk.now()

    def end(conn: Connection) -> int:
        member = user_by_id(conn, user_id)
        if member is None:
            raise missing("user")
        return end_all(conn, user_id, visit.actor, now, name=member.username)

    ended = await visit.desk.database.write(end)
    return visit.go(f"/panel/users/{user_id}", toast=visit.t("users.logged_out", n=ended))


async def reset_factor(visit: Visit) -> web.Response:
    """Somebody lost their phone: the second factor goes, to be set up anew."""
    user_id, now = visit.number("id"), visit.desk.now()
    await visit.desk.database.write(lambda conn: forget_factor(conn, user_id, visit.actor, now))
    return visit.go(f"/panel/users/{user_id}", toast=visit.t("users.factor_gone"))


async def _change(visit: Visit, asked: UserChange) -> StaffMember:
    user_id, now = visit.number("id"), visit.desk.now()
    return await visit.desk.database.write(lambda conn: change_user(conn, user_id, asked, visit.actor, now))


async def _page(visit: Visit) -> UserPage:
    user_id, now = visit.number("id"), visit.desk.now()

    def look(conn: Connection) -> UserPage:
        member = user_by_id(conn, user_id)
        if member is None:
            raise missing("user")
        return UserPage(
            member=member,
            branches=tuple(all_branches(conn)),
            logged_in=len(sessions_of(conn, user_id, now)),
            is_self=user_id == visit.session.user_id,
        )

    return await visit.desk.database.read(look)


_MANAGE = Permission.MANAGE_USERS
PAGES = (
    Page(method="GET", path="/panel/users", access=_MANAGE, handle=browse),
    Page(method="GET", path="/panel/users/new", access=_MANAGE, handle=new),
    Page(method="POST", path="/panel/users", access=_MANAGE, handle=add, takes=NewUserForm),
    Page(method="GET", path="/panel/users/{id:int}", access=_MANAGE, handle=read),
    Page(method="POST", path="/panel/users/{id:int}", access=_MANAGE, handle=change, takes=UserForm),
    Page(
        method="POST", path="/panel/users/{id:int}/active", access=_MANAGE, handle=activate, takes=ActiveForm
    ),
    Page(method="POST", path="/panel/users/{id:int}/log-out", access=_MANAGE, handle=log_out),
    Page(method="POST", path="/panel/users/{id:int}/factor/reset", access=_MANAGE, handle=reset_factor),
)
