"""What we promise: the SLA table and the categories. ADMIN edits; open cases keep what they were promised."""

from http import HTTPStatus
from typing import Annotated

from pydantic import Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import ExactInput, Id, Input, ListView, View
from flows.domain import CasePriority
from flows.roles import Permission
from flows.sla import Promise
from storage.complaints.sla import (
    Category,
    SlaLine,
    all_categories,
    change_sla,
    find_category,
    retire_category,
    save_category,
    sla_lines,
)
from storage.database import Connection

LONGEST_HOURS = (
    10_000  # Far beyond what the rule allows; only keeps numbers that are none out of the arithmetic.
)
Hours = Annotated[float, Field(gt=0, le=LONGEST_HOURS)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,15}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class SlaLineBody(Input):
    category: Code
    priority: CasePriority
    first_response_hours: Hours
    resolution_hours: Hours


class SlaBody(Input):
    items: list[SlaLineBody] = Field(min_length=1, max_length=500)


class SlaLineView(View):
    category: str
    priority: CasePriority
    first_response_hours: float
    resolution_hours: float


class CategoryView(View):
    code: str
    name: str
    calendar_id: int | None = Field(description="null: its hours count around the clock.")
    retired: bool


class SlaView(View):
    items: list[SlaLineView]
    categories: list[CategoryView]


class CategoryList(ListView[CategoryView]):
    pass


class CategoryBody(Input):
    code: Code
    name: Name
    calendar_id: Id | None = None


class CategoryPatch(ExactInput):
    name: Name | None = None
    calendar_id: Id | None = Field(None, description="null: around the clock. Left out, it stays.")
    around_the_clock: bool = Field(False, description="The same as a calendar of null.")
    retired: bool | None = None


async def read(call: Call) -> SlaView:
    return await call.desk.database.read(_view)


async def change(call: Call, taken: SlaBody) -> SlaView:
    now = call.desk.now()
    lines = [
        SlaLine(
            category=line.category,
            priority=line.priority,
            promise=Promise(
                first_response_hours=line.first_response_hours, resolution_hours=line.resolution_hours
            ),
        )
        for line in taken.items
    ]

    def record(conn: Connection) -> SlaView:
        change_sla(conn, lines, call.actor, now)
        return _view(conn)

    return await call.desk.database.write(record)


async def categories(call: Call) -> CategoryList:
    found = [_category_view(category) for category in await call.desk.database.read(all_categories)]
    return CategoryList(items=found, total=len(found))


async def add(call: Call, taken: CategoryBody) -> CategoryView:
    now = call.desk.now()

    def record(conn: Connection) -> Category:
        save_category(conn, taken.code, taken.name, taken.calendar_id, call.actor, now, is_new=True)
        return find_category(conn, taken.code)

    return _category_view(await call.desk.database.write(record))


async def change_one(call: Call, taken: CategoryPatch) -> CategoryView:
    now, code = call.desk.now(), call.path("code")

    def record(conn: Connection) -> Category:
        before = find_category(conn, code)
        is_named = "calendar_id" in taken.model_fields_set
        calendar_id = taken.calendar_id if is_named else before.calendar_id
        if taken.around_the_clock:
            calendar_id = None
        save_category(conn, code, taken.name or before.name, calendar_id, call.actor, now, is_new=False)
        if taken.retired is not None and taken.retired != before.is_retired:
            retire_category(conn, code, call.actor, now, is_retired=taken.retired)
        return find_category(conn, code)

    return _category_view(await call.desk.database.write(record))


def _view(conn: Connection) -> SlaView:
    return SlaView(
        items=[
            SlaLineView(
                category=line.category,
                priority=line.priority,
                first_response_hours=line.promise.first_response_hours,
                resolution_hours=line.promise.resolution_hours,
            )
            for line in sla_lines(conn)
        ],
        categories=[_category_view(category) for category in all_categories(conn)],
    )


def _category_view(category: Category) -> CategoryView:
    return CategoryView(
        code=category.code,
        name=category.name,
        calendar_id=category.calendar_id,
        retired=category.is_retired,
    )


_EDIT = Permission.EDIT_SLA
_GONE, _TAKEN = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
ENDPOINTS = (
    Endpoint(
        method="GET", path="/api/sla", access=_EDIT, handle=read, gives=SlaView,
        summary="The hours promised, by category and priority",
    ),
    Endpoint(
        method="PUT", path="/api/sla", access=_EDIT, handle=change, takes=SlaBody, gives=SlaView,
        summary="Replace lines of the table; beyond 20 working days 422",
    ),
    Endpoint(
        method="GET", path="/api/categories", access=_EDIT, handle=categories, gives=CategoryList,
        summary="All categories of complaints, retired ones too",
    ),
    Endpoint(
        method="POST", path="/api/categories", access=_EDIT, handle=add, takes=CategoryBody, gives=CategoryView,
        summary="Add a category; it begins with the hours of OTHER", status=HTTPStatus.CREATED, fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="PATCH", path="/api/categories/{code:id}", access=_EDIT, handle=change_one, takes=CategoryPatch,
        gives=CategoryView, summary="Rename a category, give it a calendar, retire it", fails=(_GONE, _TAKEN),
    ),
)  # fmt: skip
