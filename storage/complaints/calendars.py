"""On which hours do promises count? Business calendars as rows that ADMIN edits, and as the pure value that the clocks take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from flows.business_calendar import ZONES, BusinessCalendar, Season, refuse_calendar
from flows.domain import WorkingFrame
from flows.refusal import Refused, conflict, invalid, missing
from flows.roles import Actor
from storage.complaints.holidays import load_days_off
from storage.tables import CalendarRow, CaseCategoryRow
from storage.trail.audit import Event, note

REACHES_AHEAD = timedelta(days=732)  # As far as the clocks look.


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDraft:
    """A calendar as staff enter it."""

    name: str
    timezone: str
    frames: tuple[WorkingFrame, ...]
    breaks: tuple[WorkingFrame, ...] = ()
    seasons: tuple[Season, ...] = ()
    extra_days_off: Mapping[date, str] = field(default_factory=dict)
    takes_holidays: bool = True
    takes_joint_leave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar that is kept. categories: the codes of those that count by it."""

    id: int
    draft: CalendarDraft
    categories: tuple[str, ...]
    updated_at: datetime


def all_calendars(conn: Connection) -> tuple[Calendar, ...]:
    users: dict[int, list[str]] = {}
    for row in conn.execute(
        select(CaseCategoryRow.calendar_id, CaseCategoryRow.code).order_by(CaseCategoryRow.position)
    ):
        users.setdefault(row.calendar_id, []).append(row.code)
    rows = conn.execute(select(CalendarRow).order_by(CalendarRow.name)).mappings()
    return tuple(
        Calendar(
            id=row["id"],
            draft=_draft(row),
            categories=tuple(users.get(row["id"], ())),
            updated_at=row["updated_at"],
        )
        for row in rows
    )


def find_calendar(conn: Connection, calendar_id: int) -> Calendar:
    """That calendar. Raises Refused when there is none."""
    found = next((calendar for calendar in all_calendars(conn) if calendar.id == calendar_id), None)
    if found is None:
        raise missing("calendar")
    return found


def save_calendar(
    conn: Connection, draft: CalendarDraft, by: Actor, now: datetime, calendar_id: int | None = None
) -> Calendar:
    """Adds a calendar, or replaces that one. Cases that are open keep the one they were opened with. Raises Refused."""
    check_calendar(draft)
    values = _values(draft) | {"updated_at": now}
    try:
        with conn.begin_nested():
            if calendar_id is None:
                saved = conn.execute(
                    insert(CalendarRow).values(**values).returning(CalendarRow.id)
                ).scalar_one()
            else:
                saved = find_calendar(conn, calendar_id).id
                conn.execute(update(CalendarRow).where(CalendarRow.id == saved).values(**values))
    except IntegrityError as error:
        raise Refused(conflict(f"There is a calendar {draft.name!r} already.")) from error
    note(conn, Event.CHANGE_CALENDAR, by, now, subject=str(saved), is_new=calendar_id is None)
    return find_calendar(conn, saved)


def remove_calendar(conn: Connection, calendar_id: int, by: Actor, now: datetime) -> None:
    """Deletes a calendar that no category counts by. Raises Refused."""
    calendar = find_calendar(conn, calendar_id)
    if calendar.categories:
        raise Refused(
            conflict(f"These categories count by it: {', '.join(calendar.categories)}. Change them first.")
        )
    conn.execute(delete(CalendarRow).where(CalendarRow.id == calendar_id))
    note(conn, Event.CHANGE_CALENDAR, by, now, subject=str(calendar_id), is_deleted=True)


def calendar_with_days_off(conn: Connection, draft: CalendarDraft, since: datetime) -> BusinessCalendar:
    """The calendar as the clocks take it, with the days off from a day before that moment on."""
    zone = ZoneInfo(draft.timezone)
    first = since.astimezone(zone).date() - timedelta(days=1)
    days_off = {
        off.day: off.name
        for days in load_days_off(conn).values()
        for off in sorted(days, key=lambda off: not off.is_joint_leave)
        if (draft.takes_joint_leave if off.is_joint_leave else draft.takes_holidays)
    } | dict(draft.extra_days_off)
    return BusinessCalendar(
        name=draft.name,
        zone=zone,
        frames=draft.frames,
        breaks=draft.breaks,
        seasons=draft.seasons,
        days_off={
            day: name for day, name in sorted(days_off.items()) if first <= day <= first + REACHES_AHEAD
        },
    )


