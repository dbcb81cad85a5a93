"""The two questions of the chat's survey: who is asked, how answers are read, and how it gives way."""

from dataclasses import replace

import pytest

from flows import survey
from flows.buyer import KnownBuyer
from flows.decide import decide
from flows.decision import Awaiting, Decision, Situation
from flows.domain import Entities, Status
from flows.hearing import listen
from flows.persona import Budget, PriceBands, Survey
from tests.flows.situations import HEMAT, REGULER, VIP, after, hears, later, said

BANDS = PriceBands(low=28_000_000, high=40_000_000)
STRANGER = KnownBuyer(bands=BANDS)
LISTED = (REGULER.code, HEMAT.code, VIP.code)
FIRST = Awaiting(kind="survey", options=LISTED, is_advice=True)
SECOND = replace(FIRST, need="Dekat masjid")


def asked(*heard: object, **facts: object) -> Decision:
    return decide(later(*heard, buyer=STRANGER, **facts))  # type: ignore[arg-type]  # rows are Heard


def test_a_stranger_is_recommended_something_and_asked_what_it_is_for() -> None:
    decision = asked(hears("ask_recommendation"))
    assert said(decision) == ["recommend", "survey_need"]
    assert decision.awaiting is not None
    assert (decision.awaiting.kind, len(decision.awaiting.options)) == ("survey", 3)


@pytest.mark.parametrize(
    "buyer",
    [
        pytest.param(
            replace(STRANGER, survey=Survey(hobby="Dekat masjid", budget=Budget.SEDANG)), id="answered"
        ),
        pytest.param(replace(STRANGER, favorites=frozenset({HEMAT.code})), id="likes-something"),
        pytest.param(None, id="not-looked-up"),
    ],
)
def test_who_is_known_is_not_asked(buyer: KnownBuyer | None) -> None:
    decision = decide(later(hears("ask_recommendation"), buyer=buyer))
    assert "survey_need" not in said(decision)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"asked": ("survey", "ask_recommendation")}, id="once-a-purchase"),
        pytest.param({"status": Status.WAITING}, id="a-human-is-coming"),
        pytest.param({"has_open_case": True}, id="a-complaint-is-open"),
    ],
)
def test_the_survey_is_not_begun_at_the_wrong_moment(facts: dict[str, object]) -> None:
    assert "survey_need" not in said(asked(hears("ask_recommendation"), **facts))


@pytest.mark.parametrize(
    ("text", "amount", "need", "budget"),
    [
        pytest.param("saya sih buat gaming kak", None, "Gaming", None, id="fillers-dropped"),
        pytest.param("yang dekat masjid", None, "Dekat masjid", None, id="plain"),
        pytest.param("nyaman untuk orang tua", None, "Nyaman untuk orang tua", None, id="kept-whole"),
        pytest.param(
            "streaming, yang murah aja", None, "Streaming, yang murah", Budget.HEMAT, id="both-at-once"
        ),
        pytest.param("budget 30 juta", 30_000_000, None, Budget.SEDANG, id="an-amount-is-no-need"),
        pytest.param("2", None, None, None, id="a-number-points-at-the-list"),
        pytest.param("ada kolam renangnya?", None, None, None, id="a-question"),
        pytest.param("berapa harganya", None, None, None, id="a-question-without-a-mark"),
        pytest.param("👍", None, None, None, id="no-letters"),
    ],
)
def test_the_first_answer_is_read_leniently(
    text: str, amount: int | None, need: str | None, budget: Budget | None
) -> None:
    heard = listen(later(hears(text=text, budget_idr=amount)))
    found = survey.read(heard, FIRST, BANDS)
    assert (found.need, found.budget, found.is_skip) == (need, budget, False)


