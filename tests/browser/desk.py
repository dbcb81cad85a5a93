"""Staff in a real browser: logging in, and the list of pages that each role may open."""

import re

from playwright.sync_api import Locator, Page

from admin.endpoint import Door, parameters_of
from admin.pages.routes import PAGES
from bot.simulator_page.numbers import name_of
from flows.domain import Role
from flows.roles import GRANTS
from tests.browser.service import PASSWORD

# No pages to look at: streams and files.
NOT_PAGES = ("/events", "/export", "/login", "/logout", "/sso")
# Roles whose view of a page is the fullest first.
FULLEST = (Role.ADMIN, Role.SUPERVISOR, Role.RM, Role.AGENT, Role.MARKETING, Role.COMPLIANCE, Role.DIRECTOR)


def log_in(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/login")
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/panel/**")


def card_of(page: Page, customer: Page) -> Locator:
    """In the inbox, the card of who writes in that simulator. By the whole name: the demo has a "Wulan Sari" who is not this Wulan."""
    name = name_of(customer.url.rpartition("#")[2])
    return page.locator(".card-row", has=page.locator(".card-name", has_text=re.compile(f"^{name}$")))


def pages_by_role() -> dict[Role, list[str]]:
    """Every page without a parameter in its address, under one role that may open it."""
    found: dict[Role, list[str]] = {}
    for row in PAGES:
        is_page = row.method == "GET" and not parameters_of(row.path) and row.path.startswith("/panel/")
        if not is_page or row.part_of or isinstance(row.access, Door) or row.path.endswith(NOT_PAGES):
            continue
        role = next(role for role in FULLEST if role in GRANTS[row.access])
        found.setdefault(role, []).append(row.path)
    return found


def behind(page: Page, opened: set[str]) -> list[str]:
    """Links on the page as it stands to kinds of pages that were not opened yet, one of each kind, which is then in `opened`."""
    links = page.eval_on_selector_all(
        "a[href^='/panel/']", "all => all.map((link) => link.getAttribute('href'))"
    )
    found = []
    for link in sorted(set(links) - _PLAIN):
        kind = next((kind for kind, pattern in _KINDS if pattern.fullmatch(link)), None)
        if kind is not None and kind not in opened:
            opened.add(kind)
            found.append(link)
    return found


# The pages of one thing: those with a parameter in their address.
_PLAIN = {row.path for row in PAGES if not parameters_of(row.path)}
_PARAMETER = re.compile(r"\{\w+(?::((?:[^{}]|\{[^{}]*\})+))?\}")
_KINDS = [
    (row.path, re.compile(_PARAMETER.sub(lambda part: part[1] or "[^/]+", row.route)))
    for row in PAGES
    if row.method == "GET" and parameters_of(row.path) and row.path.startswith("/panel/") and not row.part_of
]