def calendar_as_json(calendar: BusinessCalendar | None) -> dict[str, Any] | None:  # Any: JSON values.
    """The calendar as a case keeps it."""
    if calendar is None:
        return None
    return {
        "name": calendar.name,
        "timezone": str(calendar.zone),
        "frames": _frames_as_json(calendar.frames),
        "breaks": _frames_as_json(calendar.breaks),
        "seasons": [_season_as_json(season) for season in calendar.seasons],
        "days_off": {day.isoformat(): name for day, name in calendar.days_off.items()},
    }


def calendar_from(
    value: dict[str, Any] | None,
) -> BusinessCalendar | None:  # Any: JSON values, written above.
    if value is None:
        return None
    return BusinessCalendar(
        name=value["name"],
        zone=ZoneInfo(value["timezone"]),
        frames=_frames(value["frames"]),
        breaks=_frames(value["breaks"]),
        seasons=tuple(_season(season) for season in value["seasons"]),
        days_off={date.fromisoformat(day): name for day, name in value["days_off"].items()},
    )


def check_calendar(draft: CalendarDraft) -> None:
    """Raises Refused for a calendar that cannot be meant."""
    if draft.timezone not in ZONES:
        raise Refused(invalid("timezone", f"A calendar's time zone is one of {', '.join(ZONES)}."))
    plain = BusinessCalendar(
        name=draft.name,
        zone=ZoneInfo(draft.timezone),
        frames=draft.frames,
        breaks=draft.breaks,
        seasons=draft.seasons,
        days_off=draft.extra_days_off,
    )
    if refusal := refuse_calendar(plain):
        raise Refused(refusal)


def _values(draft: CalendarDraft) -> dict[str, Any]:  # Any: column values.
    return {
        "name": draft.name,
        "timezone": draft.timezone,
        "frames": _frames_as_json(draft.frames),
        "breaks": _frames_as_json(draft.breaks),
        "seasons": [_season_as_json(season) for season in draft.seasons],
        "extra_days_off": {day.isoformat(): name for day, name in draft.extra_days_off.items()},
        "takes_holidays": draft.takes_holidays,
        "takes_joint_leave": draft.takes_joint_leave,
    }


def _draft(row: RowMapping) -> CalendarDraft:
    return CalendarDraft(
        name=row["name"],
        timezone=row["timezone"],
        frames=_frames(row["frames"]),
        breaks=_frames(row["breaks"]),
        seasons=tuple(_season(season) for season in row["seasons"]),
        extra_days_off={date.fromisoformat(day): name for day, name in row["extra_days_off"].items()},
        takes_holidays=row["takes_holidays"],
        takes_joint_leave=row["takes_joint_leave"],
    )


def _frames_as_json(frames: tuple[WorkingFrame, ...]) -> list[list[int]]:
    return [[frame.weekday, frame.opens, frame.closes] for frame in frames]


def _frames(stored: list[list[int]]) -> tuple[WorkingFrame, ...]:
    return tuple(WorkingFrame(weekday=day, opens=opens, closes=closes) for day, opens, closes in stored)


def _season_as_json(season: Season) -> dict[str, Any]:  # Any: JSON values.
    return {
        "name": season.name,
        "starts": season.starts.isoformat(),
        "ends": season.ends.isoformat(),
        "frames": _frames_as_json(season.frames),
    }


def _season(value: dict[str, Any]) -> Season:  # Any: JSON values, written above.
    return Season(
        name=value["name"],
        starts=date.fromisoformat(value["starts"]),
        ends=date.fromisoformat(value["ends"]),
        frames=_frames(value["frames"]),
    )
