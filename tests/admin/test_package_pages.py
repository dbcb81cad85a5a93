"""Packages, company and triggers in the panel: saved as the API would, previewed, never written over unseen, files by their bytes."""

import asyncio
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData

from admin.knowledge_ports import AS_IT_IS
from flows.domain import Company, Package, Triggers, WorkingFrame
from flows.roles import SYSTEM
from storage.knowledge.company import load_company, save_company
from storage.knowledge.packages import find_package, package_seen, put_package
from storage.knowledge.triggers import load_triggers
from storage.staff.seen_settings import setting_seen
from tests.admin.house import House
from tests.admin.test_pages import Browser
from tests.people import NOW

CODE = "UMR_MAR_2027_HEMAT"
PAGE = f"/panel/packages/{CODE}"
FIELDS = {
    "name": "Umroh Hemat", "price": "25000000", "departure_date": "2027-03-15", "quota": "45", "quota_left": "5",
    "features": "Dekat\r\nNyaman", "en_features": "Close", "place_name": "Kantor", "place_lat": "3.58", "place_lng": "98.67",
}  # fmt: skip


async def browser_of(house: House, name: str = "marketing") -> Browser:
    browser = Browser(house)
    await browser.logs_in(name)
    return browser


async def sells(house: House, **values: Any) -> None:
    known: dict[str, Any] = {
        "code": CODE,
        "name": "Umroh Hemat",
        "price": 25_000_000,
        "quota": 45,
        "quota_left": 5,
    }
    package = Package(**known | values)
    await house.database.write(lambda conn: put_package(conn, package, SYSTEM, NOW))


async def package_of(house: House) -> Package:
    found = await house.database.read(lambda conn: find_package(conn, CODE))
    assert found is not None
    return found


async def test_a_package_is_made_and_shown_to_every_role(small_house: House) -> None:
    marketing = await browser_of(small_house)
    assert (await marketing.posts("/panel/packages", code=CODE.lower(), **FIELDS)).status == 303
    package = await package_of(small_house)
    assert (package.price, package.features, package.quota_left) == (25_000_000, ("Dekat", "Nyaman"), 5)
    assert package.english is not None
    assert package.english.features == ("Close",)
    assert package.location is not None
    assert package.location.lat == 3.58
    again = await marketing.posts("/panel/packages", code=CODE, **FIELDS)
    assert again.status == 422
    listed = await (await (await browser_of(small_house, "agent")).asks("GET", "/panel/packages")).text()
    assert "Rp 25.000.000" in listed
    assert "Sisa 5 dari 45 kursi" in listed
    assert "/seats" not in listed


@pytest.mark.parametrize(
    ("changed", "papers"),
    [
        pytest.param({"price": "26000000"}, ("image_url",), id="the old price may stand on the poster"),
        pytest.param({"price": "26000000", "image_url": "/media/m2/b.jpg"}, (), id="with a new poster"),
        pytest.param({"quota_left": "4", "payment_terms": "DP 5 juta"}, (), id="what is never printed"),
        pytest.param({"name": "Umroh Hemat Plus", "image_url": ""}, (), id="no poster any more"),
    ],
)
async def test_whoever_changes_what_is_printed_is_sent_to_look_at_the_poster(
    small_house: House, changed: dict[str, str], papers: tuple[str, ...]
) -> None:
    await sells(small_house, departure_date=date(2027, 3, 15), image_url="/media/m1/a.jpg")
    marketing = await browser_of(small_house)
    saved = await marketing.posts(PAGE, **FIELDS | {"image_url": "/media/m1/a.jpg"} | changed)
    where = saved.headers["Location"]
    assert where == (f"{PAGE}?look={','.join(papers)}" if papers else "/panel/packages")
    page = await (await marketing.asks("GET", where)).text()
    assert ("periksa apakah yang tercetak masih benar" in page) is bool(papers)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "-1"),
        ("price", "murah"),
        ("quota_left", "50"),
        ("image_url", "javascript:alert(1)"),
        ("name", ""),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_kept(small_house: House, field: str, value: str) -> None:
    marketing = await browser_of(small_house)
    headers = {"HX-Request": "true", "X-CSRF-Token": marketing.csrf}
    fields = FIELDS | {"code": CODE, field: value}
    reply = await marketing.asks("POST", "/panel/packages", data=fields, headers=headers)
    assert (reply.status, f'"{field}"' in reply.headers["HX-Trigger"]) == (422, True)
    assert await small_house.database.read(lambda conn: find_package(conn, CODE)) is None


async def test_a_package_that_somebody_else_saved_is_not_written_over_unseen(small_house: House) -> None:
    await sells(small_house)
    marketing = await browser_of(small_house)
    later = NOW + timedelta(minutes=3)
    theirs = Package(code=CODE, name="Dari orang lain", price=1)
    await small_house.database.write(lambda conn: put_package(conn, theirs, SYSTEM, later))
    stale = await marketing.posts(PAGE, seen=NOW.isoformat(), **FIELDS)
    assert (stale.status, later.isoformat() in stale.headers["HX-Trigger"]) == (409, True)
    assert (await package_of(small_house)).name == "Dari orang lain"
    assert (await marketing.posts(PAGE, seen=later.isoformat(), **FIELDS)).status == 303
    assert (await package_of(small_house)).name == "Umroh Hemat"


async def test_two_who_count_seats_at_once_both_count(house: House) -> None:
    await sells(house)
    marketing = await browser_of(house)
    replies = await asyncio.gather(*(marketing.posts(f"{PAGE}/seats", by="-1") for _ in range(5)))
    assert [reply.status for reply in replies] == [200] * 5
    assert (await package_of(house)).quota_left == 0
    assert (await marketing.posts(f"{PAGE}/seats", by="-1")).status == 409
    assert (await marketing.posts("/panel/packages/UMR_X/seats", by="-1")).status == 404


