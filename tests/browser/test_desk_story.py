"""A working day at the desk, in real browsers against the real service: a customer writes, sales takes over, compliance looks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import WATCH_POLICY, Complaints
from tests.browser.desk import card_of, log_in


@pytest.fixture
def desk(chromium: Browser, service: str, complaints: Complaints) -> Iterator["Desk"]:
    desk = Desk(chromium, service, complaints)
    yield desk
    desk.closes()
    assert complaints.said == []


class Desk:
    """Several people, each in a browser of their own; whatever a browser complains about fails the test."""

    def __init__(self, chromium: Browser, service: str, complaints: Complaints) -> None:
        self._chromium, self._service, self._complaints = chromium, service, complaints
        self._contexts = []  # type: ignore[var-annotated]  # Playwright's contexts, closed at the end

    def sits(self, who: str, **looks: Any) -> Page:  # Any: Playwright's own options of a window.
        """Somebody logged in."""
        page = self._window(**looks)
        log_in(page, self._service, who)
        return page

    def customer(self) -> Page:
        page = self._window()
        page.goto(f"{self._service}/simulator")
        return page

    def at(self, path: str) -> str:
        return f"{self._service}{path}"

    def closes(self) -> None:
        for context in self._contexts:
            context.close()

    def _window(self, **looks: Any) -> Page:
        context = self._chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", **looks)
        context.add_init_script(WATCH_POLICY)
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        page = context.new_page()
        self._complaints.listen_to(page)
        return page


def _says(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Ketik pesan").fill(words)
    page.keyboard.press("Enter")


def test_from_a_customers_words_to_the_compliance_officers_eyes(desk: Desk) -> None:
    sari, budi = desk.sits("rm"), desk.customer()
    sari.goto(desk.at("/panel/inbox?tab=unassigned"))
    _says(budi, "UMR_MAR_2027_HEMAT")
    expect(budi.locator(".bubble:not(.mine) .words").first).to_contain_text("Rp 25.000.000")
    _says(budi, "DP berapa ya kak?")

    # The card comes by itself: nobody loads the page again.
    card_of(sari, budi).locator(".card-link").click()
    sari.locator("[data-deed=claim]").click()
    expect(sari.locator(".holding-mine")).to_contain_text("Anda menjawab")
    sari.locator("#compose-body").fill("Assalamualaikum, saya Sari. Kami kirim invoice resminya ya.")
    sari.locator("#compose-body").press("Enter")
    expect(budi.locator(".words", has_text="saya Sari")).to_be_visible()
    conversation = sari.url.partition("?")[0].rpartition("/")[2]

    sari.locator(".holding .dropdown [data-bs-toggle]").last.click()
    sari.get_by_role("button", name="Tandai lunas").click()
    sari.locator("#ask button[value=yes]").click()
    expect(sari.locator("#thread-head")).to_contain_text("Lunas")

    ida = desk.sits("compliance")
    ida.goto(desk.at(f"/panel/audit?subject={conversation}"))
    for deed in ("CLAIM_CONVERSATION", "SEND_MESSAGE", "MARK_PAID"):
        expect(ida.locator("#main")).to_contain_text(deed)
    exported = ida.request.get(desk.at(f"/api/audit/export?q={conversation}&format=csv"))
    assert (exported.status, "MARK_PAID" in exported.text()) == (200, True)


def test_the_director_sees_numbers_and_no_person(desk: Desk) -> None:
    page = desk.sits("director")
    expect(page.get_by_role("heading", name="Dasbor")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    response = page.request.get(desk.at("/panel/customers"))
    assert response.status == 403


def test_a_lead_is_moved_with_the_keyboard_and_taken_back_and_with_the_mouse(desk: Desk) -> None:
    page = desk.sits("rm")
    page.goto(desk.at("/panel/leads"))
    column = page.locator("[data-column=CONTACTED]")
    card = column.locator(".board-card").first
    lead = card.get_attribute("data-lead")
    card.get_by_role("button").first.press("Enter")
    card.get_by_role("button", name="Penawaran").press("Enter")
    moved = page.locator(f"[data-column=PROPOSAL] [data-lead='{lead}']")
    expect(moved.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Control+z")
    back = page.locator(f"[data-column=CONTACTED] [data-lead='{lead}']")
    expect(back.get_by_role("button").first).to_be_focused()
    page.goto(desk.at("/panel/leads"))
    card = page.locator(f"[data-column=CONTACTED] [data-lead='{lead}']")
    _drag(page, card, page.locator("[data-column=QUALIFIED]"))
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()
    expect(page.locator(f"[data-column=QUALIFIED] [data-lead='{lead}']")).to_be_visible()


def test_enter_in_the_reasons_details_loses_the_lead_with_that_reason(desk: Desk) -> None:
    page = desk.sits("rm")
    page.goto(desk.at("/panel/leads"))
    card = page.locator("[data-column=PROPOSAL] .board-card").first
    lead = card.get_attribute("data-lead")
    card.get_by_role("button").first.press("Enter")
    card.get_by_role("button", name="Gagal").press("Enter")
    page.locator("#lost-note").fill("beda dua juta")
    page.locator("#lost-note").press("Enter")
    lost = page.locator(f"[data-column=LOST] [data-lead='{lead}']")
    expect(lost).to_contain_text("Harga terlalu tinggi: beda dua juta")
    page.keyboard.press("Control+z")
    card = page.locator(f"[data-column=PROPOSAL] [data-lead='{lead}']")
    expect(card).to_be_visible()
    # What is drawn anew takes a key only once it has come to rest.
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-added")).to_have_count(0)
    card.get_by_role("button").first.press("Enter")
    card.get_by_role("button", name="Gagal").press("Enter")
    expect(page.locator("#lost-note")).to_have_value("")
    page.get_by_label("Lainnya").check()
    page.locator("#lost-note").press("Enter")
    expect(page.locator("#lost")).to_be_visible()  # "Lainnya" wants words.
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-column=PROPOSAL] [data-lead='{lead}']")).to_be_visible()


def test_a_card_goes_back_where_nobody_answered(desk: Desk, complaints: Complaints) -> None:
    page = desk.sits("rm")
    page.goto(desk.at("/panel/leads"))
    page.route("**/move", lambda route: route.abort())
    lead = page.locator("[data-column=CONTACTED] .board-card").nth(1).get_attribute("data-lead")
    card = page.locator(f"[data-column=CONTACTED] [data-lead='{lead}']")
    _drag(page, card, page.locator("[data-column=QUALIFIED]"))
    expect(page.locator("#toasts")).to_contain_text("Server tidak menjawab")
    expect(card).to_be_visible()
    for said in ("htmx:sendError", "htmx:afterRequest", "net::ERR_FAILED"):
        complaints.forgive(said)


PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"


def test_on_a_phone_a_card_held_at_the_edge_travels_to_the_columns_that_are_not_in_sight(desk: Desk) -> None:
    page = desk.sits("rm", **PHONE, user_agent=ANDROID)
    page.goto(desk.at("/panel/leads"))
    card = page.locator("[data-column=NEW] .board-card").first
    lead, box = card.get_attribute("data-lead"), card.bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        there = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": there})

    left, top = box["x"] + 80, box["y"] + 60
    touch("touchStart", (left, top))
    expect(card).to_have_class(re.compile("sortable-chosen"))
    for step in range(1, 9):
        touch("touchMove", (left + (368 - left) * step / 8, top))
    # A finger is never quite still; each of its moves at the edge lets the board run on.
    proposals = page.get_by_role("heading", name="Penawaran")
    for frame in range(600):
        if (place := proposals.bounding_box()) and place["x"] < PHONE["viewport"]["width"] / 2:
            break
        touch("touchMove", (367 + frame % 2, top))
        page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(proposals).to_be_in_viewport()
    touch("touchMove", (200, top))
    # Where the finger is by now is looked at twenty times a second.
    expect(page.locator(f"[data-column]:not([data-column=NEW]) [data-lead='{lead}']")).to_have_count(1)
    touch("touchEnd")
    page.get_by_role("button", name="Urungkan").click()
    expect(page.locator(f"[data-column=NEW] [data-lead='{lead}']")).to_be_visible()


def _drag(page: Page, card: Locator, column: Locator) -> None:
    """With the mouse, a little way first, as a hand does."""
    begin, end = card.bounding_box(), column.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 30, begin["y"] + 60)
    page.mouse.down()
    page.mouse.move(begin["x"] + 60, begin["y"] + 70, steps=4)
    page.mouse.move(end["x"] + 80, end["y"] + 60, steps=12)
    page.mouse.up()
