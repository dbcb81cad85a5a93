"""The clocks of a case: examples people can check on paper, and laws that hold for every calendar."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.business_calendar import (
    BusinessCalendar,
    Season,
    hours_a_working_day,
    open_stretches,
    refuse_calendar,
)
from flows.case_clock import Pause, SpanKind, due_at, elapsed, explain
from flows.domain import CasePriority, Role, WorkingFrame
from flows.sla import DEFAULT_SLA, ClockWarning, Promise, deadlines, refuse_promise, warned_role, warnings

JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")


def clock(text: str) -> int:
    hours, minutes = text.split(".")
    return int(hours) * 60 + int(minutes)


def frame(weekday: int, opens: str, closes: str) -> WorkingFrame:
    return WorkingFrame(weekday=weekday, opens=clock(opens), closes=clock(closes))


def at(text: str, zone: ZoneInfo = JAKARTA) -> datetime:
    """`04.01 10.00`: that day of January (or `dd.mm`) 2027."""
    day, hour = text.split(" ")
    day_of_month, month = (int(part) for part in day.split("."))
    hours, minutes = (int(part) for part in hour.split("."))
    return datetime.combine(date(2027, month, day_of_month), time(hours, minutes), zone)


# 4 January 2027 is a Monday. Lunch is a hole between two frames; Friday has its prayer; the 5th is a day off; Ramadan begins on 8 February.
OFFICE = BusinessCalendar(
    name="Kantor",
    zone=JAKARTA,
    frames=tuple(f for day in range(5) for f in (frame(day, "08.00", "12.00"), frame(day, "13.00", "17.00"))),
    breaks=(frame(4, "11.30", "13.00"),),
    seasons=(
        Season(
            name="Ramadan",
            starts=date(2027, 2, 8),
            ends=date(2027, 3, 9),
            frames=tuple(frame(day, "08.00", "14.00") for day in range(5)),
        ),
    ),
    days_off={date(2027, 1, 5): "Isra Mikraj"},
)
NIGHT = BusinessCalendar(
    name="Malam", zone=JAYAPURA, frames=tuple(frame(d, "22.00", "06.00") for d in range(7))
)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


@pytest.mark.parametrize(
    ("calendar", "since", "amount", "due"),
    [
        pytest.param(None, "04.01 10.00", 24, "05.01 10.00", id="around the clock"),
        pytest.param(OFFICE, "04.01 09.00", 2, "04.01 11.00", id="within one frame"),
        pytest.param(OFFICE, "04.01 11.00", 2, "04.01 14.00", id="lunch does not count"),
        pytest.param(OFFICE, "04.01 16.00", 2, "06.01 09.00", id="the day off is jumped over"),
        pytest.param(OFFICE, "08.01 11.00", 1, "08.01 13.30", id="the Friday prayer does not count"),
        pytest.param(OFFICE, "08.01 16.00", 2, "11.01 09.00", id="nor does the weekend"),
        pytest.param(OFFICE, "09.01 12.00", 1, "11.01 09.00", id="opened on a Saturday"),
        pytest.param(OFFICE, "08.02 13.00", 2, "09.02 09.00", id="Ramadan's day is short"),
        pytest.param(OFFICE, "12.02 11.00", 1.5, "12.02 14.00", id="the prayer is a break in Ramadan, too"),
        pytest.param(OFFICE, "04.01 16.00", 1, "04.01 17.00", id="exactly at closing"),
        pytest.param(OFFICE, "08.01 16.00", 1, "08.01 17.00", id="exactly at closing before a weekend"),
        pytest.param(OFFICE, "04.01 08.00", 4, "04.01 12.00", id="exactly when lunch begins"),
        pytest.param(OFFICE, "08.01 08.00", 3.5, "08.01 11.30", id="exactly when the prayer begins"),
        pytest.param(OFFICE, "04.01 17.00", 1, "06.01 09.00", id="opened at closing, before a day off"),
        pytest.param(OFFICE, "06.01 08.00", 1, "06.01 09.00", id="opened at opening"),
        pytest.param(OFFICE, "08.01 12.00", 1, "08.01 14.00", id="opened during the prayer"),
        pytest.param(OFFICE, "05.01 10.00", 1, "06.01 09.00", id="opened on the day off"),
        pytest.param(OFFICE, "05.02 16.00", 2, "08.02 09.00", id="from the week into Ramadan"),
        pytest.param(OFFICE, "09.03 13.00", 2, "10.03 09.00", id="from Ramadan back into the week"),
        pytest.param(OFFICE, "12.02 13.30", 0.5, "12.02 14.00", id="at Ramadan's earlier closing"),
        pytest.param(OFFICE, "12.02 14.00", 1, "15.02 09.00", id="opened at Ramadan's closing on a Friday"),
    ],
)
def test_a_promise_is_due_when_its_hours_are_counted(
    calendar: BusinessCalendar | None, since: str, amount: float, due: str
) -> None:
    assert due_at(at(since), hours(amount), calendar) == at(due)


def test_a_night_shift_counts_on_its_own_clock_past_midnight() -> None:
    assert due_at(at("04.01 23.00", JAYAPURA), hours(8), NIGHT) == at("05.01 23.00", JAYAPURA)
    assert elapsed(at("04.01 20.00", JAYAPURA), at("05.01 12.00", JAYAPURA), NIGHT) == hours(8)


def test_a_pause_pushes_the_due_time_by_its_counted_hours_only() -> None:
    overnight = Pause(reason="waiting_customer", starts=at("06.01 16.00"), ends=at("07.01 09.00"))
    assert due_at(at("06.01 15.00"), hours(4), OFFICE) == at("07.01 10.00")
    assert due_at(at("06.01 15.00"), hours(4), OFFICE, [overnight]) == at("07.01 12.00")


def pause(starts: str, ends: str) -> Pause:
    return Pause(reason="waiting_customer", starts=at(starts), ends=at(ends))


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        pytest.param([], "06.01 10.00", id="no pause"),
        pytest.param([pause("04.01 16.00", "06.01 09.00")], "06.01 12.00", id="over a day off"),
        pytest.param([pause("04.01 17.00", "06.01 08.00")], "06.01 10.00", id="closed all the while"),
        pytest.param([pause("05.01 09.00", "05.01 15.00")], "06.01 10.00", id="within a day off"),
        pytest.param([pause("06.01 10.00", "06.01 15.00")], "06.01 10.00", id="from the due moment on"),
        pytest.param(
            [pause("06.01 09.00", "11.01 09.00")], "11.01 10.00", id="over the prayer and a weekend"
        ),
        pytest.param(
            [pause("04.01 15.30", "04.01 16.00"), pause("06.01 08.30", "06.01 09.30")],
            "06.01 11.30",
            id="two",
        ),
        pytest.param(
            [pause("06.01 08.00", "06.01 10.00"), pause("06.01 09.00", "06.01 11.00")],
            "06.01 14.00",
            id="two that overlap count once, and lunch comes between",
        ),
    ],
)
def test_four_hours_from_monday_at_three_with_pauses(pauses: list[Pause], due: str) -> None:
    assert due_at(at("04.01 15.00"), hours(4), OFFICE, pauses) == at(due)


def test_nothing_is_due_while_the_clock_stands_still() -> None:
    assert (
        due_at(at("06.01 15.00"), hours(4), OFFICE, [Pause(reason="x", starts=at("06.01 16.00"), ends=None)])
        is None
    )


def test_a_calendar_on_which_no_day_works_ends_the_search() -> None:
    never = BusinessCalendar(name="Tutup", zone=JAKARTA, frames=())
    assert due_at(at("04.01 10.00"), hours(1), never) is None
    refusal = refuse_calendar(never)
    assert refusal is not None
    assert refusal.field == "frames"
    # A promise still gets a date, counted around the clock.
    promise = Promise(first_response_hours=1, resolution_hours=2)
    assert deadlines(promise, at("04.01 10.00"), never).resolution == at("04.01 12.00")


@pytest.mark.parametrize(
    ("calendar", "field"),
    [
        pytest.param(
            BusinessCalendar(
                name="x", zone=JAKARTA, frames=(frame(0, "08.00", "17.00"), frame(7, "08.00", "09.00"))
            ),
            "frames",
            id="an eighth day",
        ),
        pytest.param(
            BusinessCalendar(name="x", zone=JAKARTA, frames=(frame(0, "08.00", "08.00"),)),
            "frames",
            id="no length",
        ),
        pytest.param(
            BusinessCalendar(
                name="x",
                zone=JAKARTA,
                frames=(frame(0, "08.00", "17.00"),),
                breaks=(frame(0, "13.00", "12.00"),),
            ),
            "breaks",
            id="a break that ends before it begins",
        ),
        pytest.param(
            BusinessCalendar(
                name="x",
                zone=JAKARTA,
                frames=(frame(0, "08.00", "17.00"),),
                seasons=(Season(name="R", starts=date(2027, 3, 1), ends=date(2027, 2, 1), frames=()),),
            ),
            "seasons",
            id="a season backwards",
        ),
        pytest.param(
            BusinessCalendar(
                name="x",
                zone=JAKARTA,
                frames=(frame(0, "08.00", "17.00"),),
                seasons=(
                    Season(name="L", starts=date(2027, 3, 1), ends=date(2027, 3, 9), frames=()),
                    Season(name="R", starts=date(2027, 2, 1), ends=date(2027, 3, 1), frames=()),
                ),
            ),
            "seasons",
            id="two seasons that share a day",
        ),
        pytest.param(
            BusinessCalendar(
                name="x",
                zone=JAKARTA,
                frames=(frame(4, "11.30", "13.00"),),
                breaks=(frame(4, "11.00", "14.00"),),
            ),
            "frames",
            id="nothing left beside the break",
        ),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(calendar: BusinessCalendar, field: str) -> None:
    refusal = refuse_calendar(calendar)
    assert refusal is not None
    assert refusal.field == field


def test_twenty_working_days_are_counted_in_the_calendars_own_days() -> None:
    assert refuse_calendar(OFFICE) is None
    # Five days of eight hours less the half hour that the prayer takes from Friday's morning.
    assert hours_a_working_day(OFFICE) == pytest.approx((5 * 8 - 0.5) / 5)
    assert hours_a_working_day(None) == 24
    too_long = Promise(first_response_hours=8, resolution_hours=161)
    assert refuse_promise(too_long) is None
    assert refuse_promise(too_long, hours_a_working_day(OFFICE)) is not None


def test_the_explanation_names_days_off_and_pauses() -> None:
    pause = Pause(reason="waiting_customer", starts=at("06.01 09.00"), ends=at("06.01 10.00"))
    spans = explain(at("04.01 16.00"), at("06.01 11.00"), OFFICE, [pause])
    assert [(span.kind, span.length, span.reasons) for span in spans] == [
        (SpanKind.COUNTED, hours(1), ()),
        (SpanKind.CLOSED, hours(39), ("Isra Mikraj",)),
        (SpanKind.COUNTED, hours(1), ()),
        (SpanKind.PAUSED, hours(1), ("waiting_customer",)),
        (SpanKind.COUNTED, hours(1), ()),
    ]


def test_warnings_come_at_half_four_fifths_and_all_of_the_time() -> None:
    since = at("04.01 08.00")
    assert warnings(hours(10), since, since) == (
        ClockWarning(percent=50, at=at("04.01 13.00")),
        ClockWarning(percent=80, at=at("04.01 16.00")),
        ClockWarning(percent=100, at=at("04.01 18.00")),
    )


def test_of_warnings_that_are_past_only_the_gravest_is_given() -> None:
    assert [w.percent for w in warnings(hours(10), at("04.01 08.00"), at("04.01 17.00"))] == [80, 100]
    assert [w.percent for w in warnings(hours(10), at("04.01 08.00"), at("04.01 23.00"))] == [100]


@pytest.mark.parametrize(
    ("percent", "is_assigned", "role"),
    [
        (50, True, Role.AGENT),
        (50, False, Role.SUPERVISOR),
        (80, True, Role.SUPERVISOR),
        (80, False, Role.SUPERVISOR),
        (100, True, Role.ADMIN),
    ],
)
def test_warnings_climb_the_ladder(percent: int, is_assigned: bool, role: Role) -> None:
    assert warned_role(percent, is_assigned=is_assigned) is role


# --- laws ---
FRAMES = st.builds(
    lambda weekday, opens, length: WorkingFrame(weekday=weekday, opens=opens, closes=(opens + length) % 1440),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 1439),
)
DATES = st.dates(date(2026, 12, 1), date(2027, 12, 31))
CALENDARS = st.none() | st.builds(
    lambda zone, frames, breaks, season, off: BusinessCalendar(
        name="x",
        zone=zone,
        frames=tuple(frames),
        breaks=tuple(f for f in breaks if f.closes > f.opens),
        seasons=season,
        days_off=dict.fromkeys(off, "off"),
    ),
    st.sampled_from([JAKARTA, ZoneInfo("Asia/Makassar"), JAYAPURA]),
    st.lists(FRAMES, max_size=8),
    st.lists(FRAMES, max_size=2),
    st.lists(
        st.builds(
            lambda starts, days, frames: Season(
                name="s", starts=starts, ends=starts + timedelta(days=days), frames=tuple(frames)
            ),
            DATES,
            st.integers(0, 30),
            st.lists(FRAMES, max_size=3),
        ),
        max_size=1,
    ).map(tuple),
    st.lists(DATES, max_size=8),
)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=150)).map(
    lambda after: datetime(2027, 1, 1, tzinfo=UTC) + after
)
SPANS = st.timedeltas(timedelta(), timedelta(days=20))
PAUSES = st.lists(
    st.builds(lambda starts, length: Pause(reason="p", starts=starts, ends=starts + length), MOMENTS, SPANS),
    max_size=3,
)


@given(MOMENTS, SPANS, CALENDARS, PAUSES)
def test_until_the_due_time_exactly_the_promised_hours_are_counted(
    since: datetime, amount: timedelta, calendar: BusinessCalendar | None, pauses: list[Pause]
) -> None:
    due = due_at(since, amount, calendar, pauses)
    if due is not None:
        assert elapsed(since, due, calendar, pauses) == amount


@given(MOMENTS, SPANS, SPANS, CALENDARS, PAUSES)
def test_a_longer_promise_is_never_due_earlier(
    since: datetime,
    amount: timedelta,
    more: timedelta,
    calendar: BusinessCalendar | None,
    pauses: list[Pause],
) -> None:
    first, second = due_at(since, amount, calendar, pauses), due_at(since, amount + more, calendar, pauses)
    if first is not None and second is not None:
        assert first <= second


@given(MOMENTS, SPANS, SPANS, CALENDARS, PAUSES)
def test_counted_time_adds_up(
    since: datetime, one: timedelta, two: timedelta, calendar: BusinessCalendar | None, pauses: list[Pause]
) -> None:
    middle, end = since + one, since + one + two
    both = elapsed(since, middle, calendar, pauses) + elapsed(middle, end, calendar, pauses)
    assert elapsed(since, end, calendar, pauses) == both
    assert both <= end - since


@given(MOMENTS, SPANS, CALENDARS, PAUSES)
def test_the_explanation_has_no_hole_and_counts_the_same(
    since: datetime, length: timedelta, calendar: BusinessCalendar | None, pauses: list[Pause]
) -> None:
    until = since + length
    spans = explain(since, until, calendar, pauses)
    assert sum((span.length for span in spans), timedelta()) == length
    assert all(before.ends == after.starts for before, after in pairwise(spans))
    counted = sum((span.length for span in spans if span.kind is SpanKind.COUNTED), timedelta())
    assert counted == elapsed(since, until, calendar, pauses)


@given(MOMENTS, SPANS, CALENDARS)
def test_open_stretches_lie_in_order_and_apart(
    since: datetime, length: timedelta, calendar: BusinessCalendar | None
) -> None:
    if calendar is not None:
        stretches = list(open_stretches(calendar, since, since + length))
        assert all(before[1] <= after[0] for before, after in pairwise(stretches))


def test_the_contracts_table_may_stand_on_the_default_calendar() -> None:
    assert all(refuse_promise(promise) is None for promise in DEFAULT_SLA.values())
    assert {priority for _, priority in DEFAULT_SLA} == set(CasePriority)
