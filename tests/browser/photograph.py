"""Shows what people see: photographs pages of the panel at desktop and phone width, light and dark.

`python -m tests.browser.photograph FOLDER ROLE PATH [PATH …]` starts a demo of its own; with `--address URL --password PASSWORD`
it looks at one that runs. Each picture is `<role>-<page>-<width>-<light|dark>.png`. What the browser complains about is printed.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bring_browser import GIVE_UP, installed_browser
from tests.browser.conftest import FLAGS, WATCH_POLICY
from tests.browser.service import PASSWORD, served
from tests.trained import trained_models

WIDTHS = {"desktop": (1360, 860), "phone": (390, 844)}
SETTLED_MS = 700  # Charts drawn and pictures in place; only for pictures, no test waits like this.


def main() -> None:
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = installed_browser()
    assert path is not None, GIVE_UP
    with _address(asked) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for width in asked.widths:
            for scheme in asked.schemes:
                _photograph(browser, address, asked, width, scheme)
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("role")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--address")
    parser.add_argument("--password", default=PASSWORD)
    parser.add_argument("--widths", nargs="+", default=list(WIDTHS), choices=list(WIDTHS))
    parser.add_argument("--schemes", nargs="+", default=["light", "dark"], choices=["light", "dark"])
    return parser.parse_args()


@contextmanager
def _address(asked: argparse.Namespace) -> Iterator[str]:
    if asked.address:
        yield asked.address
        return
    with (
        tempfile.TemporaryDirectory() as var,
        served(Path(var), trained_models()) as address,
    ):
        yield address


def _photograph(browser: Browser, address: str, asked: argparse.Namespace, width: str, scheme: str) -> None:
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]  # Playwright's own TypedDict
        color_scheme=scheme,  # type: ignore[arg-type]  # one of Playwright's literals
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        is_mobile=width == "phone",
        has_touch=width == "phone",
    )
    context.add_init_script(WATCH_POLICY)
    page = context.new_page()
    page.on("console", lambda message: print(f"  {message.type}: {message.text}"))
    page.on("pageerror", lambda error: print(f"  error: {error}"))
    page.goto(f"{address}/login")
    page.fill("#username", asked.role)
    page.fill("#password", asked.password)
    page.press("#password", "Enter")
    page.wait_for_url("**/panel**")
    for path in asked.paths:
        page.goto(f"{address}{path}")
        page.wait_for_timeout(SETTLED_MS)
        name = re.sub(r"\W+", "-", path.removeprefix("/panel").strip("/")) or "home"
        file = asked.folder / f"{asked.role}-{name}-{width}-{scheme}.png"
        page.screenshot(path=file)
        print(file)
    context.close()


if __name__ == "__main__":
    main()
