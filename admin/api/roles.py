"""Who may do what? The table of grants, and the changes that an ADMIN may make in it."""

from http import HTTPStatus

from pydantic import Field

from admin.endpoint import Call, Endpoint
from admin.problems import Problem
from admin.shapes import Input, ListView, View
from flows.domain import Role
from flows.roles import CHANGEABLE, GrantChanges, Permission, roles_granted
from storage.staff.grants import change_grant, grant_changes


class GrantBody(Input):
    permission: Permission
    is_granted: bool


class RoleView(View):
    role: Role
    permissions: list[Permission]
    changeable: list[Permission] = Field(description="What an ADMIN may give to this role or take from it.")


class RoleList(ListView[RoleView]):
    pass


async def browse(call: Call) -> RoleList:
    changes = await call.desk.database.read(grant_changes)
    return RoleList(items=[_view(role, changes) for role in Role], total=len(Role))


async def change(call: Call, taken: GrantBody) -> RoleView:
    role, now = _role(call.path("role")), call.desk.now()
    changes = await call.desk.database.write(
        lambda conn: change_grant(conn, taken.permission, role, call.actor, now, is_granted=taken.is_granted)
    )
    return _view(role, changes)


def _role(name: str) -> Role:
    try:
        return Role(name.upper())
    except ValueError as error:
        raise Problem(HTTPStatus.NOT_FOUND, "There is no such role.") from error


def _view(role: Role, changes: GrantChanges) -> RoleView:
    return RoleView(
        role=role,
        permissions=[one for one in Permission if role in roles_granted(one, changes)],
        changeable=[one for one in Permission if role in CHANGEABLE.get(one, frozenset())],
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/roles",
        access=Permission.MANAGE_USERS,
        summary="What each role may do, and what of it can be changed",
        handle=browse,
        gives=RoleList,
    ),
    Endpoint(
        method="PATCH",
        path="/api/roles/{role:id}",
        access=Permission.MANAGE_USERS,
        summary="Give a role a permission, or take it; what is fixed answers 409",
        handle=change,
        takes=GrantBody,
        gives=RoleView,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
