"""Survey, payments and likes over HTTP: Andi's story, scored at once, with a reason for every package."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from flows.rfm import Ruleset
from flows.roles import SYSTEM
from ml.serve.artifact import Card
from ml.serve.purchases import PurchaseModels, Rhythm
from storage.database import Connection, Database
from storage.knowledge.packages import put_package
from storage.pages import Page
from storage.trail.audit import AuditQuestion, audit_entries
from storage.worth.value import ValueRules
from tests.admin.house import House, open_house
from tests.paketin import HARIAN_2GB, MALAM, PAKET_50GB, PRODUCTS, PULSA_20, STREAMING, SULTAN_100GB
from tests.people import NOW, writes

ANDI = "6281200000001"


@pytest.fixture
async def paketin(database: Database) -> AsyncIterator[House]:
    """Seed 000's shop."""

    def stock(conn: Connection) -> None:
        for product in PRODUCTS:
            put_package(conn, product, SYSTEM, NOW)

    await database.write(stock)
    async with open_house(database) as house:
        yield house


async def arrives(house: House, phone: str = ANDI) -> str:
    """Somebody writes; the address under which the API knows them."""
    said = await house.database.write(lambda conn: writes(conn, phone, "halo"))
    return f"/api/customers/{said.customer_id}"


def codes(answer: dict[str, Any]) -> list[str]:
    return [one["package_code"] for one in answer["recommendations"]]


async def test_andis_story(paketin: House) -> None:
    andi = await arrives(paketin)
    first = await paketin.does("agent", f"{andi}/survey", {"hobby": "Chatting", "budget": "Hemat (< 50rb)"})
    assert (first["persona"], first["persona_source"]) == ("Top-up Promo", "survey")
    assert set(codes(first)[:2]) == {PULSA_20, HARIAN_2GB}
    paketin.clock.passes(days=6)
    await paketin.log_in("agent", "marketing")
    leap = {"package_code": SULTAN_100GB, "amount": 150_000}
    seventh = await paketin.does("agent", f"{andi}/transactions", leap)
    assert seventh["persona"] in ("Data Booster", "High Value")
    assert seventh["persona_source"] == "purchases"
    assert set(codes(seventh)[:2]) == {PAKET_50GB, STREAMING}
    assert not {PULSA_20, HARIAN_2GB} & set(codes(seventh)[:3])
    assert all(one["reasons"] for one in seventh["recommendations"])
    assert [point["because"] for point in seventh["trend"]] == ["survey", "payment"]
    assert (seventh["score"]["frequency"], seventh["score"]["monetary"]) == (1, 150_000)
    assert await paketin.gets("marketing", f"{andi}/value") == seventh


async def test_likes_are_kept_and_taken_back_at_both_addresses(paketin: House) -> None:
    andi = await arrives(paketin)
    liked = await paketin.does("agent", f"{andi}/favorites", {"package_code": MALAM.lower()})
    assert liked["favorites"] == [MALAM]
    assert codes(liked)[0] == MALAM
    await paketin.does("agent", f"{andi}/favorites", {"package_code": STREAMING})
    named = await paketin.asks("agent", "DELETE", f"{andi}/favorites/{MALAM}")
    assert named.json["favorites"] == [STREAMING]
    queried = await paketin.asks("agent", "DELETE", f"{andi}/favorites?package_code={STREAMING}")
    assert (queried.status, queried.json["favorites"]) == (200, [])


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("survey", {"hobby": "Chatting", "budget": "murah"}, "budget"),
        ("survey", {"hobby": " ", "budget": "Hemat"}, "hobby"),
        ("survey", {"budget": "Hemat"}, "hobby"),
        ("transactions", {"package_code": "NONE", "amount": 1}, "package_code"),
        ("transactions", {"package_code": PULSA_20, "amount": 0}, "amount"),
        ("transactions", {"package_code": PULSA_20, "amount": 1.5}, "amount"),
        ("transactions", {"package_code": PULSA_20, "amount": 1, "at": "2099-01-01T00:00:00Z"}, "at"),
        ("favorites", {"package_code": "NONE"}, "package_code"),
    ],
)
async def test_what_cannot_be_used_is_named(
    paketin: House, path: str, body: dict[str, Any], field: str
) -> None:
    andi = await arrives(paketin)
    reply = await paketin.asks("agent", "POST", f"{andi}/{path}", body)
    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert (await paketin.gets("agent", f"{andi}/value"))["score"] is None


async def test_a_payment_without_an_offset_is_on_the_companys_clock(paketin: House) -> None:
    andi = await arrives(paketin)
    body = {"package_code": PULSA_20, "amount": 20_000, "at": "2026-12-30T10:00:00"}
    assert (await paketin.does("agent", f"{andi}/transactions", body))["purchases"] == 1


