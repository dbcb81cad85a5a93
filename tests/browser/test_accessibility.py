"""No page of the panel shuts anybody out: axe-core finds nothing serious, by day and by night, and a small phone shows all of it."""

import importlib.util
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from flows.domain import Role
from tests.browser.desk import behind, log_in, pages_by_role

# Menu and top bar are the same on every page of a role: looked at once by day and once by night.
WHOLE, WITHOUT_FRAME = {"include": ["html"]}, {"exclude": [".navbar-vertical", ".top-bar"]}
SERIOUS = frozenset({"serious", "critical"})
# Kinds of pages behind the lists that were looked at, by whichever role came first.
_BEHIND: set[str] = set()
# Rules that can find nothing serious are not asked, and no style sheet is fetched a second time for them. What a colour's name means, axe
# would work out anew for every element below every text: two thirds of its time. It is worked out once a page.
ASK = """(context) => {
  const {Color} = axe.commons.color, read = Color.prototype.parseString, known = new Map();
  Color.prototype.parseString = function (text) {
    if (known.has(text)) [this.r, this.g, this.b, this.alpha] = known.get(text);
    else {
      read.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    }
    return this;
  };
  return axe.run(context, {
    resultTypes: ["violations"],
    preload: false,
    rules: Object.fromEntries(
      axe._audit.rules.filter((rule) => ["minor", "moderate"].includes(rule.impact)).map((rule) => [rule.id, {enabled: false}])
    ),
  });
}"""


# Scripts draw anew in another width: looked at frame by frame until it fits, for three seconds at most.
IS_WIDE = """async () => {
  const root = document.documentElement, end = performance.now() + 3000;
  const wide = () => root.scrollWidth > root.clientWidth + 1;
  while (wide() && performance.now() < end) await new Promise(requestAnimationFrame);
  return wide();
}"""
DESK, SMALL_PHONE = {"width": 1280, "height": 860}, {"width": 340, "height": 700}


def _axe() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def _faults(page: Page, context: dict[str, list[str]]) -> list[str]:
    """What axe finds serious on the page as it stands, within axe's context, one line each."""
    found: dict[str, Any] = page.evaluate(ASK, context)  # Any: axe's JSON.
    return [
        f"{item['id']}: {node['target']} {node['failureSummary'].splitlines()[-1].strip()[:160]}"
        for item in found["violations"]
        if item["impact"] in SERIOUS
        for node in item["nodes"][:3]
    ]


def _cut_off(page: Page) -> bool:
    """Whether a page as a small phone shows it is wider than that phone."""
    page.set_viewport_size(SMALL_PHONE)  # type: ignore[arg-type]  # Playwright's own TypedDict
    is_wide: bool = page.evaluate(IS_WIDE)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]  # Playwright's own TypedDict
    return is_wide


@pytest.mark.parametrize("role", [role for role in Role if role in pages_by_role()])
def test_axe_finds_nothing_serious_on_any_page(chromium: Browser, service: str, role: Role) -> None:
    axe, faults, framed = _axe(), [], set[str]()
    context = chromium.new_context(
        locale="id-ID",
        viewport=DESK,  # type: ignore[arg-type]  # Playwright's own TypedDict
        reduced_motion="reduce",
    )
    page = context.new_page()
    log_in(page, service, role.value.lower())
    waiting, number = list(pages_by_role()[role]), 0
    while waiting:
        path, number = waiting.pop(0), number + 1
        light: Literal["dark", "light"] = "dark" if number % 2 else "light"
        page.emulate_media(color_scheme=light)
        response = page.goto(f"{service}{path}")
        assert response is not None
        if (
            "text/html" not in response.headers.get("content-type", "")
            or not page.locator("html[lang]").count()
        ):
            continue  # A fragment that other pages fetch.
        waiting += behind(page, _BEHIND)
        page.evaluate(axe)
        faults += [f"{path} {fault}" for fault in _faults(page, WITHOUT_FRAME if light in framed else WHOLE)]
        framed.add(light)
        faults += [f"{path} is wider than a small phone"] * _cut_off(page)
    context.close()
    assert faults == [], "\n" + "\n".join(faults)
