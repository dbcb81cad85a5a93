"""Who a customer is by words and by deeds, and what is shown first: seed 000 as tables and as Andi's story."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.domain import Package
from flows.for_you import Buyer, Recommended, can_be_bought, for_you
from flows.persona import (
    DOCUMENT_BANDS,
    Bought,
    Budget,
    Persona,
    PersonaSource,
    PriceBands,
    Survey,
    bands_of,
    persona_of,
    read_budget,
)
from flows.refusal import Refusal
from tests.paketin import HARIAN_2GB, MALAM, PAKET_50GB, PRODUCTS, PULSA_20, STREAMING, SULTAN_100GB

DAY_1 = datetime(2027, 1, 4, 3, tzinfo=UTC)
DAY_7 = DAY_1 + timedelta(days=6)
BY_CODE = {product.code: product for product in PRODUCTS}
CHATS_CHEAPLY = Survey(hobby="Chatting", budget=Budget.HEMAT)


def bought(code: str, *, at: datetime = DAY_7, amount: int | None = None) -> Bought:
    product = BY_CODE[code]
    return Bought(
        package_code=code,
        amount=amount or product.price,
        at=at,
        label=product.ml_label,
        category=product.category,
    )


def shown(
    survey: Survey | None = None,
    purchases: tuple[Bought, ...] = (),
    favorites: frozenset[str] = frozenset(),
    together: dict[str, float] | None = None,
    now: datetime = DAY_7,
) -> list[Recommended]:
    found = persona_of(survey, purchases, now)
    buyer = Buyer(
        found=found, survey=survey, purchases=purchases, favorites=favorites, together=together or {}
    )
    return list(for_you(buyer, PRODUCTS, now, now.date(), DOCUMENT_BANDS, k=len(PRODUCTS)))


def codes(ranked: list[Recommended]) -> list[str]:
    return [one.package.code for one in ranked]


def test_andis_first_day() -> None:
    assert persona_of(CHATS_CHEAPLY, (), DAY_1).persona is Persona.TOP_UP_PROMO
    assert set(codes(shown(CHATS_CHEAPLY, now=DAY_1))[:2]) == {PULSA_20, HARIAN_2GB}


def test_andi_becomes_a_sultan_on_the_seventh_day() -> None:
    leap = (bought(SULTAN_100GB),)
    found = persona_of(CHATS_CHEAPLY, leap, DAY_7)
    assert found.persona in (Persona.DATA_BOOSTER, Persona.HIGH_VALUE)
    assert "Survei menyebut Hemat, tetapi transaksi lebih dipercaya." in found.reasons
    ranked = codes(shown(CHATS_CHEAPLY, leap))
    assert set(ranked[:2]) == {PAKET_50GB, STREAMING}
    assert set(ranked[-2:]) == {PULSA_20, HARIAN_2GB}


@pytest.mark.parametrize(
    ("hobby", "budget", "persona"),
    [
        ("Chatting", Budget.HEMAT, Persona.TOP_UP_PROMO),
        ("Chatting", Budget.SEDANG, Persona.GENERAL_USER),
        ("Kerja", Budget.SULTAN, Persona.HIGH_VALUE),
        ("Gaming", Budget.SEDANG, Persona.DATA_BOOSTER),
        ("Gaming", Budget.HEMAT, Persona.DATA_BOOSTER),
        ("Streaming/Musik", Budget.SEDANG, Persona.DATA_BOOSTER),
        ("Berkebun", Budget.SEDANG, Persona.GENERAL_USER),
    ],
)
def test_while_nothing_was_bought_the_survey_counts(hobby: str, budget: Budget, persona: Persona) -> None:
    found = persona_of(Survey(hobby=hobby, budget=budget), (), DAY_1)
    assert (found.persona, found.source) == (persona, PersonaSource.SURVEY)
    assert found.usual_amount is None


def test_of_a_stranger_nothing_is_claimed() -> None:
    found = persona_of(None, (), DAY_1)
    assert (found.persona, found.source) == (Persona.GENERAL_USER, PersonaSource.NOTHING)


@pytest.mark.parametrize(
    ("purchases", "persona"),
    [
        ((PULSA_20, PULSA_20), Persona.TOP_UP_PROMO),
        ((PAKET_50GB, STREAMING, PULSA_20), Persona.DATA_BOOSTER),
        ((SULTAN_100GB,), Persona.HIGH_VALUE),
        (("PAKET_15GB",), Persona.GENERAL_USER),
    ],
    ids=["cheap", "mostly big quotas", "dear", "in the middle"],
)
def test_what_was_bought_outranks_what_was_said(purchases: tuple[str, ...], persona: Persona) -> None:
    for budget in Budget:
        found = persona_of(
            Survey(hobby="Chatting", budget=budget), [bought(code) for code in purchases], DAY_7
        )
        assert (found.persona, found.source) == (persona, PersonaSource.PURCHASES)


def test_a_hungry_hobby_decides_where_purchases_do_not() -> None:
    assert persona_of(
        Survey(hobby="Gaming", budget=Budget.SEDANG), [bought("PAKET_15GB")], DAY_7
    ).persona is (Persona.DATA_BOOSTER)


def test_old_purchases_stop_counting_once_there_are_newer_ones() -> None:
    old = [bought(SULTAN_100GB, at=DAY_1 - timedelta(days=200)) for _ in range(3)]
    assert persona_of(None, [*old, bought(PULSA_20)], DAY_7).persona is Persona.TOP_UP_PROMO
    assert persona_of(None, old, DAY_7).persona is Persona.HIGH_VALUE


def test_every_package_in_the_list_says_why() -> None:
    ranked = shown(CHATS_CHEAPLY, favorites=frozenset({MALAM}), now=DAY_1)
    assert [one.package.code for one in ranked if not one.reasons] == []
    assert ranked[0].reasons == ("Dibuat untuk Top-up Promo.", "Sesuai budget Hemat: Rp 10.000.")


def test_likes_shift_the_list_little_by_little() -> None:
    survey = Survey(hobby="Gaming", budget=Budget.SEDANG)
    places = [
        codes(shown(survey, favorites=frozenset(liked))).index(MALAM)
        for liked in ((), ("KUOTA_MALAM_30GB",), (MALAM, "KUOTA_MALAM_30GB"))
    ]
    assert places == sorted(places, reverse=True)
    assert places[-1] < places[0]
    assert set(codes(shown(survey, favorites=frozenset({MALAM})))[:2]) == {PAKET_50GB, STREAMING}


def test_what_is_bought_again_and_again_comes_first() -> None:
    habit = tuple(bought(PULSA_20, at=DAY_7 - timedelta(days=20 * n)) for n in range(4))
    first = shown(CHATS_CHEAPLY, habit)[0]
    assert first.package.code == PULSA_20
    assert "Sudah dibeli 4 kali." in first.reasons


def test_what_others_bought_with_it_is_shown_before_its_like() -> None:
    leap = (bought(SULTAN_100GB),)
    assert codes(shown(None, leap, together={STREAMING: 0.9}))[0] == STREAMING
    assert codes(shown(None, leap, together={PAKET_50GB: 0.9}))[0] == PAKET_50GB


@pytest.mark.parametrize(
    ("change", "is_open"),
    [
        ({}, True),
        ({"quota_left": 0}, False),
        ({"status": "CLOSED"}, False),
        ({"departure_date": date(2027, 1, 3)}, False),
        ({"departure_date": date(2027, 1, 4)}, True),
    ],
    ids=["open", "full", "closed", "departed", "departs today"],
)
def test_what_cannot_be_bought_is_not_offered(change: dict[str, object], is_open: bool) -> None:
    package = replace(Package(code="X", name="X", price=1), **change)  # type: ignore[arg-type]  # as each row says
    assert can_be_bought(package, DAY_1.date()) is is_open


@pytest.mark.parametrize("written", ["Hemat", "hemat", "Hemat (< 50rb)", "  HEMAT "])
def test_a_budget_is_read_as_people_write_it(written: str) -> None:
    assert read_budget(written) is Budget.HEMAT


@pytest.mark.parametrize("written", ["", "murah", "50000"])
def test_another_budget_is_refused_by_name(written: str) -> None:
    refusal = read_budget(written)
    assert isinstance(refusal, Refusal)
    assert refusal.field == "budget"


def test_a_trade_without_bands_has_those_of_its_prices() -> None:
    assert bands_of([10, 20, 30, 40, 50, 60]) == PriceBands(low=30, high=50)
    assert bands_of([100]) == PriceBands(low=100, high=100)
    assert bands_of([]) == DOCUMENT_BANDS
