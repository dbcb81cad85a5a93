"""Who may take, pass on, give back and end a conversation; and who may record a consent."""

import pytest

from flows.consent import refuse_consent
from flows.domain import Consent, Phase, Role, Status
from flows.handover import (
    Holding,
    asks_for_rating,
    refuse_claim,
    refuse_close,
    refuse_paid,
    refuse_passing_on,
    refuse_release,
)
from flows.refusal import Kind
from flows.roles import Actor

ANI = Actor(name="ani", role=Role.RM, user_id=1)
BUDI = Actor(name="budi", role=Role.RM, user_id=2)
SARI = Actor(name="sari", role=Role.SUPERVISOR, user_id=3)
BOT = Holding(status=Status.BOT)
WAITING = Holding(status=Status.WAITING)
PHONE = Holding(status=Status.HUMAN)
ANIS = Holding(status=Status.HUMAN, holder_id=1, holder_name="ani")
CLOSED = Holding(status=Status.CLOSED, holder_id=1, holder_name="ani")


@pytest.mark.parametrize(
    ("holding", "by", "is_refused"),
    [
        pytest.param(BOT, ANI, False, id="from the bot"),
        pytest.param(WAITING, ANI, False, id="from the queue"),
        pytest.param(PHONE, ANI, False, id="taken over by phone, no name on it"),
        pytest.param(ANIS, ANI, False, id="my own, again"),
        pytest.param(CLOSED, BUDI, False, id="a closed one, to follow up"),
        pytest.param(ANIS, BUDI, True, id="a colleague's"),
        pytest.param(ANIS, SARI, True, id="a colleague's, even as supervisor"),
    ],
)
def test_claiming(holding: Holding, by: Actor, is_refused: bool) -> None:
    assert (refuse_claim(holding, by) is not None) is is_refused


@pytest.mark.parametrize(
    ("holding", "by", "may_release", "may_close"),
    [
        pytest.param(ANIS, ANI, True, True, id="my own"),
        pytest.param(ANIS, BUDI, False, False, id="a colleague's"),
        pytest.param(ANIS, SARI, True, True, id="a supervisor steps in"),
        pytest.param(WAITING, ANI, True, True, id="nobody took it"),
        pytest.param(BOT, ANI, False, True, id="the bot's"),
        pytest.param(CLOSED, ANI, False, False, id="closed"),
    ],
)
def test_releasing_and_closing(holding: Holding, by: Actor, may_release: bool, may_close: bool) -> None:
    assert (refuse_release(holding, by) is None) is may_release
    assert (refuse_close(holding, by) is None) is may_close


def test_only_somebody_who_serves_customers_receives_a_conversation() -> None:
    director = Actor(name="dewi", role=Role.DIRECTOR, user_id=9)
    refusal = refuse_passing_on(WAITING, ANI, director)
    assert refusal is not None
    assert (refusal.kind, refusal.field) == (Kind.INVALID, "assigned_to")
    assert refuse_passing_on(WAITING, ANI, BUDI) is None
    assert refuse_passing_on(ANIS, BUDI, BUDI) is not None


@pytest.mark.parametrize(
    ("phase", "is_refused"),
    [(Phase.LEADS, False), (Phase.BOOKING, False), (Phase.PAID, True), (None, True)],
)
def test_marking_as_paid(phase: Phase | None, is_refused: bool) -> None:
    assert (refuse_paid(phase, ANIS, ANI) is not None) is is_refused


def test_only_a_served_customer_is_asked_how_it_was() -> None:
    assert [status for status in Status if asks_for_rating(status)] == [Status.HUMAN]


@pytest.mark.parametrize(
    ("role", "value", "note", "kind"),
    [
        pytest.param(Role.AGENT, Consent.GRANTED, "Lewat telepon 3 Jan", None, id="asked and written down"),
        pytest.param(Role.AGENT, Consent.WITHDRAWN, None, Kind.INVALID, id="no note"),
        pytest.param(Role.AGENT, Consent.UNKNOWN, "x", Kind.INVALID, id="never unknown again"),
        pytest.param(Role.MARKETING, Consent.GRANTED, "x", Kind.FORBIDDEN, id="conflict of interest"),
        pytest.param(Role.DIRECTOR, Consent.GRANTED, "x", Kind.FORBIDDEN, id="not granted"),
    ],
)
def test_recording_a_consent(role: Role, value: Consent, note: str | None, kind: Kind | None) -> None:
    refusal = refuse_consent(Actor(name="x", role=role, user_id=1), value, note)
    assert (refusal.kind if refusal else None) == kind
