"""An ad's link and its money: clicks counted, WhatsApp opened with the code, spend entered, and what came of both."""

import csv
import io
import re

import pytest

from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.admin.test_marketing import busy_day

CODE = "UMR_MAR_2027_HEMAT"
PACKAGE = {"name": "Umroh Hemat", "price": 25_000_000, "tier": "HEMAT", "status": "open"}


async def _go(house: House, code: str, agent: str = "Mozilla/5.0 (Linux; Android 14)") -> str | None:
    reply = await house.client.get(f"/go/{code}", allow_redirects=False, headers={"User-Agent": agent})
    return reply.headers.get("Location") if reply.status == 302 else None


async def test_a_click_is_counted_and_opens_whatsapp_with_the_code(house: House) -> None:
    company = {"name": "Sapa Barokah", "contact": {"phone": "+62 800-1000-2027"}}
    await house.asks("marketing", "PUT", "/api/company", company)
    assert (await house.asks("marketing", "PUT", f"/api/packages/{CODE}", PACKAGE)).status == 201
    assert await _go(house, CODE) == f"https://wa.me/6280010002027?text={CODE}"
    assert await _go(house, CODE.lower()) is not None
    await _go(house, CODE, "facebookexternalhit/1.1")
    assert (await house.client.head(f"/go/{CODE}", allow_redirects=False)).status == 302
    numbers = await house.gets("marketing", "/api/marketing/analytics")
    assert [
        (row["campaign_code"], row["clicks"], row["conversion"]) for row in numbers["campaign_performance"]
    ] == [(CODE, 2, 0.0)]


async def test_a_code_that_nobody_advertises_opens_whatsapp_and_is_no_number(house: House) -> None:
    assert (await _go(house, "UMR_MEI_2027_HEMAT") or "").endswith("text=UMR_MEI_2027_HEMAT")
    assert (await house.gets("marketing", "/api/marketing/analytics"))["campaign_performance"] == []
    spend = "/api/campaign-codes/UMR_MEI_2027_HEMAT/spend"
    await house.does("marketing", spend, {"amount": 1_000}, status=201)
    await _go(house, "UMR_MEI_2027_HEMAT")
    row = (await house.gets("marketing", "/api/marketing/analytics"))["campaign_performance"][0]
    assert (row["clicks"], row["spend"]) == (1, 1_000)


@pytest.mark.parametrize(
    "code", ["halo", "https:%2F%2Fjahat.example", "UMR_MAR_2027_HEMAT%0d%0aX: y", "_" * 90]
)
async def test_what_is_no_code_leads_nowhere(small_house: House, code: str) -> None:
    assert await _go(small_house, code) is None


async def test_spend_adds_up_and_costs_a_booking(house: House) -> None:
    for amount in (150_000, 350_000):
        await house.does("marketing", f"/api/campaign-codes/{CODE}/spend", {"amount": amount}, status=201)
    row = (await house.gets("director", "/api/marketing/analytics"))["campaign_performance"][0]
    assert (row["spend"], row["clicks"], row["conversion"], row["return_on_spend"]) == (500_000, 0, None, 0.0)


async def test_all_that_was_entered_can_be_paged_to_and_the_chosen_period_stays(small_house: House) -> None:
    marketing = Visitor(small_house)
    await marketing.logs_in("marketing")
    kept = {"from": "2026-11-01", "to": "2026-11-30", "offset": "50"}
    for day in range(1, 61):
        entered = await marketing.posts("/panel/ads/spend", {"code": CODE, "amount": str(day * 1_000)} | kept)
    assert 'value="2026-11-01"' in (await marketing.opens("/panel/ads?from=2026-11-01&to=2026-11-30")).text
    assert "51–60 dari 60" in entered.text
    assert "Rp 1.000<" in entered.text
    assert "Rp 60.000<" not in entered.text
    assert "offset=0" in entered.text


async def test_the_dashboards_file_holds_what_the_pages_show(small_house: House) -> None:
    await busy_day(small_house)
    said: dict[str, str] = {}
    for who in ("director", "marketing"):
        visitor = Visitor(small_house)
        await visitor.logs_in(who)
        said[who] = (await visitor.opens("/panel/dashboard/export?from=2027-01-01&to=2027-01-04")).text
    rows = list(csv.reader(io.StringIO(said["director"].removeprefix("\ufeff"))))
    assert rows[0] == ["Periode", "2027-01-01", "2027-01-04"]
    for row in (
        ["Konversi", "0.0"],
        ["Selesai tanpa staf", "0.5"],
        ["Kepuasan", ""],
        ["Mengenal → tertarik", "0.5"],
        ["2027-01-04", "2", "1"],
        ["UMR_MAR_2027_HEMAT", "1", "1", "0"],
        ["Bot ragu", "1"],
        ["UMR_MAR_2027_HEMAT", "0", "1", "1", "", "0", "0", "", "0", ""],
    ):
        assert row in rows
    assert "Keluhan terbuka per kategori" in said["director"]
    assert "Keluhan terbuka per kategori" not in said["marketing"]
    exported = (await small_house.gets("compliance", "/api/audit?event=EXPORT_DATA"))["items"]
    assert exported[-1]["facts"] == {"export_type": "dashboard", "row_count": len(rows), "format": "csv"}


async def test_numbers_are_written_as_the_panels_language_writes_them(small_house: House) -> None:
    await busy_day(small_house)
    visitor = Visitor(small_house)
    await visitor.logs_in("director")
    address = "/panel/dashboard/period?from=2027-01-04&to=2027-01-04"
    assert "50 %" in (await visitor.opens(address)).text
    await visitor.posts("/panel/account/language", language="en")
    english = (await visitor.opens(address)).text
    assert "50%" in english
    assert "50 %" not in english


async def test_an_ads_link_is_there_to_be_copied(small_house: House) -> None:
    marketing = await Visitor(small_house).logs_in("marketing")
    await marketing.posts("/panel/ads/spend", code=CODE, amount="1000")
    page = (await marketing.opens("/panel/ads")).text
    found = re.search(r'data-copy="https?://[^/"]+(/go/[^"]+)"', page)
    assert found is not None
    assert found[1] == f"/go/{CODE}"


async def test_a_quick_period_ends_today_whatever_is_looked_at(small_house: House) -> None:
    visitor = Visitor(small_house)
    await visitor.logs_in("director")
    page = (await visitor.opens("/panel/dashboard?from=2026-09-01&to=2026-09-30")).text
    assert "from=2026-12-29&amp;to=2027-01-04" in page


@pytest.mark.parametrize("amount", [0, -5, 1.5, "100", None])
async def test_spend_that_is_no_money_is_named(small_house: House, amount: object) -> None:
    reply = await small_house.asks(
        "marketing", "POST", f"/api/campaign-codes/{CODE}/spend", {"amount": amount}
    )
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "amount")
