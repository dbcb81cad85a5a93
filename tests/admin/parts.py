"""Which addresses give a part of a page? Pages ask for them with htmx, and so do tests that want to see what is in them."""

import re

from admin.endpoint import parameters_of
from admin.pages.page import Page
from admin.pages.routes import PAGES

PARTS: tuple[Page, ...] = tuple(page for page in PAGES if page.part_of)
BY_HTMX = {"HX-Request": "true"}


def asking(path: str) -> dict[str, str]:
    """The headers with which a browser asks for what is there."""
    return BY_HTMX if any(one.fullmatch(path.partition("?")[0]) for one in _PATTERNS) else {}


def _pattern(page: Page) -> re.Pattern[str]:
    path = page.key[1]
    for name, _ in parameters_of(page.path):
        path = path.replace(f"{{{name}}}", "[^/]+")
    return re.compile(path)


_PATTERNS = [_pattern(page) for page in PARTS]
