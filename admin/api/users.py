"""Staff: who may log in, as what, and where they belong. ADMIN only."""

from datetime import datetime
from http import HTTPStatus

from pydantic import Field

from admin.endpoint import Call, Endpoint
from admin.shapes import (
    ExactInput,
    Input,
    Line,
    ListView,
    OptionalLine,
    PageQuery,
    Password,
    TelegramId,
    UserName,
    View,
    list_of,
)
from flows.domain import Role
from flows.roles import Permission
from storage.pages import Page
from storage.staff.users import NewUser, StaffMember, UserChange, add_user, change_user, user_page


class UserBody(Input):
    username: UserName
    password: Password
    role: Role
    display_name: OptionalLine = None
    branch: OptionalLine = None
    telegram_id: TelegramId | None = Field(None, description="Lets them press the buttons under alerts.")


class UserPatch(ExactInput):
    """What to change; what is left out stays."""

    password: Password | None = None
    role: Role | None = None
    display_name: Line | None = None
    branch: Line | None = None
    is_active: bool | None = None
    telegram_id: TelegramId | None = None


class UserView(View):
    id: int
    username: str
    display_name: str
    role: Role
    branch: str | None
    is_active: bool
    telegram_id: str | None
    created_at: datetime


class UserList(ListView[UserView]):
    pass


async def browse(call: Call, taken: PageQuery) -> UserList:
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: user_page(conn, page))
    return UserList(**list_of(part, lambda member: _view(call, member)))


async def add(call: Call, taken: UserBody) -> UserView:
    new = NewUser(
        username=taken.username,
        display_name=taken.display_name or taken.username,
        role=taken.role,
        password_hash=await call.desk.passwords.hash(taken.password),
        branch=taken.branch,
        telegram_id=taken.telegram_id,
    )
    now = call.desk.now()
    return _view(call, await call.desk.database.write(lambda conn: add_user(conn, new, call.actor, now)))


async def change(call: Call, taken: UserPatch) -> UserView:
    asked = UserChange(
        **taken.model_dump(exclude={"password"}),
        password_hash=await call.desk.passwords.hash(taken.password) if taken.password else None,
    )
    user_id, now = call.number("id"), call.desk.now()
    member = await call.desk.database.write(lambda conn: change_user(conn, user_id, asked, call.actor, now))
    return _view(call, member)


def _view(call: Call, member: StaffMember) -> UserView:
    return UserView(
        id=member.id,
        username=member.username,
        display_name=member.display_name,
        role=member.role,
        branch=member.branch,
        is_active=member.is_active,
        telegram_id=member.telegram_id,
        created_at=call.desk.local(member.created_at),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/users",
        access=Permission.MANAGE_USERS,
        summary="All members of staff",
        handle=browse,
        takes=PageQuery,
        gives=UserList,
    ),
    Endpoint(
        method="POST",
        path="/api/users",
        access=Permission.MANAGE_USERS,
        summary="Add a member of staff",
        handle=add,
        takes=UserBody,
        gives=UserView,
        status=HTTPStatus.CREATED,
        fails=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Endpoint(
        method="PATCH",
        path="/api/users/{id:int}",
        access=Permission.MANAGE_USERS,
        summary="Change role, branch, password, or whether somebody may still log in",
        handle=change,
        takes=UserPatch,
        gives=UserView,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
