"""A room that is read in behind the start: its addresses answer from the first moment, and nobody reads it in twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from admin.loaded_later import ROOT, LoadedLater

Client = TestClient[web.Request, web.Application]


@dataclass
class Room:
    """How often it was read in, and who asks."""

    client: Client
    read_in: list[str] = field(default_factory=list)

    async def says(self, path: str, method: str = "GET") -> tuple[int, str]:
        async with self.client.request(method, path) as answer:
            return answer.status, await answer.text()


async def own(_: web.Request) -> web.Response:
    return web.Response(text="own")


async def name(request: web.Request) -> web.Response:
    return web.Response(text=request.match_info["name"])


@pytest.fixture
async def desk() -> AsyncIterator[Room]:
    app = web.Application()
    app.router.add_get("/panel/own", own)
    app.router.add_get("/elsewhere", own)
    read_in: list[str] = []

    def make() -> web.UrlDispatcher:
        read_in.append("once")
        router = web.UrlDispatcher()
        router.add_get("/panel/{name}", name)
        router.add_get("/", own)
        return router

    LoadedLater(make).add_to(app, "/panel", ROOT)
    async with TestClient(TestServer(app)) as client:
        yield Room(client, read_in)


async def test_the_first_who_asks_reads_it_in_and_the_others_wait(desk: Room) -> None:
    answers = await asyncio.gather(*(desk.says(f"/panel/{person}") for person in ("budi", "sari", "rudi")))
    assert (answers, desk.read_in) == ([(200, "budi"), (200, "sari"), (200, "rudi")], ["once"])


@pytest.mark.parametrize("path", ["/panel/own", "/elsewhere"])
async def test_what_has_a_handler_of_its_own_does_not_wait_for_it(desk: Room, path: str) -> None:
    assert (await desk.says(path), desk.read_in) == ((200, "own"), [])


async def test_an_address_that_the_room_does_not_know_is_not_found(desk: Room) -> None:
    assert [(await desk.says(path))[0] for path in ("/panel/budi/more", "/panelling")] == [404] * 2


async def test_a_method_that_an_address_does_not_take_is_refused(desk: Room) -> None:
    assert (await desk.says("/panel/budi", "POST"))[0] == 405


async def test_the_root_stands_for_itself_alone(desk: Room) -> None:
    assert (await desk.says("/nowhere"))[0] == 404
    assert desk.read_in == []
    assert await desk.says("/") == (200, "own")
