"""Our WAHA client against a fake WAHA: each engine, each fault, and a WAHA that has nothing but the five sends."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.receiving.webhook_body import arrival_of_message
from bot.waha.waha import Waha
from bot.waha.waha_http import WahaHttp
from bot.whatsapp import Doubtful, Outcome, Outgoing, Proof, Refused, Sent, SessionHealth, TryLater
from tests.fake_waha import FakeWaha, Fault
from tests.fake_waha.shapes import Engine

BUDI = "6281234567890@c.us"
NOW = datetime.now(UTC)


def text(said: str = "Halo", premade_id: str | None = "3EB0AAAAAAAAAAAAAAAAAA") -> Outgoing:
    return Outgoing(
        session="default", chat_id=BUDI, call="sendText", payload={"text": said}, premade_id=premade_id
    )


def picture(caption: str = "Paket") -> Outgoing:
    file = {"mimetype": "image/jpeg", "url": "https://example.com/a.jpg", "filename": "a.jpg"}
    return Outgoing(
        session="default", chat_id=BUDI, call="sendImage", payload={"file": file, "caption": caption}
    )


def place() -> Outgoing:
    payload = {"latitude": -6.2, "longitude": 106.8, "title": "Kantor"}
    return Outgoing(session="default", chat_id=BUDI, call="sendLocation", payload=payload)


@pytest.fixture
async def hasty(waha_server: FakeWaha, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Waha]:
    """A client that waits for nothing longer than a moment."""
    client = Waha(HastyHttp(waha_server.url, "kunci"))
    yield client
    await client.close()


class HastyHttp(WahaHttp):
    async def call(self, *args, **kwargs):  # type: ignore[no-untyped-def]  # Same as WahaHttp.call, with a short limit.
        return await super().call(*args, **(kwargs | {"seconds": 0.3}))


@pytest.mark.parametrize("engine", ["GOWS", "NOWEB", "WEBJS"])
async def test_a_text_goes_out_and_its_id_comes_back(
    waha: Waha, waha_server: FakeWaha, engine: Engine
) -> None:
    waha_server.engine = engine
    sent = await waha.send(text("Assalamu'alaikum 🙏"))
    assert isinstance(sent, Sent)
    assert waha_server.said(BUDI) == ["Assalamu'alaikum 🙏"]
    assert waha_server.messages[BUDI][0]["id"] == f"true_{BUDI}_{sent.wa_id}"
    assert (sent.wa_id == "3EB0AAAAAAAAAAAAAAAAAA") is (engine != "WEBJS")


async def test_the_same_id_is_the_same_message(waha: Waha, waha_server: FakeWaha) -> None:
    await waha.send(text())
    await waha.send(text())
    assert waha_server.said(BUDI) == ["Halo"]


FAULTS: list[tuple[Fault, type[Outcome]]] = [
    (Fault.BEFORE_500, Doubtful),
    (Fault.AFTER_500, Doubtful),
    (Fault.AFTER_DROP, Doubtful),
    (Fault.NOT_READY, TryLater),
    (Fault.NO_SESSION, TryLater),
    (Fault.TOO_MANY, TryLater),
    (Fault.TIMELOCK, TryLater),
    (Fault.REFUSE, Refused),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS, ids=[row[0].value for row in FAULTS])
async def test_each_fault_has_its_outcome(
    waha: Waha, waha_server: FakeWaha, fault: Fault, kind: type[Outcome]
) -> None:
    waha_server.breaks(fault)
    assert isinstance(await waha.send(text()), kind)
    assert isinstance(await waha.send(text()), Sent)


@pytest.mark.parametrize("fault", [Fault.BEFORE_HANG, Fault.AFTER_HANG])
async def test_a_send_that_gets_no_answer_is_doubtful(
    hasty: Waha, waha_server: FakeWaha, fault: Fault
) -> None:
    waha_server.breaks(fault)
    assert isinstance(await hasty.send(text()), Doubtful)


async def test_a_waha_that_is_down_got_nothing(waha: Waha, waha_server: FakeWaha) -> None:
    await waha_server.go_down()
    later = await waha.send(text())
    await waha_server.come_back()
    assert isinstance(later, TryLater)
    assert later.is_session_wide
    assert isinstance(await waha.send(text()), Sent)


async def test_a_host_that_nobody_knows_got_nothing() -> None:
    client = Waha(WahaHttp("http://waha.invalid:3000"))
    assert isinstance(await client.send(text()), TryLater)
    await client.close()


async def test_a_wrong_key_waits_for_a_person(waha_server: FakeWaha) -> None:
    client = Waha(WahaHttp(waha_server.url, "salah"))
    later = await client.send(text())
    await client.close()
    assert isinstance(later, TryLater)
    assert "SAPA_WAHA_API_KEY" in later.reason


async def test_what_waha_cannot_take_never_leaves(waha: Waha, waha_server: FakeWaha) -> None:
    assert isinstance(await waha.send(text(" ")), Refused)
    assert waha_server.requests == []


@pytest.mark.parametrize("engine", ["GOWS", "NOWEB", "WEBJS"])
@pytest.mark.parametrize("message", [text(), picture(), place()], ids=["text", "picture", "place"])
async def test_a_doubtful_send_is_found_in_the_history(
    waha: Waha, waha_server: FakeWaha, engine: Engine, message: Outgoing
) -> None:
    waha_server.engine = engine
    waha_server.breaks(Fault.AFTER_500)
    before = await waha.prove(message, NOW)
    await waha.send(message)
    proof = await waha.prove(message, NOW)
    assert before == Proof(was_sent=False)
    assert proof == Proof(was_sent=True, wa_id=waha_server.messages[BUDI][0]["id"].split("_")[2])


async def test_another_message_proves_nothing(waha: Waha, waha_server: FakeWaha) -> None:
    await waha.send(text("Yang lain", premade_id="3EB0BBBB"))
    await waha.send(picture("Yang lain"))
    waha_server.customer_says(BUDI, "Halo")
    assert await waha.prove(text("Halo"), NOW) == Proof(was_sent=False)
    assert await waha.prove(picture("Paket"), NOW) == Proof(was_sent=False)


async def test_an_older_message_with_the_same_words_proves_nothing(waha: Waha, waha_server: FakeWaha) -> None:
    await waha.send(text("Halo", premade_id="3EB0BBBB"))
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert await waha.prove(text("Halo"), later) == Proof(was_sent=False)


async def test_a_history_that_cannot_be_read_proves_nothing_either_way(
    waha: Waha, waha_server: FakeWaha
) -> None:
    waha_server.removed.add("history")
    assert await waha.prove(text(), NOW) == Proof(was_sent=None)


async def test_seen_and_typing_name_the_chat_and_the_messages(waha: Waha, waha_server: FakeWaha) -> None:
    await waha.mark_seen("default", BUDI, ["3EB0A", "3EB0B"])
    await waha.show_typing("default", BUDI, True)
    await waha.show_typing("default", BUDI, False)
    assert [request.path for request in waha_server.requests] == [
        "/api/sendSeen",
        "/api/startTyping",
        "/api/stopTyping",
    ]
    assert waha_server.requests[0].body["messageIds"] == [f"false_{BUDI}_3EB0A", f"false_{BUDI}_3EB0B"]


async def test_a_waha_with_nothing_but_sends_is_enough(waha: Waha, waha_server: FakeWaha) -> None:
    waha_server.removed |= {
        "sendSeen", "startTyping", "stopTyping", "new-message-id", "history", "version", "sessions", "lids", "files",
    }  # fmt: skip
    for _ in range(3):
        await waha.mark_seen("default", BUDI, ["3EB0A"])
        await waha.show_typing("default", BUDI, True)
    assert await waha.phone_of("default", "123456789012345") is None
    assert await waha.missed("default", NOW) == []
    assert await waha.fetch_file(f"{waha_server.url}/api/files/default/a.jpg") is None
    assert await waha.health("default") == SessionHealth(status="MISSING")
    assert isinstance(await waha.send(text(premade_id=await waha.premade_id("default"))), Sent)
    assert len(waha_server.asked("sendSeen")) == 1


async def test_the_phone_behind_a_lid_is_asked_for(waha: Waha, waha_server: FakeWaha) -> None:
    waha_server.phones["123456789012345"] = "6281234567890"
    assert await waha.phone_of("default", "123456789012345") == "6281234567890"
    assert await waha.phone_of("default", "999999999999999") is None


async def test_a_customers_file_is_fetched_from_the_configured_waha(
    waha: Waha, waha_server: FakeWaha
) -> None:
    waha_server.files["bukti transfer.jpeg"] = (b"\xff\xd8gambar", "image/jpeg")
    found = await waha.fetch_file("http://some-other-host:3000/api/files/default/bukti%20transfer.jpeg")
    assert found is not None
    assert (found.content, found.mimetype, found.name) == (
        b"\xff\xd8gambar",
        "image/jpeg",
        "bukti transfer.jpeg",
    )


async def test_files_of_other_origins_other_kinds_empty_or_too_large_are_left(
    waha: Waha, waha_server: FakeWaha
) -> None:
    waha_server.files |= {
        "page.html": (b"<script>", "text/html"),
        "empty.pdf": (b"", "application/pdf"),
        "large.pdf": (b"x" * (16 * 1024 * 1024 + 1), "application/pdf"),
        "whole.pdf": (b"x" * (16 * 1024 * 1024), "application/pdf"),
    }
    kept = [
        name for name in waha_server.files if await waha.fetch_file(f"http://waha/api/files/default/{name}")
    ]
    asked = len(waha_server.requests)
    assert kept == ["whole.pdf"]
    assert await waha.fetch_file("http://169.254.169.254/latest/meta-data") is None
    assert await waha.fetch_file(f"{waha_server.url}/api/sessions") is None
    assert len(waha_server.requests) == asked


async def test_missed_messages_are_read_back_page_by_page_with_their_files(
    waha: Waha, waha_server: FakeWaha
) -> None:
    for number in range(120):
        waha_server.customer_says(BUDI, f"pesan {number}", f"3EB0{number:04}")
    waha_server.customer_says(BUDI, "bukti", "3EB0FOTO", hasMedia=True, media=None)
    await waha.send(text("bukan pelanggan"))
    found = [arrival_of_message(payload, "default", NOW) for payload in await waha.missed("default", NOW)]
    assert len(found) == 121
    assert len(waha_server.asked("history")) == 3


async def test_health_tells_the_sessions_state_and_wahas_version(waha: Waha, waha_server: FakeWaha) -> None:
    waha_server.sessions["default"] = {"name": "default", "config": {}}
    working = await waha.health("default")
    await waha_server.go_down()
    assert working == SessionHealth(status="WORKING", facts={"version": "2026.7.1", "engine": "GOWS"})
    assert await waha.health("default") == SessionHealth(status="unreachable")
    await waha_server.come_back()
