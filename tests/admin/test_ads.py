"""An ad's link and its money: clicks counted, WhatsApp opened with the code, spend entered, and what came of both."""

import pytest

from tests.admin.house import House

CODE = "UMR_MAR_2027_HEMAT"


async def _go(house: House, code: str, agent: str = "Mozilla/5.0 (Linux; Android 14)") -> str | None:
    reply = await house.client.get(f"/go/{code}", allow_redirects=False, headers={"User-Agent": agent})
    return reply.headers.get("Location") if reply.status == 302 else None


async def test_a_click_is_counted_and_opens_whatsapp_with_the_code(house: House) -> None:
    company = {"name": "Sapa Barokah", "contact": {"phone": "+62 800-1000-2027"}}
    await house.asks("marketing", "PUT", "/api/company", company)
    assert await _go(house, CODE) == f"https://wa.me/6280010002027?text={CODE}"
    assert await _go(house, CODE.lower()) is not None
    await _go(house, CODE, "facebookexternalhit/1.1")
    assert (await house.client.head(f"/go/{CODE}", allow_redirects=False)).status == 302
    numbers = await house.gets("marketing", "/api/marketing/analytics")
    assert [
        (row["campaign_code"], row["clicks"], row["conversion"]) for row in numbers["campaign_performance"]
    ] == [(CODE, 2, 0.0)]


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


@pytest.mark.parametrize("amount", [0, -5, 1.5, "100", None])
async def test_spend_that_is_no_money_is_named(small_house: House, amount: object) -> None:
    reply = await small_house.asks(
        "marketing", "POST", f"/api/campaign-codes/{CODE}/spend", {"amount": amount}
    )
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "amount")
