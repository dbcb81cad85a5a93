"""Breaking the glass takes a reason; handing out and forgetting take two persons of two roles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.domain import Role
from flows.privacy import (
    HANDED_OUT_FOR,
    REQUEST_LASTS,
    Asked,
    RequestKind,
    RequestState,
    Step,
    next_step,
    refuse_decline,
    refuse_reveal,
)
from flows.refusal import Kind
from flows.retention import KEEP_ALL, SHORTEST_DAYS, Kept, refuse_retention
from flows.roles import Actor

NOW = datetime(2027, 1, 4, 3, tzinfo=UTC)
INDAH = Actor(name="indah", role=Role.COMPLIANCE, user_id=1)
WATI = Actor(name="wati", role=Role.COMPLIANCE, user_id=2)
ADMIN = Actor(name="admin", role=Role.ADMIN, user_id=3)
BY_INDAH = Asked(
    state=RequestState.ASKED, asked_by=1, asked_role=Role.COMPLIANCE, asked_at=NOW, decided_at=None
)
DONE = replace(BY_INDAH, state=RequestState.DONE, decided_at=NOW)
EXPORT, ERASE = RequestKind.EXPORT, RequestKind.ERASE


@pytest.mark.parametrize(
    ("asked", "by", "kind", "after", "step"),
    [
        pytest.param(None, INDAH, ERASE, 0, Step.ASK, id="nobody has asked"),
        pytest.param(BY_INDAH, INDAH, ERASE, 1, Step.WAIT, id="the same person twice is one person"),
        pytest.param(BY_INDAH, WATI, ERASE, 1, Step.WAIT, id="two of one role are one role"),
        pytest.param(BY_INDAH, ADMIN, ERASE, 1, Step.PERFORM, id="the other role agrees"),
        pytest.param(
            BY_INDAH,
            Actor(name="indah", role=Role.ADMIN, user_id=1),
            ERASE,
            1,
            Step.WAIT,
            id="a new role does not make somebody a second person",
        ),
        pytest.param(
            BY_INDAH,
            ADMIN,
            ERASE,
            REQUEST_LASTS.total_seconds(),
            Step.ASK,
            id="a week later it is asked anew",
        ),
        pytest.param(
            replace(BY_INDAH, state=RequestState.DECLINED),
            ADMIN,
            ERASE,
            1,
            Step.ASK,
            id="declined: asked anew",
        ),
        pytest.param(DONE, INDAH, EXPORT, 1, Step.AGAIN, id="who asked may fetch the export too"),
        pytest.param(DONE, INDAH, EXPORT, HANDED_OUT_FOR.total_seconds(), Step.ASK, id="but not for ever"),
        pytest.param(DONE, ADMIN, ERASE, 1, Step.ASK, id="an erasure is not repeated by itself"),
    ],
)
def test_what_a_call_comes_to(
    asked: Asked | None, by: Actor, kind: RequestKind, after: float, step: Step
) -> None:
    assert next_step(asked, by, kind, NOW + timedelta(seconds=after)) is step


@pytest.mark.parametrize(
    ("role", "reason", "kind"),
    [
        pytest.param(Role.COMPLIANCE, "Laporan OJK 12", None, id="a reason"),
        pytest.param(Role.COMPLIANCE, "cek saja ", Kind.INVALID, id="too short a reason"),
        pytest.param(Role.COMPLIANCE, " " * 20, Kind.INVALID, id="blanks are no reason"),
        pytest.param(Role.COMPLIANCE, "." * 10, Kind.INVALID, id="dots are no reason"),
        pytest.param(Role.COMPLIANCE, "6281234567890", Kind.INVALID, id="a number alone is no reason"),
        pytest.param(Role.COMPLIANCE, "kasus 1042/26", None, id="a file's name is one"),
        pytest.param(Role.ADMIN, "Laporan OJK 12", Kind.FORBIDDEN, id="not ADMIN's to do"),
        pytest.param(Role.SUPERVISOR, "Laporan OJK 12", Kind.FORBIDDEN, id="not SUPERVISOR's either"),
    ],
)
def test_the_glass_breaks_for_compliance_with_a_reason(role: Role, reason: str, kind: Kind | None) -> None:
    refusal = refuse_reveal(Actor(name="x", role=role, user_id=9), reason)
    assert (refusal.kind if refusal else None) is kind


def test_only_an_open_request_is_declined() -> None:
    assert refuse_decline(BY_INDAH) is None
    assert refuse_decline(DONE) is not None


def test_retention_keeps_everything_until_told_otherwise_and_never_less_than_work_needs() -> None:
    assert refuse_retention(KEEP_ALL) is None
    for kept, days in SHORTEST_DAYS.items():
        assert refuse_retention({kept: days}) is None
        refusal = refuse_retention({kept: days - 1})
        assert refusal is not None
        assert refusal.field == kept.value
    assert refuse_retention({Kept.MESSAGES: 1_000_000}) is not None
