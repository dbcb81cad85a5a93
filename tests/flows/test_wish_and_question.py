"""A wish and a question in one breath: neither is lost, and nothing that was told is asked again."""

from dataclasses import replace

from flows.decide import decide
from flows.domain import FaqHit, IntentScore, Preference, Status
from tests.flows.situations import HEMAT, KELUARGA, REGULER, VIP, at_first, hears, later, said

WHEELCHAIR = FaqHit(faq_id=4, question="Kursi roda?", answer="Ada.", score=0.9, of_piece=True)
PREGNANT = FaqHit(faq_id=5, question="Hamil?", answer="Boleh.", score=0.9)


def test_an_entry_beside_a_wish_is_told_before_what_suits_it() -> None:
    heard = hears("give_preference", pax=5, months=(3,), faq=(WHEELCHAIR,))
    assert said(decide(at_first(heard))) == ["salam", "faq", "recommend"]


def test_an_entry_that_barely_fits_a_mere_wish_is_not_told() -> None:
    vague = replace(WHEELCHAIR, of_piece=False, score=0.55)
    assert "faq" not in said(decide(at_first(hears("give_preference", pax=5, faq=(vague,)))))


def test_what_is_answered_in_words_comes_before_the_list_to_choose_from() -> None:
    entry = replace(WHEELCHAIR, intent="ask_requirements")
    heard = hears("give_preference", "ask_requirements", pax=5, months=(3,), faq=(entry,))
    assert said(decide(at_first(heard))) == ["salam", "faq", "recommend"]


def test_hotels_asked_beside_a_wish_are_told_of_what_suits_it() -> None:
    assert said(decide(at_first(hears("give_preference", "ask_hotel", pax=2, months=(3,))))) == [
        "salam",
        "recommend",
        "list_hotels",
    ]


def sounds_like(intent: str, share: float) -> tuple[IntentScore, ...]:
    return (IntentScore(name="ask_requirements", confidence=0.6), IntentScore(name=intent, confidence=share))


def test_a_question_that_also_tells_of_a_trip_is_answered_and_the_trip_offered() -> None:
    heard = hears("ask_requirements", pax=2, months=(1,), faq=(PREGNANT,))
    told = replace(heard, meaning=replace(heard.meaning, intents=sounds_like("give_preference", 0.34)))
    decision = decide(at_first(told))
    assert said(decision) == ["salam", "faq", "recommend"]
    assert decision.journey.preference == Preference(pax=2, months=(1,))


def test_a_passports_month_is_still_no_wish() -> None:
    heard = hears("ask_requirements", months=(10,), faq=(PREGNANT,))
    told = replace(heard, meaning=replace(heard.meaning, intents=sounds_like("give_preference", 0.02)))
    assert decide(at_first(told)).journey.preference.is_empty


def test_the_price_elsewhere_is_no_budget_here() -> None:
    heard = hears("ask_recommendation", text="travel sebelah 22 juta dapat bintang 5", budget_idr=22_000_000)
    assert decide(at_first(heard)).journey.preference.budget_idr is None


def test_a_party_that_has_grown_too_large_hears_so_whatever_else_it_asks() -> None:
    decision = decide(later(hears("ask_hotel", pax=8), package=VIP))
    assert said(decision)[0] == "ask_hotel"
    assert "ask_quota" in said(decision)


def test_a_party_that_fits_hears_only_what_it_asks() -> None:
    assert "ask_quota" not in said(decide(later(hears("ask_hotel", pax=4), package=VIP)))


def test_a_question_beside_the_wish_for_a_human_need_not_wait() -> None:
    decision = decide(later(hears("request_human", "ask_price"), package=HEMAT))
    assert said(decision) == ["ask_price", "handover_human"]
    assert decision.status is Status.WAITING


def test_the_total_follows_the_introduction_without_its_price_again() -> None:
    decision = decide(later(hears("ask_price", pax=5, named=(REGULER.code,))))
    assert said(decision)[:2] == ["package_intro", "ask_price"]
    assert decision.say[1].facts["is_told"]


def test_the_one_package_of_the_month_is_introduced_before_its_hotel() -> None:
    heard = hears("give_preference", "ask_hotel", pax=2, months=(1,))
    assert said(decide(at_first(heard)))[:3] == ["salam", "package_intro", "ask_hotel"]


def test_a_short_call_for_the_admin_is_heard_where_the_model_is_unsure() -> None:
    heard = hears("ask_recommendation", text="admin mana sih", confidence=0.27)
    assert said(decide(later(heard))) == ["handover_human"]


def test_a_greeting_after_a_full_package_speaks_of_what_can_be_had() -> None:
    assert said(decide(later(hears("greeting"), package=KELUARGA))) == ["welcome_back"]
