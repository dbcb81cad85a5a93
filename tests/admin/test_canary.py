"""A person is planted everywhere; no page and no endpoint shows them to somebody who may not see them. Driven by the tables of routes.

Whoever adds a page or an endpoint is covered without a line here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from admin.api.routes import endpoints
from admin.endpoint import Door, Endpoint, parameters_of, plain_path
from admin.pages.page import Page
from admin.pages.routes import PAGES
from admin.session import CSRF_FIELD
from flows.domain import Role
from tests.admin.house import House
from tests.admin.parts import asking
from tests.admin.test_pages import Browser
from tests.planted import NAME, Planted, found_in, plant

HOME_BRANCH, FAR_BRANCH = "Binjai", "Sibolga"
MASKED = ("supervisor", "marketing", "compliance", "admin")
# Handing out in full is what these two agree on, each of them knowing it; tests/admin/test_privacy.py holds the rest.
HANDED_OUT = "/api/customers/{id}/export"
# Addresses that lead nowhere a person could stand, and one that never ends.
NOT_ASKED = ("/metrics", "/panel/live", "/api/docs.css")
# What says nothing about the conversation it names: that oneself no longer looks at it.
HARMLESS = ("/panel/inbox/{id}/gone",)
BAD = (403, 404)


@dataclass(frozen=True, slots=True)
class Route:
    """method and path pattern of an endpoint or a page; is_about says that an id of the person stands in its address."""

    method: str
    pattern: str
    address: str
    is_about: bool


def routes(house: House, planted: Planted, methods: Sequence[str]) -> Iterator[Route]:
    """Every guarded address with the person's ids in its places, and with their family name in its search (which is echoed)."""
    rows: list[Endpoint | Page] = [*endpoints(house.desk), *PAGES]
    for row in rows:
        if isinstance(row.access, Door) or row.method not in methods or row.path.startswith(NOT_ASKED):
            continue
        for address, is_about in addresses(row.path, planted):
            yield Route(row.method, plain_path(row.path), address, is_about)
            if row.method == "GET" and row.takes is not None and "q" in row.takes.model_fields:
                yield Route(row.method, plain_path(row.path), f"{address}?q={NAME.split()[1]}", is_about)


def addresses(path: str, planted: Planted) -> Iterator[tuple[str, bool]]:
    """The path with each id of the person in each of its places."""
    places = parameters_of(path)
    numbers = tuple(one for one in planted.ids if one.isdigit())
    of_kind = {"int": numbers, "id": planted.ids, "word": (planted.customer_id,)}
    for values in product(*(of_kind[kind] for _, kind in places)):
        address = plain_path(path)
        for (name, _), value in zip(places, values, strict=True):
            address = address.replace(f"{{{name}}}", value)
        yield address, bool(places)


async def asks(browser: Browser, route: Route) -> tuple[int, str]:
    """Status and text; what streams without end is not waited for."""
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    sent: dict[str, Any] = {}  # Any: what aiohttp takes as a body.
    if route.method != "GET":
        is_page = route.address.startswith("/panel")
        sent = {"data": {CSRF_FIELD: browser.csrf}} if is_page else {"json": {}}
    client = browser.house.client
    headers |= {"X-CSRF-Token": browser.csrf} | (asking(route.address) if route.method == "GET" else {})
    async with client.request(
        route.method, route.address, headers=headers, allow_redirects=False, **sent
    ) as response:
        client.session.cookie_jar.clear()
        if response.content_type == "text/event-stream":
            return response.status, ""
        body = await response.read()
        return response.status, body.decode("utf-8", "replace") + str(response.headers)


@pytest.fixture
async def planted(small_house: House) -> Planted:
    """Somebody of no branch, whom every masked role has in its lists."""
    return await small_house.database.write(plant)


@pytest.fixture
async def neighbour(small_house: House) -> Planted:
    """Somebody of one branch, whom `dekat` serves and whom `jauh` and `rm2` have nothing to do with."""
    await small_house.hires(("dekat", Role.AGENT), branch=HOME_BRANCH)
    await small_house.hires(("jauh", Role.AGENT), ("rm2", Role.RM), branch=FAR_BRANCH)
    return await small_house.database.write(lambda conn: plant(conn, HOME_BRANCH))


async def in_(house: House, who: str) -> Browser:
    browser = Browser(house)
    await browser.logs_in(who)
    return browser


async def test_the_person_is_really_there_to_be_seen(small_house: House, planted: Planted) -> None:
    browser = await in_(small_house, "agent")
    shown = [
        route.pattern
        for route in routes(small_house, planted, ["GET"])
        if found_in((await asks(browser, route))[1], with_words=False)
    ]
    assert len(set(shown)) >= 8, "this test would prove nothing if nobody could see the person"


@pytest.mark.parametrize("who", MASKED)
async def test_no_page_and_no_endpoint_shows_a_masked_role_what_is_masked(
    small_house: House, planted: Planted, who: str
) -> None:
    browser, leaks = await in_(small_house, who), []
    for route in routes(small_house, planted, ["GET"]):
        if route.pattern != HANDED_OUT and (
            found := found_in((await asks(browser, route))[1], with_words=False)
        ):
            leaks.append((route.address, found))
    assert leaks == []


async def test_no_page_and_no_endpoint_shows_a_director_any_person(
    small_house: House, planted: Planted
) -> None:
    browser, leaks = await in_(small_house, "director"), []
    for route in routes(small_house, planted, ["GET"]):
        if found := found_in((await asks(browser, route))[1]):
            leaks.append((route.address, found))
    assert leaks == []


@pytest.mark.parametrize("who", ["jauh", "rm2"])
async def test_another_branchs_staff_see_nothing_and_are_told_that_there_is_nothing(
    small_house: House, neighbour: Planted, who: str
) -> None:
    near, far, wrong = await in_(small_house, "dekat"), await in_(small_house, who), []
    for route in routes(small_house, neighbour, ["GET"]):
        status, text = await asks(far, route)
        is_served = (await asks(near, route))[0] == 200 and route.is_about
        if found_in(text) or (is_served and status not in BAD and status != 200):
            wrong.append((route.address, status, found_in(text)))
        if is_served and "?" not in route.address and status == 200 and neighbour.customer_id in text:
            wrong.append((route.address, status, ["the customer's id"]))
    assert wrong == []


@pytest.mark.parametrize("who", ["jauh", "rm2"])
async def test_another_branchs_staff_change_nothing(small_house: House, neighbour: Planted, who: str) -> None:
    far, wrong = await in_(small_house, who), []
    for route in routes(small_house, neighbour, ["POST", "PUT", "PATCH", "DELETE"]):
        if not route.is_about or route.pattern in HARMLESS:
            continue
        status, text = await asks(far, route)
        if status < 400 or found_in(text):
            wrong.append((route.method, route.address, status))
    assert wrong == []
