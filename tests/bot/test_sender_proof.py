"""What echoes and acks of WhatsApp say about our own messages, in whatever order they come."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, Select, event, update

from storage.database import Database
from storage.tables import Message
from storage.way.outbox_proof import note_echo
from tests.bot.sending import PICTURE, PostOffice, echo_of, post_office
from tests.fake_waha import FakeWaha, Fault
from tests.people import Said

BUDI = "6281234567890"


@pytest.fixture
async def post(database: Database, waha_server: FakeWaha) -> AsyncIterator[PostOffice]:
    waha_server.removed.add("history")
    async with post_office(database, waha_server) as office:
        yield office


async def sent(post: PostOffice, text: str = "Halo") -> tuple[Said, str]:
    """A text that went out, and its id."""
    budi = await post.customer(BUDI)
    await post.bot_says(budi, text)
    await post.sender.drain()
    return budi, str((await post.rows())[0].wa_id)


async def in_doubt(post: PostOffice, call: str, payload: dict[str, object]) -> Said:
    """A message of which nobody knows whether it went out; WhatsApp has it under an id of its own."""
    budi = await post.customer(BUDI)
    post.server.engine = "WEBJS"
    post.server.breaks(Fault.AFTER_500)
    await post.bot_sends(budi, call, payload)
    await post.sender.drain()
    assert await post.states(budi) == ["sending"]
    return budi


async def test_the_echo_of_our_own_message_is_ours(post: PostOffice) -> None:
    budi, wa_id = await sent(post)
    assert await post.echo(budi, wa_id, "Halo")


async def test_what_a_person_typed_on_the_phone_is_not_ours(post: PostOffice) -> None:
    budi, _ = await sent(post)
    assert not await post.echo(budi, "3EB0TYPED", "Halo")


ADOPTED = [
    ("sendText", {"text": "Halo  Pak"}, "text", "Halo Pak"),
    ("sendImage", PICTURE, "image", "Paket Hemat"),
    ("sendFile", {"file": PICTURE["file"]}, "document", ""),
    ("sendVideo", {"file": {"url": "https://example.com/v.mp4"}}, "video", ""),
    ("sendLocation", {"latitude": 1.0, "longitude": 2.0, "title": "Kantor"}, "location", ""),
]


@pytest.mark.parametrize(("call", "payload", "kind", "body"), ADOPTED, ids=[row[0] for row in ADOPTED])
async def test_an_echo_under_another_id_proves_what_was_just_being_sent(
    post: PostOffice, call: str, payload: dict[str, object], kind: str, body: str
) -> None:
    budi = await in_doubt(post, call, payload)
    assert await post.echo(budi, "3EB0OTHER", body, kind=kind)
    assert [(row.state, row.wa_id) for row in await post.rows()] == [("sent", "3EB0OTHER")]


async def test_an_echo_names_a_message_whose_id_waha_never_told(post: PostOffice) -> None:
    budi, _ = await sent(post)
    await post.forget_ids()
    assert await post.echo(budi, "3EB0OTHER", "Halo")
    assert [(row.state, row.wa_id) for row in await post.rows()] == [("sent", "3EB0OTHER")]


async def test_the_same_words_an_hour_later_are_a_persons(post: PostOffice) -> None:
    budi, _ = await sent(post)
    await post.forget_ids()
    post.clock.pass_by(3_601)
    assert not await post.echo(budi, "3EB0TYPED", "Halo")


async def test_an_echo_is_ours_though_the_answer_to_the_send_overtakes_it(post: PostOffice) -> None:
    budi = await in_doubt(post, "sendImage", dict(PICTURE))
    row = (await post.rows())[0]

    def told_meanwhile(conn: Connection) -> bool:
        """As another process would: between looking for the id and looking for what is being sent, the id becomes known."""
        looks = 0

        @event.listens_for(conn, "before_execute")
        def answered(conn: Connection, clause: object, *_: object) -> None:
            nonlocal looks
            looks += isinstance(clause, Select)
            if looks == 3 and isinstance(clause, Select):
                conn.execute(update(Message).where(Message.id == row.message_id).values(wa_id="3EB0OTHER"))

        return note_echo(conn, echo_of(budi, "3EB0OTHER", "Paket Hemat", kind="image"), post.clock.now)

    assert await post.database.write(told_meanwhile)


async def test_an_echo_that_comes_as_a_lid_finds_the_conversation(post: PostOffice) -> None:
    budi = await in_doubt(post, "sendText", {"text": "Halo"})
    as_lid: dict[str, str] = {"chat_id": "123456789012345@lid", "lid": "123456789012345"}
    assert not await post.echo(budi, "3EB0OTHER", "Halo", **as_lid, phone=None)
    assert await post.echo(budi, "3EB0OTHER", "Halo", **as_lid, phone=BUDI)


NOT_ADOPTED = [
    ("Yang lain", "text", {}),
    ("Halo", "image", {}),
    ("Halo", "text", {"chat_id": "1@c.us", "phone": "6289999999999"}),
]


@pytest.mark.parametrize(
    ("body", "kind", "changes"), NOT_ADOPTED, ids=["other words", "other kind", "other person"]
)
async def test_an_echo_of_something_else_proves_nothing(
    post: PostOffice, body: str, kind: str, changes: dict[str, str]
) -> None:
    budi = await in_doubt(post, "sendText", {"text": "Halo"})
    assert not await post.echo(budi, "3EB0TYPED", body, kind=kind, **changes)
    assert await post.states(budi) == ["sending"]


async def test_one_echo_proves_one_message_only(post: PostOffice) -> None:
    budi = await in_doubt(post, "sendText", {"text": "Halo"})
    assert await post.echo(budi, "3EB0ONE", "Halo")
    assert not await post.echo(budi, "3EB0TWO", "Halo")


ACK_ORDERS = [([1, 2, 3], 3), ([3, 1, 2], 3), ([2, 0], 2), ([2, -1], 2), ([4, 3], 4)]


@pytest.mark.parametrize(("acks", "kept"), ACK_ORDERS, ids=[str(row[0]) for row in ACK_ORDERS])
async def test_acks_only_move_forward(post: PostOffice, acks: list[int], kept: int) -> None:
    _, wa_id = await sent(post)
    assert all([await post.ack(wa_id, ack) for ack in acks])
    assert [row.ack for row in await post.rows()] == [kept]


async def test_an_ack_of_a_message_that_we_do_not_know_is_nothing(post: PostOffice) -> None:
    assert not await post.ack("3EB0UNKNOWN", 2)


async def test_an_error_ack_is_told_to_staff_once(post: PostOffice) -> None:
    budi, wa_id = await sent(post)
    for _ in range(2):
        assert await post.ack(wa_id, -1, error="463")
    assert await post.states(budi) == ["failed"]
    assert [row.ack for row in await post.rows()] == [-1]
    assert await post.alerts() == ["send_failed"]


async def test_a_customers_own_message_id_is_never_acknowledged(post: PostOffice) -> None:
    await sent(post)
    inbound = "3EB0AAAAAAAAAAAAAAAAAA"
    await post.ack(inbound, 3)
    assert [row.ack for row in await post.rows()] == [0]
