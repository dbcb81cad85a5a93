"""A customer writes and staff see it at once, take it, answer and end it: the inbox in a real browser against the real service."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WATCH_POLICY, Complaints
from tests.browser.desk import card_of, log_in


@pytest.fixture
def colleague(chromium: Browser, complaints: Complaints) -> Iterator[Page]:
    """A second browser of somebody else."""
    context = chromium.new_context(locale="id-ID", viewport={"width": 1440, "height": 860})
    context.add_init_script(WATCH_POLICY)
    context.set_default_timeout(15_000)
    window = context.new_page()
    complaints.listen_to(window)
    yield window
    context.close()


@pytest.fixture
def customer(chromium: Browser, service: str) -> Iterator[Page]:
    """A customer's phone."""
    context = chromium.new_context(locale="id-ID")
    context.set_default_timeout(15_000)
    window = context.new_page()
    window.goto(f"{service}/simulator")
    yield window
    context.close()


def says(customer: Page, words: str) -> None:
    customer.get_by_role("textbox", name="Ketik pesan").fill(words)
    customer.keyboard.press("Enter")


def test_a_waiting_customer_appears_is_taken_answered_and_read(
    page: Page, colleague: Page, customer: Page, service: str, complaints: Complaints
) -> None:
    log_in(page, service, "rm")
    log_in(colleague, service, "agent")
    page.goto(f"{service}/panel/inbox?tab=unassigned")
    # Live: the card comes by itself.
    says(customer, "UMR_MAR_2027_HEMAT")
    expect(customer.locator(".bubble:not(.mine):not(.typing) .words").first).to_be_visible()
    says(customer, "DP berapa?")
    card = card_of(page, customer)
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Ingin membayar")

    # By keyboard: into the list, open it, take it over.
    card.locator(".card-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".holding-waiting")).to_contain_text("Menunggu staf")
    expect(page.locator("#summary")).to_contain_text("Umroh Maret 2027 Hemat")
    page.keyboard.press("a")
    expect(page.locator(".holding-mine")).to_contain_text("Anda menjawab")
    address = page.url

    # A colleague who comes later is told who has it, and is seen looking.
    colleague.goto(address)
    expect(colleague.locator(".holding-theirs")).to_contain_text("Dipegang")
    expect(colleague.locator("#compose-body")).to_be_disabled()
    expect(page.locator("#company")).to_contain_text("juga melihat")

    # Answer: on the phone, read, ticks turn blue; the colleague sees it without loading anything.
    page.keyboard.press("r")
    page.locator("#compose-body").fill("Halo kak, DP-nya lima juta ya.")
    page.keyboard.press("Enter")
    mine = page.locator(".by-staff .bubble", has_text="lima juta")
    expect(mine).to_have_count(1)
    expect(customer.locator(".words", has_text="lima juta")).to_be_visible()
    expect(mine.locator(".tick-read")).to_be_visible()
    expect(colleague.locator(".by-staff .bubble", has_text="lima juta")).to_have_count(1)

    # A draft outlives leaving the conversation; keys inside it are letters.
    page.locator("#compose-body").press_sequentially("jangan lupa")
    page.goto(f"{service}/panel/inbox")
    page.goto(address)
    expect(page.locator("#compose-body")).to_have_value("jangan lupa")

    # A note is for colleagues only.
    page.locator(".composer-tab[data-kind=note]").click()
    page.locator("#compose-body").fill("@agent tolong cek jadwal")
    page.keyboard.press("Enter")
    expect(colleague.locator(".bubble.note")).to_contain_text("tolong cek jadwal")
    colleague.goto(f"{service}/panel/inbox?tab=mentioned")
    expect(card_of(colleague, customer)).to_have_count(1)
    expect(customer.locator(".words", has_text="tolong cek")).to_have_count(0)

    # Why did it say that?
    page.locator(".why > summary").first.click()
    expect(page.locator(".why[open]").first).to_contain_text("Aturan")

    page.locator("[data-deed=close]").click()
    expect(page.locator(".holding-closed")).to_be_visible()


@pytest.mark.parametrize("looks", [{"viewport": {"width": 390, "height": 844}}])
def test_on_a_phone_the_panes_come_one_after_the_other(page: Page, customer: Page, service: str) -> None:
    says(customer, "Saya mau bicara dengan orang")
    expect(customer.locator(".bubble:not(.mine):not(.typing) .words").first).to_be_visible()
    log_in(page, service, "agent")
    page.goto(f"{service}/panel/inbox?tab=unassigned")
    page.locator(".card-link").first.click()
    expect(page.locator(".pane-list")).to_be_hidden()
    expect(page.locator("#compose-body")).to_be_in_viewport()
    page.locator("[data-customer]").click()
    expect(page.locator("#customer h2")).to_be_in_viewport()
    page.locator("[data-customer-back]").click()
    page.locator("[data-back]").click()
    expect(page.locator(".card-link").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"tab=unassigned"))


def test_a_lost_connection_is_said_and_caught_up(
    page: Page, customer: Page, service: str, complaints: Complaints
) -> None:
    log_in(page, service, "agent")
    page.context.route("**/panel/events*", lambda route: route.abort())
    page.goto(f"{service}/panel/inbox?tab=unassigned")
    expect(page.locator(".offline-banner")).to_be_visible()
    before = page.locator(".card-row").count()
    says(customer, "Saya mau komplain, pelayanannya lambat sekali!")
    expect(customer.locator(".bubble:not(.mine):not(.typing) .words").first).to_be_visible()
    page.context.unroute("**/panel/events*")
    expect(page.locator(".offline-banner")).to_have_count(0, timeout=15_000)
    expect(page.locator(".card-row")).to_have_count(before + 1)
    complaints.forgive("ERR_FAILED")
