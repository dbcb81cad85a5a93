"""Whoever has sent STOP may come back in words of their own; nobody is signed up by accident."""

import pytest

from flows.decide import decide
from flows.domain import Consent
from tests.flows.situations import hears, later


@pytest.mark.parametrize(
    "text",
    ["boleh deh kirim promo lagi ya", "aktifin info promonya lagi", "please send me your offers again"],
)
def test_asking_for_promotions_again_after_stop_is_a_consent(text: str) -> None:
    heard = hears("out_of_scope", text=text)
    assert decide(later(heard, consent=Consent.WITHDRAWN)).consent is Consent.GRANTED


@pytest.mark.parametrize(
    "text",
    ["jangan kirim promo lagi", "stop kirim iklan lagi", "ga mau dapat info lagi", "ada promo apa lagi?"],
)
def test_what_refuses_or_merely_asks_is_none(text: str) -> None:
    heard = hears("ask_discount", text=text)
    assert decide(later(heard, consent=Consent.WITHDRAWN)).consent is None


def test_who_never_said_stop_must_say_it_in_the_models_hearing() -> None:
    assert decide(later(hears("ask_discount", text="kirim promo lagi dong"))).consent is None
