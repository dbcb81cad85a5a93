"""Several senders on one database, and senders that die."""

import asyncio
from datetime import timedelta

import pytest

from bot.sending.sender import SenderOptions
from storage.database import Database
from tests.bot.sending import post_office
from tests.fake_waha import FakeWaha


async def test_two_senders_share_the_work_and_keep_each_conversations_order(
    database: Database, waha_server: FakeWaha
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite is refused for several workers")
    async with (
        post_office(database, waha_server, worker_id="one", limit=8) as one,
        post_office(database, waha_server, worker_id="two", limit=8) as two,
    ):
        people = [await one.customer(f"62812000000{number:02}") for number in range(12)]
        for budi in people:
            await one.bot_says(budi, *(f"pesan {number}" for number in range(6)))
        await asyncio.gather(one.sender.drain(), two.sender.drain())
        shares = [sum(office.sender.counts.values()) for office in (one, two)]
    for budi in people:
        assert waha_server.said(f"{budi.phone}@c.us") == [f"pesan {number}" for number in range(6)]
    assert sum(shares) == 72


async def test_a_sender_that_dies_in_the_middle_loses_and_doubles_nothing(
    database: Database, waha_server: FakeWaha
) -> None:
    async with post_office(database, waha_server, worker_id="first", limit=4) as first:
        people = [await first.customer(f"62812000000{number:02}") for number in range(6)]
        for budi in people:
            await first.bot_says(budi, *(f"pesan {number}" for number in range(4)))
        running = asyncio.create_task(first.sender.run())
        first.sender.wake([])
        while len(waha_server.asked("sendText")) < 5:  # noqa: ASYNC110 (the fake has no event for it)
            await asyncio.sleep(0.001)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    async with post_office(database, waha_server, worker_id="second", grace=timedelta(0)) as second:
        await second.sender.drain()
    for budi in people:
        assert waha_server.said(f"{budi.phone}@c.us") == [f"pesan {number}" for number in range(4)]


def test_each_sender_has_a_name_of_its_own() -> None:
    assert SenderOptions().worker_id != SenderOptions().worker_id
