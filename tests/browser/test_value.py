"""What customers are worth, in a real browser: a next step is done and taken back, and the document's shopper is tried with sliders."""

import re

from playwright.sync_api import Page, expect

from tests.browser.desk import log_in


def test_a_next_step_is_done_in_the_customers_page_and_taken_back(page: Page, service: str) -> None:
    log_in(page, service, "supervisor")
    page.goto(f"{service}/panel/value")
    expect(page.locator(".strategy .card")).to_have_count(7)
    page.locator("#f-priority").select_option("HIGH")
    page.get_by_role("button", name="Saring").click()
    expect(page).to_have_url(re.compile("priority=HIGH"))
    page.locator("tbody a").first.click()
    steps = page.locator(".next-steps")
    expect(steps.get_by_role("button", name="Lakukan").first).to_be_visible()
    waiting = steps.get_by_role("button", name="Lakukan").count()
    steps.get_by_role("button", name="Lakukan").first.click()
    expect(page.locator("#toasts")).to_contain_text("Dicatat")
    expect(steps.get_by_role("button", name="Lakukan")).to_have_count(waiting - 1)
    steps.get_by_role("button", name="Urungkan").first.click()
    expect(steps.get_by_role("button", name="Lakukan")).to_have_count(waiting)


def _slide(page: Page, name: str, value: int) -> None:
    page.locator(f"#s-{name}").fill(str(value))


def test_the_documents_shopper_becomes_a_sultan_and_then_a_risk(page: Page, service: str) -> None:
    log_in(page, service, "marketing")
    page.goto(f"{service}/panel/segments")
    _slide(page, "total_spend", 4000)
    _slide(page, "frequency", 40)
    expect(page.locator("#persona")).to_have_text("Sultan")
    expect(page.locator(".tier.is-own h3")).to_contain_text("Luxury")
    page.get_by_role("button", name="Catat profil ini").click()
    before = _percent(page)
    _slide(page, "recency_days", 90)
    expect(page.locator("[data-migration_risk]")).not_to_have_text(before)
    assert _number(_percent(page)) > _number(before)
    page.get_by_role("button", name="Catat profil ini").click()
    rows = page.locator("#log tbody tr")
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_role("button", name="Pakai lagi").click()
    expect(page.locator("[data-migration_risk]")).to_have_text(before)


def _percent(page: Page) -> str:
    return page.locator("[data-migration_risk]").inner_text()


def _number(written: str) -> float:
    return float(written.removesuffix(" %").replace(",", "."))
