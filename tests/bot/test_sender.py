"""From the outbox to WhatsApp: order, the send gate, and what happens when WAHA does not play along. On both databases."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.bot.sending import PICTURE, PostOffice, post_office
from tests.fake_waha import FakeWaha, Fault

BUDI, SITI = "6281234567890", "6289876543210"


@pytest.fixture
async def post(database: Database, waha_server: FakeWaha) -> AsyncIterator[PostOffice]:
    async with post_office(database, waha_server) as office:
        yield office


async def test_what_the_bot_said_goes_out_in_order(post: PostOffice) -> None:
    budi, siti = await post.customer(BUDI), await post.customer(SITI)
    await post.bot_says(budi, "satu", "dua")
    await post.bot_says(siti, "eins", "zwei")
    await post.bot_says(budi, "tiga")
    await post.sender.drain()
    assert post.server.said(f"{BUDI}@c.us") == ["satu", "dua", "tiga"]
    assert post.server.said(f"{SITI}@c.us") == ["eins", "zwei"]
    assert await post.states(budi) == ["sent", "sent", "sent"]


async def test_each_message_remembers_the_id_that_whatsapp_knows_it_by(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "satu")
    await post.bot_sends(budi, "sendImage", PICTURE)
    await post.sender.drain()
    delivered = [message["id"].split("_")[2] for message in post.server.messages[f"{BUDI}@c.us"]]
    rows = await post.rows()
    assert [row.wa_id for row in rows] == delivered
    assert rows[0].premade_id == rows[0].wa_id
    assert [row.ack for row in rows] == [0, 0]


async def test_hundreds_of_messages_go_out_once_and_in_order(post: PostOffice) -> None:
    people = [await post.customer(f"62812000000{number:02}") for number in range(40)]
    for round_number in range(8):
        for budi in people:
            await post.bot_says(budi, f"pesan {round_number}")
    await post.sender.drain()
    for budi in people:
        assert post.server.said(f"{budi.phone}@c.us") == [f"pesan {number}" for number in range(8)]


async def test_the_bot_is_silent_where_a_human_holds_the_conversation(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "dari bot", "lagi dari bot")
    await post.bot_says(budi, "dari Sari", by_bot=False)
    await post.status(budi, "human")
    await post.sender.drain()
    assert post.server.said() == ["dari Sari"]
    assert await post.states(budi) == ["dropped", "dropped", "sent"]
    assert [row.details.get("dropped") for row in await post.rows()] == [True, True, None]


@pytest.mark.parametrize("status", ["bot", "waiting", "closed"])
async def test_the_bot_speaks_while_no_human_holds_the_conversation(post: PostOffice, status: str) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "halo")
    await post.status(budi, status)
    await post.sender.drain()
    assert post.server.said() == ["halo"]


async def test_a_row_is_not_sent_before_its_time(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    post.clock.pass_by(60)
    await post.bot_says(budi, "nanti")
    post.clock.pass_by(-60)
    await post.sender.drain()
    assert post.server.said() == []
    post.clock.pass_by(60)
    await post.sender.drain()
    assert post.server.said() == ["nanti"]


async def test_while_waha_is_down_everything_waits_and_staff_hear_of_it_once(post: PostOffice) -> None:
    budi, siti = await post.customer(BUDI), await post.customer(SITI)
    await post.bot_says(budi, "satu", "dua")
    await post.bot_says(siti, "eins")
    await post.server.go_down()
    for _ in range(4):
        await post.sender.drain()
        post.clock.pass_by(60)
    alerts = await post.alerts()
    await post.server.come_back()
    await post.sender.drain()
    assert alerts == ["session_down"]
    assert post.server.said(f"{BUDI}@c.us") == ["satu", "dua"]
    assert post.server.said(f"{SITI}@c.us") == ["eins"]
    assert await post.alerts() == []


async def test_the_next_outage_is_told_again(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    for number in range(2):
        await post.bot_says(budi, f"pesan {number}")
        await post.server.go_down()
        await post.sender.drain()
        assert await post.alerts() == ["session_down"]
        await post.server.come_back()
        post.clock.pass_by(60)
        await post.sender.drain()
    assert post.server.said() == ["pesan 0", "pesan 1"]


@pytest.mark.parametrize("fault", [Fault.NOT_READY, Fault.NO_SESSION, Fault.TOO_MANY])
async def test_a_session_that_is_not_ready_holds_back_all_its_messages(
    post: PostOffice, fault: Fault
) -> None:
    people = [await post.customer(f"62812000000{number:02}") for number in range(5)]
    post.server.breaks(fault, times=5)
    for budi in people:
        await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    tried = len(post.server.asked("sendText"))
    assert post.server.said() == []
    assert tried <= 5
    for _ in range(6):
        post.clock.pass_by(60)
        await post.sender.drain()
    for budi in people:
        assert post.server.said(f"{budi.phone}@c.us") == ["satu", "dua"]


async def test_after_a_pause_one_message_tries_alone(post: PostOffice) -> None:
    people = [await post.customer(f"62812000000{number:02}") for number in range(5)]
    post.server.status = "SCAN_QR_CODE"
    for budi in people:
        await post.bot_says(budi, "halo")
    await post.sender.drain()
    tried = len(post.server.asked("sendText"))
    post.clock.pass_by(60)
    await post.sender.drain()
    assert len(post.server.asked("sendText")) == tried + 1


async def test_waha_saying_that_it_works_ends_the_pause_at_once(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    post.server.status = "SCAN_QR_CODE"
    await post.bot_says(budi, "halo")
    await post.sender.drain()
    post.server.status = "WORKING"
    post.sender.session_changed("default", "WORKING")
    await post.sender.drain()
    assert post.server.said() == ["halo"]
    assert await post.alerts() == []


async def test_waha_saying_that_it_stopped_saves_the_tries(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    post.sender.session_changed("default", "STOPPED")
    await post.bot_says(budi, "halo")
    await post.sender.drain()
    assert post.server.asked("sendText") == []
    assert await post.alerts() == ["session_down"]


async def test_a_refused_message_is_told_to_staff_and_the_next_ones_go_on(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    post.server.breaks(Fault.REFUSE)
    await post.bot_says(budi, "satu", "dua")
    await post.bot_says(budi, " ")
    await post.bot_says(budi, "tiga")
    await post.sender.drain()
    assert post.server.said() == ["dua", "tiga"]
    assert await post.states(budi) == ["failed", "sent", "failed", "sent"]
    assert await post.alerts() == ["send_failed", "send_failed"]


async def test_error_463_holds_back_one_conversation_and_not_the_others(post: PostOffice) -> None:
    budi, siti = await post.customer(BUDI), await post.customer(SITI)
    post.server.breaks(Fault.TIMELOCK)
    await post.bot_says(budi, "satu", "dua")
    await post.sender.drain()
    await post.bot_says(siti, "eins")
    await post.sender.drain()
    assert post.server.said() == ["eins"]
    assert await post.alerts() == ["account_restricted"]
    post.clock.pass_by(901)
    await post.sender.drain()
    assert post.server.said(f"{BUDI}@c.us") == ["satu", "dua"]


async def test_a_file_of_ours_goes_along_or_by_address(
    database: Database, waha_server: FakeWaha, kept_picture: str
) -> None:
    own = {"file": {"media_id": kept_picture}}
    by_path = {"file": {"url": f"/media/{kept_picture}/hemat.png"}, "caption": "Hemat"}
    async with post_office(database, waha_server) as inside:
        budi = await inside.customer(BUDI)
        await inside.bot_sends(budi, "sendImage", own)
        await inside.bot_sends(budi, "sendImage", by_path)
        await inside.sender.drain()
    async with post_office(database, waha_server, public_url="https://sapa.example") as outside:
        await outside.bot_sends(budi, "sendImage", own)
        await outside.sender.drain()
    files = [request.body["file"] for request in waha_server.asked("sendImage")]
    assert files[0] == files[1] == {"mimetype": "image/png", "filename": "hemat.png", "data": "Z2FtYmFy"}
    address = f"https://sapa.example/media/{kept_picture}/hemat.png"
    assert files[2] == {"mimetype": "image/png", "filename": "hemat.png", "url": address}


async def test_somebody_elses_file_keeps_its_address_and_gets_a_type(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_sends(budi, "sendFile", {"file": {"url": "https://example.com/brosur%20hemat.pdf"}})
    await post.bot_sends(budi, "sendVideo", {"file": {"url": "https://example.com/v"}})
    await post.sender.drain()
    brochure, video = (post.server.asked(call)[0].body for call in ("sendFile", "sendVideo"))
    assert brochure["file"] == {
        "url": "https://example.com/brosur%20hemat.pdf", "mimetype": "application/pdf", "filename": "brosur hemat.pdf",
    }  # fmt: skip
    assert (video["file"]["mimetype"], video["convert"]) == ("video/mp4", False)


async def test_a_file_that_is_not_kept_any_more_fails_and_staff_hear_of_it(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_sends(budi, "sendImage", {"file": {"media_id": "media_gone"}})
    await post.bot_says(budi, "halo")
    await post.sender.drain()
    assert await post.states(budi) == ["failed", "sent"]
    assert await post.alerts() == ["send_failed"]


async def test_a_place_goes_out_with_its_title(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    place = {"latitude": 3.6, "longitude": 98.48, "title": "Cabang Binjai"}
    await post.bot_sends(budi, "sendLocation", place)
    await post.sender.drain()
    assert {name: post.server.asked("sendLocation")[0].body[name] for name in place} == place


async def test_a_closing_sender_claims_nothing_more(post: PostOffice) -> None:
    budi = await post.customer(BUDI)
    await post.bot_says(budi, "halo")
    await post.sender.close(seconds=0)
    await post.sender.drain()
    assert await post.states(budi) == ["waiting"]
