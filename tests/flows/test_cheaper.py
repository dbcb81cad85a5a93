"""Who looks for a lower price hears what costs less, or that nothing does."""

from dataclasses import replace

import pytest

from flows.cheaper import finds_dear, wants_cheaper
from flows.decide import decide
from flows.decision import Awaiting, Decision
from flows.domain import FaqHit, Heard, Package, Preference
from flows.trade import Trade
from tests.flows.situations import HEMAT, RAMADHAN, REGULER, SHELF, TURKI, VIP, at_first, hears, later, said

DISCOUNT = FaqHit(faq_id=9, question="Ada diskon?", answer="Berlima hemat.", score=0.9, intent="ask_discount")
LOWER = "ada yang lebih murah?"


@pytest.mark.parametrize(
    "text",
    [
        LOWER, "ada yg lbh hemat ga kak", "kemahalan, ada yang di bawah itu?", "any cheaper option?",
        "yang paling murah apa?", "wonten sing luwih mirah mboten", "do you have something less expensive",
    ],
)  # fmt: skip
def test_looking_for_less_is_heard(text: str) -> None:
    assert wants_cheaper(text)


@pytest.mark.parametrize(
    "text",
    ["bisa lebih murah ga kak?", "boleh lebih murah dikit?", "can you make it cheaper?", "diskon ada?", "murah ya"],
)  # fmt: skip
def test_haggling_is_not_looking_for_less(text: str) -> None:
    assert not wants_cheaper(text)


def test_a_price_that_is_too_high_is_heard() -> None:
    assert finds_dear("kok mahal banget sih")
    assert finds_dear("kemahalan kak")
    assert not finds_dear("yang murah aja")


def listed(decision: Decision) -> tuple[str, ...]:
    return decision.awaiting.options if decision.awaiting else ()


def test_what_costs_less_than_the_chosen_package_is_listed_from_the_lowest() -> None:
    decision = decide(later(hears("ask_discount", text=LOWER), package=VIP))
    assert said(decision) == ["cheaper"]
    assert listed(decision) == (HEMAT.code, REGULER.code, RAMADHAN.code)


def test_without_a_chosen_package_the_last_list_is_what_is_compared_with() -> None:
    above = Awaiting(kind="choice", options=(RAMADHAN.code, TURKI.code))
    decision = decide(later(hears("ask_packages", text=LOWER), awaiting=above))
    assert said(decision) == ["cheaper"]
    assert listed(decision) == (HEMAT.code, REGULER.code)


def test_the_cheapest_is_called_so_and_discounts_are_told() -> None:
    meaning = replace(hears("ask_discount", text=LOWER).meaning, usual_answers=(DISCOUNT,))
    heard = replace(hears("ask_discount"), meaning=meaning)
    assert said(decide(later(heard, package=HEMAT))) == ["cheapest", "faq", "remind_details"]


def test_other_months_are_named_as_such() -> None:
    wish = Preference(months=(2,))
    (say, *_) = decide(later(hears("ask_discount", text=LOWER), package=RAMADHAN, preference=wish)).say
    assert say.key == "cheaper"
    assert say.facts["is_other_month"]


def test_too_few_seats_are_no_cheaper_choice() -> None:
    wish = Preference(pax=22)
    decision = decide(later(hears("ask_discount", text=LOWER), package=TURKI, preference=wish))
    assert listed(decision) == (REGULER.code, RAMADHAN.code)


def test_who_finds_it_dear_hears_of_discounts_and_of_what_costs_less() -> None:
    meaning = replace(hears("ask_discount", text="kok mahal ya").meaning, usual_answers=(DISCOUNT,))
    assert said(decide(later(replace(hears("ask_discount"), meaning=meaning), package=VIP))) == [
        "faq",
        "cheaper",
    ]


@pytest.mark.parametrize(
    ("heard", "key"),
    [
        pytest.param(hears("ask_recommendation", text="yang paling murah apa?"), HEMAT, id="cheapest"),
        pytest.param(hears("ask_schedule", text="kapan berangkat paling cepat"), REGULER, id="soonest"),
        pytest.param(hears("ask_packages", text="paket termewah yang mana"), VIP, id="dearest"),
    ],
)
def test_an_end_is_meant_of_all_packages_where_none_were_listed(heard: Heard, key: Package) -> None:
    decision = decide(at_first(heard))
    assert decision.journey.package_code == key.code
    assert said(decision) == ["salam", "package_intro"]


def test_the_soonest_of_something_else_chooses_no_package() -> None:
    heard = hears("ask_requirements", text="proses visa paling cepat berapa hari")
    assert decide(at_first(heard)).journey.package_code is None


def test_of_goods_only_the_same_kind_is_cheaper() -> None:
    cable = replace(HEMAT, code="TKO_KABEL", category="Kabel", price=45_000)
    laptop = replace(VIP, code="TKO_LAPTOP", category="Laptop", price=7_000_000)
    small = replace(VIP, code="TKO_KECIL", category="Laptop", price=5_000_000)
    shelf = replace(SHELF, packages=(cable, laptop, small), trade=Trade(plans_trips=False))
    decision = decide(replace(later(hears("ask_discount", text=LOWER), package=laptop), shelf=shelf))
    assert listed(decision) == (small.code,)
    other = decide(replace(later(hears("ask_discount", text=LOWER), package=small), shelf=shelf))
    assert listed(other) == (cable.code,)
    assert other.say[0].facts["is_other_kind"]


def test_of_goods_the_cheapest_is_found_among_what_is_named() -> None:
    cable = replace(HEMAT, code="TKO_KABEL", name="Kabel Rajut", price=45_000)
    laptop = replace(VIP, code="TKO_LAPTOP", name="Laptop Kanvas", price=7_000_000)
    large = replace(VIP, code="TKO_BESAR", name="Laptop Kanvas Pro", price=9_000_000)
    shelf = replace(SHELF, packages=(cable, laptop, large), trade=Trade(plans_trips=False))
    named = decide(replace(later(hears("ask_price", text="laptop yang paling murah berapa")), shelf=shelf))
    assert named.journey.package_code == laptop.code
    anything = decide(replace(later(hears("ask_price", text="sabun yang paling murah berapa")), shelf=shelf))
    assert (anything.journey.package_code, said(anything)) == (None, ["list_prices"])
