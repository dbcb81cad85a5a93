"""What a newcomer does in the first ten minutes, in a real browser against the real service."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Complaints

LAST_ANSWER = ".bubble:not(.mine):not(.typing) .words"


def _says(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Ketik pesan").fill(words)
    page.keyboard.press("Enter")


def test_from_the_ads_code_to_a_humans_hands(page: Page, service: str) -> None:
    page.goto(service)
    expect(page).to_have_url(re.compile(r"/simulator#62800\d{8}$"))
    expect(page.locator("#company")).to_have_text("Sapa Barokah Tour & Travel")

    page.get_by_role("button", name="UMR_MAR_2027_HEMAT").click()
    answers = page.locator(LAST_ANSWER)
    expect(answers.first).to_contain_text("Rp 25.000.000")
    expect(answers.first).to_contain_text("15 Maret 2027")
    expect(answers.first).to_contain_text("9 hari")
    poster = page.locator(".picture img")
    expect(poster).to_be_visible()
    assert poster.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 1080

    _says(page, "Hotelnya di mana kak?")
    expect(page.locator(".words", has_text="Hotel Barokah Ajyad").first).to_be_visible()
    papers = page.locator("a.document")
    expect(papers).to_have_count(2)
    for number, name in enumerate(("Brosur", "Itinerary")):
        expect(papers.nth(number)).to_contain_text(name)
        kept = page.request.get(papers.nth(number).evaluate("link => link.href"))
        assert (kept.status, kept.headers["content-type"]) == (200, "application/pdf")
    expect(page.locator(".steps [aria-current]")).to_have_text("Minat")

    _says(page, "DP berapa?")
    expect(page.locator("#holder")).to_have_class(re.compile("waiting"))
    expect(page.locator("#lead")).to_contain_text("NEW")
    expect(page.locator("#lead")).to_contain_text("Umroh Maret 2027 Hemat")
    expect(page.locator(".steps [aria-current]")).to_have_text("Booking")
    expect(page.locator("#backstage")).to_contain_text("payment_intent")
    expect(page.locator(".bubble.mine .read")).to_have_count(3)


def test_each_new_customer_has_a_chat_of_their_own(page: Page, service: str) -> None:
    page.goto(service)
    _says(page, "Assalamualaikum, mau tanya paket umroh")
    expect(page.locator(LAST_ANSWER).first).to_contain_text("Sapa Barokah")

    page.get_by_role("button", name="Pelanggan baru").click()
    expect(page.locator(".person")).to_have_count(2)
    expect(page.locator(".bubble")).to_have_count(0)
    page.locator(".person").nth(1).click()
    expect(page.locator(".bubble.mine")).to_have_text(re.compile("Assalamualaikum"))


def test_a_bubble_tells_why_the_bot_said_it(page: Page, service: str) -> None:
    page.goto(service)
    _says(page, "UMR_MAR_2027_VIP")
    expect(page.locator(".picture img")).to_be_visible()
    _says(page, "Pesawatnya apa?")
    expect(page.locator("#backstage .reason")).to_contain_text("Tanya penerbangan")

    page.locator(".bubble.has-turn").first.get_by_role("button", name="Mengapa bot menjawab ini?").click()
    expect(page.locator("#backstage .reason")).to_contain_text("package_by_code")
    expect(page.locator("#backstage .quote")).to_have_text("UMR_MAR_2027_VIP")


def test_what_a_customer_writes_stays_text(page: Page, service: str) -> None:
    page.goto(service)
    _says(page, "<img src=x onerror=alert(1)> *tebal* _miring_ ~coret~ https://sapa.example/a?b=1")
    bubble = page.locator(".bubble.mine .words")
    expect(bubble).to_contain_text("<img src=x onerror=alert(1)>")
    expect(bubble.locator("strong")).to_have_text("tebal")
    expect(bubble.locator("em")).to_have_text("miring")
    expect(bubble.locator("s")).to_have_text("coret")
    expect(bubble.locator("a")).to_have_attribute("href", "https://sapa.example/a?b=1")
    assert bubble.locator("img").count() == 0


def test_a_transfer_slip_reaches_the_company(page: Page, service: str, a_picture: Path) -> None:
    page.goto(service)
    page.locator("#file").set_input_files(a_picture)
    page.get_by_label("Keterangan (boleh kosong)").fill("Bukti transfer DP")
    page.get_by_role("dialog").get_by_role("button", name="Kirim").click()
    expect(page.locator(".bubble.mine")).to_contain_text("Bukti transfer DP")
    expect(page.locator(".bubble.mine .read")).to_be_visible()
    expect(page.locator(LAST_ANSWER).first).to_be_visible()


def test_it_works_by_keyboard_alone(page: Page, service: str) -> None:
    page.goto(service)
    box = page.get_by_role("textbox", name="Ketik pesan")
    expect(box).to_be_focused()
    page.keyboard.type("UMR_MAR_2027")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("HEMAT")
    page.keyboard.press("Enter")
    expect(box).to_have_value("")
    page.locator(".picture").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lightbox img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).not_to_be_visible()


def test_a_message_that_did_not_arrive_can_be_sent_again(
    page: Page, service: str, complaints: Complaints
) -> None:
    page.goto(service)
    expect(page.locator("#company")).to_contain_text("Sapa")
    page.context.set_offline(True)
    _says(page, "UMR_MAR_2027_HEMAT")
    again = page.get_by_role("button", name="Gagal terkirim. Coba lagi")
    expect(again).to_be_visible()
    page.context.set_offline(False)
    again.click()
    expect(page.locator(LAST_ANSWER).first).to_contain_text("Rp 25.000.000")
    expect(page.locator(".bubble.mine")).to_have_count(1)
    complaints.forgive("ERR_INTERNET_DISCONNECTED")


def test_words_written_before_the_chat_is_there_are_not_forgotten(page: Page, service: str) -> None:
    held: list[Route] = []
    page.route("**/simulator/events*", lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks the function it is given
    with page.expect_request("**/simulator/events*"):
        page.goto(service)
    _says(page, "UMR_MAR_2027_HEMAT")
    expect(page.locator(".bubble")).to_have_count(0)
    held[0].continue_()
    expect(page.locator(LAST_ANSWER).first).to_contain_text("Rp 25.000.000")
    expect(page.locator(".bubble.mine")).to_have_count(1)


PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(PHONE | {"color_scheme": "light"}, id="a phone by day"),
        pytest.param(PHONE | {"color_scheme": "dark"}, id="a phone by night"),
        pytest.param({"viewport": {"width": 1000, "height": 700}, "color_scheme": "dark"}, id="a tablet"),
    ],
)
def test_it_fits_smaller_screens(page: Page, service: str) -> None:
    page.goto(service)
    _says(page, "UMR_MAR_2027_HEMAT")
    expect(page.locator(".picture img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opener = page.locator("#open-backstage")
    if opener.is_visible():
        opener.click()
    expect(page.locator("#backstage .steps")).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Daftar pelanggan").click()
    expect(page.get_by_role("button", name="Pelanggan baru")).to_be_in_viewport()


def test_everything_that_can_be_pressed_has_a_name(page: Page, service: str) -> None:
    page.goto(service)
    _says(page, "UMR_MAR_2027_HEMAT")
    expect(page.locator(".picture img")).to_be_visible()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, textarea")]
            .filter((one) => one.checkVisibility() && !(one.innerText || one.ariaLabel || one.labels?.length || one.title))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_the_page_may_run_nothing_of_others(page: Page, service: str, complaints: Complaints) -> None:
    """Also proves that these tests would notice: what the policy blocks is a complaint."""
    page.goto(service)
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert any("CSP blocked" in complaint for complaint in complaints.said)
    complaints.said.clear()
