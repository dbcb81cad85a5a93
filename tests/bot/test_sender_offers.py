"""What a turn claims for the sender in its own transaction: the same order, the same gate, one transaction less. On both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.sending.id_stock import IdStock
from storage.database import Database
from storage.way.outbox import Offer, OutboxItem, claim_offered
from tests.bot.sending import PostOffice, post_office
from tests.fake_waha import FakeWaha
from tests.people import Said

BUDI, SITI = "6281234567890", "6289876543210"


@asynccontextmanager
async def running(
    database: Database,
    waha_server: FakeWaha,
    **options: Any,  # Any: fields of SenderOptions.
) -> AsyncIterator[PostOffice]:
    """A sender at work, which has looked round once."""
    async with post_office(database, waha_server, **options) as office:
        going_on = asyncio.create_task(office.sender.run())
        await asyncio.sleep(0)  # Its tasks begin.
        await office.sender.drain()
        yield office
        going_on.cancel()
        await asyncio.gather(going_on, return_exceptions=True)


@pytest.fixture
async def post(database: Database, waha_server: FakeWaha) -> AsyncIterator[PostOffice]:
    async with running(database, waha_server) as office:
        yield office


async def claimed(post: PostOffice, *people: Said) -> tuple[Offer, tuple[OutboxItem, ...]]:
    offer = await post.sender.offer(len(people))
    assert offer is not None
    ids = [said.conversation_id for said in people]
    return offer, await post.database.write(lambda conn: claim_offered(conn, offer, ids))


async def test_the_first_words_leave_at_once_and_the_others_follow(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu", "dua")
    offer, items = await claimed(post, budi)
    assert [item.payload["text"] for item in items] == ["satu"]
    assert await post.states(budi) == ["sending", "waiting"]
    post.sender.take(offer, items)
    await post.sender.drain()
    assert post.server.said(f"{BUDI}@c.us") == ["satu", "dua"]


async def test_nothing_overtakes_what_is_still_on_its_way(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    offer, items = await claimed(post, budi)
    await post.bot_says(budi, "dua")
    _, none = await claimed(post, budi)
    assert none == ()
    post.sender.take(offer, items)
    await post.sender.drain()
    assert post.server.said(f"{BUDI}@c.us") == ["satu", "dua"]


async def test_the_send_gate_is_asked_here_too(post: PostOffice) -> None:
    budi, siti = await post.customer(BUDI), await post.customer(SITI)
    for said in (budi, siti):
        await post.bot_says(said, "dari bot")
    await post.status(budi, "human")
    _, items = await claimed(post, budi, siti)
    assert [item.conversation_id for item in items] == [siti.conversation_id]
    assert await post.states(budi) == ["dropped"]


async def test_a_session_that_does_not_work_is_left_alone(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    post.sender.session_changed("default", "FAILED")
    await post.bot_says(budi, "satu")
    _, items = await claimed(post, budi)
    assert items == ()


async def test_who_cannot_bring_it_at_once_offers_nothing(database: Database, waha_server: FakeWaha) -> None:
    async with post_office(database, waha_server) as not_yet_running:
        assert await not_yet_running.sender.offer(1) is None
    async with running(database, waha_server, is_paced=True) as like_a_person:
        assert await like_a_person.sender.offer(1) is None
    async with running(database, waha_server) as on_its_way_out:
        await on_its_way_out.sender.close()
        assert await on_its_way_out.sender.offer(1) is None


async def test_an_offer_leaves_half_of_the_room_to_those_who_wait(
    database: Database, waha_server: FakeWaha
) -> None:
    async with running(database, waha_server, limit=8) as office:
        offer = await office.sender.offer(64)
        assert offer is not None
        assert (offer.who.limit, len(offer.premade_ids)) == (4, 4)


async def test_an_offer_is_no_larger_than_what_is_asked_for(post: PostOffice) -> None:
    offer = await post.sender.offer(2)
    assert offer is not None
    assert (offer.who.limit, len(offer.premade_ids)) == (2, 2)


async def test_an_id_is_given_out_once_and_again_only_when_nobody_used_it() -> None:
    names = iter("abcdef")

    async def make() -> str:
        return next(names)

    stock = IdStock(make)
    first, second = await stock.take(2), await stock.take(2)
    assert (first, second) == (("a", "b"), ("c", "d"))
    stock.give_back(first, {"a"})
    assert await stock.take(3) == ("b", "e", "f")
