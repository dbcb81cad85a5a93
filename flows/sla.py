"""How soon must a complaint be answered and solved, and whom do we warn before it is late?

The table is the contract's, in counted hours by category and priority; ADMIN may replace it row by row. Indonesian rules (POJK 18/2018)
allow 20 working days at most, so a longer promise is refused. Warnings climb a ladder: half of the time used tells whoever has the case,
four fifths the branch's supervisor, all of it the administrator, and the case is escalated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flows.business_calendar import BusinessCalendar
from flows.case_clock import Pause, due_at
from flows.domain import CaseCategory, CasePriority, Role
from flows.refusal import Refusal, invalid

MAX_WORKING_DAYS = 20
HOURS_A_DAY = 24.0  # The default calendar is 24×7, so a working day has all its hours.
WARN_AT_PERCENT = (50, 80, 100)
BREACH_PERCENT = 100


class Clock(StrEnum):
    """The two clocks of a case."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What we promise, in hours from the moment the case is opened."""

    first_response_hours: float
    resolution_hours: float

    def amount(self, clock: Clock) -> timedelta:
        hours = self.first_response_hours if clock is Clock.FIRST_RESPONSE else self.resolution_hours
        return timedelta(hours=hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    first_response: datetime
    resolution: datetime


SlaTable = Mapping[tuple[str, CasePriority], Promise]

_LOW_TO_CRITICAL = (CasePriority.LOW, CasePriority.MEDIUM, CasePriority.HIGH, CasePriority.CRITICAL)

_ROWS: dict[tuple[CaseCategory, ...], tuple[tuple[float, float], ...]] = {
    (CaseCategory.TRX_FAIL, CaseCategory.DIGITAL): ((24, 72), (12, 48), (4, 24), (1, 8)),
    (CaseCategory.FRAUD_SCAM,): ((4, 24), (2, 16), (1, 8), (0.5, 4)),
    (CaseCategory.CARD_ATM,): ((24, 72), (12, 48), (4, 24), (2, 12)),
    (CaseCategory.ACCOUNT, CaseCategory.DOCUMENT): ((24, 96), (12, 72), (6, 48), (2, 16)),
    (CaseCategory.LOAN, CaseCategory.REFUND, CaseCategory.OTHER): ((24, 120), (12, 96), (8, 72), (4, 48)),
    (CaseCategory.SERVICE,): ((24, 96), (12, 72), (8, 48), (4, 24)),
    (CaseCategory.SCHEDULE,): ((12, 72), (8, 48), (4, 24), (1, 12)),
}

DEFAULT_SLA: SlaTable = {
    (category, priority): Promise(first_response_hours=first, resolution_hours=resolution)
    for categories, row in _ROWS.items()
    for category in categories
    for priority, (first, resolution) in zip(_LOW_TO_CRITICAL, row, strict=True)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWarning:
    """When so many percent of a clock's time are used up."""

    percent: int
    at: datetime


def deadlines(
    promise: Promise,
    opened_at: datetime,
    calendar: BusinessCalendar | None = None,
    pauses: Sequence[Pause] = (),
) -> Deadlines:
    """When a case opened at that moment is due. A calendar that never opens again counts around the clock: a promise has a date."""
    return Deadlines(
        first_response=_due(promise.amount(Clock.FIRST_RESPONSE), opened_at, calendar, pauses),
        resolution=_due(promise.amount(Clock.RESOLUTION), opened_at, calendar, pauses),
    )


def warnings(
    amount: timedelta,
    since: datetime,
    now: datetime,
    calendar: BusinessCalendar | None = None,
    pauses: Sequence[Pause] = (),
) -> tuple[ClockWarning, ...]:
    """The warnings to come, in order. Of those that lie behind us already only the gravest is given, so that nobody is told thrice."""
    every = [
        ClockWarning(percent=percent, at=_due(amount * percent / BREACH_PERCENT, since, calendar, pauses))
        for percent in WARN_AT_PERCENT
    ]
    behind = [warning for warning in every if warning.at <= now]
    return tuple(behind[-1:] + every[len(behind) :])


def warned_role(percent: int, *, is_assigned: bool) -> Role:
    """Who is told: AGENT stands for whoever has the case; when nobody has, the supervisor hears of it at once."""
    if percent >= BREACH_PERCENT:
        return Role.ADMIN
    if percent >= WARN_AT_PERCENT[1] or not is_assigned:
        return Role.SUPERVISOR
    return Role.AGENT


def refuse_promise(promise: Promise, hours_a_working_day: float = HOURS_A_DAY) -> Refusal | None:
    """Why this promise cannot stand in the table, None when it can. hours_a_working_day: of the calendar that counts it."""
    longest = MAX_WORKING_DAYS * hours_a_working_day
    if promise.first_response_hours <= 0:
        return invalid("first_response_hours", "A first response needs some time: more than 0 hours.")
    if promise.resolution_hours < promise.first_response_hours:
        return invalid("resolution_hours", "A resolution cannot be due before the first response.")
    if promise.resolution_hours > longest:
        return invalid(
            "resolution_hours",
            f"A resolution may take {MAX_WORKING_DAYS} working days at most, here {longest:g} hours.",
        )
    return None


def _due(
    amount: timedelta, since: datetime, calendar: BusinessCalendar | None, pauses: Sequence[Pause]
) -> datetime:
    """An open pause is not looked at: a due time says what held when the clock last ran."""
    ended = [pause for pause in pauses if pause.ends is not None]
    due = due_at(since, amount, calendar, ended) or due_at(since, amount, None, ended)
    assert due is not None, "around the clock every promise falls due"
    return due
