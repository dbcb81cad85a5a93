"""The company's branches: where staff and customers belong. ADMIN only."""

from http import HTTPStatus
from typing import Annotated

from pydantic import StringConstraints

from admin.endpoint import Call, Endpoint
from admin.problems import Problem
from admin.shapes import Input, ListView, PageQuery, View, list_of
from flows.roles import Permission
from storage.pages import Page
from storage.staff.users import branch_page, open_branch


class BranchBody(Input):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class BranchView(View):
    name: str


class BranchList(ListView[BranchView]):
    pass


async def browse(call: Call, taken: PageQuery) -> BranchList:
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: branch_page(conn, page))
    return BranchList(**list_of(part, lambda name: BranchView(name=name)))


async def add(call: Call, taken: BranchBody) -> BranchView:
    now = call.desk.now()
    is_new = await call.desk.database.write(lambda conn: open_branch(conn, taken.name, call.actor, now))
    if not is_new:
        raise Problem(HTTPStatus.CONFLICT, f"There is a branch {taken.name!r} already.")
    return BranchView(name=taken.name)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/branches",
        access=Permission.MANAGE_USERS,
        summary="All branches",
        handle=browse,
        takes=PageQuery,
        gives=BranchList,
    ),
    Endpoint(
        method="POST",
        path="/api/branches",
        access=Permission.MANAGE_USERS,
        summary="Add a branch",
        handle=add,
        takes=BranchBody,
        gives=BranchView,
        status=HTTPStatus.CREATED,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
