"""Leads through the API: seed 003's body, one open lead a person, a board within each one's scope."""

from typing import Any

import pytest
from sqlalchemy import select, update

from flows.domain import Role
from storage.database import Connection
from storage.tables import Branch, Customer
from tests.admin.house import House

SEED = {
    "phone": "6281234567890",
    "name": "From WhatsApp",
    "phase": "booking",
    "interested_package": "UMR_MAR_2025_HEMAT",
    "conversation_summary": "Customer interested in March package, asking about payment",
    "source": "meta_ads_campaign_123",
    "ai_confidence": 0.85,
}
LEADS = "/api/marketing/leads"


async def test_seed_003s_body_makes_a_lead_and_the_same_person_is_merged(house: House) -> None:
    made = await house.does("rm", LEADS, SEED, status=201)
    for name, value in SEED.items():
        assert made[name] == value
    assert (made["status"], made["owner"]) == ("NEW", "rm")
    again = await house.does(
        "rm", LEADS, {"phone": "0812-3456-7890", "conversation_summary": "Tanya hotel", "name": "Budi"}
    )
    assert again["id"] == made["id"]
    assert again["phase"] == "booking"
    assert again["conversation_summary"] == f"{SEED['conversation_summary']}\nTanya hotel"
    assert (await house.gets("rm", LEADS))["total"] == 1


async def test_a_placeholder_never_becomes_the_customers_name(small_house: House) -> None:
    await small_house.does("rm", LEADS, SEED, status=201)
    assert (await small_house.gets("rm", "/api/customers"))["items"][0]["name"] is None
    await small_house.does("rm", LEADS, {"phone": SEED["phone"], "name": "Budi"})
    assert (await small_house.gets("rm", "/api/customers"))["items"][0]["name"] == "Budi"


