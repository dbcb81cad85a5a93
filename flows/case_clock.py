"""When is a promise due, how much of it is used up, and why? Arithmetic on counted time: calendar hours minus pauses.

    Opened Friday 15.00, 4 hours promised, Monday to Friday 08.00–17.00: due Monday 10.00.
    Two hours of waiting for the customer on Monday morning: due Monday 12.00.

Every search ends: beyond HORIZON nothing is looked for, and the answer is None.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from flows.business_calendar import ONE_DAY, BusinessCalendar, Stretch, open_stretches, without

# A promise is 20 working days at most; whoever is not open often enough to keep one within two years has a calendar that cannot be right.
HORIZON = timedelta(days=732)
FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The clock stood still; ends is None while it still does. reason says why, as people read it in the explanation."""

    reason: str
    starts: datetime
    ends: datetime | None


class SpanKind(StrEnum):
    COUNTED = "counted"
    CLOSED = "closed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the explanation. reasons: a pause's reason, or the names of the days off that a closed span touches."""

    kind: SpanKind
    starts: datetime
    ends: datetime
    reasons: tuple[str, ...] = ()

    @property
    def length(self) -> timedelta:
        return self.ends - self.starts


def due_at(
    since: datetime,
    amount: timedelta,
    calendar: BusinessCalendar | None = None,
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """The first moment at which that much time has been counted. None while a pause is open, and when no calendar day would bring it."""
    left = amount
    resumed = max((pause.ends for pause in pauses if pause.ends), default=since)
    horizon = max(since, resumed) + HORIZON
    if left <= timedelta():
        return since
    for begins, ends in _counted(since, horizon, calendar, pauses):
        if ends - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= ends - begins
    return None


def elapsed(
    since: datetime,
    until: datetime,
    calendar: BusinessCalendar | None = None,
    pauses: Sequence[Pause] = (),
) -> timedelta:
    """How much time was counted between the two moments; none when until is not after since."""
    counted = _counted(since, until, calendar, pauses)
    return sum((ends - begins for begins, ends in counted), timedelta())


def explain(
    since: datetime,
    until: datetime,
    calendar: BusinessCalendar | None = None,
    pauses: Sequence[Pause] = (),
) -> tuple[Span, ...]:
    """Everything between the two moments as spans in order, without a hole: counted, closed (which days off), paused (why)."""
    spans = [
        Span(kind=SpanKind.COUNTED, starts=begins.astimezone(UTC), ends=ends.astimezone(UTC))
        for begins, ends in _counted(since, until, calendar, pauses)
    ]
    spans += list(_paused(since, until, pauses))
    return tuple(_filled(sorted(spans, key=lambda span: span.starts), since, until, calendar))


def _counted(
    since: datetime, until: datetime, calendar: BusinessCalendar | None, pauses: Sequence[Pause]
) -> Iterator[Stretch]:
    if until <= since:
        return
    running = iter([(since, until)]) if calendar is None else open_stretches(calendar, since, until)
    yield from without(running, [(pause.starts, pause.ends or FOR_EVER) for pause in pauses])


def _paused(since: datetime, until: datetime, pauses: Sequence[Pause]) -> Iterator[Span]:
    """Pauses within the two moments; where two overlap, the earlier one speaks."""
    reached = since
    for pause in sorted(pauses, key=lambda pause: pause.starts):
        begins, ends = max(pause.starts, reached), min(pause.ends or FOR_EVER, until)
        if begins < ends:
            reached = ends
            yield Span(
                kind=SpanKind.PAUSED,
                starts=begins.astimezone(UTC),
                ends=ends.astimezone(UTC),
                reasons=(pause.reason,),
            )


def _filled(
    spans: Sequence[Span], since: datetime, until: datetime, calendar: BusinessCalendar | None
) -> Iterator[Span]:
    """The spans with what lies between them as closed ones."""
    reached = since.astimezone(UTC)
    for span in spans:
        if span.starts > reached:
            yield _closed(reached, span.starts, calendar)
        yield span
        reached = span.ends
    if reached < until:
        yield _closed(reached, until.astimezone(UTC), calendar)


def _closed(starts: datetime, ends: datetime, calendar: BusinessCalendar | None) -> Span:
    reasons: list[str] = []
    if calendar is not None:
        day, last = starts.astimezone(calendar.zone).date(), ends.astimezone(calendar.zone).date()
        while day <= last:
            if day in calendar.days_off and calendar.days_off[day] not in reasons:
                reasons.append(calendar.days_off[day])
            day += ONE_DAY
    return Span(kind=SpanKind.CLOSED, starts=starts, ends=ends, reasons=tuple(reasons))
