"""How soon a complaint is due: the contract's table, on a clock that never stops."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.case import case_number
from flows.domain import CaseCategory as C
from flows.domain import CasePriority as P
from flows.sla import DEFAULT_SLA, Promise, deadlines, refuse_promise

OPENED = datetime(2027, 1, 29, 20, 0, tzinfo=UTC)  # A Saturday morning in Jakarta: weekends count.


@pytest.mark.parametrize(
    ("category", "priority", "first", "resolution"),
    [
        (C.TRX_FAIL, P.LOW, 24, 72),
        (C.FRAUD_SCAM, P.CRITICAL, 0.5, 4),
        (C.CARD_ATM, P.CRITICAL, 2, 12),
        (C.ACCOUNT, P.MEDIUM, 12, 72),
        (C.DOCUMENT, P.HIGH, 6, 48),
        (C.LOAN, P.LOW, 24, 120),
        (C.REFUND, P.HIGH, 8, 72),
        (C.OTHER, P.CRITICAL, 4, 48),
        (C.DIGITAL, P.CRITICAL, 1, 8),
        (C.SERVICE, P.HIGH, 8, 48),
        (C.SCHEDULE, P.MEDIUM, 8, 48),
    ],
)
def test_due_times_follow_the_table(category: C, priority: P, first: float, resolution: float) -> None:
    due = deadlines(DEFAULT_SLA[(category, priority)], OPENED)
    assert due.first_response == OPENED + timedelta(hours=first)
    assert due.resolution == OPENED + timedelta(hours=resolution)


def test_every_category_and_priority_has_a_promise_that_may_stand() -> None:
    assert set(DEFAULT_SLA) == {(category, priority) for category in C for priority in P}
    assert [refuse_promise(promise) for promise in DEFAULT_SLA.values()] == [None] * len(DEFAULT_SLA)


@pytest.mark.parametrize(
    ("first", "resolution", "field"),
    [
        pytest.param(0, 4, "first_response_hours", id="no time at all"),
        pytest.param(8, 4, "resolution_hours", id="solved before answered"),
        pytest.param(24, 20 * 24 + 1, "resolution_hours", id="beyond 20 working days"),
    ],
)
def test_a_promise_that_cannot_be_meant_is_refused(first: float, resolution: float, field: str) -> None:
    refusal = refuse_promise(Promise(first_response_hours=first, resolution_hours=resolution))
    assert refusal is not None
    assert refusal.field == field


def test_twenty_working_days_are_still_allowed() -> None:
    assert refuse_promise(Promise(first_response_hours=24, resolution_hours=480)) is None


def test_a_case_number_names_the_year() -> None:
    assert case_number(2027, 42) == "CASE-2027-000042"
