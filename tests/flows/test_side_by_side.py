"""Who asks how packages differ, or which is better, sees them side by side, and has chosen none by that."""

from dataclasses import replace

import pytest

from flows.decide import decide
from flows.decision import Decision
from flows.domain import CodeMention, Package
from flows.side_by_side import compares
from tests.flows.situations import HEMAT, KELUARGA, REGULER, TURKI, VIP, at_first, hears, later, said

DIFFERENCE = "apa bedanya sama yang hemat?"


@pytest.mark.parametrize(
    "text",
    [
        DIFFERENCE, "mending vip atau turki ya", "bagusan mana kak", "lebih enak mana", "apik sing endi mas",
        "what's the difference between them", "reguler vs vip", "which one is better?", "bandingkan dong",
    ],
)  # fmt: skip
def test_a_comparison_is_heard(text: str) -> None:
    assert compares(text)


@pytest.mark.parametrize(
    "text", ["yang hemat berapa?", "hotelnya di mana", "yang bagus yang ada", "vip ada?"]
)
def test_a_question_about_one_is_none(text: str) -> None:
    assert not compares(text)


def shown(decision: Decision) -> tuple[str, ...]:
    (packages,) = [say.facts["packages"] for say in decision.say if say.key == "side_by_side"]
    assert isinstance(packages, tuple)
    return tuple(package.code for package in packages if isinstance(package, Package))


def test_the_chosen_package_is_set_beside_the_one_that_is_named_and_stays_chosen() -> None:
    heard = hears("ask_recommendation", text=DIFFERENCE, named=(HEMAT.code,))
    decision = decide(later(heard, package=VIP))
    assert said(decision) == ["side_by_side"]
    assert shown(decision) == (VIP.code, HEMAT.code)
    assert decision.journey.package_code == VIP.code
    assert decision.awaiting is not None
    assert decision.awaiting.options == (VIP.code, HEMAT.code)


def test_two_names_are_compared_and_none_is_chosen() -> None:
    decision = decide(
        at_first(hears("ask_recommendation", text="vip apa turki ya", named=(VIP.code, TURKI.code)))
    )
    assert said(decision) == ["salam", "side_by_side"]
    assert decision.journey.package_code is None


def test_of_two_codes_the_first_is_greeted_and_both_are_compared() -> None:
    heard = hears("ask_recommendation", text="bagusan mana kak?", code=REGULER.code)
    codes = (*heard.meaning.codes, CodeMention(written=HEMAT.code, canonical=HEMAT.code))
    decision = decide(at_first(replace(heard, meaning=replace(heard.meaning, codes=codes))))
    assert said(decision) == ["greet_package", "side_by_side"]
    assert shown(decision) == (REGULER.code, HEMAT.code)
    assert decision.journey.package_code == REGULER.code


def test_a_full_package_is_compared_with_nothing() -> None:
    heard = hears("ask_recommendation", text=DIFFERENCE, named=(KELUARGA.code,))
    assert "side_by_side" not in said(decide(later(heard, package=VIP)))


def test_what_else_is_asked_is_answered_before_the_comparison() -> None:
    heard = hears("ask_recommendation", "ask_location", text=DIFFERENCE, named=(HEMAT.code,))
    assert said(decide(later(heard, package=VIP))) == ["ask_location", "side_by_side"]


def test_a_complaint_compares_nothing() -> None:
    heard = hears("complaint", text="bedanya jauh sama yang dijanjikan", named=(HEMAT.code, VIP.code))
    assert "side_by_side" not in said(decide(later(heard)))
