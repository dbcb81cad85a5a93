"""How a talk is led: what newcomers hear first, how wishes become offers, and what is not said twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.decide import decide
from flows.decision import Awaiting
from flows.domain import (
    Consent,
    FaqHit,
    HandoverReason,
    Heard,
    Package,
    PackageInEnglish,
    Phase,
    Priority,
    Status,
)
from tests.flows.situations import (
    HEMAT,
    KELUARGA,
    NOW,
    REGULER,
    SHELF,
    VIP,
    at_first,
    hears,
    later,
    said,
    talk,
)

CODE = hears(code=HEMAT.code)
ENTRY = FaqHit(faq_id=3, question="Boleh bawa kucing?", answer="Tidak boleh.", score=0.95)


def test_a_salam_is_answered_with_a_salam() -> None:
    assert decide(at_first(hears("greeting", text="Assalamu'alaikum wr wb"))).say[0].facts["is_salam"]
    assert not decide(at_first(hears("greeting", text="halo kak"))).say[0].facts["is_salam"]


def test_what_only_an_entry_understands_is_answered_beside_a_code_too() -> None:
    asked = hears("out_of_scope", text="boleh bawa kucing?", code=HEMAT.code, faq=(ENTRY,))
    decision = decide(at_first(asked))
    assert said(decision)[:2] == ["greet_package", "faq"]
    assert decision.because == "package_by_code"
    unsure = hears("out_of_scope", code=HEMAT.code, faq=(replace(ENTRY, score=0.6),))
    assert said(decide(at_first(unsure))) == ["greet_package"]


@pytest.mark.parametrize("intent", ["ask_packages", "ask_recommendation", "give_preference", "greeting"])
def test_somebody_new_who_names_no_wish_is_welcomed_with_both_questions(intent: str) -> None:
    assert said(decide(at_first(hears(intent)))) == ["welcome"]


@pytest.mark.parametrize("intent", ["ask_price", "ask_schedule", "ask_quota", "ask_hotel", "ask_flight"])
def test_a_list_as_first_answer_also_asks_how_many_and_when(intent: str) -> None:
    assert said(decide(at_first(hears(intent))))[-1] == "ask_more"


def test_prices_are_listed_from_the_lowest() -> None:
    packages = decide(later(hears("ask_price"))).say[0].facts["packages"]
    assert isinstance(packages, tuple)
    assert packages[0] == HEMAT


def test_price_and_date_together_are_one_list() -> None:
    assert said(decide(later(hears("ask_price", "ask_schedule"))))[0] == "list_packages"


def test_a_recommendation_after_the_list_compares_instead_of_listing_again() -> None:
    decisions, _ = talk(hears("greeting"), hears("give_preference", pax=2), hears("ask_recommendation"))
    assert said(decisions[1])[0] == "recommend"
    assert said(decisions[2]) == ["compare"]
    assert decisions[2].awaiting == decisions[1].awaiting


def test_a_side_question_leads_back_only_once() -> None:
    decisions, _ = talk(hears("greeting"), hears("ask_legality"), hears("ask_location"))
    assert said(decisions[1]) == ["ask_legality", "remind_preference"]
    assert said(decisions[2]) == ["ask_location"]
    assert decisions[2].awaiting == Awaiting(kind="preference")


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        pytest.param(hears("give_preference", pax=4), ["still_fits", "remind_details"], id="enough-seats"),
        pytest.param(hears("give_preference", pax=19), ["ask_quota", "recommend"], id="too-few-seats-here"),
        pytest.param(hears("give_preference", month=1, months=(1,)), ["recommend"], id="another-month"),
        pytest.param(hears("give_preference", text="yang nyaman"), ["what_else"], id="no-wish-in-it"),
    ],
)
def test_a_wish_told_about_a_chosen_package_is_checked_on_that_package(
    heard: object, expected: list[str]
) -> None:
    shelf = replace(
        SHELF, packages=tuple(replace(p, quota_left=18) if p is HEMAT else p for p in SHELF.packages)
    )
    decision = decide(later(heard, package=HEMAT, shelf=shelf))  # type: ignore[arg-type]  # rows are Heard
    assert said(decision)[: len(expected)] == expected


def test_a_detail_question_about_the_only_package_offered_chooses_it() -> None:
    offered = Awaiting(kind="choice", options=(HEMAT.code,))
    decision = decide(later(hears("ask_hotel"), awaiting=offered))
    assert decision.journey.package_code == HEMAT.code
    assert said(decision)[0] == "ask_hotel"


def test_a_package_named_to_be_left_is_not_chosen() -> None:
    heard = hears("ask_packages", text="selain VIP ada apa lagi?", named=(VIP.code,))
    assert decide(later(heard, package=HEMAT)).journey.package_code == HEMAT.code


def test_a_month_whose_package_is_full_is_said_to_be_full() -> None:
    assert said(decide(later(hears("give_preference", month=4, months=(4,)))))[0] == "package_full"


def test_a_month_without_departures_offers_the_nearest_month() -> None:
    packages = decide(later(hears("give_preference", month=12, months=(12,)))).say[0].facts["packages"]
    assert isinstance(packages, tuple)
    assert packages[0] == REGULER


@pytest.mark.parametrize("intent", ["ask_requirements", "ask_legality", "complaint", "thanks"])
def test_a_month_named_beside_the_trip_is_no_wish(intent: str) -> None:
    decision = decide(later(hears(intent, month=10, months=(10,), budget_idr=40_000_000)))
    assert decision.journey.preference.is_empty


def test_the_amount_of_a_down_payment_is_no_budget() -> None:
    decision = decide(later(hears("payment_intent", budget_idr=5_000_000), package=HEMAT))
    assert decision.journey.preference.budget_idr is None


@pytest.mark.parametrize("intent", ["payment_intent", "complaint", "request_human", "opt_out"])
def test_a_guess_is_no_reason_for_a_grave_step(intent: str) -> None:
    decision = decide(later(hears(intent, confidence=0.3), package=HEMAT))
    assert decision.status is Status.BOT
    assert (decision.lead, decision.case, decision.consent) == (None, None, None)


def test_a_wish_to_pay_while_waiting_for_something_else_is_noted_once() -> None:
    decisions, _ = talk(CODE, hears("request_human"), hears("payment_intent"), hears("payment_intent"))
    assert said(decisions[2]) == ["payment_noted"]
    assert decisions[2].lead is not None
    assert decisions[2].priority is Priority.HIGH
    assert decisions[2].alerts == ()
    assert decisions[3].say == ()


def test_while_a_human_talks_code_and_phase_are_followed_silently() -> None:
    held = {"status": Status.HUMAN, "last_human_at": NOW}
    code = decide(later(hears(code=VIP.code), package=HEMAT, **held))
    assert code.journey.package_code == VIP.code
    wish = decide(later(hears("payment_intent"), package=HEMAT, **held))
    assert wish.journey.phase is Phase.BOOKING
    assert wish.lead is not None
    assert code.say == wish.say == ()


def test_hotels_that_no_package_names_are_for_a_human() -> None:
    bare = tuple(replace(p, hotel_makkah=None, hotel_madinah=None) for p in SHELF.packages)
    decision = decide(later(hears("ask_hotel"), shelf=replace(SHELF, packages=bare)))
    assert decision.handover_reason is HandoverReason.COMPLEX_QUESTION


def test_what_every_package_includes_is_told_before_one_is_chosen() -> None:
    decision = decide(later(hears("ask_inclusions")))
    assert said(decision)[0] == "shared_inclusions"
    assert decision.say[0].facts["includes"] == HEMAT.includes


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(1, "ask_price", id="price"),
        pytest.param(2, "ask_hotel", id="hotel"),
        pytest.param(3, "handover_payment", id="register"),
        pytest.param(4, "handover_human", id="a-human"),
    ],
)
def test_the_numbers_of_the_clarifying_question_mean_what_it_says(number: int, expected: str) -> None:
    decisions, _ = talk(CODE, hears("out_of_scope"), hears(number=number))
    assert said(decisions[1]) == ["clarify"]
    assert said(decisions[2])[0] == expected


def test_a_consent_is_never_given_by_a_guess() -> None:
    assert decide(later(hears("opt_in", confidence=0.7))).consent is None
    assert decide(later(hears("opt_in", confidence=0.9))).consent is Consent.GRANTED


def test_a_question_beside_stop_is_answered() -> None:
    decision = decide(later(hears("opt_out", text="STOP"), hears("ask_hotel"), package=HEMAT))
    assert decision.consent is Consent.WITHDRAWN
    assert said(decision)[:2] == ["opted_out", "ask_hotel"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("kalau nomor 2?", VIP.code, id="pointing"),
        pytest.param("2", HEMAT.code, id="a-bare-number-may-mean-anything"),
    ],
)
def test_a_list_further_up_can_still_be_pointed_at(text: str, expected: str) -> None:
    above = Awaiting(kind="list", options=(HEMAT.code, VIP.code))
    decision = decide(later(hears(text=text, number=2), package=HEMAT, awaiting=above))
    assert decision.journey.package_code == expected


def test_after_a_full_package_questions_lead_back_to_what_replaces_it() -> None:
    decisions, _ = talk(hears(code=KELUARGA.code), hears("ask_hotel"))
    assert said(decisions[1]) == ["ask_hotel", "remind_choice"]
    assert decisions[1].awaiting == decisions[0].awaiting


def test_a_rating_counts_although_questions_came_in_between() -> None:
    asked_at = NOW - timedelta(hours=2)
    above = Awaiting(kind="list", options=(HEMAT.code,))
    assert (
        decide(
            later(hears(text="5", number=5), package=HEMAT, awaiting=above, rating_asked_at=asked_at)
        ).rating
        == 5
    )
    choice = Awaiting(kind="choice", options=(HEMAT.code, VIP.code))
    assert decide(later(hears(text="2", number=2), awaiting=choice, rating_asked_at=asked_at)).rating is None


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        pytest.param(hears("affirm", faq=(ENTRY,)), ["faq"], id="sounds-like-a-mere-yes"),
        pytest.param(hears("ask_packages", faq=(ENTRY,)), ["faq"], id="word-for-word"),
        pytest.param(
            hears("ask_brochure", faq=(replace(ENTRY, score=0.8),)), ["ask_brochure"], id="only-alike"
        ),
        pytest.param(hears("give_preference", faq=(replace(ENTRY, score=0.6),)), ["faq"], id="no-wish-in-it"),
        pytest.param(hears("payment_intent", faq=(ENTRY,)), ["handover_payment"], id="paying-comes-first"),
    ],
)
def test_an_entry_of_staff_answers_what_it_is_surely_about(heard: Heard, expected: list[str]) -> None:
    assert said(decide(later(heard, package=HEMAT)))[:1] == expected


def test_who_asks_for_packages_again_sees_the_others_too() -> None:
    decisions, _ = talk(
        hears("greeting"), hears("give_preference", month=3, months=(3,)), hears("ask_packages")
    )
    assert decisions[1].say[0].facts["packages"] == (HEMAT, VIP)
    packages = decisions[2].say[0].facts["packages"]
    assert isinstance(packages, tuple)
    assert REGULER in packages


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        pytest.param("ask_discount", "faq", id="one-answer-for-all-who-ask"),
        pytest.param("ask_requirements", "handover_unknown", id="differs-from-question-to-question"),
    ],
)
def test_the_usual_answer_stands_in_where_every_way_of_asking_has_the_same(
    intent: str, expected: str
) -> None:
    heard = hears(intent)
    usual = replace(ENTRY, intent=intent)
    heard = replace(heard, meaning=replace(heard.meaning, usual_answers=(usual,)))
    assert said(decide(later(heard, package=HEMAT)))[0] == expected


def test_the_usual_answer_is_not_given_twice_in_a_row() -> None:
    heard = hears("ask_discount")
    heard = replace(
        heard, meaning=replace(heard.meaning, usual_answers=(replace(ENTRY, intent="ask_discount"),))
    )
    decisions, _ = talk(CODE, heard, heard)
    assert said(decisions[1])[0] == "faq"
    assert decisions[2].handover_reason is HandoverReason.COMPLEX_QUESTION


def test_an_entry_that_fits_stands_beside_the_answer_of_a_row() -> None:
    decision = decide(later(hears("ask_price", faq=(replace(ENTRY, score=0.6),)), package=HEMAT))
    assert said(decision)[:2] == ["ask_price", "faq"]


def test_two_lists_in_one_message_number_alike() -> None:
    decision = decide(later(hears("ask_price", "ask_hotel")))
    prices, hotels = decision.say[0].facts["packages"], decision.say[1].facts["packages"]
    assert said(decision)[:2] == ["list_prices", "list_hotels"]
    assert prices == hotels


def test_the_price_for_several_people_is_added_up() -> None:
    facts = decide(later(hears("ask_price", pax=3), package=HEMAT)).say[0].facts
    assert facts["total"] == 3 * HEMAT.price


def test_the_day_of_return_counts_the_departure_as_first_day() -> None:
    facts = decide(later(hears("ask_schedule"), package=HEMAT)).say[0].facts
    assert facts["returns"] == date(2027, 3, 23)


def test_an_unsure_question_without_an_answer_is_asked_back_first() -> None:
    decision = decide(later(hears("ask_requirements", confidence=0.3), package=HEMAT))
    assert said(decision) == ["clarify"]
    assert decision.status is Status.BOT


def test_a_question_beside_paying_is_answered_from_what_staff_wrote() -> None:
    decision = decide(later(hears("ask_requirements", "payment_intent", faq=(ENTRY,)), package=HEMAT))
    assert said(decision) == ["faq", "handover_payment"]


def test_paying_for_the_chosen_package_by_name_does_not_introduce_it_again() -> None:
    decision = decide(later(hears("payment_intent", named=(HEMAT.code,)), package=HEMAT))
    assert said(decision) == ["handover_payment"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("yg paling murah aja", HEMAT.code, id="cheapest"),
        pytest.param("sing paling murah mas", HEMAT.code, id="cheapest-javanese"),
        pytest.param("the cheapest one please", HEMAT.code, id="cheapest-english"),
        pytest.param("yang termewah", VIP.code, id="dearest"),
        pytest.param("paling cepat yg mana", REGULER.code, id="soonest"),
        pytest.param("hotelnya yang paling dekat masjid", None, id="near-the-mosque-is-no-end-of-the-list"),
        pytest.param("saya cari yang paling murah tapi hotelnya jangan jauh", None, id="long-messages-wish"),
    ],
)
def test_the_end_of_a_list_can_be_pointed_at_by_what_it_is(text: str, expected: str | None) -> None:
    above = Awaiting(kind="choice", options=(REGULER.code, HEMAT.code, VIP.code))
    decision = decide(later(hears("ask_recommendation", text=text), awaiting=above))
    assert decision.journey.package_code == expected


@pytest.mark.parametrize("intent", ["ask_packages", "ask_schedule", "ask_price"])
def test_a_month_in_which_nothing_departs_is_not_passed_over(intent: str) -> None:
    decision = decide(later(hears(intent, month=6, months=(6,))))
    assert said(decision)[0] == "no_match"


def test_two_entries_that_answer_two_pieces_of_one_question_are_both_told() -> None:
    vaccine = FaqHit(faq_id=1, question="vaksin?", answer="Meningitis wajib.", score=0.64, of_piece=True)
    wheelchair = FaqHit(faq_id=2, question="kursi roda?", answer="Ada, gratis.", score=0.9, of_piece=True)
    decision = decide(later(hears("ask_requirements", faq=(vaccine, wheelchair)), package=HEMAT))
    assert [say.facts.get("faq_id") for say in decision.say[:2]] == [1, 2]


def test_each_of_two_questions_gets_its_own_entry() -> None:
    child = FaqHit(faq_id=1, question="harga anak?", answer="Potongan.", score=0.9, intent="ask_price")
    decision = decide(later(hears("ask_price", "ask_hotel", faq=(child,)), package=HEMAT))
    assert said(decision)[:2] == ["faq", "ask_hotel"]


@pytest.mark.parametrize(
    ("text", "is_complaint"),
    [
        pytest.param(
            "teman saya kecewa sama travel lain, makanya cari yang bagus", False, id="others-doings"
        ),
        pytest.param("saya kecewa, travel lain tidak begini, kalian lambat", True, id="compared-with-us"),
        pytest.param("saya kecewa sekali", True, id="plain"),
    ],
)
def test_what_others_did_is_no_complaint_about_us(text: str, is_complaint: bool) -> None:
    assert (decide(later(hears("complaint", text=text))).case is not None) is is_complaint


def test_mere_thanks_in_english_do_not_switch_a_talk_in_indonesian() -> None:
    mere = hears("thanks", text="thank you")
    mere = replace(mere, meaning=replace(mere.meaning, language="en"))
    assert decide(later(mere, package=HEMAT)).language == "id"
    assert decide(at_first(mere)).language == "en"


def test_english_customers_hear_what_staff_wrote_in_english() -> None:
    english = PackageInEnglish(includes=("Visa included",), payment_terms="Down payment first.")
    package = replace(HEMAT, english=english)
    shelf = replace(SHELF, packages=(package,))
    heard = hears("ask_payment_terms", text="what are your payment terms")
    heard = replace(heard, meaning=replace(heard.meaning, language="en"))
    terms = decide(later(heard, package=package, shelf=shelf)).say[0].facts["package"]
    assert isinstance(terms, Package)
    assert (terms.payment_terms, terms.includes) == ("Down payment first.", ("Visa included",))
    assert terms.airline == HEMAT.airline


def test_an_entry_is_told_in_the_customers_language_where_staff_wrote_it() -> None:
    entry = FaqHit(faq_id=1, question="Vaksin?", answer="Wajib.", answer_en="Compulsory.", score=0.9)
    heard = hears("ask_requirements", faq=(entry,))
    assert decide(later(heard, package=HEMAT)).say[0].facts["answer"] == "Wajib."
    assert decide(later(heard, package=HEMAT, language="en")).say[0].facts["answer"] == "Compulsory."
