"""An agent opens a complaint, cannot close it without a final response, writes it and closes; the supervisor reopens."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.browser.desk import log_in


def test_no_case_is_closed_without_a_final_response(page: Page, service: str, complaints: Complaints) -> None:
    log_in(page, service, "agent")
    page.goto(f"{service}/panel/cases/new")
    first_due = page.locator("#due-preview dd").first
    promised = first_due.inner_text()
    page.select_option("#f-priority", "CRITICAL")
    expect(first_due).not_to_have_text(promised)
    page.locator("#find-customer").press_sequentially("chandra w")
    expect(page.locator(".found-customer")).to_contain_text("Chandra Wijaya")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Chandra Wijaya")).to_be_checked()
    page.fill("#f-subject", "Visa belum terbit")
    page.fill("#f-description", "Berangkat minggu depan, visanya belum ada.")
    page.get_by_role("button", name="Buka keluhan").click()
    page.wait_for_url(re.compile(r"/panel/cases/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Visa belum terbit")
    expect(page.locator("#main")).to_contain_text("Chandra Wijaya")

    page.get_by_role("button", name="Tutup keluhan").click()
    expect(page.locator("#toasts")).to_contain_text("Tulis tanggapan akhir dulu")
    complaints.forgive("409")  # The refusal itself, which the browser notes as a failed request.

    page.fill("#f-final_response", "Visa sudah terbit dan dikirim ke email.")
    page.get_by_role("button", name="Simpan tanggapan akhir").click()
    expect(page.locator(".case-badges")).to_contain_text("Terselesaikan")
    page.get_by_text("Jelaskan hitungannya").first.click()
    expect(page.locator(".case-spans").first).to_contain_text("dihitung")
    page.get_by_role("button", name="Tutup keluhan").click()
    expect(page.locator(".case-badges")).to_contain_text("Ditutup")
    case = page.url

    page.context.clear_cookies()
    log_in(page, service, "supervisor")
    page.goto(case)
    page.get_by_role("button", name="Buka kembali").first.click()
    page.fill("#f-reason", "Visa salah nama")
    page.locator("#reopen button[type=submit]").click()
    expect(page.locator(".case-badges")).to_contain_text("Dikerjakan")
    expect(page.locator(".case-timeline")).to_contain_text("Visa salah nama")
