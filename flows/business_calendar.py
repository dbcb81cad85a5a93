"""On which hours of which days does a promise's clock run? Frames of the week, breaks in them, seasons with their own hours, days off.

A frame belongs to the day on which it opens and may run past midnight, as in `working_hours.py`; a day off takes away the frames that
open on it. A break (the Friday prayer) is cut out of whatever stands open, in seasons too. Ramadan is a season: its frames replace the
week's between two dates. No calendar at all means around the clock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from flows.domain import WorkingFrame
from flows.refusal import Refusal, invalid

ZONES = (
    "Asia/Jakarta",
    "Asia/Makassar",
    "Asia/Jayapura",
)  # Indonesia has these three; none of them moves its clocks.
MINUTES_A_DAY = 24 * 60
DAYS_A_WEEK = 7
MAX_FRAMES = 42  # Six a day; more cannot be meant.
ONE_DAY = timedelta(days=1)

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Other hours between two dates, both included: Ramadan, the weeks before a departure."""

    name: str
    starts: date
    ends: date
    frames: tuple[WorkingFrame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """days_off maps a date to what it is called; they were looked up by the caller."""

    name: str
    zone: tzinfo
    frames: tuple[WorkingFrame, ...]
    breaks: tuple[WorkingFrame, ...] = ()
    seasons: tuple[Season, ...] = ()
    days_off: Mapping[date, str] = field(default_factory=dict)


def open_stretches(calendar: BusinessCalendar, since: datetime, until: datetime) -> Iterator[Stretch]:
    """The stretches between the two moments in which the clock runs, in order, none touching another twice."""
    day, reached = since.astimezone(calendar.zone).date() - ONE_DAY, since
    last = until.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in _of_day(calendar, day):
            begins, ends = max(opens, reached), min(closes, until)
            if begins < ends:
                reached = ends
                yield begins, ends
        day += ONE_DAY


def without(stretches: Iterable[Stretch], gaps: Sequence[Stretch]) -> Iterator[Stretch]:
    """The stretches with the gaps (in any order, overlapping or not) cut out."""
    ordered = sorted(gaps)
    for begins, ends in stretches:
        at = begins
        for gap_begins, gap_ends in ordered:
            if gap_ends <= at or gap_begins >= ends:
                continue
            if gap_begins > at:
                yield at, gap_begins
            at = gap_ends
        if at < ends:
            yield at, ends


def hours_a_working_day(calendar: BusinessCalendar | None) -> float:
    """How long a working day is on average: what "20 working days" counts in."""
    if calendar is None:
        return 24.0
    # A week without days off and seasons, wherever it lies: 5 January 1970 was a Monday.
    plain = BusinessCalendar(
        name=calendar.name, zone=calendar.zone, frames=calendar.frames, breaks=calendar.breaks
    )
    monday = datetime(1970, 1, 5, tzinfo=calendar.zone)
    open_for = sum(
        (ends - begins for begins, ends in open_stretches(plain, monday, monday + 7 * ONE_DAY)), timedelta()
    )
    days = {frame.weekday for frame in calendar.frames}
    return open_for / timedelta(hours=1) / len(days) if days else 0.0


def refuse_calendar(calendar: BusinessCalendar) -> Refusal | None:
    """Why these hours cannot be meant, None when they can: a week must have open hours, or no promise would ever fall due."""
    for place, frames in (("frames", calendar.frames), ("breaks", calendar.breaks)):
        if refusal := _refuse_frames(place, frames):
            return refusal
    for season in calendar.seasons:
        if season.ends < season.starts:
            return invalid("seasons", f"{season.name} ends before it starts.")
        if refusal := _refuse_frames("seasons", season.frames):
            return refusal
    if both := overlapping(calendar.seasons):
        return invalid("seasons", f"{both[0].name} and {both[1].name} overlap.")
    if hours_a_working_day(calendar) <= 0:
        return invalid("frames", "A calendar needs open hours on at least one day of the week.")
    return None


def overlapping(seasons: Sequence[Season]) -> tuple[Season, Season] | None:
    """Two seasons that share a day, on which nobody could say whose hours count; None when there are none."""
    in_order = sorted(seasons, key=lambda season: season.starts)
    return next(((one, other) for one, other in pairwise(in_order) if other.starts <= one.ends), None)


def _refuse_frames(place: str, frames: Sequence[WorkingFrame]) -> Refusal | None:
    if len(frames) > MAX_FRAMES:
        return invalid(place, f"A week may have {MAX_FRAMES} frames at most.")
    for frame in frames:
        is_within = 0 <= frame.opens < MINUTES_A_DAY and 0 <= frame.closes <= MINUTES_A_DAY
        if not (is_within and 0 <= frame.weekday < DAYS_A_WEEK and frame.opens != frame.closes):
            return invalid(place, "A frame needs a weekday, an opening and another closing within the day.")
        if place == "breaks" and frame.closes < frame.opens:
            return invalid(place, "A break ends on the day on which it begins.")
    return None


def _of_day(calendar: BusinessCalendar, day: date) -> Iterator[Stretch]:
    """What opens on this day, by opening time, breaks cut out."""
    if day in calendar.days_off:
        return
    season = next((season for season in calendar.seasons if season.starts <= day <= season.ends), None)
    frames = season.frames if season else calendar.frames
    stretches = sorted(_moments(calendar.zone, day, frames))
    breaks = [
        pause for near in (day, day + ONE_DAY) for pause in _moments(calendar.zone, near, calendar.breaks)
    ]
    yield from without(stretches, breaks)


def _moments(zone: tzinfo, day: date, frames: Iterable[WorkingFrame]) -> Iterator[Stretch]:
    midnight = datetime.combine(day, time(), zone)
    for frame in frames:
        if frame.weekday == day.weekday():
            closes = frame.closes if frame.closes > frame.opens else frame.closes + MINUTES_A_DAY
            yield midnight + timedelta(minutes=frame.opens), midnight + timedelta(minutes=closes)
