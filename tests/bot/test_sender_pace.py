"""Sending like a person: seen, typing, pause, send. The gate is asked after the pause."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event

from bot.sending.human_pace import HumanPace
from bot.sending.sender import Sender, SenderOptions
from storage.database import Database
from tests.bot.sending import PICTURE, PostOffice, post_office
from tests.fake_waha import FakeWaha, Fault

BUDI = "6281234567890"


# How rows are claimed on each database is tested in test_sender.py; here it makes no difference.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def post(database: Database, waha_server: FakeWaha) -> AsyncIterator[PostOffice]:
    waha_server.removed.add("new-message-id")
    async with post_office(database, waha_server, is_paced=True) as office:
        yield office


def calls(post: PostOffice) -> list[str]:
    return [request.path.rpartition("/")[2] for request in post.server.requests if request.method == "POST"]


async def test_a_person_sees_types_and_sends(post: PostOffice) -> None:
    budi = await post.customer(BUDI, "Halo", "Ada paket?")
    await post.bot_says(budi, "Assalamu'alaikum, ada.")
    await post.sender.drain()
    assert calls(post) == ["sendSeen", "startTyping", "stopTyping", "sendText"]
    assert len(post.server.asked("sendSeen")[0].body["messageIds"]) == 2
    seeing, typing, turn = post.waits
    assert 0.5 <= seeing <= 2.0
    assert 1.5 <= typing <= 8.0
    assert turn == 0


async def test_the_picture_after_a_text_does_not_see_again(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "Ini paketnya")
    await post.bot_sends(budi, "sendImage", PICTURE)
    await post.sender.drain()
    assert calls(post) == [
        "sendSeen",
        "startTyping",
        "stopTyping",
        "sendText",
        "startTyping",
        "stopTyping",
        "sendImage",
    ]


async def test_what_staff_typed_is_not_typed_again(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.status(budi, "human")
    await post.bot_says(budi, "Saya Sari, ada yang bisa dibantu?", by_bot=False)
    await post.sender.drain()
    assert calls(post) == ["sendSeen", "sendText"]


async def test_a_human_who_takes_over_while_the_bot_types_silences_it(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "dari bot")
    typing = post.whatsapp.show_typing

    async def take_over(session: str, chat_id: str, is_typing: bool) -> None:
        await typing(session, chat_id, is_typing)
        await post.status(budi, "human")

    post.whatsapp.show_typing = take_over  # type: ignore[method-assign]  # Something happens in the very middle.
    await post.sender.drain()
    assert post.server.said() == []
    assert await post.states(budi) == ["dropped"]


async def test_nobody_watches_the_bot_type_what_it_may_not_say(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "dari bot")
    await post.status(budi, "human")
    await post.sender.drain()
    assert calls(post) == []
    assert await post.states(budi) == ["dropped"]


async def test_many_conversations_keep_their_order_at_human_pace(post: PostOffice) -> None:
    people = [await post.customer(f"62812000000{number:02}") for number in range(6)]
    for budi in people:
        await post.bot_says(budi, "satu", "dua", "tiga")
    await post.sender.drain()
    for budi in people:
        assert post.server.said(f"{budi.phone}@c.us") == ["satu", "dua", "tiga"]


async def test_without_seen_and_typing_messages_leave_all_the_same(post: PostOffice) -> None:
    post.server.removed |= {"sendSeen", "startTyping", "stopTyping"}
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    assert post.server.said() == ["satu", "dua"]


async def test_a_session_that_is_not_ready_holds_everything_back_at_human_pace_too(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    post.server.breaks(Fault.NOT_READY)
    await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    assert post.server.said() == []
    post.clock.pass_by(60)
    await post.sender.drain()
    assert post.server.said() == ["satu", "dua"]


async def test_while_it_pauses_the_sender_does_nothing_else(post: PostOffice, database: Database) -> None:
    commits: list[int] = []
    event.listen(database.plain_engine, "commit", lambda _connection: commits.append(1))

    async def wait(_seconds: float) -> None:
        for _ in range(200):
            await asyncio.sleep(0.001)

    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    post.server.breaks(Fault.NOT_READY)
    sender = Sender(
        database,
        post.whatsapp,
        SenderOptions(is_paced=True),
        clock=post.clock,
        human_pace=HumanPace(post.whatsapp, wait),
    )
    await sender.drain()
    post.clock.pass_by(60)
    before = len(commits)
    await sender.drain()
    assert post.server.said() == ["satu"]
    assert len(commits) - before < 10
