"""Takes the README's pictures anew: `python -m tests.browser.take_pictures [ADDRESS]`. Without an address it starts a service."""

import sys
import tempfile
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bring_browser import GIVE_UP, installed_browser
from tests.browser.conftest import FLAGS
from tests.browser.desk import log_in
from tests.browser.service import served
from tests.trained import trained_models

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SETTLED_MS = 1_800  # Typing shown, answer and pictures in place; only for pictures, no test waits like this.
QUALITY = 88
TALK = ("UMR_MAR_2027_HEMAT", "Hotelnya di mana kak?", "DP berapa?")


def main() -> None:
    path = installed_browser()
    assert path is not None, GIVE_UP
    with tempfile.TemporaryDirectory() as folder:
        given = sys.argv[1] if len(sys.argv) > 1 else None
        with (
            nullcontext(given) if given else served(Path(folder), trained_models()) as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            _save("simulator.jpg", _desktop(browser, address))
            _save("simulator-phone.jpg", _phones(browser, address))
            _save("inbox.jpg", _inbox(browser, address))
            _save("desk.jpg", _desk(browser, address))
            browser.close()


def _desktop(browser: Browser, address: str) -> Image.Image:
    """The whole page after the customer wants to pay: chat, status, lead, reasons."""
    page = _open(browser, address, 1360, 860, "light")
    for words in TALK:
        _say(page, words)
    return _shot(page)


def _phones(browser: Browser, address: str) -> Image.Image:
    """Three phones side by side: the greeting by day, papers by night, and what lies behind."""
    shots = []
    for scheme, said, behind in (
        ("light", TALK[:1], False),
        ("dark", TALK[:2], False),
        ("light", TALK, True),
    ):
        page = _open(browser, address, 390, 780, scheme)
        for words in said:
            _say(page, words)
        if behind:
            page.locator("#open-backstage").click()
            page.wait_for_timeout(SETTLED_MS)
        shots.append(_shot(page))
    gap = 24
    width = sum(shot.width for shot in shots) + gap * (len(shots) - 1)
    sheet = Image.new("RGB", (width, shots[0].height), (255, 255, 255))
    x = 0
    for shot in shots:
        sheet.paste(shot, (x, 0))
        x += shot.width + gap
    return sheet


def _inbox(browser: Browser, address: str) -> Image.Image:
    """A waiting conversation, opened and taken."""
    page = _at_the_desk(browser, address, "rm", "/panel/inbox?tab=unassigned", "light")
    page.locator(".card-link").first.click()
    page.locator("[data-deed=claim]").click()
    page.wait_for_timeout(SETTLED_MS)
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def _desk(browser: Browser, address: str) -> Image.Image:
    """Two screens side by side: the supervisor's dashboard by day, the sales board by night."""
    shots = []
    for who, path, scheme in (("supervisor", "/panel/dashboard", "light"), ("rm", "/panel/leads", "dark")):
        page = _at_the_desk(browser, address, who, path, scheme)
        page.wait_for_timeout(SETTLED_MS)
        shots.append(Image.open(BytesIO(page.screenshot())).convert("RGB"))
    sheet = Image.new("RGB", (shots[0].width * 2 + 24, shots[0].height), (255, 255, 255))
    for at, shot in enumerate(shots):
        sheet.paste(shot, (at * (shot.width + 24), 0))
    return sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3))


def _at_the_desk(browser: Browser, address: str, who: str, path: str, scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": 1360, "height": 860},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="id-ID",
        timezone_id="Asia/Jakarta",
    )
    page = context.new_page()
    log_in(page, address, who)
    page.goto(f"{address}{path}")
    return page


def _open(browser: Browser, address: str, width: int, height: int, scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="id-ID",
        timezone_id="Asia/Jakarta",
    )
    page = context.new_page()
    page.goto(f"{address}/simulator")
    page.locator("#chips button").first.wait_for()
    return page


def _say(page: Page, words: str) -> None:
    page.locator("#text").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLED_MS)


def _shot(page: Page) -> Image.Image:
    page.locator("#text").blur()
    page.wait_for_timeout(SETTLED_MS)
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def _save(name: str, picture: Image.Image) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture.save(PICTURES / name, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    print(f"{PICTURES / name}: {(PICTURES / name).stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
