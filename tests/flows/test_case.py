"""Who may do what with a case, and what that makes of it."""

import pytest

from flows.case import (
    MAX_LEVEL,
    CaseStanding,
    event_towards,
    reaches_branch,
    refuse_assign,
    refuse_close,
    refuse_escalation,
    refuse_reopen,
    refuse_work,
    resumes,
)
from flows.domain import CasePriority, CaseStatus, Role
from flows.machine import next_case_status
from flows.recovery import (
    RecoveryAction,
    RecoveryReason,
    RecoveryState,
    refuse_settling,
    suggestion,
)
from flows.refusal import Kind, Refusal
from flows.roles import Actor

S = CaseStatus
SARI = Actor(name="sari", role=Role.AGENT, user_id=1, branch_id=7)
RUDI = Actor(name="rudi", role=Role.AGENT, user_id=2, branch_id=7)
BOSS = Actor(name="boss", role=Role.SUPERVISOR, user_id=3, branch_id=7)
SELLER = Actor(name="seller", role=Role.RM, user_id=4)


def case(
    status: CaseStatus = S.ASSIGNED, *, answered: bool = False, of: int | None = 1, level: int = 0
) -> CaseStanding:
    return CaseStanding(
        status=status, has_final_response=answered, assigned_to_id=of, holder="sari", escalation_level=level
    )


def kind_of(refusal: Refusal | None) -> Kind | None:
    return refusal.kind if refusal else None


@pytest.mark.parametrize(
    ("status", "event", "after"),
    [
        (S.NEW, "assign", S.ASSIGNED),
        (S.ASSIGNED, "assign", None),
        (S.ASSIGNED, "start", S.IN_PROGRESS),
        (S.IN_PROGRESS, "ask_customer", S.WAITING_CUSTOMER),
        (S.WAITING_CUSTOMER, "hear", S.IN_PROGRESS),
        (S.WAITING_CUSTOMER, "resolve", S.RESOLVED),
        (S.NEW, "close", None),
        (S.IN_PROGRESS, "close", None),
        (S.RESOLVED, "close", S.CLOSED),
        (S.CLOSED, "reopen", S.IN_PROGRESS),
        (S.CLOSED, "start", None),
        (S.NEW, "reopen", None),
    ],
)
def test_a_case_moves_along_its_table(status: CaseStatus, event: str, after: CaseStatus | None) -> None:
    assert next_case_status(status, event) is after


@pytest.mark.parametrize(
    ("standing", "actor", "kind"),
    [
        pytest.param(case(), SARI, None, id="her own"),
        pytest.param(case(of=None), RUDI, None, id="nobody's"),
        pytest.param(case(), RUDI, Kind.FORBIDDEN, id="a colleague's"),
        pytest.param(case(), BOSS, None, id="the supervisor overrides"),
        pytest.param(case(S.CLOSED), SARI, Kind.CONFLICT, id="closed"),
    ],
)
def test_agents_work_on_what_is_theirs(standing: CaseStanding, actor: Actor, kind: Kind | None) -> None:
    assert kind_of(refuse_work(standing, actor)) == kind


@pytest.mark.parametrize(
    ("standing", "actor", "to", "kind"),
    [
        pytest.param(case(of=None), SARI, SARI, None, id="takes it"),
        pytest.param(case(of=None), SARI, RUDI, Kind.FORBIDDEN, id="gives it to another"),
        pytest.param(case(), RUDI, RUDI, Kind.FORBIDDEN, id="takes a colleague's"),
        pytest.param(case(), BOSS, RUDI, None, id="the supervisor gives"),
        pytest.param(case(), BOSS, SELLER, Kind.INVALID, id="to somebody who cannot have one"),
        pytest.param(case(S.CLOSED), BOSS, RUDI, Kind.CONFLICT, id="closed"),
    ],
)
def test_supervisors_give_and_agents_take(
    standing: CaseStanding, actor: Actor, to: Actor, kind: Kind | None
) -> None:
    assert kind_of(refuse_assign(standing, actor, to)) == kind


