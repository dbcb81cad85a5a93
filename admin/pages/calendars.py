"""Business calendars: hours of each day, breaks, seasons and days off, with a look at what a case opened now would be promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web
from pydantic import Field

from admin.pages.hours_text import days_off_of, frames_of, text_of
from admin.pages.page import Form, Page, Visit
from admin.shapes import Day
from flows.business_calendar import ZONES, Season, overlapping
from flows.case_clock import due_at
from flows.domain import WorkingFrame
from flows.refusal import Refused, invalid
from flows.roles import Permission
from storage.complaints.calendars import (
    Calendar,
    CalendarDraft,
    all_calendars,
    calendar_with_days_off,
    check_calendar,
    find_calendar,
    remove_calendar,
    save_calendar,
)
from storage.complaints.sla import edit_calendar
from storage.database import Connection

SEASONS = 2  # Rows of the form: this year's Ramadan and the next.
SHOWN_HOURS = (4, 8, 24, 72)
DAYS_SHOWN = 6
OFFICE = tuple(WorkingFrame(weekday=day, opens=8 * 60, closes=17 * 60) for day in range(5))
PRAYER = (WorkingFrame(weekday=4, opens=11 * 60 + 30, closes=13 * 60),)


class CalendarForm(Form):
    """hours and breaks of Monday to Sunday; season rows without a name are none."""

    name: str = Field(min_length=1, max_length=80)
    timezone: str = Field(max_length=40)
    hours0: str = Field("", max_length=200)
    hours1: str = Field("", max_length=200)
    hours2: str = Field("", max_length=200)
    hours3: str = Field("", max_length=200)
    hours4: str = Field("", max_length=200)
    hours5: str = Field("", max_length=200)
    hours6: str = Field("", max_length=200)
    breaks0: str = Field("", max_length=200)
    breaks1: str = Field("", max_length=200)
    breaks2: str = Field("", max_length=200)
    breaks3: str = Field("", max_length=200)
    breaks4: str = Field("", max_length=200)
    breaks5: str = Field("", max_length=200)
    breaks6: str = Field("", max_length=200)
    season0_name: str = Field("", max_length=80)
    season0_starts: Day | None = None
    season0_ends: Day | None = None
    season0_hours: str = Field("", max_length=200)
    season1_name: str = Field("", max_length=80)
    season1_starts: Day | None = None
    season1_ends: Day | None = None
    season1_hours: str = Field("", max_length=200)
    days_off: str = Field("", max_length=20_000)
    holidays: bool = False
    joint_leave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonRow:
    name: str
    starts: date | None
    ends: date | None
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """What so many hours would come to for a case that is opened now."""

    hours: int
    due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarsPage:
    items: tuple[tuple[Calendar, tuple[Promised, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """id is None for one that is yet to be added."""

    id: int | None
    draft: CalendarDraft
    categories: tuple[str, ...]
    promised: tuple[Promised, ...]
    coming: tuple[tuple[date, str], ...]

    @property
    def zones(self) -> tuple[str, ...]:
        return ZONES

    @property
    def week(self) -> tuple[tuple[int, str, str], ...]:
        """Each weekday with its hours and breaks as people type them."""
        return tuple(
            (day, text_of(self.draft.frames, day), text_of(self.draft.breaks, day)) for day in range(7)
        )

    @property
    def seasons(self) -> tuple[SeasonRow, ...]:
        rows = [
            SeasonRow(
                name=season.name,
                starts=season.starts,
                ends=season.ends,
                hours=_hours_shown(season),
            )
            for season in self.draft.seasons[:SEASONS]
        ]
        blank = SeasonRow(name="", starts=None, ends=None, hours="")
        return (*rows, *[blank] * (SEASONS - len(rows)))

    @property
    def days_off(self) -> str:
        return "\n".join(f"{day} {name}" for day, name in sorted(self.draft.extra_days_off.items()))


async def browse(visit: Visit) -> web.Response:
    now = visit.desk.now()

    def look(conn: Connection) -> CalendarsPage:
        return CalendarsPage(
            items=tuple((calendar, _promised(conn, calendar.draft, now)) for calendar in all_calendars(conn))
        )

    return visit.show("calendars/page.html", await visit.desk.database.read(look))


async def new(visit: Visit) -> web.Response:
    draft = CalendarDraft(name="", timezone=ZONES[0], frames=OFFICE, breaks=PRAYER, takes_joint_leave=True)
    return visit.show("calendars/one.html", await _page(visit, None, draft, ()))


async def read(visit: Visit) -> web.Response:
    calendar_id = visit.number("id")
    found = await visit.desk.database.read(lambda conn: find_calendar(conn, calendar_id))
    return visit.show("calendars/one.html", await _page(visit, found.id, found.draft, found.categories))


async def preview(visit: Visit, taken: CalendarForm) -> web.Response:
    """What the form as it stands would promise; nothing is kept."""
    draft = _draft(taken)
    check_calendar(draft)
    return visit.show("calendars/promised.html", await _page(visit, None, draft, ()))


async def add(visit: Visit, taken: CalendarForm) -> web.Response:
    now, draft = visit.desk.now(), _draft(taken)
    await visit.desk.database.write(lambda conn: save_calendar(conn, draft, visit.actor, now))
    return visit.go("/panel/settings/calendars", toast=visit.t("calendars.saved", name=draft.name))


async def change(visit: Visit, taken: CalendarForm) -> web.Response:
    calendar_id, now = visit.number("id"), visit.desk.now()

    def record(conn: Connection) -> None:
        before = find_calendar(conn, calendar_id).draft
        edit_calendar(conn, calendar_id, _draft(taken, before), visit.actor, now)

    await visit.desk.database.write(record)
    return visit.go("/panel/settings/calendars", toast=visit.t("calendars.saved", name=taken.name))


async def remove(visit: Visit) -> web.Response:
    calendar_id, now = visit.number("id"), visit.desk.now()
    await visit.desk.database.write(lambda conn: remove_calendar(conn, calendar_id, visit.actor, now))
    return visit.go("/panel/settings/calendars", toast=visit.t("calendars.removed"))


def _draft(taken: CalendarForm, before: CalendarDraft | None = None) -> CalendarDraft:
    """The form as a calendar; seasons of the one before that the form has no row for stay. Raises Refused."""
    values = taken.model_dump()

    def week(kind: str) -> tuple[WorkingFrame, ...]:
        return tuple(f for day in range(7) for f in frames_of(f"{kind}{day}", day, values[f"{kind}{day}"]))

    hours = week("hours")
    working_days = sorted({frame.weekday for frame in hours})
    return CalendarDraft(
        name=taken.name,
        timezone=taken.timezone,
        frames=hours,
        breaks=week("breaks"),
        seasons=(*_seasons(values, working_days, before), *(before.seasons[SEASONS:] if before else ())),
        extra_days_off=days_off_of("days_off", taken.days_off),
        takes_holidays=taken.holidays,
        takes_joint_leave=taken.joint_leave,
    )


def _seasons(
    values: dict[str, object], working_days: Sequence[int], before: CalendarDraft | None
) -> list[Season]:
    """A season's hours count on every day that works in the rest of the year.

    One that had hours for each day, which a row cannot show, keeps them until others are typed.
    """
    seasons = []
    for at in range(SEASONS):
        name, starts, ends = (values[f"season{at}_{part}"] for part in ("name", "starts", "ends"))
        if not name:
            if starts or ends:
                raise Refused(invalid(f"season{at}_name", "A season needs a name."))
            continue
        if not isinstance(starts, date) or not isinstance(ends, date):
            missing = f"season{at}_ends" if isinstance(starts, date) else f"season{at}_starts"
            raise Refused(invalid(missing, "A season needs its first and its last day."))
        if ends < starts:
            raise Refused(invalid(f"season{at}_ends", f"{name} ends before it starts."))
        field = f"season{at}_hours"
        typed = str(values[field])
        frames = _uneven_frames(before, at, typed) or tuple(
            f for day in working_days for f in frames_of(field, day, typed)
        )
        seasons.append(Season(name=str(name), starts=starts, ends=ends, frames=frames))
        # Told at the row that was written second, where it can be mended.
        if both := overlapping(seasons):
            raise Refused(invalid(f"season{at}_starts", f"{both[0].name} and {both[1].name} overlap."))
    return seasons


def _hours_shown(season: Season) -> str:
    return text_of(season.frames, season.frames[0].weekday) if season.frames else ""


def _uneven_frames(before: CalendarDraft | None, at: int, typed: str) -> tuple[WorkingFrame, ...]:
    """The season's frames as they were, where its days differ and the row still says what it showed; none otherwise."""
    if before is None or at >= len(before.seasons):
        return ()
    season, days = before.seasons[at], {frame.weekday for frame in before.frames}
    is_even = len({text_of(season.frames, day) for day in days}) <= 1
    return () if is_even or typed.strip() != _hours_shown(season) else season.frames