WRONG: list[Any] = [
    pytest.param({}, "phone", id="no phone"),
    pytest.param({"phone": "abc"}, "phone", id="no number"),
    pytest.param({"phone": 6281234567890}, "phone", id="a number for a text"),
    pytest.param({"phone": "08123456789", "phase": "married"}, "phase", id="no phase"),
    pytest.param({"phone": "08123456789", "ai_confidence": 1.5}, "ai_confidence", id="beyond one"),
    pytest.param({"phone": "08123456789", "ai_confidence": "high"}, "ai_confidence", id="a word"),
    pytest.param({"phone": "08123456789", "interested_package": "X" * 61}, "interested_package", id="long"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
async def test_a_wrong_field_is_named(small_house: House, body: dict[str, Any], field: str) -> None:
    reply = await small_house.asks("rm", "POST", LEADS, body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


async def test_a_lead_moves_and_lost_needs_a_reason(small_house: House) -> None:
    path = f"{LEADS}/{(await small_house.does('rm', LEADS, SEED, status=201))['id']}"

    async def moves(body: dict[str, Any]) -> tuple[int, Any]:
        reply = await small_house.asks("rm", "PATCH", path, body)
        return reply.status, reply.json.get("status")

    assert await moves({"status": "CONTACTED"}) == (200, "CONTACTED")
    assert (await moves({"status": "LOST"}))[0] == 422
    assert await moves({"status": "LOST", "lost_reason": "Pilih travel lain"}) == (200, "LOST")
    assert (await moves({"status": "NEW"}))[0] == 409
    assert (await moves({"status": "BOUGHT"}))[0] == 422
    found = await small_house.gets("rm", path)
    assert (found["lost_reason"], found["status"]) == ("Pilih travel lain", "LOST")


async def test_activities_and_tasks_stand_in_the_lead(house: House) -> None:
    path = f"{LEADS}/{(await house.does('rm', LEADS, SEED, status=201))['id']}"
    call = await house.does("rm", f"{path}/activities", {"kind": "CALL", "note": "Ditelepon"}, status=201)
    assert (call["kind"], call["author"]) == ("CALL", "rm")
    task = await house.does(
        "rm", f"{path}/tasks", {"note": "Kirim brosur", "due_at": "2027-01-05T09:00:00"}, status=201
    )
    assert task["due_at"] == "2027-01-05T09:00:00+07:00"
    found = await house.gets("rm", path)
    assert [item["note"] for item in found["activities"]] == ["Ditelepon"]
    assert [item["note"] for item in found["tasks"]] == ["Kirim brosur"]
    assert (
        await house.asks("rm", "POST", f"{path}/activities", {"kind": "PARTY", "note": "x"})
    ).status == 422
    assert (await house.asks("rm", "POST", f"{path}/activities", {"kind": "TASK", "note": "x"})).status == 422
    far = {"note": "x", "due_at": "9999-12-31T23:59:59Z"}
    assert (await house.asks("rm", "POST", f"{path}/tasks", far)).status == 422
    soon = {"note": "x", "due_date": "2027-01-06T09:00:00"}
    assert (await house.does("rm", f"{path}/tasks", soon, status=201))[
        "due_at"
    ] == "2027-01-06T09:00:00+07:00"


async def test_a_colleagues_lead_is_not_there_and_the_person_not_taken(small_house: House) -> None:
    await small_house.hires(("budi", Role.RM))
    lead = await small_house.does("rm", LEADS, SEED, status=201)
    assert (await small_house.gets("budi", LEADS))["total"] == 0
    for method, path, body in (
        ("GET", f"{LEADS}/{lead['id']}", None),
        ("PATCH", f"{LEADS}/{lead['id']}", {"status": "WON"}),
        ("POST", f"{LEADS}/{lead['id']}/activities", {"note": "x"}),
        ("GET", f"{LEADS}/999", None),
    ):
        assert (await small_house.asks("budi", method, path, body)).status == 404
    assert (await small_house.asks("budi", "POST", LEADS, SEED)).status == 409


async def test_another_branchs_customer_gets_no_lead_and_shows_none(small_house: House) -> None:
    house = small_house
    await house.hires(("jauh", Role.SUPERVISOR), branch="Binjai")
    await house.hires(("dekat", Role.SUPERVISOR), branch="Medan")
    lead = await house.does("rm", LEADS, SEED, status=201)

    def move(conn: Connection) -> None:
        medan = conn.scalar(select(Branch.id).where(Branch.name == "Medan"))
        conn.execute(update(Customer).values(branch_id=medan))

    await house.database.write(move)
    refused = await house.asks("jauh", "POST", LEADS, SEED | {"conversation_summary": "Coba-coba"})
    assert (refused.status, "summary" in refused.text) == (409, False)
    assert (await house.does("dekat", LEADS, SEED))["id"] == lead["id"]
    seen = await house.gets("rm", f"{LEADS}/{lead['id']}")
    assert "Coba-coba" not in (seen["conversation_summary"] or "")


async def test_supervisor_and_admin_see_the_board_masked(small_house: House) -> None:
    await small_house.does("rm", LEADS, SEED | {"conversation_summary": "Telp 081234567890"}, status=201)
    for who in ("supervisor", "admin"):
        lead = (await small_house.gets(who, LEADS))["items"][0]
        assert (lead["phone"], lead["conversation_summary"]) == ("●●●●●●●●●●890", "Telp ●●●●●●●●●890")


async def test_an_rm_who_works_on_what_nobody_owns_has_taken_it(small_house: House) -> None:
    await small_house.hires(("budi", Role.RM))
    lead = await small_house.does("supervisor", LEADS, SEED, status=201)
    assert lead["owner"] is None
    assert (await small_house.gets("budi", LEADS))["total"] == 1
    reply = await small_house.asks("rm", "PATCH", f"{LEADS}/{lead['id']}", {"status": "CONTACTED"})
    assert reply.json["owner"] == "rm"
    assert (await small_house.gets("budi", LEADS))["total"] == 0


async def test_a_lead_says_how_promising_it_is_and_why(house: House) -> None:
    lead = await house.does(
        "rm", "/api/marketing/leads", {"name": "Budi", "phone": "6281299999999"}, status=201
    )
    score = await house.gets("rm", f"/api/marketing/leads/{lead['id']}/score")
    assert (score["lead_id"], score["score"], score["heat"]) == (lead["id"], 5, "cold")
    assert score["reasons"] == [{"points": 5, "reason": "Baru mengenal."}]
    assert (await house.asks("rm", "GET", "/api/marketing/leads/999999/score")).status == 404
