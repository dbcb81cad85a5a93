"""The welcome asks how many people and which month: a bare number answers that, "nomor 3" points at its list."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.decide import decide
from flows.decision import Awaiting
from flows.reply_keys import Key
from tests.flows.situations import HEMAT, RAMADHAN, REGULER, TURKI, VIP, at_first, hears, later, said

WELCOMED = Awaiting(
    kind="preference", options=(REGULER.code, RAMADHAN.code, HEMAT.code, VIP.code, TURKI.code)
)


def test_the_welcome_remembers_its_list() -> None:
    first = at_first(hears("greeting"))
    assert decide(first).awaiting == replace(WELCOMED, welcomed_on=first.today)


def test_the_list_is_told_once_a_day_however_often_somebody_greets() -> None:
    today = later(hears("greeting")).today
    same_day = replace(WELCOMED, welcomed_on=today)
    again = decide(later(hears("greeting"), awaiting=same_day))
    assert ([say.key for say in again.say], again.awaiting) == ([Key.ASK_AWAY], same_day)
    next_day = replace(WELCOMED, welcomed_on=today - timedelta(days=1))
    back = decide(later(hears("greeting"), awaiting=next_day))
    assert [say.key for say in back.say] == [Key.WELCOME_BACK]
    assert back.awaiting == same_day


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        pytest.param("nomor 3", 3, HEMAT.code, id="nomor 3"),
        pytest.param("yg ke dua deh", None, RAMADHAN.code, id="ke dua"),
        pytest.param("yang terakhir aja", None, TURKI.code, id="terakhir"),
    ],
)
def test_who_points_has_chosen(text: str, number: int | None, code: str) -> None:
    decision = decide(later(hears(text=text, number=number), awaiting=WELCOMED))
    assert decision.journey.package_code == code
    assert decision.journey.preference.pax is None


def test_a_bare_number_counts_people() -> None:
    decision = decide(later(hears(text="3", number=3), awaiting=WELCOMED))
    assert decision.journey.package_code is None
    assert decision.journey.preference.pax == 3


def test_people_counted_in_words_are_no_pointing() -> None:
    decision = decide(later(hears("give_preference", text="yang 2 orang", pax=2), awaiting=WELCOMED))
    assert decision.journey.package_code is None
    assert decision.journey.preference.pax == 2


def test_another_month_instead_is_another_package_where_only_one_leaves_then() -> None:
    heard = hears("give_preference", text="ganti oktober aja deh", months=(10,), month=10)
    assert decide(later(heard, package=HEMAT)).journey.package_code == TURKI.code


def test_a_price_asked_beside_something_else_is_told_too() -> None:
    heard = hears("ask_price", "ask_hotel", text="harga januari? hotelnya?", months=(1,), month=1)
    assert said(decide(at_first(heard)))[:3] == ["salam", "ask_price", "ask_hotel"]


def test_who_asks_whether_the_money_came_in_is_handed_over() -> None:
    decision = decide(later(hears("out_of_scope", text="saya sudah transfer kemarin, sudah masuk belum?")))
    assert said(decision) == ["handover_paid"]


def test_a_sentence_that_nobody_understands_is_not_merely_welcomed() -> None:
    (say,) = decide(at_first(hears("out_of_scope", text="apa rukun umroh itu kak"))).say
    assert (say.key, say.facts["is_unclear"]) == ("welcome", True)
    (short,) = decide(at_first(hears("out_of_scope", text="tes"))).say
    assert short.facts["is_unclear"] is False
