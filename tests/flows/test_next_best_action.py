"""What to do next: the document's three rules, the gates before them, and leads judged with reasons."""

import pytest

from flows.domain import Consent, Phase
from flows.lead_score import LeadFacts, lead_score
from flows.next_best_action import (
    SELLING,
    TITLES,
    ActionKind,
    ActionPriority,
    Standing,
    next_best_actions,
    why_not,
)
from flows.rfm import RfmSegment as S

K, P = ActionKind, ActionPriority
YES, UNASKED, NO = Consent.GRANTED, Consent.UNKNOWN, Consent.WITHDRAWN


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(segment=S.AT_RISK, consent=NO, days_since_contact=30), [(K.RETAIN, P.HIGH)]),
        (Standing(segment=S.AT_RISK, consent=NO, days_since_contact=29), []),
        (Standing(segment=S.AT_RISK, consent=NO), [(K.RETAIN, P.HIGH)]),
        (Standing(segment=S.LOST, consent=YES), [(K.WIN_BACK, P.HIGH)]),
        (Standing(segment=S.CHAMPION, consent=YES), [(K.OFFER_PREMIUM, P.MEDIUM)]),
        (Standing(segment=S.CHAMPION, consent=UNASKED), [(K.ASK_CONSENT, P.LOW)]),
        (Standing(segment=S.CHAMPION, consent=NO), []),
        (Standing(segment=S.LOST, consent=NO), []),
        (Standing(segment=S.LOYAL, consent=YES), [(K.CROSS_SELL, P.MEDIUM)]),
        (Standing(segment=S.POTENTIAL, consent=YES), [(K.NURTURE, P.MEDIUM)]),
        (Standing(segment=S.HIBERNATING, consent=YES), [(K.REACTIVATE, P.LOW)]),
        (Standing(segment=S.REGULAR, consent=YES), []),
        (Standing(segment=S.CHAMPION, consent=YES, open_cases=1), [(K.SETTLE_CASE, P.HIGH)]),
        (
            Standing(segment=S.LOYAL, consent=YES, open_lead_days=3),
            [(K.CALL_LEAD, P.HIGH), (K.CROSS_SELL, P.MEDIUM)],
        ),
        (Standing(segment=S.REGULAR, consent=YES, open_lead_days=2), []),
        (Standing(segment=S.REGULAR, consent=NO, churn_risk=0.6), [(K.RETAIN, P.HIGH)]),
        (Standing(segment=S.REGULAR, consent=NO, churn_risk=0.59), []),
        (Standing(segment=S.AT_RISK, consent=NO, churn_risk=0.9), [(K.RETAIN, P.HIGH)]),
    ],
)
def test_each_standing_calls_for_what_the_rules_say(
    standing: Standing, expected: list[tuple[ActionKind, ActionPriority]]
) -> None:
    assert [(action.kind, action.priority) for action in next_best_actions(standing)] == expected


def test_the_documents_words_stand_on_its_actions() -> None:
    assert TITLES[K.RETAIN] == "Hubungi untuk Retention"
    assert TITLES[K.WIN_BACK] == "Jalankan Win-Back Campaign"
    assert TITLES[K.OFFER_PREMIUM] == "Tawarkan Produk Premium"
    assert set(TITLES) == set(ActionKind)


def test_nothing_is_sold_to_who_complains_or_did_not_agree() -> None:
    for segment in S:
        for standing in (
            Standing(segment=segment, consent=YES, open_cases=1),
            Standing(segment=segment, consent=NO),
            Standing(segment=segment, consent=UNASKED),
        ):
            assert {action.kind for action in next_best_actions(standing)} & SELLING == set()


def test_a_closed_gate_says_why() -> None:
    standing = Standing(segment=S.CHAMPION, consent=NO, open_cases=2)
    assert why_not(K.OFFER_PREMIUM, standing) == (
        "Masih ada keluhan terbuka.",
        "Belum ada persetujuan promosi.",
    )
    assert why_not(K.SETTLE_CASE, standing) == ()


def test_every_action_has_a_title_and_a_reason() -> None:
    actions = next_best_actions(Standing(segment=S.LOST, consent=YES, open_lead_days=9, churn_risk=0.8))
    assert [(action.title, action.reason) for action in actions] == [
        ("Hubungi calon pembeli", "Calon pembeli terbuka, 9 hari tanpa tindakan."),
        ("Hubungi untuk Retention", "Risiko berhenti 80%."),
        ("Jalankan Win-Back Campaign", "Hilang: hampir tidak ada aktivitas lagi."),
    ]


@pytest.mark.parametrize(
    ("facts", "score", "heat"),
    [
        (LeadFacts(phase=Phase.LEADS), 5, "cold"),
        (LeadFacts(phase=Phase.INTEREST, has_package=True, days_quiet=0), 42, "warm"),
        (LeadFacts(phase=Phase.BOOKING, has_package=True, days_quiet=2, says_people=True), 68, "hot"),
        (LeadFacts(phase=Phase.INTEREST, has_package=True, days_quiet=20), 15, "cold"),
        (LeadFacts(phase=Phase.LEADS, open_cases=1), 0, "cold"),
        (
            LeadFacts(
                phase=Phase.BOOKING, has_package=True, is_high_intent=True, says_budget=True, says_people=True,
                is_from_ad=True, days_quiet=0, segment=S.CHAMPION,
            ),
            100,
            "hot",
        ),
    ],
    ids=["new", "asks", "wants to pay", "asked long ago", "complains", "everything at once"],
)  # fmt: skip
def test_a_lead_is_as_hot_as_its_facts(facts: LeadFacts, score: int, heat: str) -> None:
    found = lead_score(facts)
    assert (found.score, found.heat) == (score, heat)


def test_a_score_lists_its_points_weightiest_first() -> None:
    found = lead_score(LeadFacts(phase=Phase.INTEREST, has_package=True, open_cases=1, segment=S.LOST))
    assert found.reasons == (
        (20, "Bertanya tentang paket tertentu."),
        (-20, "Masih ada keluhan terbuka."),
        (10, "Sudah memilih paket."),
    )
