"""Business calendars: on which hours promises count. ADMIN edits; open cases keep the hours they were opened with."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import Day, Input, View
from flows.business_calendar import Season
from flows.domain import WorkingFrame
from flows.roles import Permission
from storage.complaints.calendars import (
    Calendar,
    CalendarDraft,
    all_calendars,
    find_calendar,
    remove_calendar,
    save_calendar,
)
from storage.complaints.sla import edit_calendar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class FrameShape(Input):
    day: Annotated[str, StringConstraints(pattern="^(" + "|".join(WEEKDAYS) + ")$")]
    opens: ClockTime = Field(description="08:00")
    closes: ClockTime = Field(description="17:00; before opens: the next day")


class SeasonShape(Input):
    name: Name
    starts: Day = Field(strict=False)
    ends: Day = Field(strict=False)
    frames: list[FrameShape] = Field(max_length=42)


class DayOffShape(Input):
    day: Day = Field(strict=False)
    name: Name


class CalendarBody(Input):
    name: Name
    timezone: str = Field(max_length=40, description="Asia/Jakarta, Asia/Makassar or Asia/Jayapura.")
    frames: list[FrameShape] = Field(max_length=42)
    breaks: list[FrameShape] = Field(default_factory=list, max_length=42)
    seasons: list[SeasonShape] = Field(default_factory=list, max_length=20)
    extra_days_off: list[DayOffShape] = Field(default_factory=list, max_length=400)
    holidays: bool = Field(True, description="Indonesia's public holidays are days off.")
    joint_leave: bool = Field(False, description="Cuti bersama, too.")


class FrameView(View):
    day: str
    opens: str
    closes: str


class SeasonView(View):
    name: str
    starts: date
    ends: date
    frames: list[FrameView]


class DayOffView(View):
    day: date
    name: str


class CalendarView(View):
    id: int
    name: str
    timezone: str
    frames: list[FrameView]
    breaks: list[FrameView]
    seasons: list[SeasonView]
    extra_days_off: list[DayOffView]
    holidays: bool
    joint_leave: bool
    categories: list[str]
    updated_at: datetime


class CalendarList(View):
    items: list[CalendarView]
    total: int


async def browse(call: Call) -> CalendarList:
    calendars = await call.desk.database.read(all_calendars)
    return CalendarList(items=[_view(call, calendar) for calendar in calendars], total=len(calendars))


async def read(call: Call) -> CalendarView:
    calendar_id = call.number("id")
    return _view(call, await call.desk.database.read(lambda conn: find_calendar(conn, calendar_id)))


async def add(call: Call, taken: CalendarBody) -> CalendarView:
    now, draft = call.desk.now(), _draft(taken)
    return _view(
        call, await call.desk.database.write(lambda conn: save_calendar(conn, draft, call.actor, now))
    )


async def change(call: Call, taken: CalendarBody) -> CalendarView:
    now, draft, calendar_id = call.desk.now(), _draft(taken), call.number("id")
    return _view(
        call,
        await call.desk.database.write(lambda conn: edit_calendar(conn, calendar_id, draft, call.actor, now)),
    )


async def remove(call: Call) -> None:
    now, calendar_id = call.desk.now(), call.number("id")
    await call.desk.database.write(lambda conn: remove_calendar(conn, calendar_id, call.actor, now))


def _draft(taken: CalendarBody) -> CalendarDraft:
    return CalendarDraft(
        name=taken.name,
        timezone=taken.timezone,
        frames=_frames(taken.frames),
        breaks=_frames(taken.breaks),
        seasons=tuple(
            Season(name=season.name, starts=season.starts, ends=season.ends, frames=_frames(season.frames))
            for season in taken.seasons
        ),
        extra_days_off={off.day: off.name for off in taken.extra_days_off},
        takes_holidays=taken.holidays,
        takes_joint_leave=taken.joint_leave,
    )


def _frames(shapes: list[FrameShape]) -> tuple[WorkingFrame, ...]:
    return tuple(
        WorkingFrame(
            weekday=WEEKDAYS.index(shape.day), opens=minutes_of(shape.opens), closes=minutes_of(shape.closes)
        )
        for shape in shapes
    )


def minutes_of(clock: str) -> int:
    """`08:30` → 510."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_of(minutes: int) -> str:
    """510 → `08:30`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _view(call: Call, calendar: Calendar) -> CalendarView:
    draft = calendar.draft
    return CalendarView(
        id=calendar.id,
        name=draft.name,
        timezone=draft.timezone,
        frames=_frame_views(draft.frames),
        breaks=_frame_views(draft.breaks),
        seasons=[
            SeasonView(
                name=season.name, starts=season.starts, ends=season.ends, frames=_frame_views(season.frames)
            )
            for season in draft.seasons
        ],
        extra_days_off=[DayOffView(day=day, name=name) for day, name in draft.extra_days_off.items()],
        holidays=draft.takes_holidays,
        joint_leave=draft.takes_joint_leave,
        categories=list(calendar.categories),
        updated_at=call.desk.local(calendar.updated_at),
    )


def _frame_views(frames: tuple[WorkingFrame, ...]) -> list[FrameView]:
    return [
        FrameView(day=WEEKDAYS[frame.weekday], opens=clock_of(frame.opens), closes=clock_of(frame.closes))
        for frame in frames
    ]


_EDIT = Permission.EDIT_SLA
_GONE, _TAKEN = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
ENDPOINTS = (
    Endpoint(
        method="GET", path="/api/calendars", access=_EDIT, handle=browse, gives=CalendarList,
        summary="All business calendars",
    ),
    Endpoint(
        method="POST", path="/api/calendars", access=_EDIT, handle=add, takes=CalendarBody, gives=CalendarView,
        summary="Add a calendar", status=HTTPStatus.CREATED, fails=(_TAKEN,),
    ),
    Endpoint(
        method="GET", path="/api/calendars/{id:int}", access=_EDIT, handle=read, gives=CalendarView,
        summary="One calendar",
    ),
    Endpoint(
        method="PUT", path="/api/calendars/{id:int}", access=_EDIT, handle=change, takes=CalendarBody,
        gives=CalendarView, summary="Replace a calendar", fails=(_GONE, _TAKEN),
    ),
    Endpoint(
        method="DELETE", path="/api/calendars/{id:int}", access=_EDIT, handle=remove,
        summary="Delete a calendar that no category counts by", status=HTTPStatus.NO_CONTENT, fails=(_GONE, _TAKEN),
    ),
)  # fmt: skip
