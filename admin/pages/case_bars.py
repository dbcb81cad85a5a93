"""How does a case's clock look at a glance? A bar with the share that is used up, a tone, and words, so that colour never speaks alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.case import RUNNING
from flows.case_clock import Pause
from flows.domain import CaseStatus
from flows.sla import WARN_AT_PERCENT, Clock
from storage.complaints.case_clocks import spent
from storage.complaints.cases import CaseFile

FULL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """state: left, over (running), met, late (stopped), paused. apart: the time to the due moment, or beyond it."""

    clock: Clock
    percent: int
    state: str
    tone: str
    due: datetime
    apart: timedelta

    @property
    def filled(self) -> int:
        return min(self.percent, FULL)


def bar_of(file: CaseFile, clock: Clock, pauses: Collection[Pause], now: datetime) -> Bar:
    is_first = clock is Clock.FIRST_RESPONSE
    due = file.first_response_due if is_first else file.resolution_due
    stopped = file.first_response_at if is_first else file.resolved_at
    percent = int(spent(file, clock, pauses, now) * FULL)
    if stopped is not None:
        state = "met" if stopped <= due else "late"
    elif file.status is CaseStatus.WAITING_CUSTOMER:
        state = "paused"
    elif file.status in RUNNING and due < now:
        state = "over"
    else:
        state = "left"
    return Bar(
        clock=clock,
        percent=percent,
        state=state,
        tone=_tone(state, percent),
        due=due,
        apart=abs(due - (stopped or now)),
    )


def urgent_bar(file: CaseFile, pauses: Collection[Pause], now: datetime) -> Bar:
    """The one that matters now: the first answer until there is one, then the solution."""
    is_unanswered = file.first_response_at is None and file.resolved_at is None
    return bar_of(file, Clock.FIRST_RESPONSE if is_unanswered else Clock.RESOLUTION, pauses, now)


def _tone(state: str, percent: int) -> str:
    if state in ("over", "late"):
        return "red"
    if state == "paused":
        return "blue"
    if state == "left" and percent >= WARN_AT_PERCENT[1]:
        return "orange"
    if state == "left" and percent >= WARN_AT_PERCENT[0]:
        return "yellow"
    return "green"
