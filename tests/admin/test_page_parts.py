"""A part of a page that somebody opens by itself: they come to its page, with its styles, instead of to bare markup."""

import inspect
import re

import pytest

from admin.endpoint import Door
from admin.pages.page import Page
from admin.pages.render import TEMPLATES
from admin.pages.routes import PAGES
from flows.domain import Role
from flows.roles import GRANTS
from tests.admin.house import House
from tests.admin.parts import BY_HTMX, PARTS
from tests.admin.test_pages import Browser, address

TEMPLATE = re.compile(r'"([a-z_]+/[a-z_]+\.html)"')


def is_bare(page: Page) -> bool:
    """Whether its handler shows a template without a page around it, and never asks who wants it."""
    source = inspect.getsource(page.handle)
    shown = [(TEMPLATES / name).read_text(encoding="utf-8") for name in TEMPLATE.findall(source)]
    return any("{% extends" not in text for text in shown) and "wants_fragment" not in source


def test_each_address_of_a_part_names_its_page() -> None:
    bare = {page.path for page in PAGES if page.method == "GET" and is_bare(page)}
    assert bare == {page.path for page in PARTS}
    assert {page.part_of for page in PARTS} <= {page.key[1] for page in PAGES if page.method == "GET"}


async def test_opened_by_itself_a_part_leads_to_its_page(small_house: House) -> None:
    browsers = {role: Browser(small_house) for role in Role}
    for role, browser in browsers.items():
        await browser.logs_in(role.value.lower())
    for page in PARTS:
        assert not isinstance(page.access, Door)
        browser = next(browsers[role] for role in Role if role in GRANTS[page.access])
        reply = await browser.asks("GET", f"{address(page)}?q=a%26b", headers={"HX-Request": "false"})
        whole = re.sub(r"\{\w+\}", "x", page.part_of or "")
        assert (reply.status, reply.headers["Location"]) == (303, f"{whole}?q=a%26b"), page.path


@pytest.mark.parametrize(
    ("headers", "is_whole"),
    [
        pytest.param(BY_HTMX, False, id="asked for by its page"),
        pytest.param({"HX-Request": "false"}, True, id="opened by hand"),
        pytest.param(BY_HTMX | {"HX-History-Restore-Request": "true"}, True, id="gone back to"),
    ],
)
async def test_the_period_stays_on_the_way_to_the_whole_page(
    small_house: House, headers: dict[str, str], is_whole: bool
) -> None:
    supervisor = Browser(small_house)
    await supervisor.logs_in("supervisor")
    query = "from=2027-01-01&to=2027-01-04"
    reply = await supervisor.asks("GET", f"/panel/dashboard/period?{query}", headers=headers)
    assert (reply.status, reply.headers.get("Location")) == (
        (303, f"/panel/dashboard?{query}") if is_whole else (200, None)
    )


async def test_who_may_not_see_a_part_is_not_led_anywhere(small_house: House) -> None:
    agent = Browser(small_house)
    await agent.logs_in("agent")
    alone = {"HX-Request": "false"}
    assert (await agent.asks("GET", "/panel/prompts/heard?q=x", headers=alone)).status == 403
