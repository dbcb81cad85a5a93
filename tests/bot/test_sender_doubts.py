"""Sends whose outcome nobody knows: proven before anything goes out again, never doubled, never lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.database import Database
from storage.tables import OutboxRow
from tests.bot.sending import PICTURE, HastyHttp, PostOffice, post_office
from tests.fake_waha import FakeWaha, Fault
from tests.fake_waha.shapes import Engine

BUDI, SITI = "6281234567890", "6289876543210"
CHAT = f"{BUDI}@c.us"


# How rows are claimed on each database is tested in test_sender.py; here it makes no difference.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def post(database: Database, waha_server: FakeWaha) -> AsyncIterator[PostOffice]:
    async with post_office(database, waha_server, http=HastyHttp) as office:
        yield office


@pytest.mark.parametrize("fault", [Fault.AFTER_500, Fault.AFTER_HANG, Fault.AFTER_DROP])
@pytest.mark.parametrize("engine", ["GOWS", "NOWEB", "WEBJS"])
async def test_a_send_that_went_out_unnoticed_is_found_and_not_repeated(
    post: PostOffice, fault: Fault, engine: Engine
) -> None:
    post.server.engine = engine
    post.server.breaks(fault)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    assert post.server.said(CHAT) == ["satu", "dua"]
    assert len(post.server.asked("sendText")) == 2
    assert (await post.rows())[0].wa_id == post.server.messages[CHAT][0]["id"].split("_")[2]


@pytest.mark.parametrize("fault", [Fault.BEFORE_500, Fault.BEFORE_HANG])
async def test_a_text_that_did_not_go_out_goes_again_after_a_grace_before_the_next(
    post: PostOffice, fault: Fault
) -> None:
    post.server.breaks(fault)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    assert post.server.said(CHAT) == []
    assert await post.states(budi) == ["sending", "waiting"]
    post.clock.pass_by(5)
    await post.sender.drain()
    assert post.server.said(CHAT) == ["satu", "dua"]
    first, again, _ = post.server.asked("sendText")
    assert first.body["id"] == again.body["id"]


async def test_without_a_history_the_same_id_goes_again_and_stays_one_message(post: PostOffice) -> None:
    post.server.removed.add("history")
    post.server.breaks(Fault.AFTER_500)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    await post.sender.drain()
    post.clock.pass_by(5)
    await post.sender.drain()
    assert len(post.server.asked("sendText")) == 2
    assert post.server.said(CHAT) == ["satu"]
    assert await post.states(budi) == ["sent"]


async def test_a_text_is_tried_until_waha_gives_a_clear_answer(post: PostOffice) -> None:
    post.server.breaks(Fault.BEFORE_500, times=4)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu", "dua")
    for _ in range(5):
        await post.sender.drain()
        post.clock.pass_by(60)
    assert post.server.said(CHAT) == ["satu", "dua"]


async def test_an_echo_proves_a_doubtful_send(post: PostOffice) -> None:
    post.server.removed.add("history")
    post.server.breaks(Fault.AFTER_500)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    is_ours = await post.echo(budi, post.server.messages[CHAT][0]["id"].split("_")[2], "satu")
    post.clock.pass_by(5)
    await post.sender.drain()
    assert is_ours
    assert post.server.said(CHAT) == ["satu", "dua"]
    assert len(post.server.asked("sendText")) == 2


async def test_an_ack_proves_a_doubtful_send(post: PostOffice) -> None:
    post.server.removed.add("history")
    post.server.breaks(Fault.AFTER_500)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    await post.sender.drain()
    assert await post.ack(post.server.messages[CHAT][0]["id"].split("_")[2], 2)
    post.clock.pass_by(5)
    await post.sender.drain()
    assert len(post.server.asked("sendText")) == 1
    assert [(row.state, row.ack) for row in await post.rows()] == [("sent", 2)]


async def test_a_picture_without_proof_stays_unknown_and_staff_look(post: PostOffice) -> None:
    post.server.removed.add("history")
    post.server.breaks(Fault.AFTER_500, call="sendImage")
    budi = await post.customer(BUDI)
    await post.bot_sends(budi, "sendImage", PICTURE)
    await post.bot_says(budi, "dua")
    for _ in range(6):
        await post.sender.drain()
        assert post.server.said(CHAT) == ["Paket Hemat"]
        post.clock.pass_by(10)
    await post.sender.drain()
    assert await post.states(budi) == ["unknown", "sent"]
    assert await post.alerts() == ["send_unknown"]
    assert len(post.server.asked("sendImage")) == 1


async def test_a_picture_that_the_history_shows_is_proven(post: PostOffice) -> None:
    post.server.breaks(Fault.AFTER_500, call="sendImage")
    budi = await post.customer(BUDI)
    await post.bot_sends(budi, "sendImage", PICTURE)
    await post.sender.drain()
    assert await post.states(budi) == ["sent"]


async def test_a_late_ack_still_proves_a_picture_given_up(post: PostOffice) -> None:
    post.server.breaks(Fault.BEFORE_500, call="sendImage")
    budi = await post.customer(BUDI)
    await post.bot_sends(budi, "sendImage", PICTURE)
    await post.sender.drain()
    post.clock.pass_by(61)
    await post.sender.drain()
    given_up = await post.states(budi)
    assert await post.echo(budi, "3EB0LATE", "Paket Hemat", kind="image")
    assert (given_up, await post.states(budi)) == (["unknown"], ["sent"])


async def test_one_conversation_in_doubt_does_not_hold_up_another(post: PostOffice) -> None:
    post.server.breaks(Fault.BEFORE_500)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    await post.sender.drain()
    siti = await post.customer(SITI)
    await post.bot_says(siti, "eins")
    await post.sender.drain()
    assert post.server.said() == ["eins"]


async def test_a_human_who_took_over_meanwhile_keeps_a_doubtful_text_from_going_again(
    post: PostOffice,
) -> None:
    post.server.breaks(Fault.BEFORE_500)
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    await post.sender.drain()
    await post.status(budi, "human")
    post.clock.pass_by(5)
    await post.sender.drain()
    assert post.server.said() == []
    assert await post.states(budi) == ["unknown"]


async def test_waha_going_down_leaves_a_doubt_a_doubt(post: PostOffice) -> None:
    post.server.breaks(Fault.AFTER_500)
    post.server.removed.add("history")
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    await post.server.go_down()
    for _ in range(3):
        post.clock.pass_by(60)
        await post.sender.drain()
    await post.server.come_back()
    post.server.removed.clear()
    post.clock.pass_by(60)
    await post.sender.drain()
    assert post.server.said(CHAT) == ["satu", "dua"]


async def test_the_same_words_said_before_prove_nothing(post: PostOffice) -> None:
    post.server.engine = "WEBJS"
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "Baik")
    await post.sender.drain()
    post.server.breaks(Fault.BEFORE_500)
    await post.bot_says(budi, "Baik")
    await post.sender.drain()
    post.clock.pass_by(5)
    await post.sender.drain()
    assert post.server.said(CHAT) == ["Baik", "Baik"]


async def test_what_a_dead_worker_was_sending_is_cleared_up_by_the_next(
    database: Database, waha_server: FakeWaha
) -> None:
    async with post_office(database, waha_server) as first:
        budi = await first.customer(BUDI)
        await first.bot_says(budi, "satu", "dua")
        dead = update(OutboxRow).where(OutboxRow.id == 1)
        await database.write(
            lambda conn: (
                conn.execute(
                    dead.values(
                        state="sending",
                        claimed_by="sender_dead",
                        claimed_at=first.clock.now,
                        premade_id="3EB0DEAD",
                    )
                )
                and None
            )
        )
    async with post_office(database, waha_server, worker_id="sender_next") as second:
        await second.sender.drain()
        before = waha_server.said(CHAT)
        second.clock.pass_by(5)
        await second.sender.drain()
    assert (before, waha_server.said(CHAT)) == ([], ["satu", "dua"])
    assert waha_server.asked("sendText")[0].body["id"] == "3EB0DEAD"


async def test_what_this_worker_lost_sight_of_is_found_again(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    lost = update(OutboxRow).values(
        state="sending",
        claimed_by=post.sender.options.worker_id,
        claimed_at=post.clock.now - timedelta(seconds=16),
        premade_id="3EB0LOST",
    )
    await post.database.write(lambda conn: conn.execute(lost) and None)
    await post.sender.drain()
    post.clock.pass_by(5)
    await post.sender.drain()
    assert post.server.said() == ["satu"]
