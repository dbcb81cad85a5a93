"""What no browser sends stands in an address: one clear refusal, on every page and endpoint, whatever the database would say to it.

And what breaks after an answer has begun is seen to be broken.
"""

from typing import Any

import pytest
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient, TestServer

from admin.api.routes import endpoints
from admin.endpoint import Door, parameters_of
from admin.pages.routes import PAGES
from admin.problems import as_problem
from admin.shapes import Query
from flows.domain import Role
from flows.roles import may
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.admin.test_pages import address

NUL = "%00"
FEED = "/panel/events"  # Never ends, and reads nothing that is typed.
# Days and numbers that can be written, and at which clocks, calendars and databases end.
ENDS = ("0001-01-01", "9999-12-31", "9999-12-31T23:59:59", "9223372036854775808")


async def visitors(house: House) -> dict[Role, Visitor]:
    return {role: await Visitor(house).logs_in(role.value.lower()) for role in Role}


def looked_at(house: House) -> list[Any]:  # Any: pages and endpoints, which share what is used here.
    """Every page and endpoint that somebody with a role reads."""
    rows: list[Any] = [*PAGES, *endpoints(house.desk)]
    return [row for row in rows if row.method == "GET" and not isinstance(row.access, Door)]


def asked(house: House) -> list[tuple[Any, str, str]]:
    """Each field that they take in their address."""
    return [
        (row, address(row), info.alias or name)
        for row in looked_at(house)
        if row.takes and issubclass(row.takes, Query) and row.path != FEED
        for name, info in row.takes.model_fields.items()
    ]


async def statuses(house: House, values: tuple[str, ...]) -> dict[str, int]:
    """What each of them answers to each value, in each field, to the first role that may."""
    people = await visitors(house)
    found = {}
    for row, path, field in asked(house):
        who = next(role for role in Role if may(role, row.access))
        for value in values:
            there = f"{path}?{field}={value}"
            if path.startswith("/api"):
                found[there] = (await house.asks(who.value.lower(), "GET", there)).status
            else:
                found[there] = (await people[who].opens(there)).status
    return found


async def test_a_nul_in_a_field_of_an_address_is_named(small_house: House) -> None:
    found = await statuses(small_house, (NUL, f"a{NUL}b"))
    assert {there: status for there, status in found.items() if status != 422} == {}


async def test_the_ends_of_time_and_numbers_break_nothing(small_house: House) -> None:
    found = await statuses(small_house, ENDS)
    assert {there: status for there, status in found.items() if status >= 500} == {}


async def test_an_address_with_a_nul_in_its_path_leads_nowhere(small_house: House) -> None:
    people, wrong = await visitors(small_house), []
    for row in looked_at(small_house):
        if not parameters_of(row.path):
            continue
        who = next(role for role in Role if may(role, row.access))
        path = row.key[1]
        for name, _ in parameters_of(row.path):
            path = path.replace(f"{{{name}}}", f"x{NUL}y")
        if path.startswith("/api"):
            status = (await small_house.asks(who.value.lower(), "GET", path)).status
        else:
            status = (await people[who].opens(path)).status
        if status != 404:
            wrong.append((path, status))
    assert wrong == []


async def test_a_list_that_breaks_on_its_way_is_not_taken_for_a_whole_one() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first row\n")
        raise RuntimeError("the second cannot be read")

    app = web.Application(middlewares=[web.middleware(as_problem)])
    app.router.add_get("/", half)
    async with TestClient(TestServer(app)) as client, client.get("/") as reply:
        with pytest.raises(ClientPayloadError):
            await reply.read()
