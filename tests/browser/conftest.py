"""A real browser for tests. Whatever the browser complains about (console errors, blocked content) fails the test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.bring_browser import GIVE_UP, installed_browser
from tests.browser.service import found, served
from tests.once import once, shared_folder
from tests.trained import trained_models

# What a person at the screen would have and no test looks at, and much of what the browser costs: each window would open two pages of
# its own for suggestions below its address bar. The first two lines are Playwright's own, which would else be forgotten.
WITHOUT = (
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,ThirdPartyStoragePartitioning,PaintHolding,LensOverlay,MediaRouter,AimEnabled",
    "DestroyProfileOnBrowserClose,OptimizationHints,PreconnectToSearch,NetworkTimeServiceQuerying,AvoidUnnecessaryBeforeUnloadCheckSync",
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,OmniboxPopup,PreloadTopChromeWebUI,TabSearch,Glic,SpareRendererForSitePerProcess",
)
# Every page is opened once, so its scripts stay cold: compiled at once they take an eighth less than interpreted until they are warm.
# The last five keep the browser from calling home, which tests neither want nor may.
FLAGS = (
    "--no-sandbox",
    "--js-flags=--always-sparkplug",
    "--disable-gpu",
    "--disable-gpu-rasterization",
    "--disable-software-rasterizer",
    "--disable-extensions",
    f"--disable-features={','.join(WITHOUT)}",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WATCH_POLICY = """addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP blocked " + event.blockedURI + " by " + event.violatedDirective));"""

# Playwright's own five seconds are a clock that a busy machine loses against.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo company, founded once for all test processes."""
    return once(shared_folder(tmp_path_factory) / "company", found)


@pytest.fixture(scope="module")
def service_settings() -> dict[str, str]:
    """What the service is set to beside its place; a module overrides it."""
    return {}


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, company: Path, service_settings: dict[str, str]
) -> Iterator[str]:
    """The address of the real service with a demo company of the module's own."""
    with served(tmp_path_factory.mktemp("var"), trained_models(), company, **service_settings) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Gone with its module: Playwright keeps a loop running, beside which no other test could run its own."""
    path = installed_browser()
    assert path is not None, GIVE_UP
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass  # Without slots: Playwright keeps its own mark on whoever listens.
class Complaints:
    """What the browser said against the page. A test that provokes one on purpose forgives it."""

    said: list[str] = field(default_factory=list)

    def listen_to(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def forgive(self, part: str) -> None:
        self.said = [complaint for complaint in self.said if part not in complaint]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def looks() -> dict[str, object]:
    """How the browser is held; a test overrides it for another width or for the dark."""
    return {"viewport": {"width": 1360, "height": 820}, "color_scheme": "light"}


@pytest.fixture
def page(chromium: Browser, looks: dict[str, object], complaints: Complaints) -> Iterator[Page]:
    """A fresh browser window of somebody in Medan."""
    still = {"reduced_motion": "reduce"} | looks  # What moves is drawn anew sixty times a second.
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", **still)  # type: ignore[arg-type]  # Playwright's own option types.
    context.add_init_script(WATCH_POLICY)
    context.set_default_timeout(15_000)
    window = context.new_page()
    complaints.listen_to(window)
    yield window
    context.close()
    assert complaints.said == []


@pytest.fixture
def a_picture(tmp_path: Path) -> Path:
    """A small JPEG, such as a photographed transfer slip."""
    from PIL import Image

    path = tmp_path / "bukti-transfer.jpg"
    Image.new("RGB", (320, 480), (240, 240, 235)).save(path)
    return path
