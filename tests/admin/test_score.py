"""Seed 002's two questions over HTTP: its bodies, its answers, and every input that cannot be used."""

import json
import time
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest

from flows.roles import SYSTEM
from ml.serve.offers import OFFERS
from ml.telco import FIELDS, NUMBERS, SHARES, WORDS
from storage.database import Connection, Database
from storage.staff.users import UserChange, change_user
from tests.admin.house import House, open_house
from tests.people import NOW, member
from tests.telco import telco
from tests.telco_people import DOCUMENTED, DOCUMENTED_CHURN, HIGH_RISK, TRAVELLER, customer

RECOMMEND, PREDICT = ("/api/recommend", "/recommend"), ("/api/predict", "/predict")


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[House]:
    async with open_house(database, telco=telco) as house:
        yield house


@pytest.mark.parametrize("path", RECOMMEND)
async def test_the_documents_body_gets_the_documents_answer_and_more(shop: House, path: str) -> None:
    answer = await shop.does("agent", path, DOCUMENTED)
    assert (answer["status"], answer["offer_type"]) == ("success", "AUTO_MAPPED")
    assert answer["offer_name"] == "Streaming Partner Pack"
    assert 0 < answer["confidence"] <= 1
    assert all(isinstance(reason, str) for reason in answer["reasons"])
    assert {other["offer_name"] for other in answer["alternatives"]} < set(OFFERS)


@pytest.mark.parametrize("path", PREDICT)
async def test_churn_is_told_flat_and_nested_as_the_document_has_it(shop: House, path: str) -> None:
    answer = await shop.does("agent", path, DOCUMENTED_CHURN)
    nested = answer["result"]
    assert nested == {name: answer[name] for name in ("status", "prediction", "risk_score", "risk_category")}
    assert answer["prediction"] == int(answer["risk_score"] >= 0.5)
    assert answer["reasons"]


async def test_the_test_clients_customers_are_told_apart(shop: House) -> None:
    assert (await shop.does("rm", "/recommend", TRAVELLER))["offer_name"] == "Roaming Pass"
    risky = await shop.does("rm", "/predict", HIGH_RISK)
    assert (risky["prediction"], risky["risk_category"]) == (1, "HIGH")


async def test_reasons_are_left_out_for_those_who_do_not_want_them(shop: House) -> None:
    answer = await shop.does("rm", "/api/recommend", {**DOCUMENTED, "with_reasons": False})
    assert (answer["reasons"], answer["offer_name"]) == ([], "Streaming Partner Pack")
    assert (await shop.does("rm", "/api/predict", {**DOCUMENTED, "with_reasons": False}))["reasons"] == []


async def test_further_fields_change_nothing(shop: House) -> None:
    plain = await shop.does("rm", "/api/predict", DOCUMENTED)
    whole = {**DOCUMENTED, "username": "budi", "umur": None, "riwayat": [{"a": 1}], "churn": "ya"}
    assert await shop.does("rm", "/api/predict", whole) == plain


@pytest.mark.parametrize("path", ["/api/recommend", "/api/predict"])
async def test_an_unknown_brand_counts_as_other_and_a_reason_says_so(shop: House, path: str) -> None:
    answer = await shop.does("rm", path, customer(device_brand="Nokia", plan_type="Hybrid"))
    told = " ".join(answer["reasons"])
    assert '"Nokia" belum dikenal' in told
    assert '"Hybrid" belum dikenal' in told


def spoilt() -> list[Any]:
    """Every field in every way that cannot be used, as the JSON that arrives."""
    wrong: dict[str, dict[str, str]] = {
        "null": dict.fromkeys(FIELDS, "null"),
        "a list": dict.fromkeys(FIELDS, "[1]"),
        "a truth value": dict.fromkeys(FIELDS, "true"),
        "NaN": dict.fromkeys(FIELDS, "NaN"),
        "infinite": dict.fromkeys(NUMBERS, "Infinity"),
        "below all": dict.fromkeys(NUMBERS, "-Infinity"),
        "beyond floats": dict.fromkeys(NUMBERS, "1e999"),
        "a giant": dict.fromkeys(NUMBERS, "1" + "0" * 400),
        "negative": dict.fromkeys(NUMBERS, "-1"),
        "a text": dict.fromkeys(NUMBERS, '"5"'),
        "above one": dict.fromkeys(SHARES, "1.01"),
        "a percentage": dict.fromkeys(SHARES, "75"),
        "empty": dict.fromkeys(WORDS, '" "'),
        "a number": dict.fromkeys(WORDS, "5"),
    }
    return [
        pytest.param(field, value, id=f"{field} {why}")
        for why, fields in wrong.items()
        for field, value in fields.items()
    ]


async def test_every_wrong_value_is_a_422_that_names_its_field(shop: House) -> None:
    found = []
    for case in spoilt():
        field, value = case.values
        body = json.dumps({**DOCUMENTED, field: "HERE"}).replace('"HERE"', value)
        for path in ("/api/recommend", "/predict"):
            reply = await shop.asks("rm", "POST", path, data=BytesIO(body.encode()))
            named = [error["field"] for error in (reply.json or {}).get("errors", [])]
            if (reply.status, named) != (422, [field]):
                found.append((case.id, path, reply.status, named))
    assert found == []


@pytest.mark.parametrize("field", FIELDS)
async def test_a_missing_field_is_named_and_never_guessed(shop: House, field: str) -> None:
    body = {name: value for name, value in DOCUMENTED.items() if name != field}
    for path in (*RECOMMEND, *PREDICT):
        reply = await shop.asks("rm", "POST", path, body)
        assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])


async def test_all_wrong_fields_are_named_together(shop: House) -> None:
    body = customer(monthly_spend=-1, travel_score=3, device_brand="")
    reply = await shop.asks("rm", "POST", "/predict", body)
    assert {error["field"] for error in reply.json["errors"]} == {
        "monthly_spend",
        "travel_score",
        "device_brand",
    }


@pytest.mark.parametrize("field", sorted(set(NUMBERS) - set(SHARES)))
@pytest.mark.parametrize("value", [0, 1e12])
async def test_extreme_but_possible_numbers_are_answered(shop: House, field: str, value: float) -> None:
    for path in ("/api/recommend", "/api/predict"):
        await shop.does("rm", path, customer(**{field: value}))


async def test_without_the_models_it_says_so(small_house: House) -> None:
    for path in (*RECOMMEND, *PREDICT):
        reply = await small_house.asks("admin", "POST", path, DOCUMENTED)
        assert reply.status == 503
        assert "sapa train" in reply.json["detail"]


async def test_a_token_that_ended_is_refused_within_seconds_however_many_ask(shop: House) -> None:
    assert (await shop.asks("rm", "POST", "/recommend", DOCUMENTED)).status == 200

    def leave(conn: Connection) -> None:
        change_user(conn, member(conn, "rm").id, UserChange(is_active=False), SYSTEM, NOW)

    await shop.database.write(leave)
    began, refused_since = time.monotonic(), None
    while time.monotonic() - began < 5 and (refused_since is None or time.monotonic() - refused_since < 0.3):
        status = (await shop.asks("rm", "POST", "/recommend", DOCUMENTED)).status
        if status == 401:
            refused_since = refused_since or time.monotonic()
        else:
            assert refused_since is None
    assert refused_since is not None
