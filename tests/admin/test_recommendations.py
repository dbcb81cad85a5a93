"""Seed 002's flow: a customer's profile, scored, mapped to what we sell, kept and audited."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from admin.actions.churn_scores import score_everybody
from flows.domain import Package
from flows.roles import SYSTEM
from ml.telco import FIELDS
from storage.database import Connection, Database
from storage.knowledge.packages import put_package
from storage.worth.behaviour import NewPurchase, record_purchase
from storage.worth.churn import churn_of
from storage.worth.recommendations import remember_inputs
from tests.admin.house import House, open_house
from tests.people import NOW, writes
from tests.telco import telco
from tests.telco_people import DOCUMENTED, HIGH_RISK, TRAVELLER

ROAMING = Package(code="ROAM_7", name="Roaming 7 Hari", price=150_000, tier="Hemat", ml_label="Roaming Pass")
ON_SALE = (
    ROAMING,
    replace(ROAMING, code="ROAM_3", price=80_000, ml_label="roaming pass"),
    replace(ROAMING, code="ROAM_OLD", price=10_000, status="CLOSED"),
    replace(ROAMING, code="VIDEO", ml_label="Streaming Partner Pack"),
)


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[House]:
    def stock(conn: Connection) -> None:
        for package in ON_SALE:
            put_package(conn, package, SYSTEM, NOW)

    await database.write(stock)
    async with open_house(database, telco=telco) as house:
        yield house


async def arrives(house: House, phone: str = "6281200000009") -> str:
    """Somebody writes; the address of what is recommended to them."""
    said = await house.database.write(lambda conn: writes(conn, phone, "halo"))
    return f"/api/customers/{said.customer_id}/recommendations"


async def test_a_profile_becomes_an_offer_with_what_we_sell_under_it(shop: House) -> None:
    address = await arrives(shop)
    told = await shop.does("agent", address, TRAVELLER)
    assert told["offer_name"] == "Roaming Pass"
    assert told["package_codes"] == ["ROAM_3", "ROAM_7"]
    assert told["risk_category"] in ("LOW", "MEDIUM", "HIGH")
    assert told["reasons"][0].endswith("mendukung Roaming Pass.")
    assert told["offers_model"] == telco().offers.card.id
    assert (await shop.gets("marketing", address))["items"] == [told]


async def test_what_was_told_once_is_known_the_next_time(shop: House) -> None:
    address = await arrives(shop)
    first = await shop.does("agent", address, TRAVELLER)
    again = await shop.does("marketing", address, {})
    assert (again["offer_name"], again["confidence"]) == (first["offer_name"], first["confidence"])
    assert again["asked_by"] == "marketing"
    assert (await shop.gets("agent", address))["total"] == 2


async def test_what_marketing_supposes_counts_once_and_is_not_stored(shop: House) -> None:
    address = await arrives(shop)
    assert (await shop.does("marketing", address, TRAVELLER))["offer_name"] == "Roaming Pass"
    reply = await shop.asks("marketing", "POST", address, {})
    assert reply.status == 422


async def test_every_input_that_nobody_told_us_is_named(shop: House) -> None:
    address = await arrives(shop)
    reply = await shop.asks("agent", "POST", address, {"travel_score": 0.5, "plan_type": "Prepaid"})
    assert reply.status == 422
    named = {error["field"] for error in reply.json["errors"]}
    # Complaints are our own rows: none is known to be none.
    assert named == set(FIELDS) - {"travel_score", "plan_type", "complaint_count"}


async def test_our_own_rows_fill_in_what_is_spent_and_how_often(shop: House) -> None:
    address = await arrives(shop)
    customer_id = address.split("/")[3]

    def buys(conn: Connection) -> None:
        for days in (10, 40, 70, 200):
            purchase = NewPurchase(package_code="ROAM_7", amount=90_000, at=NOW - timedelta(days=days))
            record_purchase(conn, customer_id, purchase, SYSTEM, NOW)

    await shop.database.write(buys)
    inputs = {name: value for name, value in TRAVELLER.items() if name not in ("monthly_spend", "topup_freq")}
    told = await shop.does("agent", address, inputs)
    plain = telco().offers.recommend({**TRAVELLER, "monthly_spend": 90_000.0, "topup_freq": 1.0})
    assert (told["offer_name"], told["confidence"]) == (plain.offer, plain.confidence)


@pytest.mark.parametrize("value", [-1, "5", True])
async def test_an_input_that_cannot_be_is_refused(shop: House, value: object) -> None:
    reply = await shop.asks("agent", "POST", await arrives(shop), {**DOCUMENTED, "sms_freq": value})
    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, ["sms_freq"])


async def test_it_is_audited_without_a_word_about_the_person(shop: House) -> None:
    address = await arrives(shop)
    await shop.does("agent", address, HIGH_RISK)
    (event,) = (await shop.gets("compliance", "/api/audit?event=RECOMMEND_OFFER"))["items"]
    assert event["subject"] == address.split("/")[3]
    assert set(event["facts"]) == {"offer", "model"}


async def test_nobody_is_recommended_to_whom_one_may_not_see(shop: House) -> None:
    for role, status in (("rm", 404), ("director", 403), ("compliance", 403)):
        reply = await shop.asks(role, "POST", "/api/customers/cust_nobody/recommendations", DOCUMENTED)
        assert reply.status == status


async def test_without_the_models_it_says_so(small_house: House) -> None:
    reply = await small_house.asks("agent", "POST", await arrives(small_house), DOCUMENTED)
    assert reply.status == 503


async def test_everybody_whose_ten_inputs_are_known_is_asked_about_once_a_day(shop: House) -> None:
    known = await arrives(shop)
    half_known, unknown = await arrives(shop, "6281200000010"), await arrives(shop, "6281200000011")

    def remember(conn: Connection) -> None:
        for address, inputs in ((known, HIGH_RISK), (half_known, {"monthly_spend": 50_000.0})):
            remember_inputs(conn, address.split("/")[3], inputs, SYSTEM, NOW)

    await shop.database.write(remember)
    assert await score_everybody(shop.desk) == 1
    risks = await shop.database.read(
        lambda conn: churn_of(conn, [address.split("/")[3] for address in (known, half_known, unknown)])
    )
    assert {(who, risk.level) for who, risk in risks.items()} == {(known.split("/")[3], "HIGH")}
    assert await score_everybody(shop.desk) == 0
    shop.clock.passes(days=1, seconds=1)
    assert await score_everybody(shop.desk) == 1


async def test_nobody_is_scored_while_there_is_no_model(database: Database) -> None:
    async with open_house(database) as house:
        assert await score_everybody(house.desk) == 0
