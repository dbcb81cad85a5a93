"""How soon must a complaint be answered and solved? Hours by category and priority, counted around the clock.

The table is the contract's; staff may replace it. Indonesian rules (POJK 18/2018) allow 20 working days at most, so a longer promise is
refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.domain import CaseCategory, CasePriority
from flows.refusal import Refusal, invalid

MAX_WORKING_DAYS = 20
HOURS_A_DAY = 24  # The default calendar is 24×7, so a working day has all its hours.


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What we promise, in hours from the moment the case is opened."""

    first_response_hours: float
    resolution_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    first_response: datetime
    resolution: datetime


SlaTable = Mapping[tuple[CaseCategory, CasePriority], Promise]

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


def deadlines(
    category: CaseCategory, priority: CasePriority, opened_at: datetime, table: SlaTable = DEFAULT_SLA
) -> Deadlines:
    """When a case opened at that moment is due, on the 24×7 calendar."""
    promise = table[(category, priority)]
    return Deadlines(
        first_response=opened_at + timedelta(hours=promise.first_response_hours),
        resolution=opened_at + timedelta(hours=promise.resolution_hours),
    )


def refuse_promise(promise: Promise) -> Refusal | None:
    """Why this promise cannot stand in the table, None when it can."""
    if promise.first_response_hours <= 0:
        return invalid("first_response_hours", "A first response needs some time: more than 0 hours.")
    if promise.resolution_hours < promise.first_response_hours:
        return invalid("resolution_hours", "A resolution cannot be due before the first response.")
    if promise.resolution_hours > MAX_WORKING_DAYS * HOURS_A_DAY:
        return invalid("resolution_hours", f"A resolution may take {MAX_WORKING_DAYS} working days at most.")
    return None
