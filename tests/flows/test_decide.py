"""The contract's section 4 as decisions: each row is a thing that customers do, and what must come of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.decide import decide
from flows.decision import Awaiting, Situation
from flows.domain import Consent, FaqHit, HandoverReason, MessageKind, Phase, Priority, Status, Triggers
from tests.flows.situations import (
    HEMAT,
    KELUARGA,
    NOW,
    REGULER,
    SHELF,
    TURKI,
    VIP,
    after,
    at_first,
    hears,
    later,
    said,
    shown,
    talk,
)

CODE = hears(code=HEMAT.code)
DETAILS = Awaiting(kind="details")


def test_a_code_from_an_ad_is_greeted_with_the_picture_and_a_question() -> None:
    decision = decide(at_first(CODE))
    assert said(decision) == ["greet_package"]
    assert shown(decision) == ["image"]
    assert decision.journey.phase is Phase.LEADS
    assert decision.journey.package_code == decision.journey.campaign_code == HEMAT.code
    assert decision.awaiting == DETAILS
    assert decision.status is Status.BOT


def test_no_code_is_welcomed_with_the_open_packages_only() -> None:
    decision = decide(at_first(hears("greeting")))
    assert said(decision) == ["welcome"]
    packages = decision.say[0].facts["packages"]
    assert isinstance(packages, tuple)
    assert REGULER in packages
    assert KELUARGA not in packages


PHASES = [
    pytest.param("ask_hotel", Phase.INTEREST, id="hotel"),
    pytest.param("ask_itinerary", Phase.INTEREST, id="itinerary"),
    pytest.param("ask_flight", Phase.INTEREST, id="flight"),
    pytest.param("ask_inclusions", Phase.INTEREST, id="inclusions"),
    pytest.param("ask_brochure", Phase.INTEREST, id="brochure"),
    pytest.param("ask_payment_terms", Phase.INTEREST, id="terms-are-information"),
    pytest.param("ask_price", Phase.INTEREST, id="price-after-the-greeting-told-it"),
    pytest.param("ask_schedule", Phase.INTEREST, id="schedule-after-the-greeting"),
    pytest.param("ask_quota", Phase.INTEREST, id="quota-after-the-greeting"),
    pytest.param("affirm", Phase.INTEREST, id="yes-after-the-greeting"),
    pytest.param("payment_intent", Phase.BOOKING, id="payment-skips-ahead"),
    pytest.param("ask_location", Phase.LEADS, id="location-changes-nothing"),
    pytest.param("ask_legality", Phase.LEADS, id="legality-changes-nothing"),
    pytest.param("ask_requirements", Phase.LEADS, id="requirements-change-nothing"),
    pytest.param("ask_testimonial", Phase.LEADS, id="testimonial-changes-nothing"),
    pytest.param("ask_discount", Phase.LEADS, id="discount-changes-nothing"),
    pytest.param("ask_refund", Phase.LEADS, id="refund-changes-nothing"),
    pytest.param("thanks", Phase.LEADS, id="thanks-change-nothing"),
    pytest.param("greeting", Phase.LEADS, id="greeting-changes-nothing"),
    pytest.param("deny", Phase.LEADS, id="no-changes-nothing"),
]


@pytest.mark.parametrize(("intent", "phase"), PHASES)
def test_a_question_with_a_package_moves_the_phase_as_the_table_says(intent: str, phase: Phase) -> None:
    decisions, _ = talk(CODE, hears(intent))
    assert decisions[-1].journey.phase is phase


@pytest.mark.parametrize("intent", [p.values[0] for p in PHASES if p.values[0] != "payment_intent"])
def test_no_question_without_a_package_moves_the_phase(intent: str) -> None:
    decisions, _ = talk(hears("greeting"), hears(intent))
    assert decisions[-1].journey.phase is Phase.LEADS


@pytest.mark.parametrize("intent", [p.values[0] for p in PHASES])
def test_the_phase_never_goes_backward(intent: str) -> None:
    decision = decide(later(hears(intent), package=HEMAT, phase=Phase.BOOKING))
    assert decision.journey.phase is Phase.BOOKING
    assert decision.steps == ()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("mau tanya dulu", "ask_away"),
        ("Kak, mau tanya2 dulu boleh ya?", "ask_away"),
        ("numpang nanya min", "ask_away"),
        ("boleh tanya-tanya dulu gak kak 🙏", "ask_away"),
        ("can I ask something first?", "ask_away"),
        ("tidak dulu", "deny_ok"),
        ("nanti saya tanya suami dulu", "deny_ok"),
        ("mau tanya istri dulu ya", "deny_ok"),
    ],
)
def test_who_asks_leave_to_ask_is_told_to_ask_and_whoever_must_ask_at_home_is_left_in_peace(
    text: str, key: str
) -> None:
    decisions, _ = talk(CODE, hears("deny", text=text))
    assert said(decisions[-1]) == [key]
    assert decisions[-1].journey.phase is Phase.LEADS


def test_entering_interest_answers_then_sends_both_papers_once() -> None:
    decisions, situation = talk(CODE, hears("ask_hotel"))
    assert said(decisions[-1]) == ["ask_hotel", "papers", "anything_else"]
    assert shown(decisions[-1]) == ["brochure", "itinerary"]
    again = decide(after(decisions[-1], situation, hears("ask_inclusions")))
    assert shown(again) == []


def test_the_brochure_comes_again_when_it_is_asked_for() -> None:
    decisions, _ = talk(CODE, hears("ask_hotel"), hears("ask_brochure"))
    assert shown(decisions[-1]) == ["brochure"]


def test_asking_for_the_brochure_first_sends_each_paper_only_once() -> None:
    decisions, _ = talk(CODE, hears("ask_brochure"))
    assert shown(decisions[-1]) == ["brochure", "itinerary"]


def test_a_code_with_a_question_is_greeted_and_answered() -> None:
    decision = decide(at_first(hears("ask_hotel", code=HEMAT.code)))
    assert said(decision)[:2] == ["greet_package", "ask_hotel"]
    assert decision.journey.phase is Phase.INTEREST


def test_two_questions_in_one_message_are_both_answered() -> None:
    decision = decide(later(hears("ask_hotel", "ask_inclusions"), package=HEMAT))
    assert {"ask_hotel", "ask_inclusions"} <= set(said(decision))


def test_two_messages_of_one_burst_are_both_answered() -> None:
    decision = decide(later(hears("ask_hotel"), hears("ask_flight"), package=HEMAT))
    assert {"ask_hotel", "ask_flight"} <= set(said(decision))


def test_payment_makes_a_lead_an_alert_and_asks_for_a_human() -> None:
    decision = decide(later(hears("payment_intent"), package=HEMAT, phase=Phase.INTEREST))
    assert decision.status is Status.WAITING
    assert decision.handover_reason is HandoverReason.PAYMENT_INTENT
    assert decision.priority is Priority.HIGH
    assert decision.high_intent
    assert decision.lead is not None
    assert HEMAT.name in decision.lead.summary
    assert [alert.kind for alert in decision.alerts] == ["payment_intent"]
    assert said(decision) == ["handover_payment"]


def test_payment_without_a_package_is_early_and_lists_packages_softly() -> None:
    decision = decide(later(hears("payment_intent")))
    assert decision.journey.phase is Phase.BOOKING
    assert decision.high_intent
    assert said(decision) == ["handover_payment_early"]
    assert decision.awaiting is not None
    assert decision.awaiting.kind == "choice"


def test_an_early_payer_who_then_chooses_completes_the_same_lead() -> None:
    decisions, situation = talk(hears("payment_intent"), hears(number=1))
    assert decisions[-1].journey.package_code == REGULER.code
    assert decisions[-1].lead is not None
    assert decisions[-1].lead.interested_package == REGULER.code
    assert decisions[-1].alerts == ()
    assert situation.status is Status.WAITING


def test_a_second_wish_to_pay_makes_no_second_lead_alert_or_sentence() -> None:
    decisions, _ = talk(CODE, hears("payment_intent"), hears("payment_intent"))
    assert decisions[-1].lead is None
    assert decisions[-1].alerts == ()
    assert decisions[-1].say == ()


def test_while_waiting_known_answers_are_given_and_the_rest_is_silence() -> None:
    decisions, situation = talk(CODE, hears("payment_intent"))
    assert said(decide(after(decisions[-1], situation, hears("ask_hotel"))))[0] == "ask_hotel"
    assert decide(after(decisions[-1], situation, hears("out_of_scope"))).say == ()
    assert decide(after(decisions[-1], situation, hears("ask_discount"))).say == ()
    assert decide(after(decisions[-1], situation, hears("request_human"))).say == ()


def test_a_negated_wish_is_a_no() -> None:
    heard = hears("payment_intent", text="belum mau daftar")
    heard = replace(heard, meaning=replace(heard.meaning, is_negated=True))
    decision = decide(later(heard, package=HEMAT))
    assert decision.journey.phase is Phase.LEADS
    assert decision.status is Status.BOT


def test_not_understood_asks_back_once_and_then_calls_a_human() -> None:
    decisions, _ = talk(hears("greeting"), hears("out_of_scope"), hears("out_of_scope"))
    assert said(decisions[1]) == ["clarify"]
    assert decisions[1].status is Status.BOT
    assert decisions[2].status is Status.WAITING
    assert decisions[2].handover_reason is HandoverReason.LOW_CONFIDENCE


def test_an_understood_message_in_between_forgives_the_miss() -> None:
    decisions, _ = talk(
        hears("greeting"), hears("out_of_scope"), hears("ask_location"), hears("out_of_scope")
    )
    assert decisions[-1].status is Status.BOT


def test_a_question_without_an_answer_calls_a_human_at_once() -> None:
    decision = decide(later(hears("ask_refund"), package=HEMAT))
    assert decision.status is Status.WAITING
    assert decision.handover_reason is HandoverReason.COMPLEX_QUESTION
    assert "handover_unknown" in said(decision)


def test_an_entry_that_staff_wrote_answers_what_no_row_does() -> None:
    hit = FaqHit(faq_id=3, question="Bisa refund?", answer="Bisa, H-45.", score=0.6)
    decision = decide(later(hears("ask_refund", faq=(hit,)), package=HEMAT))
    assert decision.status is Status.BOT
    assert said(decision)[0] == "faq"


def test_a_complaint_opens_a_case_and_sells_nothing() -> None:
    decision = decide(later(hears("complaint", "ask_price", text="refund saya belum masuk!"), package=HEMAT))
    assert decision.case is not None
    assert decision.case.category == "REFUND"
    assert decision.handover_reason is HandoverReason.COMPLAINT
    assert decision.priority is Priority.HIGH
    assert said(decision) == ["handover_complaint"]
    assert decision.show == ()


def test_a_second_complaint_opens_no_second_case() -> None:
    decisions, _ = talk(hears("complaint", text="lama sekali"), hears("complaint", text="masih lama"))
    assert decisions[-1].case is None
    assert decisions[-1].say == ()


@pytest.mark.parametrize("asked", [KELUARGA.code, "UMR_OKT_2026_HEMAT"], ids=["full", "departed"])
def test_what_cannot_be_sold_is_said_and_alternatives_are_offered(asked: str) -> None:
    decision = decide(at_first(hears(code=asked)))
    assert said(decision)[:2] in (["salam", "package_full"], ["salam", "package_departed"])
    assert decision.awaiting is not None
    assert len(decision.awaiting.options) == 3
    assert decision.journey.campaign_code == asked


def test_an_unknown_code_gets_a_general_answer_with_the_nearest() -> None:
    decision = decide(at_first(hears(unknown="UMR_MEI_2027_HEMAT", nearest=(HEMAT.code,))))
    assert "unknown_code" in said(decision)
    assert decision.awaiting == Awaiting(kind="choice", options=(HEMAT.code,))


def test_the_first_valid_code_counts() -> None:
    first, second = hears(code=VIP.code), hears(code=HEMAT.code)
    assert decide(at_first(first, second)).journey.package_code == VIP.code


def test_a_code_switches_the_package_in_any_phase() -> None:
    decision = decide(
        later(hears(code=TURKI.code), package=HEMAT, phase=Phase.INTEREST, campaign_code=HEMAT.code)
    )
    assert decision.journey.package_code == TURKI.code
    assert decision.journey.phase is Phase.INTEREST
    assert decision.journey.campaign_code == HEMAT.code
    assert said(decision) == ["package_intro"]


def test_a_name_switches_the_package() -> None:
    decision = decide(later(hears("ask_hotel", named=(VIP.code,)), package=HEMAT))
    assert decision.journey.package_code == VIP.code
    assert "ask_hotel" in said(decision)


def test_pax_and_month_lead_to_fitting_packages() -> None:
    decision = decide(later(hears("give_preference", pax=2, month=3, months=(3,), budget_idr=30_000_000)))
    packages = decision.say[0].facts["packages"]
    assert packages == (HEMAT,)
    assert said(decision)[0] == "recommend"


def test_a_wish_that_nothing_meets_is_said_honestly() -> None:
    decision = decide(later(hears("give_preference", budget_idr=10_000_000)))
    assert said(decision)[0] == "no_match"


def test_a_side_question_returns_to_where_the_talk_was() -> None:
    decisions, _ = talk(hears("greeting"), hears("ask_location"))
    assert said(decisions[-1]) == ["ask_location", "remind_preference"]
    assert shown(decisions[-1]) == ["location"]


@pytest.mark.parametrize("text", ["STOP", "berhenti"])
def test_stop_withdraws_with_one_confirmation(text: str) -> None:
    decisions, _ = talk(hears("greeting"), hears("opt_out", text=text), hears("opt_out", text=text))
    assert decisions[1].consent is Consent.WITHDRAWN
    assert said(decisions[1]) == ["opted_out"]
    assert decisions[2].say == ()


def test_a_human_holds_and_the_bot_is_silent() -> None:
    decision = decide(later(hears("ask_hotel"), package=HEMAT, status=Status.HUMAN, last_human_at=NOW))
    assert decision.say == ()
    assert decision.status is Status.HUMAN
    assert decision.should_escalate


def test_a_human_who_stayed_away_gives_the_conversation_back() -> None:
    away = NOW - timedelta(hours=25)
    decision = decide(later(hears("ask_hotel"), package=HEMAT, status=Status.HUMAN, last_human_at=away))
    assert decision.status is Status.BOT
    assert "ask_hotel" in said(decision)


def test_a_closed_conversation_reopens_in_its_last_phase() -> None:
    decision = decide(later(hears("ask_hotel"), package=HEMAT, phase=Phase.INTEREST, status=Status.CLOSED))
    assert decision.status is Status.BOT
    assert decision.journey.phase is Phase.INTEREST


def test_a_rating_is_a_rating_and_nothing_else() -> None:
    situation = later(hears(number=5), status=Status.CLOSED, rating_asked_at=NOW - timedelta(hours=2))
    decision = decide(situation)
    assert decision.rating == 5
    assert decision.status is Status.CLOSED
    assert decision.steps == ()


def test_after_paid_a_code_starts_a_new_journey_at_leads() -> None:
    decision = decide(later(CODE, package=VIP, phase=Phase.PAID))
    assert decision.starts_journey
    assert decision.journey.phase is Phase.LEADS
    assert decision.journey.package_code == HEMAT.code
    assert said(decision) == ["greet_package"]


def test_after_paid_a_side_question_starts_nothing() -> None:
    decision = decide(later(hears("ask_location"), package=VIP, phase=Phase.PAID))
    assert not decision.starts_journey
    assert decision.journey.phase is Phase.PAID


def test_a_voice_message_is_answered_kindly_and_the_second_calls_a_human() -> None:
    voice = hears(kind=MessageKind.VOICE, text="")
    decisions, _ = talk(hears("greeting"), voice, voice)
    assert said(decisions[1]) == ["voice_unreadable"]
    assert decisions[2].status is Status.WAITING


def test_a_transfer_proof_is_received_and_shown_to_a_human() -> None:
    proof = hears(kind=MessageKind.IMAGE, text="")
    decision = decide(later(proof, package=HEMAT, phase=Phase.BOOKING))
    assert decision.status is Status.WAITING
    assert decision.handover_reason is HandoverReason.PAYMENT_INTENT
    assert said(decision) == ["handover_file"]


def test_a_file_that_cannot_be_fetched_is_asked_for_again() -> None:
    proof = hears(kind=MessageKind.IMAGE, text="", file_failed=True)
    assert said(decide(later(proof, package=HEMAT))) == ["file_failed"]


def test_an_old_message_gets_one_late_reply_and_the_phase_stays() -> None:
    decision = decide(later(hears("payment_intent", is_stale=True), package=HEMAT))
    assert said(decision) == ["late"]
    assert decision.journey.phase is Phase.LEADS
    assert decision.status is Status.WAITING


def test_an_old_stop_is_still_a_stop() -> None:
    decision = decide(later(hears("opt_out", text="STOP", is_stale=True)))
    assert decision.consent is Consent.WITHDRAWN


def test_staff_trigger_words_call_a_human_whatever_the_model_thinks() -> None:
    shelf = replace(SHELF, triggers=Triggers(human_keywords=("kantor pusat",)))
    decision = decide(later(hears("ask_location", text="tolong hubungkan ke Kantor Pusat"), shelf=shelf))
    assert decision.handover_reason is HandoverReason.CUSTOMER_REQUEST


def test_outside_working_hours_the_customer_hears_when_a_human_answers() -> None:
    sunday = NOW - timedelta(days=1)
    decision = decide(later(hears("request_human"), now=sunday, today=sunday.date()))
    assert decision.say[0].facts["answered_at"] == "besok (Senin) pukul 08.00 WIB"


@pytest.mark.parametrize(
    ("heard", "options", "expected"),
    [
        pytest.param(hears(number=2), (HEMAT.code, VIP.code), VIP.code, id="bare-number"),
        pytest.param(hears("affirm", text="yang kedua"), (HEMAT.code, VIP.code), VIP.code, id="ordinal"),
        pytest.param(
            hears("affirm", text="nomor 1 ya"), (HEMAT.code, VIP.code), HEMAT.code, id="number-word"
        ),
        pytest.param(hears("affirm", text="yang terakhir"), (HEMAT.code, VIP.code), VIP.code, id="last"),
        pytest.param(hears("affirm", text="iya"), (HEMAT.code,), HEMAT.code, id="yes-to-the-only-one"),
        pytest.param(hears("affirm", text="iya"), (HEMAT.code, VIP.code), None, id="yes-to-several"),
        pytest.param(hears(number=9), (HEMAT.code, VIP.code), None, id="number-beyond-the-list"),
    ],
)
def test_a_list_can_be_answered_in_few_words(
    heard: object, options: tuple[str, ...], expected: str | None
) -> None:
    situation = later(heard, awaiting=Awaiting(kind="choice", options=options))  # type: ignore[arg-type]  # rows are Heard
    assert decide(situation).journey.package_code == expected


def test_the_same_situation_always_gives_the_same_decision() -> None:
    situation: Situation = at_first(hears("ask_hotel", code=HEMAT.code))
    assert decide(situation) == decide(situation)