async def test_who_is_out_of_reach_does_not_exist(paketin: House) -> None:
    reply = await paketin.asks(
        "agent", "POST", "/api/customers/nobody/survey", {"hobby": "x", "budget": "Hemat"}
    )
    assert reply.status == 404
    assert (await paketin.asks("agent", "GET", "/api/customers/nobody/value")).status == 404


async def test_the_audit_holds_that_it_happened_and_nothing_that_was_said(paketin: House) -> None:
    andi = await arrives(paketin)
    await paketin.does("agent", f"{andi}/survey", {"hobby": "Gaming", "budget": "Sedang"})
    entries = await paketin.database.read(
        lambda conn: audit_entries(conn, AuditQuestion(actor="agent"), Page()).items
    )
    assert [(entry.event, entry.facts) for entry in entries if entry.event == "ANSWER_SURVEY"] == [
        ("ANSWER_SURVEY", {})
    ]


async def test_the_spread_names_every_segment_and_the_directory_filters_by_one(paketin: House) -> None:
    andi = await arrives(paketin)
    await arrives(paketin, "6281200000002")
    await paketin.does("agent", f"{andi}/survey", {"hobby": "Kerja", "budget": "Sultan"})
    spread = await paketin.gets("director", "/api/customer-values")
    assert spread["segments"]["POTENTIAL"] == 1
    assert sum(spread["segments"].values()) == 1
    assert (spread["personas"]["High Value"], spread["scores"]["r"]["5"]) == (1, 1)
    found = await paketin.gets("marketing", "/api/customers?segment=POTENTIAL")
    assert [customer["id"] for customer in found["items"]] == [andi.rpartition("/")[2]]
    assert (await paketin.gets("marketing", "/api/customers?segment=LOST"))["total"] == 0


async def test_staff_see_what_to_do_next_and_say_what_came_of_it(paketin: House) -> None:
    andi = await arrives(paketin)
    await paketin.does("agent", f"{andi}/consent", {"value": "GRANTED", "request_note": "lewat telepon"})
    await paketin.does("agent", f"{andi}/survey", {"hobby": "Kerja", "budget": "Sedang"})
    (action,) = (await paketin.gets("agent", "/api/next-actions"))["items"]
    assert (action["kind"], action["priority"], action["status"]) == ("NURTURE", "MEDIUM", "proposed")
    done = await paketin.does(
        "agent", f"/api/next-actions/{action['id']}", {"outcome": "done", "note": "ditelepon"}
    )
    assert (done["status"], done["decided_by"]) == ("done", "agent")
    again = await paketin.asks("agent", "POST", f"/api/next-actions/{action['id']}", {"outcome": "dismissed"})
    assert again.status == 409
    assert (await paketin.gets("agent", "/api/next-actions"))["total"] == 0
    history = await paketin.gets("supervisor", f"{andi}/next-actions")
    assert [card["status"] for card in history["items"]] == ["done"]


async def test_the_ruleset_of_the_settings_stands_on_every_score(database: Database) -> None:
    async with open_house(database, value_rules=ValueRules(ruleset=Ruleset.V1)) as house:
        andi = await arrives(house)
        answer = await house.does("agent", f"{andi}/survey", {"hobby": "Kerja", "budget": "Sedang"})
        assert answer["score"]["ruleset_version"] == "v1"


async def test_purchases_to_come_are_told_where_the_company_has_trained_them(database: Database) -> None:
    card = Card(
        id="x", kind="clv", name="x", made_at="", file="x", sha256="x", data_hash="x", rows=1, classes=(),
        libraries={}, lexicon_hash="", metrics={}, thresholds={},
    )  # fmt: skip
    rhythm = Rhythm(card=card, r=0.24, alpha=4.41, a=0.79, b=2.43)  # As published for CDNOW.
    models = PurchaseModels(rhythm=rhythm)
    await database.write(lambda conn: [put_package(conn, product, SYSTEM, NOW) for product in PRODUCTS])
    async with open_house(database, purchases=lambda: models) as house:
        andi = await arrives(house)
        await house.log_in("agent")
        nothing = await house.does("agent", f"{andi}/survey", {"hobby": "Chatting", "budget": "Hemat"})
        bought = await house.does(
            "agent", f"{andi}/transactions", {"package_code": PULSA_20, "amount": 20_000}
        )
    assert nothing["expected"] == []
    weeks = {one["weeks"]: one["purchases"] for one in bought["expected"]}
    assert list(weeks) == [4, 13, 26, 52]
    assert weeks[52] == round(rhythm.expected(repeats=0, last=0, age=0, weeks=52), 3) > weeks[4] > 0