@pytest.mark.parametrize(
    ("text", "amount", "expected"),
    [
        pytest.param("yang hemat aja", None, Budget.HEMAT, id="hemat"),
        pytest.param("murah meriah", None, Budget.HEMAT, id="murah"),
        pytest.param("menengah lah", None, Budget.SEDANG, id="menengah"),
        pytest.param("biasa aja", None, Budget.SEDANG, id="biasa"),
        pytest.param("SULTAN dong", None, Budget.SULTAN, id="capitals"),
        pytest.param("yang terbaik, bebas", None, Budget.SULTAN, id="terbaik"),
        pytest.param("sekitar 25 juta", 25_000_000, Budget.HEMAT, id="amount-low"),
        pytest.param("30jt", 30_000_000, Budget.SEDANG, id="amount-middle"),
        pytest.param("50 jt lah", 50_000_000, Budget.SULTAN, id="amount-high"),
        pytest.param("hmm", None, None, id="nothing"),
    ],
)
def test_the_second_answer_is_read_by_words_and_by_amounts(
    text: str, amount: int | None, expected: Budget | None
) -> None:
    heard = listen(later(hears(text=text, budget_idr=amount)))
    assert survey.read(heard, SECOND, BANDS).budget is expected


@pytest.mark.parametrize("text", ["lewati", "skip aja", "ga usah", "nggak perlu kak", "nanti aja ya"])
def test_the_survey_may_be_skipped_in_many_words(text: str) -> None:
    decision = asked(hears("out_of_scope", text=text), awaiting=FIRST)
    assert said(decision) == ["survey_skipped"]
    assert decision.survey is None
    assert decision.awaiting == Awaiting(kind="choice", options=LISTED, is_advice=True)


def test_both_answers_are_kept_and_used_in_the_same_message() -> None:
    first = later(hears("out_of_scope", text="yang dekat masjid"), buyer=STRANGER, awaiting=FIRST)
    one = decide(first)
    assert said(one) == ["survey_budget"]
    two = decide(after(one, first, hears("out_of_scope", text="yang hemat")))
    assert two.survey == Survey(hobby="Dekat masjid", budget=Budget.HEMAT)
    assert said(two)[:2] == ["survey_thanks", "recommend"]
    picks = two.say[1].facts["packages"]
    assert isinstance(picks, tuple)
    assert picks[0] == HEMAT


def _interrupted(awaiting: Awaiting) -> Situation:
    return later(hears("ask_location", text="kantornya di mana?"), buyer=STRANGER, awaiting=awaiting)


def test_a_question_in_between_is_answered_and_the_survey_asks_once_more() -> None:
    first = decide(_interrupted(SECOND))
    assert said(first) == ["ask_location", "survey_budget"]
    assert first.awaiting == replace(SECOND, is_resumed=True)
    second = decide(after(first, _interrupted(SECOND), hears("ask_legality", text="ada izinnya?")))
    assert "survey_budget" not in said(second)


@pytest.mark.parametrize("intent", ["complaint", "request_human", "payment_intent"])
def test_what_is_graver_ends_the_survey(intent: str) -> None:
    decision = asked(hears(intent, text="yang hemat"), awaiting=SECOND)
    assert decision.status is Status.WAITING
    assert decision.survey is None
    assert not {"survey_need", "survey_budget"} & set(said(decision))


def test_a_number_still_chooses_from_the_list_above() -> None:
    decision = asked(hears(text="2", number=2), awaiting=FIRST)
    assert decision.journey.package_code == HEMAT.code


def test_a_long_story_is_no_answer() -> None:
    heard = hears(
        "out_of_scope", text="jadi begini ceritanya waktu itu saya pernah pergi sama teman lama saya"
    )
    assert survey.read(listen(later(heard)), FIRST, BANDS).is_empty


def test_people_and_months_are_wishes_and_no_need() -> None:
    heard = hears("give_preference", text="kami 4 orang", pax=4)
    assert heard.meaning.entities == Entities(pax=4)
    assert survey.read(listen(later(heard)), FIRST, BANDS).is_empty
