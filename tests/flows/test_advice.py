"""Which packages come first for whom, what is said of each, and what a thumb up or down means."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.advice import Advised, differences, needs_buyer
from flows.buyer import KnownBuyer
from flows.decide import decide
from flows.decision import Awaiting, Decision
from flows.domain import Package, Phase, Preference, Status
from flows.packages import best
from flows.persona import Bought, PriceBands
from tests.flows.situations import HEMAT, NOW, RAMADHAN, REGULER, TURKI, VIP, hears, later, said

BANDS = PriceBands(low=28_000_000, high=40_000_000)
FINE = replace(VIP, tier="VIP")
LISTED = (REGULER.code, HEMAT.code, VIP.code)
ADVISED = Awaiting(kind="choice", options=LISTED, is_advice=True)


def bought(package: Package, amount: int) -> Bought:
    return Bought(package_code=package.code, amount=amount, at=NOW - timedelta(days=60))


def picks(decision: Decision) -> tuple[str, ...]:
    packages = decision.say[0].facts["packages"]
    assert isinstance(packages, tuple)
    return tuple(package.code for package in packages)  # type: ignore[union-attr]  # of packages


def reasons(decision: Decision) -> tuple[str, ...]:
    told = decision.say[0].facts["reasons"]
    assert isinstance(told, tuple)
    return told  # type: ignore[return-value]  # of words


def test_deeds_choose_what_comes_first() -> None:
    buyer = KnownBuyer(purchases=(bought(VIP, 52_000_000), bought(VIP, 50_000_000)), bands=BANDS)
    decision = decide(later(hears("ask_recommendation"), buyer=buyer))
    assert picks(decision)[0] == VIP.code
    assert reasons(decision)[0].split()[0] == "usual_price"


def test_the_customers_tier_brings_the_fine_ones_forward() -> None:
    situation = later(hears("ask_recommendation"), buyer=KnownBuyer(bands=BANDS, tier="PRIORITY"))
    packages = tuple(FINE if package == VIP else package for package in situation.shelf.packages)
    decision = decide(replace(situation, shelf=replace(situation.shelf, packages=packages)))
    assert picks(decision)[0] == VIP.code
    assert "tier" in reasons(decision)[0]


def test_everybodys_tier_says_nothing() -> None:
    assert not KnownBuyer(tier="MASS").is_known


def test_wishes_stand_above_what_is_known() -> None:
    buyer = KnownBuyer(purchases=(bought(VIP, 52_000_000),), bands=BANDS)
    heard = hears("ask_recommendation", month=1, months=(1,))
    assert picks(decide(later(heard, buyer=buyer))) == (REGULER.code,)


def test_no_text_is_given_a_score() -> None:
    buyer = KnownBuyer(purchases=(bought(VIP, 52_000_000),), bands=BANDS)
    facts = decide(later(hears("ask_recommendation"), buyer=buyer)).say[0].facts
    assert not any(isinstance(value, float) for value in facts.values())


def test_a_known_customer_who_never_wrote_is_recommended_something_at_once() -> None:
    buyer = KnownBuyer(purchases=(bought(HEMAT, 25_000_000),), bands=BANDS)
    situation = replace(later(hears("ask_recommendation"), buyer=buyer), is_new=True, journey=None)
    assert "recommend" in said(decide(situation))


def test_each_package_is_told_by_what_sets_it_apart() -> None:
    assert differences((REGULER, HEMAT, FINE), (REGULER, HEMAT, FINE)) == {
        REGULER.code: ("soonest", "roomiest"),
        HEMAT.code: ("cheapest",),
        FINE.code: ("fine",),
    }
    assert differences((HEMAT,), (HEMAT,)) == {HEMAT.code: ()}
    assert Advised(package=HEMAT).why == ()


def test_what_was_turned_down_before_is_still_the_cheapest() -> None:
    assert differences((REGULER, FINE), (REGULER, HEMAT, FINE)) == {
        REGULER.code: ("soonest", "roomiest"),
        FINE.code: ("fine",),
    }


def goods(code: str, price: int) -> Package:
    return replace(HEMAT, code=code, price=price, departure_date=None, duration_days=None, quota_left=price)


def test_how_many_are_left_of_goods_speaks_for_none_of_them() -> None:
    shelf = (goods("KABEL", 45_000), goods("KEMEJA", 259_000))
    assert differences(shelf, shelf) == {
        "KABEL": ("cheapest",),
        "KEMEJA": (),
    }


def test_goods_that_make_the_most_of_the_budget_come_first_and_dearer_ones_last() -> None:
    shelf = tuple(goods(f"P{price}", price) for price in (45_000, 89_000, 179_000, 259_000))
    asked = Preference(budget_idr=200_000)
    assert [package.price for package in best(asked, shelf)] == [179_000, 89_000, 45_000]
    assert [package.price for package in best(Preference(), shelf)] == [45_000, 89_000, 179_000]


@pytest.mark.parametrize(
    ("text", "liked", "keys"),
    [
        pytest.param("👍", REGULER.code, ["liked"], id="thumb"),
        pytest.param("suka kak", REGULER.code, ["liked"], id="suka"),
        pytest.param("wah cocok nih", REGULER.code, ["liked"], id="cocok"),
        pytest.param("suka yang nomor 2", HEMAT.code, ["package_intro"], id="which-one"),
    ],
)
def test_a_like_is_noted(text: str, liked: str, keys: list[str]) -> None:
    decision = decide(later(hears("affirm", text=text), awaiting=ADVISED))
    assert decision.likes == (liked,)
    assert said(decision)[: len(keys)] == keys


@pytest.mark.parametrize("text", ["👎", "kurang cocok kak", "ga suka", "not for me", "tidak terlalu suka"])
def test_a_dislike_brings_the_others(text: str) -> None:
    decision = decide(later(hears("deny", text=text), awaiting=ADVISED))
    assert decision.dislikes == LISTED
    assert said(decision)[0] == "disliked"
    assert set(picks(decision)) == {RAMADHAN.code, TURKI.code}


def test_a_dislike_of_one_names_one() -> None:
    decision = decide(later(hears("deny", text="kurang suka yang nomor 2"), awaiting=ADVISED))
    assert decision.dislikes == (HEMAT.code,)


def test_when_nothing_else_is_sold_it_is_said() -> None:
    everything = Awaiting(kind="choice", options=(*LISTED, RAMADHAN.code, TURKI.code), is_advice=True)
    assert said(decide(later(hears("deny", text="kurang cocok"), awaiting=everything))) == ["no_others"]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        pytest.param("yang cocok untuk lansia", {"awaiting": ADVISED}, id="a-wish"),
        pytest.param("cocok ga buat anak?", {"awaiting": ADVISED}, id="a-question"),
        pytest.param("suka", {"awaiting": replace(ADVISED, is_advice=False)}, id="no-advice-before"),
        pytest.param("suka", {"awaiting": ADVISED, "status": Status.WAITING}, id="a-human-is-coming"),
    ],
)
def test_what_is_no_thumb_is_none(text: str, facts: dict[str, Any]) -> None:  # Any: the fields of Situation.
    decision = decide(later(hears("give_preference", text=text), **facts))
    assert (decision.likes, decision.dislikes) == ((), ())


LEAVING = KnownBuyer(is_leaving=True, bands=BANDS)


def test_who_may_leave_gets_a_warmer_farewell_and_a_humans_attention() -> None:
    decision = decide(later(hears("goodbye"), buyer=LEAVING))
    assert said(decision) == ["goodbye_warm"]
    assert decision.retain


def test_a_recommendation_to_who_may_leave_asks_for_a_human_beside_it() -> None:
    decision = decide(later(hears("ask_recommendation"), buyer=LEAVING))
    assert decision.retain
    assert decision.status is Status.BOT


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"buyer": KnownBuyer()}, id="stays"),
        pytest.param({"buyer": LEAVING, "has_open_case": True}, id="the-complaint-says-more"),
    ],
)
def test_others_are_bidden_farewell_as_ever(facts: dict[str, Any]) -> None:  # Any: the fields of Situation.
    decision = decide(later(hears("goodbye"), **facts))
    assert said(decision) == ["goodbye"]
    assert not decision.retain


def test_a_complaint_of_who_may_leave_is_sold_nothing() -> None:
    decision = decide(later(hears("complaint", text="lambat sekali"), buyer=LEAVING, awaiting=ADVISED))
    assert decision.case is not None
    assert not {"recommend", "disliked", "survey_need"} & set(said(decision))


@pytest.mark.parametrize(
    ("intent", "awaiting", "expected"),
    [
        pytest.param("ask_recommendation", None, True, id="recommendation"),
        pytest.param("goodbye", None, True, id="farewell"),
        pytest.param("affirm", ADVISED, True, id="after-advice"),
        pytest.param("out_of_scope", Awaiting(kind="survey"), True, id="survey"),
        pytest.param("ask_hotel", Awaiting(kind="choice", options=LISTED), False, id="usual-question"),
        pytest.param("give_preference", None, False, id="usual-wish"),
    ],
)
def test_only_turns_that_may_recommend_look_the_customer_up(
    intent: str, awaiting: Awaiting | None, expected: bool
) -> None:
    assert needs_buyer(awaiting, [hears(intent).meaning]) is expected


INTRODUCED = Awaiting(kind="details", options=LISTED)


@pytest.mark.parametrize(
    "text", ["ga cocok", "hmm kayaknya kurang cocok buat saya", "yang ini saya gak suka kak", "👎"]
)
def test_what_was_just_introduced_may_not_suit_and_that_is_no_complaint(text: str) -> None:
    decision = decide(later(hears("complaint", text=text), package=HEMAT, awaiting=INTRODUCED))
    assert decision.dislikes == (HEMAT.code,)
    assert said(decision)[0] == "disliked"
    assert HEMAT.code not in picks(decision)
    assert decision.case is None


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        pytest.param("ukurannya ga cocok, mau retur", {"awaiting": INTRODUCED}, id="more-is-said"),
        pytest.param("ga cocok", {"awaiting": INTRODUCED, "phase": Phase.PAID}, id="it-was-bought"),
        pytest.param("ga cocok", {"awaiting": None}, id="nothing-was-introduced"),
    ],
)
def test_a_complaint_about_what_was_bought_stays_one(
    text: str, facts: dict[str, Any]
) -> None:  # Any: as above.
    decision = decide(later(hears("complaint", text=text), package=HEMAT, **facts))
    assert decision.dislikes == ()
    assert decision.case is not None


def test_of_a_long_list_three_are_recommended_and_of_just_these_what_tells_them_apart() -> None:
    everything = Awaiting(kind="choice", options=(*LISTED, RAMADHAN.code, TURKI.code))
    decision = decide(later(hears("ask_recommendation"), awaiting=everything))
    assert said(decision)[0] == "recommend"
    assert len(picks(decision)) == 3
    again = later(hears("ask_recommendation"), awaiting=decision.awaiting)
    assert said(decide(again))[0] == "compare"
    known = KnownBuyer(purchases=(bought(VIP, 52_000_000),), bands=BANDS)
    first = decide(later(hears("ask_recommendation"), buyer=known))
    repeated = decide(later(hears("ask_recommendation"), buyer=known, awaiting=first.awaiting))
    assert reasons(repeated) == reasons(first)


def test_who_asks_for_advice_on_goods_in_the_first_line_gets_it() -> None:
    situation = later(hears("ask_recommendation"), is_new=True)
    of_goods = replace(situation.shelf, trade=replace(situation.shelf.trade, plans_trips=False))
    assert said(decide(replace(situation, shelf=of_goods)))[:2] == ["salam", "recommend"]
    assert said(decide(situation)) == ["welcome"]