async def _page(
    visit: Visit, calendar_id: int | None, draft: CalendarDraft, categories: tuple[str, ...]
) -> CalendarPage:
    now = visit.desk.now()
    today = visit.frame.now.date()

    def look(conn: Connection) -> CalendarPage:
        days_off = calendar_with_days_off(conn, draft, now).days_off
        coming = [(day, name) for day, name in sorted(days_off.items()) if day >= today]
        return CalendarPage(
            id=calendar_id,
            draft=draft,
            categories=categories,
            promised=_promised(conn, draft, now),
            coming=tuple(coming[:DAYS_SHOWN]),
        )

    return await visit.desk.database.read(look)


def _promised(conn: Connection, draft: CalendarDraft, now: datetime) -> tuple[Promised, ...]:
    calendar = calendar_with_days_off(conn, draft, now)
    return tuple(
        Promised(hours=hours, due=due_at(now, timedelta(hours=hours), calendar)) for hours in SHOWN_HOURS
    )


_EDIT = Permission.EDIT_SLA
_ALL, _ONE = "/panel/settings/calendars", "/panel/settings/calendars/{id:int}"
PAGES = (
    Page(method="GET", path=_ALL, access=_EDIT, handle=browse),
    Page(method="GET", path=f"{_ALL}/new", access=_EDIT, handle=new),
    Page(method="POST", path=f"{_ALL}/preview", access=_EDIT, handle=preview, takes=CalendarForm),
    Page(method="POST", path=_ALL, access=_EDIT, handle=add, takes=CalendarForm),
    Page(method="GET", path=_ONE, access=_EDIT, handle=read),
    Page(method="POST", path=_ONE, access=_EDIT, handle=change, takes=CalendarForm),
    Page(method="POST", path=f"{_ONE}/remove", access=_EDIT, handle=remove),
)
