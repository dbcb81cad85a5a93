"""What we promise: the SLA table, each cell with when a case opened now would be due; categories come and go here."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from pydantic import Field

from admin.api.sla import Code, Hours
from admin.pages.page import Form, Page, Undo, Visit
from flows.domain import CasePriority
from flows.roles import Permission
from flows.sla import Deadlines, Promise, deadlines
from storage.complaints.calendars import Calendar, all_calendars, calendar_with_days_off
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


class CategoryForm(Form):
    """One row of the table: the category and its four promises in hours."""

    name: str = Field(min_length=1, max_length=80)
    calendar_id: int | None = Field(None, ge=1)
    low_first: Hours
    low_resolution: Hours
    medium_first: Hours
    medium_resolution: Hours
    high_first: Hours
    high_resolution: Hours
    critical_first: Hours
    critical_resolution: Hours


class NewCategoryForm(Form):
    code: Code
    name: str = Field(min_length=1, max_length=80)


class RetireForm(Form):
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    line: SlaLine
    due: Deadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaPage:
    rows: tuple[tuple[Category, tuple[Cell, ...]], ...]
    calendars: tuple[Calendar, ...]
    priorities: tuple[CasePriority, ...] = tuple(CasePriority)


async def browse(visit: Visit) -> web.Response:
    now = visit.desk.now()
    return visit.show("sla/page.html", await visit.desk.database.read(lambda conn: _page(conn, now)))


async def change(visit: Visit, taken: CategoryForm) -> web.Response:
    code, now, values = visit.path("code"), visit.desk.now(), taken.model_dump()
    lines = [
        SlaLine(
            category=code,
            priority=priority,
            promise=Promise(
                first_response_hours=values[f"{priority.lower()}_first"],
                resolution_hours=values[f"{priority.lower()}_resolution"],
            ),
        )
        for priority in CasePriority
    ]

    def record(conn: Connection) -> None:
        before = find_category(conn, code)
        # Where hours and calendar change together, the hours that are to hold decide; so they are written around the calendar.
        if taken.calendar_id is None:
            save_category(conn, code, taken.name, None, visit.actor, now, is_new=False)
            change_sla(conn, lines, visit.actor, now)
            return
        change_sla(conn, lines, visit.actor, now)
        if (before.name, before.calendar_id) != (taken.name, taken.calendar_id):
            save_category(conn, code, taken.name, taken.calendar_id, visit.actor, now, is_new=False)

    await visit.desk.database.write(record)
    return visit.go("/panel/settings/sla", toast=visit.t("sla.saved", name=taken.name))


async def add(visit: Visit, taken: NewCategoryForm) -> web.Response:
    now = visit.desk.now()
    await visit.desk.database.write(
        lambda conn: save_category(conn, taken.code, taken.name, None, visit.actor, now, is_new=True)
    )
    return visit.go("/panel/settings/sla", toast=visit.t("sla.added", name=taken.name))


async def retire(visit: Visit, taken: RetireForm) -> web.Response:
    code, now = visit.path("code"), visit.desk.now()
    await visit.desk.database.write(
        lambda conn: retire_category(conn, code, visit.actor, now, is_retired=taken.retired)
    )
    undo = Undo(path=f"/panel/settings/sla/{code}/retire", fields={"retired": str(not taken.retired).lower()})
    key = "sla.retired" if taken.retired else "sla.unretired"
    return visit.go("/panel/settings/sla", toast=visit.t(key, name=code), undo=undo)


def _page(conn: Connection, now: datetime) -> SlaPage:
    calendars = all_calendars(conn)
    hours = {calendar.id: calendar_with_days_off(conn, calendar.draft, now) for calendar in calendars}
    cells: dict[str, list[Cell]] = {}
    categories = all_categories(conn)
    by_code = {category.code: category for category in categories}
    for line in sla_lines(conn):
        calendar_id = by_code[line.category].calendar_id
        due = deadlines(line.promise, now, hours[calendar_id] if calendar_id else None)
        cells.setdefault(line.category, []).append(Cell(line=line, due=due))
    return SlaPage(
        rows=tuple((category, tuple(cells[category.code])) for category in categories),
        calendars=calendars,
    )


_EDIT = Permission.EDIT_SLA
PAGES = (
    Page(method="GET", path="/panel/settings/sla", access=_EDIT, handle=browse),
    Page(method="POST", path="/panel/settings/sla", access=_EDIT, handle=add, takes=NewCategoryForm),
    Page(
        method="POST", path="/panel/settings/sla/{code:id}", access=_EDIT, handle=change, takes=CategoryForm
    ),
    Page(
        method="POST",
        path="/panel/settings/sla/{code:id}/retire",
        access=_EDIT,
        handle=retire,
        takes=RetireForm,
    ),
)
