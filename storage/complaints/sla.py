"""What do we promise? Categories and the hours for each priority, as rows that ADMIN edits; and the promise that a new case gets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from flows.business_calendar import BusinessCalendar, hours_a_working_day
from flows.domain import CasePriority
from flows.refusal import Refused, conflict, invalid, missing
from flows.roles import Actor
from flows.sla import DEFAULT_SLA, Promise, refuse_promise
from storage.complaints.calendars import (
    Calendar,
    CalendarDraft,
    calendar_as_json,
    calendar_from,
    calendar_with_days_off,
    check_calendar,
    find_calendar,
    save_calendar,
)
from storage.tables import CaseCategoryRow, SlaRow
from storage.tables.columns import JsonObject
from storage.trail.audit import Event, note

# What a category that ADMIN adds begins with: the hours of OTHER.
_LIKE = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a case may be about. calendar_id None: its hours count around the clock."""

    code: str
    name: str
    calendar_id: int | None
    is_retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaLine:
    """One cell of the table."""

    category: str
    priority: CasePriority
    promise: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What one case was promised, kept with it: the hours and the calendar by which they count."""

    promise: Promise
    calendar: BusinessCalendar | None

    def as_json(self) -> JsonObject:
        return {
            "first_response_hours": self.promise.first_response_hours,
            "resolution_hours": self.promise.resolution_hours,
            "calendar": calendar_as_json(self.calendar),
        }


def policy_from(value: JsonObject, category: str, priority: CasePriority) -> Policy:
    """The policy that a case keeps. Cases from before policies were kept stand on the first table, around the clock."""
    if not value:
        return Policy(promise=DEFAULT_SLA[(category, priority)], calendar=None)
    promise = Promise(
        first_response_hours=value["first_response_hours"], resolution_hours=value["resolution_hours"]
    )
    return Policy(promise=promise, calendar=calendar_from(value["calendar"]))


def policy_for(conn: Connection, category: str, priority: CasePriority, now: datetime) -> Policy:
    """What a case of this kind opened now is promised. Raises Refused for a category that is not there or retired."""
    row = conn.execute(
        select(CaseCategoryRow.calendar_id, CaseCategoryRow.retired_at).where(
            CaseCategoryRow.code == category
        )
    ).first()
    if row is None or row.retired_at is not None:
        raise Refused(invalid("category", f"{category!r} is no category that is in use."))
    line = conn.execute(
        select(SlaRow.first_response_hours, SlaRow.resolution_hours).where(
            SlaRow.category == category, SlaRow.priority == priority.value
        )
    ).one()
    promise = Promise(first_response_hours=line[0], resolution_hours=line[1])
    return Policy(promise=promise, calendar=_calendar(conn, row.calendar_id, now))


def all_categories(conn: Connection, *, retired_too: bool = True) -> tuple[Category, ...]:
    rows = conn.execute(select(CaseCategoryRow).order_by(CaseCategoryRow.position, CaseCategoryRow.code))
    found = (
        Category(
            code=row.code, name=row.name, calendar_id=row.calendar_id, is_retired=row.retired_at is not None
        )
        for row in rows
    )
    return tuple(category for category in found if retired_too or not category.is_retired)


def find_category(conn: Connection, code: str) -> Category:
    """That category, retired or not. Raises Refused when there is none."""
    found = next((category for category in all_categories(conn) if category.code == code), None)
    if found is None:
        raise missing("category")
    return found


def sla_lines(conn: Connection) -> tuple[SlaLine, ...]:
    """The whole table, by category and then from LOW to CRITICAL."""
    rows = {
        (row.category, row.priority): Promise(
            first_response_hours=row.first_response_hours, resolution_hours=row.resolution_hours
        )
        for row in conn.execute(select(SlaRow))
    }
    return tuple(
        SlaLine(category=category.code, priority=priority, promise=rows[(category.code, priority.value)])
        for category in all_categories(conn)
        for priority in CasePriority
    )


def change_sla(conn: Connection, lines: Iterable[SlaLine], by: Actor, now: datetime) -> None:
    """Replaces these lines; open cases keep what they were promised. Raises Refused, and then changes nothing."""
    categories = {category.code: category for category in all_categories(conn)}
    known = {(line.category, line.priority): line.promise for line in sla_lines(conn)}
    for line in lines:
        if line.category not in categories:
            raise Refused(invalid("category", f"{line.category!r} is no category that is in use."))
        _check(conn, line, categories[line.category].calendar_id, now)
        before = known[(line.category, line.priority)]
        if before != line.promise:
            _write(conn, line, before, by, now)


def save_category(
    conn: Connection, code: str, name: str, calendar_id: int | None, by: Actor, now: datetime, *, is_new: bool
) -> None:
    """Adds a category (with the hours of OTHER), or renames it and changes its calendar. Raises Refused."""
    calendar = _calendar(conn, calendar_id, now)
    if not is_new:
        find_category(conn, code)
    elif any(category.code == code for category in all_categories(conn)):
        raise Refused(conflict(f"There is a category {code} already."))
    like = _LIKE if is_new else code
    for line in sla_lines_of(conn, like):
        if refusal := refuse_promise(line.promise, hours_a_working_day(calendar)):
            raise Refused(invalid("calendar_id", f"{line.priority}: {refusal.sentence}"))
    if is_new:
        _add(conn, code, name, calendar_id)
    else:
        conn.execute(
            update(CaseCategoryRow)
            .where(CaseCategoryRow.code == code)
            .values(name=name, calendar_id=calendar_id)
        )
    note(conn, Event.CHANGE_CATEGORY, by, now, subject=code, calendar_id=calendar_id, is_new=is_new)


def edit_calendar(
    conn: Connection, calendar_id: int, draft: CalendarDraft, by: Actor, now: datetime
) -> Calendar:
    """Replaces the calendar, unless a promise that counts by it would take longer by the new hours than the rule allows. Raises Refused."""
    check_calendar(draft)
    hours = hours_a_working_day(calendar_with_days_off(conn, draft, now))
    for code in find_calendar(conn, calendar_id).categories:
        for line in sla_lines_of(conn, code):
            if refusal := refuse_promise(line.promise, hours):
                raise Refused(invalid("frames", f"{code} {line.priority}: {refusal.sentence}"))
    return save_calendar(conn, draft, by, now, calendar_id)


def retire_category(conn: Connection, code: str, by: Actor, now: datetime, *, is_retired: bool) -> None:
    """No new case gets a retired category; cases that have it keep it. At least one stays in use. Raises Refused."""
    find_category(conn, code)
    in_use = [category.code for category in all_categories(conn, retired_too=False)]
    if is_retired and in_use == [code]:
        raise Refused(conflict("This is the last category in use. Add another one first."))
    conn.execute(
        update(CaseCategoryRow)
        .where(CaseCategoryRow.code == code)
        .values(retired_at=now if is_retired else None)
    )
    note(conn, Event.CHANGE_CATEGORY, by, now, subject=code, is_retired=is_retired)


def _calendar(conn: Connection, calendar_id: int | None, now: datetime) -> BusinessCalendar | None:
    if calendar_id is None:
        return None
    return calendar_with_days_off(conn, find_calendar(conn, calendar_id).draft, now)


def _check(conn: Connection, line: SlaLine, calendar_id: int | None, now: datetime) -> None:
    refusal = refuse_promise(line.promise, hours_a_working_day(_calendar(conn, calendar_id, now)))
    if refusal:
        raise Refused(
            invalid(refusal.field or "items", f"{line.category} {line.priority}: {refusal.sentence}")
        )


def _write(conn: Connection, line: SlaLine, before: Promise, by: Actor, now: datetime) -> None:
    after = line.promise
    conn.execute(
        update(SlaRow)
        .where(SlaRow.category == line.category, SlaRow.priority == line.priority.value)
        .values(first_response_hours=after.first_response_hours, resolution_hours=after.resolution_hours)
    )
    note(
        conn, Event.CHANGE_SLA, by, now, subject=f"{line.category}:{line.priority}",
        old_value=f"{before.first_response_hours:g} / {before.resolution_hours:g}",
        new_value=f"{after.first_response_hours:g} / {after.resolution_hours:g}",
    )  # fmt: skip


def _add(conn: Connection, code: str, name: str, calendar_id: int | None) -> None:
    last = conn.scalar(select(func.max(CaseCategoryRow.position))) or 0
    values: dict[str, Any] = {  # Any: column values.
        "code": code, "name": name, "calendar_id": calendar_id, "position": last + 1,
    }  # fmt: skip
    conn.execute(insert(CaseCategoryRow).values(**values))
    conn.execute(
        insert(SlaRow),
        [
            {
                "category": code,
                "priority": line.priority.value,
                "first_response_hours": line.promise.first_response_hours,
                "resolution_hours": line.promise.resolution_hours,
            }
            for line in sla_lines_of(conn, _LIKE)
        ],
    )


def sla_lines_of(conn: Connection, category: str) -> tuple[SlaLine, ...]:
    """One category's lines, from LOW to CRITICAL."""
    rows = {row.priority: row for row in conn.execute(select(SlaRow).where(SlaRow.category == category))}
    return tuple(
        SlaLine(
            category=category,
            priority=priority,
            promise=Promise(
                first_response_hours=rows[priority.value].first_response_hours,
                resolution_hours=rows[priority.value].resolution_hours,
            ),
        )
        for priority in CasePriority
        if priority.value in rows
    )
