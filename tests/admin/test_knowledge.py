"""What staff teach the bot: packages, FAQ, texts, facts and triggers; each counted in the knowledge version and audited."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage.database import Database
from storage.knowledge import knowledge_version
from tests.admin.house import House, open_house

HEMAT = {
    "name": "Umroh Maret Hemat",
    "price": 25_000_000,
    "departure_date": "2027-03-15",
    "duration_days": 9,
    "quota": 45,
    "quota_left": 5,
    "tier": "HEMAT",
    "category": "umroh",
    "ml_label": "General Offer",
    "image_url": "https://example.com/a.jpg",
    "brochure_url": "/media/media_1/brosur.pdf",
    "itinerary_url": None,
    "video_url": None,
    "location": {"name": "Kantor", "lat": 3.58, "lng": 98.67},
    "hotel_makkah": "Hotel A",
    "hotel_madinah": "Hotel B",
    "airline": "Garuda",
    "features": ["Hotel dekat"],
    "includes": ["Visa"],
    "excludes": [],
    "payment_terms": "DP 5 juta",
    "status": "OPEN",
}
PATH = "/api/packages/UMR_MAR_2027_HEMAT"


async def version(house: House) -> int:
    return await house.database.read(knowledge_version.current)


async def test_a_package_is_put_read_replaced_and_taken_away(house: House) -> None:
    made = await house.asks("marketing", "PUT", PATH, HEMAT)
    assert (made.status, made.json) == (201, {"code": "UMR_MAR_2027_HEMAT", **HEMAT})
    cheaper = await house.asks("marketing", "PUT", PATH, made.json | {"price": 24_000_000})
    assert (cheaper.status, cheaper.json["price"]) == (200, 24_000_000)
    assert await house.gets("rm", PATH) == cheaper.json
    assert (await house.gets("director", "/api/packages"))["items"] == [cheaper.json]
    assert (await house.asks("admin", "DELETE", PATH)).status == 204
    assert (await house.asks("rm", "GET", PATH)).status == 404
    assert (await house.asks("admin", "DELETE", PATH)).status == 404
    assert await version(house) == 3
    audit = await house.gets("compliance", "/api/audit?q=UMR_MAR")
    assert [entry["event"] for entry in audit["items"]] == [
        "DELETE_PACKAGE",
        "CHANGE_PACKAGE",
        "CHANGE_PACKAGE",
    ]
    assert audit["items"][1]["facts"]["changed"] == ["price"]


async def test_a_package_and_an_answer_may_be_told_in_english_too(small_house: House) -> None:
    english = {
        "hotel_makkah": "Al Fajr, 300 m away",
        "hotel_madinah": None,
        "airline": None,
        "features": [],
        "includes": ["Visa", "Three meals a day"],
        "excludes": [],
        "payment_terms": "Down payment first.",
    }
    made = await small_house.asks("marketing", "PUT", PATH, HEMAT | {"english": english})
    assert made.json["english"] == english
    answer = {"question": "Vaksin?", "answer": "Wajib.", "variants": [], "answer_en": "Compulsory."}
    assert (await small_house.asks("marketing", "POST", "/api/faq", answer)).json[
        "answer_en"
    ] == "Compulsory."


async def test_a_product_of_any_trade_is_a_package(small_house: House) -> None:
    made = await small_house.asks(
        "marketing", "PUT", "/api/packages/DATA_50GB", {"name": "Data 50 GB", "price": 0}
    )
    assert (made.status, made.json["tier"], made.json["status"]) == (201, "STANDARD", "OPEN")


WRONG: list[Any] = [
    pytest.param({"name": None}, "name", id="no name"),
    pytest.param({"price": -1}, "price", id="negative price"),
    pytest.param({"price": "25000000"}, "price", id="price as a text"),
    pytest.param({"price": 25_000_000.5}, "price", id="half a rupiah"),
    pytest.param({"price": True}, "price", id="a yes for a price"),
    pytest.param({"price": 10**20}, "price", id="no database holds it"),
    pytest.param({"departure_date": "15 Maret 2027"}, "departure_date", id="no date"),
    pytest.param({"departure_date": "2027-02-30"}, "departure_date", id="no such day"),
    pytest.param({"duration_days": 0}, "duration_days", id="no day"),
    pytest.param({"quota_left": 50}, "quota_left", id="more seats than there are"),
    pytest.param({"image_url": "javascript:alert(1)"}, "image_url", id="script"),
    pytest.param({"image_url": "//evil.example/a.jpg"}, "image_url", id="another host"),
    pytest.param({"location": {"name": "x", "lat": 91, "lng": 0}}, "location.lat", id="beyond the pole"),
    pytest.param({"features": ["x"] * 51}, "features", id="too many"),
    pytest.param({"features": [""]}, "features.0", id="an empty one"),
    pytest.param({"status": "MAYBE"}, "status", id="no status"),
    pytest.param({"code": "ANOTHER"}, "code", id="another code"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
async def test_a_wrong_field_of_a_package_is_named(
    small_house: House, change: dict[str, Any], field: str
) -> None:
    reply = await small_house.asks("marketing", "PUT", PATH, HEMAT | change)
    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])
    assert await version(small_house) == 0


@pytest.mark.parametrize("code", ["umr_mar", "UMR MAR", "UMR__MAR", "_X", "X" * 61, "UMR;DROP"])
async def test_a_code_that_is_none_is_refused(small_house: House, code: str) -> None:
    reply = await small_house.asks("marketing", "PUT", f"/api/packages/{code}", HEMAT)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "code")
    assert (await small_house.asks("marketing", "GET", f"/api/packages/{code}")).status == 404


@pytest.mark.parametrize(("word", "status"), [("open", "OPEN"), ("available", "OPEN"), ("Sold_Out", "FULL")])
async def test_other_systems_words_for_a_status_are_understood(
    small_house: House, word: str, status: str
) -> None:
    reply = await small_house.asks("marketing", "PUT", PATH, HEMAT | {"status": word})
    assert reply.json["status"] == status


async def test_faq_entries_come_and_go(small_house: House) -> None:
    body = {"question": "Apa saja syaratnya?", "answer": "Paspor", "variants": ["syarat umroh"]}
    made = await small_house.does("marketing", "/api/faq", body, status=201)
    assert {name: made[name] for name in body} == body
    path = f"/api/faq/{made['id']}"
    changed = await small_house.asks(
        "admin", "PUT", path, {"question": "Syarat?", "answer": "Paspor dan KTP"}
    )
    assert (changed.status, changed.json["answer"], changed.json["variants"]) == (200, "Paspor dan KTP", [])
    assert (await small_house.gets("marketing", "/api/faq"))["items"] == [changed.json]
    assert (await small_house.asks("marketing", "DELETE", path)).status == 204
    assert (await small_house.asks("marketing", "DELETE", path)).status == 404
    assert await version(small_house) == 3


async def test_company_facts_are_replaced_whole(small_house: House) -> None:
    body = {
        "name": "Amanah Wisata",
        "address": "Jl. Contoh 1, Medan",
        "pin": {"name": "Kantor", "lat": 3.58, "lng": 98.67},
        "hours": [
            {"weekday": 0, "opens": "08:00", "closes": "12:00"},
            {"weekday": 0, "opens": "13:00", "closes": "24:00"},
        ],
        "licence": "U.123/2020",
        "contact": {"phone": "061-123", "email": "info@example.com", "website": None},
        "branches": ["Medan", "Binjai"],
        "timezone": "Asia/Jakarta",
    }
    assert (await small_house.asks("admin", "PUT", "/api/company", body)).json == body
    assert await small_house.gets("marketing", "/api/company") == body
    smaller = await small_house.asks("marketing", "PUT", "/api/company", {"name": "Amanah"})
    assert (smaller.json["address"], smaller.json["hours"]) == (None, [])
    assert await version(small_house) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"timezone": "Mars/Base"}, "timezone", id="no zone"),
        pytest.param(
            {"hours": [{"weekday": 7, "opens": "08:00", "closes": "17:00"}]}, "hours.0.weekday", id="no day"
        ),
        pytest.param(
            {"hours": [{"weekday": 0, "opens": "8", "closes": "17:00"}]}, "hours.0.opens", id="no time"
        ),
        pytest.param(
            {"hours": [{"weekday": 0, "opens": "17:00", "closes": "08:00"}]}, "hours", id="closed first"
        ),
        pytest.param(
            {"hours": [{"weekday": 0, "opens": "08:00", "closes": "24:30"}]},
            "hours.0.closes",
            id="past midnight",
        ),
    ],
)
async def test_a_wrong_company_fact_is_named(small_house: House, change: dict[str, Any], field: str) -> None:
    reply = await small_house.asks("admin", "PUT", "/api/company", {"name": "Amanah"} | change)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


async def test_triggers_change_within_bounds(small_house: House) -> None:
    body = {
        "min_confidence": 0.4,
        "misses_before_human": 3,
        "human_keywords": ["orang asli", "orang asli", "Manusia"],
        "complaint_keywords": [],
        "always_human": ["ask_refund"],
        "enabled": True,
    }
    saved = await small_house.asks("admin", "PUT", "/api/triggers", body)
    assert saved.json == body | {"human_keywords": ["orang asli", "manusia"]}
    assert await small_house.gets("admin", "/api/triggers") == saved.json
    assert await version(small_house) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"min_confidence": 0}, "min_confidence"),
        ({"min_confidence": 1}, "min_confidence"),
        ({"misses_before_human": 0}, "misses_before_human"),
        ({"misses_before_human": 99}, "misses_before_human"),
        ({"human_keywords": ["x"]}, "human_keywords.0"),
        ({"always_human": ["Refund!"]}, "always_human.0"),
    ],
)
async def test_triggers_out_of_bounds_are_refused(
    small_house: House, change: dict[str, Any], field: str
) -> None:
    reply = await small_house.asks("admin", "PUT", "/api/triggers", change)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


PROMPT = {
    "prompt_type": "base",
    "content": "You are a helpful umroh travel consultant...",
    "version": "2.0",
    "updated_by": "somebody_else",
}


async def test_seed_003s_prompt_body_is_live_at_once_and_its_author_is_the_token(small_house: House) -> None:
    made = await small_house.asks("marketing", "PUT", "/api/ai/prompts", PROMPT)
    assert (made.status, made.json["state"], made.json["updated_by"]) == (200, "live", "marketing")
    assert (await small_house.asks("marketing", "PUT", "/api/ai/prompts", PROMPT)).status == 409
    assert (await small_house.gets("admin", "/api/ai/prompts"))["items"] == [made.json]
    assert await version(small_house) == 1


async def test_an_older_version_is_restored(small_house: House) -> None:
    for label in ("1", "2"):
        await small_house.asks("marketing", "PUT", "/api/ai/prompts", PROMPT | {"version": label})
    restored = await small_house.does("marketing", "/api/ai/prompts/base/restore", {"version": "1"})
    assert (restored["version"], restored["state"]) == ("1", "live")
    versions = await small_house.gets("supervisor", "/api/ai/prompts/base")
    assert [(item["version"], item["state"]) for item in versions["items"]] == [
        ("2", "retired"),
        ("1", "live"),
    ]
    gone = await small_house.asks("marketing", "POST", "/api/ai/prompts/base/restore", {"version": "9"})
    assert gone.status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"prompt_type": "secret"}, "prompt_type", id="no type"),
        pytest.param({"prompt_type": "reply:greeting:de"}, "prompt_type", id="no language of ours"),
        pytest.param(
            {"prompt_type": "reply:greeting:id", "content": "{{ secret }}"}, "content", id="no name"
        ),
        pytest.param({"content": ""}, "content", id="no text"),
        pytest.param({"content": " \n "}, "content", id="nothing but blanks"),
        pytest.param({"version": ""}, "version", id="no label"),
        pytest.param({"version": "a/b"}, "version", id="a label no address holds"),
        pytest.param({"version": " 1"}, "version", id="a label with a blank"),
    ],
)
async def test_a_wrong_prompt_is_refused(small_house: House, change: dict[str, Any], field: str) -> None:
    reply = await small_house.asks("marketing", "PUT", "/api/ai/prompts", PROMPT | change)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)
    assert await version(small_house) == 0


@pytest.fixture
async def careful_house(database: Database) -> AsyncIterator[House]:
    async with open_house(database, needs_prompt_approval=True) as house:
        yield house


async def test_with_approval_on_another_person_makes_it_live(careful_house: House) -> None:
    house = careful_house
    made = await house.asks("marketing", "PUT", "/api/ai/prompts", PROMPT)
    assert made.json["state"] == "draft"
    assert await version(house) == 0
    path = "/api/ai/prompts/base"
    own = await house.asks("marketing", "POST", f"{path}/approve", {"version": "2.0"})
    assert own.status == 409
    assert (await house.asks("marketing", "POST", f"{path}/restore", {"version": "2.0"})).status == 409
    assert (await house.asks("admin", "POST", f"{path}/approve", {"version": "2.0"})).status == 403
    approved = await house.does("supervisor", f"{path}/approve", {"version": "2.0"})
    assert (approved["state"], approved["approved_by"]) == ("live", "supervisor")
    assert await version(house) == 1
    again = await house.asks("supervisor", "POST", f"{path}/approve", {"version": "2.0"})
    assert again.status == 409
