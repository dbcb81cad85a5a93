"""A customer writes and staff see it at once, take it, answer and end it: the inbox in a real browser against the real service."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

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
    expect(page.locator("#scroller")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator(".holding-mine")).to_contain_text("Anda menjawab")
    address = page.url
    # The queue is drawn anew without it; who stood in the list stands there still.
    expect(page.locator("#scroller")).to_be_focused()

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
    page.keyboard.press("Escape")
    expect(page.locator("#scroller")).to_be_focused()

    # A canned answer comes with what is known of whom it is for, and who sends it.
    page.locator("#compose-body").press_sequentially("/salam")
    expect(page.locator("#suggestions li")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_label("petugas")).to_have_value("Sari Harahap")
    page.get_by_label("nama").fill("Wulan")
    page.keyboard.press("Enter")
    expect(page.locator("#compose-body")).to_have_value(re.compile("Wulan, saya Sari Harahap"))
    page.locator("#compose-body").fill("")

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

    # A double click is one: the second would be told that it is closed already.
    page.locator("[data-deed=close]").dblclick()
    expect(page.locator(".holding-closed")).to_be_visible()
    page.goto(f"{service}/panel/customers/new")
    page.locator("#f-name").fill("Dua Kali Tekan")
    page.get_by_role("button", name="Simpan").dblclick()
    page.wait_for_url("**/panel/customers/cust_*")
    page.goto(f"{service}/panel/customers?q=Dua+Kali")
    expect(page.get_by_role("link", name="Dua Kali Tekan")).to_have_count(1)


def test_words_not_sent_outlive_a_reload_and_go_with_who_wrote_them(
    page: Page, service: str, complaints: Complaints
) -> None:
    def typed(words: str) -> None:
        page.goto(f"{service}/panel/inbox?tab=all")
        page.locator(".card-link").first.click()
        page.locator(".composer-tab[data-kind=note]").click()
        page.locator("#compose-body").fill(words)

    def kept() -> str:
        stored: str = page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
        return stored

    log_in(page, service, "agent")
    typed("anaknya alergi kacang")
    page.reload()
    assert "kacang" in kept()
    page.locator(".composer-tab[data-kind=note]").click()
    expect(page.locator("#compose-body")).to_have_value("anaknya alergi kacang")
    page.goto(f"{service}/panel/nowhere")
    complaints.forgive("404")  # A page about a fault takes nobody's words.
    assert "kacang" in kept()
    # Another session, another day: whose cookie is gone is nobody.
    page.context.clear_cookies()
    page.goto(f"{service}/panel/inbox")
    expect(page.locator("#username")).to_be_visible()
    assert "kacang" not in kept()
    log_in(page, service, "agent")
    typed("anaknya alergi telur")
    page.goto(f"{service}/login")
    assert "telur" in kept()
    page.goto(f"{service}/panel/inbox")
    page.locator("form[action='/logout'] button").first.evaluate("(button) => button.form.submit()")
    expect(page.locator("#username")).to_be_visible()
    assert "telur" not in kept()


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


def test_words_that_did_not_go_outlive_leaving_and_go_once(
    page: Page, customer: Page, service: str, complaints: Complaints
) -> None:
    opens_whoever_asked_last(page, customer, service)
    reply = page.locator("#compose-body")

    # The server gets it and its answer does not come back: for all that the browser knows, it did not go.
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/messages", lose_the_answer, times=1)
    reply.fill("Kantor kami buka sampai pukul lima.")
    reply.press("Enter")
    expect(page.locator(".is-failed")).to_contain_text("pukul lima")
    # Even after the page was left it stands there, and sent again it is the same message.
    address = page.url
    page.goto(f"{service}/panel/inbox?tab=mine")
    page.goto(address)
    page.get_by_role("button", name="Kirim ulang").click()
    expect(page.locator(".is-pending")).to_have_count(0)
    expect(page.locator("#timeline .by-staff", has_text="pukul lima")).to_have_count(1)
    expect(customer.locator(".words", has_text="pukul lima")).to_have_count(1)

    # Without a connection nothing that was asked for fails in silence.
    page.context.set_offline(True)
    reply.fill("Kata yang dibuang")
    reply.press("Enter")
    page.get_by_role("button", name="Buang").click()
    expect(page.locator(".is-pending")).to_have_count(0)
    page.locator(".toast-note").evaluate_all("all => all.forEach((one) => one.remove())")
    page.locator(".card-link").last.click()
    expect(page.locator(".toast-note")).to_contain_text("Server tidak menjawab")
    page.context.set_offline(False)
    # What the page asks for by itself fails meanwhile, too.
    complaints.forgive("htmx:sendError")
    complaints.forgive("htmx:afterRequest")
    complaints.forgive("ERR_FAILED")
    complaints.forgive("ERR_INTERNET_DISCONNECTED")


def test_of_two_conversations_asked_for_quickly_the_later_one_is_open(page: Page, service: str) -> None:
    log_in(page, service, "agent")
    page.goto(f"{service}/panel/inbox?tab=all")
    first, second = (page.locator(".card-link").nth(at).get_attribute("data-open") for at in (0, 1))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/panel/inbox/{first}*", hold, times=1)
    page.locator(f"[data-open={first}]").click()
    page.locator(f"[data-open={second}]").click()
    expect(page.locator(f"#thread[data-id={second}]")).to_be_visible()
    with page.expect_response(f"**/panel/inbox/{first}*"):
        held[0].continue_()
    # Two drawings later whatever the answer did is on the screen.
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
    expect(page.locator(f"#thread[data-id={second}]")).to_be_visible()
    expect(page).to_have_url(re.compile(str(second)))


def test_a_file_is_shown_before_it_goes_and_never_leaves_with_a_note(
    page: Page, customer: Page, service: str, a_picture: Path, complaints: Complaints
) -> None:
    opens_whoever_asked_last(page, customer, service)
    page.locator(".composer-tab[data-kind=note]").click()
    expect(page.locator("#attach")).to_be_hidden()
    page.locator("#compose-body").evaluate(PASTE)
    expect(page.locator(".toast-note")).to_contain_text("Catatan hanya memuat tulisan")
    page.locator(".composer-tab[data-kind=reply]").click()

    page.locator("#compose-body").fill("Ini kuitansinya")
    page.locator("#attach").set_input_files(a_picture)
    shown = page.locator("#file-dialog")
    expect(shown.locator("img")).to_be_visible()
    shown.get_by_role("button", name="Batal").click()
    expect(page.locator("#compose-body")).to_have_value("Ini kuitansinya")
    page.locator("#compose-body").evaluate(PASTE)
    shown.get_by_role("button", name="Kirim").click()
    expect(shown.locator("#file-problem")).to_contain_text("Hanya gambar")
    complaints.forgive("status of 422")
    shown.get_by_role("button", name="Batal").click()
    page.locator("#attach").set_input_files(a_picture)
    expect(page.locator("#file-caption")).to_have_value("Ini kuitansinya")
    page.keyboard.press("Enter")
    expect(page.locator("#timeline .by-staff", has_text="Ini kuitansinya")).to_have_count(1)
    expect(page.locator("#compose-body")).to_have_value("")
    expect(page.locator("#timeline .by-staff")).to_have_count(1)

    # Somebody who reads further up is told of what comes, and not pulled away.
    page.locator("#scroller").evaluate(
        "box => box.prepend(Object.assign(document.createElement('hr'), { style: 'height: 99rem' }))"
    )
    page.locator("#scroller").evaluate("box => { box.scrollTop = 0; }")
    says(customer, "Sudah saya terima")
    page.locator("#to-newest").click()
    expect(page.get_by_text("Sudah saya terima").last).to_be_in_viewport()
    expect(page.locator("#to-newest")).to_be_hidden()


def opens_whoever_asked_last(page: Page, customer: Page, service: str) -> None:
    """The agent has the customer's conversation open. By its place: names are drawn from a few, and others of the same wrote before."""
    says(customer, "Saya mau bicara dengan orang")
    expect(customer.locator(".bubble:not(.mine):not(.typing) .words").first).to_be_visible()
    log_in(page, service, "agent")
    page.goto(f"{service}/panel/inbox?tab=unassigned")
    page.locator(".card-link").first.click()
    expect(page.locator("#compose-body")).to_be_enabled()


# Pastes what says it is a picture and is none.
PASTE = """(box) => {
  const brought = new DataTransfer();
  brought.items.add(new File(["x"], "gambar.png", { type: "image/png" }));
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: brought, bubbles: true, cancelable: true }));
}"""
