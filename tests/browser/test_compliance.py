"""COMPLIANCE and ADMIN at work in a real browser: a reveal with its reason and the audit of it, what roles may do, the house's settings."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.browser.desk import log_in

REASON = "Laporan bulanan ke regulator"


def test_a_reveal_is_counted_down_and_stands_in_the_audit(
    page: Page, service: str, complaints: Complaints
) -> None:
    log_in(page, service, "compliance")
    page.goto(f"{service}/panel/customers?q=Siti")
    page.locator("tbody a").first.click()
    facts = page.locator("section", has=page.get_by_role("heading", name="Data diri"))
    expect(facts.get_by_text("disamarkan")).to_be_visible()
    facts.locator("summary").click()
    facts.get_by_label("Alasan").fill("cek")
    facts.get_by_role("button", name="Buka selama 30 menit").click()
    expect(facts.locator(".invalid-feedback")).to_contain_text("Alasan minimal 10 huruf")
    facts.get_by_label("Alasan").fill(REASON)
    facts.get_by_role("button", name="Buka selama 30 menit").click()
    expect(page.locator("[data-until]")).to_have_text(re.compile(r"^(29|30):\d\d$"))
    expect(page.get_by_text(re.compile(r"\+62 8\d\d-"))).to_be_visible()

    page.goto(f"{service}/panel/audit?event=REVEAL_CUSTOMER")
    expect(page.get_by_text(REASON)).to_be_visible()
    page.locator("tbody .deed-link").first.click()
    dialog = page.locator("dialog#deed")
    expect(dialog.get_by_text(REASON)).to_be_visible()
    dialog.get_by_role("button", name="Tutup").click()
    page.locator(".chip").first.click()
    expect(page).to_have_url(re.compile(r"/panel/audit\??$"))
    page.get_by_role("button", name="Periksa rantai").click()
    expect(page.locator(".chain-badge.is-whole")).to_be_visible()
    complaints.forgive("422")  # The reason that was too short.


def test_a_grant_is_changed_with_the_keyboard_and_the_focus_stays_on_its_box(
    page: Page, service: str
) -> None:
    log_in(page, service, "admin")
    page.goto(f"{service}/panel/roles")
    expect(page.locator(".navbar-vertical .nav-item.active")).to_be_in_viewport(ratio=1)
    box = page.get_by_role("button", name="Supervisor boleh: Mengubah paket")
    box.focus()
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("aria-pressed", "true")
    expect(box).to_be_focused()
    page.keyboard.press("Control+z")
    expect(box).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("looks", [{"viewport": {"width": 390, "height": 844}}], ids=["phone"])
def test_on_a_phone_the_hours_of_a_calendar_are_read_whole(page: Page, service: str) -> None:
    log_in(page, service, "admin")
    page.goto(f"{service}/panel/settings/calendars/1")
    hours = page.get_by_label("Jam kerja, Senin")
    expect(hours).to_have_value("08:00-12:00, 13:00-17:00")
    assert hours.evaluate("field => field.scrollWidth <= field.clientWidth")
    expect(page.get_by_label("Istirahat, Senin")).to_be_in_viewport(ratio=1)