def test_a_case_is_closed_with_a_final_response_only() -> None:
    refusal = refuse_close(case(S.IN_PROGRESS), SARI)
    assert refusal is not None
    assert (refusal.kind, refusal.sentence) == (Kind.CONFLICT, "Write the final response before closing.")
    assert refuse_close(case(S.RESOLVED, answered=True), SARI) is None
    assert kind_of(refuse_close(case(S.CLOSED, answered=True), SARI)) is Kind.CONFLICT
    assert kind_of(refuse_close(case(S.RESOLVED, answered=True), RUDI)) is Kind.FORBIDDEN


def test_escalation_ends_at_the_top() -> None:
    assert refuse_escalation(case(level=MAX_LEVEL - 1)) is None
    assert kind_of(refuse_escalation(case(level=MAX_LEVEL))) is Kind.CONFLICT


def test_only_what_is_over_is_reopened() -> None:
    assert refuse_reopen(case(S.CLOSED)) is None
    assert refuse_reopen(case(S.RESOLVED)) is None
    assert kind_of(refuse_reopen(case(S.IN_PROGRESS))) is Kind.CONFLICT


@pytest.mark.parametrize(
    ("standing", "wanted", "event"),
    [
        (case(S.NEW), S.IN_PROGRESS, "start"),
        (case(S.WAITING_CUSTOMER), S.IN_PROGRESS, "hear"),
        (case(S.IN_PROGRESS), S.WAITING_CUSTOMER, "ask_customer"),
        (case(S.IN_PROGRESS, answered=True), S.RESOLVED, "resolve"),
        (case(S.IN_PROGRESS), S.RESOLVED, None),
        (case(S.IN_PROGRESS), S.NEW, None),
        (case(S.RESOLVED, answered=True), S.IN_PROGRESS, None),
    ],
)
def test_a_wanted_status_names_its_event_or_is_refused(
    standing: CaseStanding, wanted: CaseStatus, event: str | None
) -> None:
    found = event_towards(standing, wanted)
    assert (found if isinstance(found, str) else None) == event


@pytest.mark.parametrize(
    ("intents", "does"),
    [
        (["thanks"], False),
        (["thanks", "goodbye"], False),
        (["thanks", "ask_refund"], True),
        ([None], True),
        (["out_of_scope"], True),
        (["affirm"], True),
        ([], False),
    ],
)
def test_a_mere_farewell_does_not_start_the_clock_again(intents: list[str | None], does: bool) -> None:
    assert resumes(intents) is does


def test_a_case_goes_to_somebody_who_can_see_it() -> None:
    assert reaches_branch(SARI, 7)
    assert reaches_branch(SARI, None)
    assert not reaches_branch(SARI, 8)


@pytest.mark.parametrize(
    ("category", "priority", "reason", "action"),
    [
        ("FRAUD_SCAM", CasePriority.CRITICAL, RecoveryReason.BREACHED, RecoveryAction.VISIT),
        ("SCHEDULE", CasePriority.HIGH, RecoveryReason.BREACHED, RecoveryAction.UPGRADE),
        ("REFUND", CasePriority.MEDIUM, RecoveryReason.BREACHED, RecoveryAction.VOUCHER),
        ("OTHER", CasePriority.LOW, RecoveryReason.BADLY_RATED, RecoveryAction.VOUCHER),
        ("OTHER", CasePriority.LOW, RecoveryReason.BREACHED, RecoveryAction.APOLOGY_CALL),
    ],
)
def test_the_suggestion_fits_what_went_wrong(
    category: str, priority: CasePriority, reason: RecoveryReason, action: RecoveryAction
) -> None:
    assert suggestion(category, priority, reason) is action


@pytest.mark.parametrize(
    ("state", "action", "note", "dismissed", "kind"),
    [
        (RecoveryState.OPEN, RecoveryAction.VOUCHER, None, False, None),
        (RecoveryState.OPEN, None, "done", False, Kind.INVALID),
        (RecoveryState.OPEN, None, "the customer wants none", True, None),
        (RecoveryState.OPEN, None, None, True, Kind.INVALID),
        (RecoveryState.DONE, RecoveryAction.VOUCHER, None, False, Kind.CONFLICT),
    ],
)
def test_a_recovery_is_settled_once_and_with_words(
    state: RecoveryState, action: RecoveryAction | None, note: str | None, dismissed: bool, kind: Kind | None
) -> None:
    assert kind_of(refuse_settling(state, action, note, is_dismissed=dismissed)) == kind