async def test_a_package_is_put_away_and_brought_back(small_house: House) -> None:
    await sells(small_house)
    marketing = await browser_of(small_house)
    assert (await marketing.posts(f"{PAGE}/status", status="CLOSED")).status == 303
    assert (await package_of(small_house)).status == "CLOSED"
    assert "Diturunkan" in await (await marketing.asks("GET", "/panel/packages")).text()
    await marketing.posts(f"{PAGE}/status", status="OPEN")
    assert (await package_of(small_house)).status == "OPEN"


async def test_a_departed_package_is_marked(small_house: House) -> None:
    await sells(small_house, departure_date=NOW.date() - timedelta(days=1))
    marketing = await browser_of(small_house)
    assert "Sudah berangkat" in await (await marketing.asks("GET", "/panel/packages")).text()
    assert "Tanggalnya sudah lewat" in await (await marketing.asks("GET", PAGE)).text()


async def test_the_preview_asks_the_engine_with_what_stands_in_the_form(small_house: House) -> None:
    marketing = await browser_of(small_house)
    said = await (await marketing.posts("/panel/packages/preview", code=CODE, **FIELDS)).text()
    assert f"draft: {CODE}" in said
    imagined = small_house.desk.rehearsal.imagined[-1]  # type: ignore[attr-defined]  # the test's own rehearsal
    assert imagined != AS_IT_IS
    assert imagined.packages[0].price == 25_000_000
    assert await small_house.database.read(lambda conn: find_package(conn, CODE)) is None


@pytest.mark.parametrize(
    ("field", "content", "status"),
    [
        pytest.param("image_url", b"\xff\xd8\xff\xe0" + b"x" * 50, 204, id="a photo"),
        pytest.param("brochure_url", b"%PDF-1.7\n%" + b"x" * 50, 204, id="a PDF"),
        pytest.param("image_url", b"%PDF-1.7\n%" + b"x" * 50, 422, id="a PDF for a picture"),
        pytest.param("image_url", b"<svg onload=alert(1)>" + b"x" * 50, 422, id="a drawing named .jpg"),
        pytest.param("image_url", b"\xff\xd8\xff" + b"x" * (5 * 1024 * 1024), 413, id="too large"),
    ],
)
async def test_a_file_is_kept_by_what_it_is(
    small_house: House, field: str, content: bytes, status: int
) -> None:
    marketing = await browser_of(small_house)
    form = FormData({"_csrf": marketing.csrf, "field": field})
    form.add_field("file", BytesIO(content), filename="../../gambar <b>.html", content_type="image/jpeg")
    reply = await marketing.asks("POST", "/panel/packages/media", data=form)
    assert reply.status == status
    if status == 204:
        raised = reply.headers["HX-Trigger"]
        url = raised.partition('"url": "')[2].partition('"')[0]
        served = await small_house.client.get(url)
        assert (served.status, await served.read()) == (200, content)
        assert ".html" not in url


async def test_company_facts_and_hours_are_saved_previewed_and_never_lost(small_house: House) -> None:
    admin = await browser_of(small_house, "admin")
    fields = {
        "name": "Amanah",
        "mon": "08.00-12.00, 13.00-17.00",
        "pin_lat": "3.58",
        "pin_lng": "98.67",
        "branches": "Medan\nBinjai",
    }
    said = await (await admin.posts("/panel/company/preview", **fields)).text()
    assert "draft: Assalamualaikum" in said
    assert (await admin.posts("/panel/company", **fields)).status == 303
    company = await small_house.database.read(load_company)
    assert company.hours == (
        WorkingFrame(weekday=0, opens=480, closes=720),
        WorkingFrame(weekday=0, opens=780, closes=1020),
    )
    assert (company.branches, company.pin is not None) == (("Medan", "Binjai"), True)
    seen = await small_house.database.read(lambda conn: setting_seen(conn, "company"))
    assert seen is not None
    theirs, later = Company(name="Dari orang lain"), seen + timedelta(minutes=1)
    await small_house.database.write(lambda conn: save_company(conn, theirs, SYSTEM, later))
    assert (await admin.posts("/panel/company", seen=seen.isoformat(), **fields)).status == 409
    assert (await small_house.database.read(load_company)).name == "Dari orang lain"
    wrong = await admin.posts("/panel/company", name="Amanah", tue="pagi")
    assert (wrong.status, "tue" in await wrong.text()) == (422, True)


async def test_triggers_are_tried_before_they_count_and_kept_within_bounds(small_house: House) -> None:
    admin = await browser_of(small_house, "admin")
    fields = {
        "human_keywords": "orang asli, pawang",
        "misses_before_human": "3",
        "enabled": "true",
        "always_human": "ask_refund",
    }
    tried = await (await admin.posts("/panel/triggers/test", message="panggil pawang", **fields)).text()
    assert "live: panggil pawang" in tried
    assert "draft: panggil pawang" in tried
    assert await small_house.database.read(load_triggers) == Triggers()
    assert (await admin.posts("/panel/triggers", **fields)).status == 303
    triggers = await small_house.database.read(load_triggers)
    assert (triggers.human_keywords, triggers.always_human) == (("orang asli", "pawang"), ("ask_refund",))
    assert (await admin.posts("/panel/triggers", **fields | {"misses_before_human": "99"})).status == 422
    page = await (await admin.asks("GET", "/panel/triggers")).text()
    assert "orang asli, pawang" in page
    seen = await small_house.database.read(lambda conn: package_seen(conn, CODE))
    assert seen is None
