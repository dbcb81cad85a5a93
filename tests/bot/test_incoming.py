"""What comes in beside the message itself: files, numbers behind LIDs, and messages that the webhook missed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.receiving.arrivals import Arrival, FileNotice, InboundMessage, Sender
from bot.receiving.incoming_files import IncomingFiles
from bot.receiving.reception import Followers, Reception, reception
from bot.receiving.reconcile import MissedMessages
from bot.receiving.unknown_lids import UnknownLids
from bot.turns.turn_batch import Foreseen, Taken
from bot.turns.understanding import Words
from bot.waha.waha import Waha
from flows.domain import MessageKind
from storage.database import Database
from storage.tables import Customer, InboxRow, MediaFile, Message
from storage.way.inbox import Said
from tests.fake_waha import FakeWaha

BUDI = "6281234567890"
# Rows are claimed by nobody here, so one database tells as much as two.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def now() -> datetime:
    return datetime.now(UTC)


class NoWorker:
    """Nobody who answers here; it is only remembered who was woken."""

    def __init__(self, woken: list[str]) -> None:
        self._woken = woken
        self.asked: list[str] = []

    def wake(self, conversation_ids: Sequence[str], *_said: Said) -> None:
        self._woken.extend(conversation_ids)

    async def foresee(self, words: Sequence[Words]) -> None:
        self.asked += [body for _, body in words]

    def follow(self, _foreseen: Foreseen, _taken: Taken) -> None:
        raise AssertionError("nothing was foreseen")


class Edge:
    """The reception with its followers, and the tables behind it."""

    def __init__(self, database: Database, waha: Waha) -> None:
        self.database = database
        self.woken: list[str] = []
        self.files = IncomingFiles(database, waha, now)
        self.lids = UnknownLids(database, waha, now, self.woken.extend)

        async def nothing(_: object) -> None: ...

        self.turns = NoWorker(self.woken)
        followers = Followers(
            turns=self.turns,
            file=self.files.notice,
            lid=self.lids.notice,
            session=nothing,
        )
        self.reception: Reception = reception(database, followers, now, timedelta(seconds=900))
        self.missed = MissedMessages(database, waha, "default", self.take, now)

    async def take(self, arrival: Arrival) -> None:
        await self.reception.take(arrival)

    async def rows(self, *columns: Any) -> Sequence[Any]:  # Any: columns and rows.
        def job(conn: Connection) -> Sequence[Any]:
            return conn.execute(select(*columns)).all()

        return await self.database.read(job)


@pytest.fixture
def edge(database: Database, waha: Waha) -> Edge:
    return Edge(database, waha)


def message(
    bare_id: str = "3EB0A", *, chat_id: str = f"{BUDI}@c.us", file: FileNotice | None = None
) -> InboundMessage:
    user, _, server = chat_id.partition("@")
    phone, lid = (user, None) if server == "c.us" else (None, user)
    return InboundMessage(
        session="default",
        bare_id=bare_id,
        sender=Sender(chat_id=chat_id, phone=phone, lid=lid),
        kind=MessageKind.IMAGE if file else MessageKind.TEXT,
        body="bukti transfer",
        at=now(),
        file=file,
    )


def proof(name: str = "bukti.jpeg", mimetype: str = "image/jpeg") -> FileNotice:
    return FileNotice(url=f"http://waha:3000/api/files/default/{name}", mimetype=mimetype, name=None)


async def test_a_transfer_proof_is_fetched_and_kept_beside_its_message(
    edge: Edge, waha_server: FakeWaha
) -> None:
    waha_server.files["bukti.jpeg"] = (b"gambar", "image/jpeg")
    await edge.take(message(file=proof()))
    await edge.files.drain()
    [kept] = await edge.rows(
        MediaFile.id, MediaFile.owner, MediaFile.name, MediaFile.content, MediaFile.conversation_id
    )
    [row] = await edge.rows(Message.media_id, Message.conversation_id, Message.details)
    assert (kept.owner, kept.name, kept.content) == ("customer", "bukti.jpeg", b"gambar")
    assert (row.media_id, row.conversation_id) == (kept.id, kept.conversation_id)
    assert row.details["file"]["state"] == "kept"


@pytest.mark.parametrize(
    ("arrival", "asked"),
    [
        pytest.param(message(), ["bukti transfer"], id="words-of-a-known-number"),
        pytest.param(message(file=proof()), [], id="its-file-is-fetched-first"),
        pytest.param(message(chat_id="111222333444555@lid"), [], id="its-number-is-asked-for-first"),
        pytest.param(
            replace(message(), at=now() - timedelta(hours=1)),
            [],
            id="left-by-an-outage-and-answered-together",
        ),
    ],
)
async def test_what_can_be_answered_while_it_is_stored(
    edge: Edge, arrival: InboundMessage, asked: list[str]
) -> None:
    await edge.take(arrival)
    assert edge.turns.asked == asked


async def test_a_file_that_waha_has_no_more_is_marked_as_gone(edge: Edge) -> None:
    await edge.take(message(file=proof()))
    await edge.files.drain()
    [row] = await edge.rows(Message.media_id, Message.details)
    assert row.media_id is None
    assert row.details["file"]["state"] == "gone"


@pytest.mark.parametrize(
    "file",
    [
        proof("suara.ogg", "audio/ogg"),
        proof("x.svg", "image/svg+xml"),
        FileNotice(url=None, mimetype="image/jpeg", name=None),
    ],
    ids=["voice", "drawing with scripts", "not fetched by WAHA"],
)
async def test_other_files_are_left_where_they_are(
    edge: Edge, waha_server: FakeWaha, file: FileNotice
) -> None:
    await edge.take(message(file=file))
    await edge.files.drain()
    assert waha_server.requests == []


async def test_a_repeat_of_the_message_does_not_fetch_again(edge: Edge, waha_server: FakeWaha) -> None:
    waha_server.files["bukti.jpeg"] = (b"gambar", "image/jpeg")
    for _ in range(3):
        await edge.take(message(file=proof()))
        await edge.files.drain()
    assert len(waha_server.asked("files")) == 1


async def test_a_file_that_the_last_process_did_not_fetch_is_fetched_at_start(
    edge: Edge, database: Database, waha: Waha, waha_server: FakeWaha
) -> None:
    waha_server.files["bukti.jpeg"] = (b"gambar", "image/jpeg")
    await edge.take(message(file=proof()))
    next_process = IncomingFiles(database, waha, now)
    for _ in range(2):
        await next_process.look_back()
        await next_process.drain()
    assert len(await edge.rows(MediaFile.id)) == 1
    assert len(waha_server.asked("files")) == 1


async def test_a_lid_becomes_the_person_behind_it(edge: Edge, waha_server: FakeWaha) -> None:
    waha_server.phones["123456789012345"] = BUDI
    await edge.take(message("3EB0A"))
    await edge.take(message("3EB0B", chat_id="123456789012345@lid"))
    await edge.lids.drain()
    conversations = {row.conversation_id for row in await edge.rows(Message.conversation_id)}
    assert len(conversations) == 1
    assert edge.woken[-1] in conversations


async def test_a_lid_that_waha_does_not_know_is_asked_once_an_hour(edge: Edge, waha_server: FakeWaha) -> None:
    for number in range(3):
        await edge.take(message(f"3EB0{number}", chat_id="123456789012345@lid"))
        await edge.lids.drain()
    assert len(waha_server.asked("lids")) == 1
    assert await edge.rows(func.count(Customer.id)) == [(1,)]


async def test_messages_missed_in_an_outage_come_in_once(edge: Edge, waha_server: FakeWaha) -> None:
    waha_server.customer_says(f"{BUDI}@c.us", "sebelum", "3EB0A")
    await edge.take(message("3EB0A"))
    for number in range(3):
        waha_server.customer_says(f"{BUDI}@c.us", f"terlewat {number}", f"3EB0MISSED{number}")
    waha_server.customer_says("120363041234567890@g.us", "grup", "3EB0GROUP")
    await edge.missed.read_back()
    again = await edge.missed.read_back()
    bodies = [row.body for row in await edge.rows(InboxRow.body)]
    assert bodies == ["bukti transfer", "terlewat 0", "terlewat 1", "terlewat 2"]
    assert again == 0


async def test_a_missed_message_is_as_old_as_whatsapp_says(edge: Edge, waha_server: FakeWaha) -> None:
    await edge.take(message("3EB0A"))
    a_minute_ago = int((now() - timedelta(minutes=1)).timestamp())
    waha_server.customer_says(f"{BUDI}@c.us", "tadi", "3EB0OLD", timestamp=a_minute_ago)
    await edge.missed.read_back()
    at = {row.body: row.at for row in await edge.rows(InboxRow.body, InboxRow.at)}
    assert at["tadi"] == datetime.fromtimestamp(a_minute_ago, UTC)


async def test_the_phones_history_from_before_sapa_is_left_alone(edge: Edge, waha_server: FakeWaha) -> None:
    waha_server.customer_says(f"{BUDI}@c.us", "dari dulu", "3EB0A")
    assert await edge.missed.read_back() == 0
    assert await edge.rows(InboxRow.id) == []


async def test_a_waha_without_history_gives_nothing_and_hurts_nobody(
    edge: Edge, waha_server: FakeWaha
) -> None:
    waha_server.removed.add("history")
    await edge.take(message("3EB0A"))
    assert await edge.missed.read_back() == 0
