"""The built-in WhatsApp: what a browser may see and send, and what comes back to the engine."""

import io

import pytest
from aiohttp import ClientSession

from bot.receiving.arrivals import InboundMessage
from flows.domain import MessageKind
from storage.database import Database
from tests.bot.simulated_phone import browser, simulated

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


async def test_a_message_goes_through_the_webhook_like_any_other(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        assert await budi.says("UMR_MAR_2027_HEMAT") == 200

        arrival = service.arrivals[0]
        assert isinstance(arrival, InboundMessage)
        assert (arrival.body, arrival.kind, arrival.sender.phone) == (
            "UMR_MAR_2027_HEMAT",
            MessageKind.TEXT,
            budi.number,
        )
        assert [message["text"] for message in (await budi.sees())["messages"]] == ["UMR_MAR_2027_HEMAT"]


async def test_the_same_id_twice_is_one_message(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        await budi.says("halo")
        await budi.says("halo")
        assert len((await budi.sees())["messages"]) == 1


async def test_a_webhook_that_is_down_says_so_and_the_page_can_try_again(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        service.webhook_status = 503
        assert await budi.says("halo") == 503
        service.webhook_status = 200
        assert await budi.says("halo") == 200


async def test_acks_move_from_server_to_device_and_to_read_when_somebody_looks(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        await budi.says("halo")
        wa_id = await service.answers(budi.number, "sendText", {"text": "Waalaikumsalam"})
        await service.hears_acks(2)
        status, answer = await budi.posts(f"numbers/{budi.number}/read")

        assert (status, answer) == (200, {"read": 1})
        assert [(ack.bare_id, ack.ack) for ack in service.acks] == [
            (wa_id, 1),
            (wa_id, 2),
            (wa_id, 3),
        ]
        assert (await budi.posts(f"numbers/{budi.number}/read"))[1] == {"read": 0}


async def test_the_phone_shows_pictures_documents_and_maps(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        await budi.says("halo")
        picture = {"file": {"mimetype": "image/jpeg", "url": "/media/m1/poster.jpg"}, "caption": "Poster"}
        await service.answers(budi.number, "sendImage", picture)
        document = {"file": {"mimetype": "application/pdf", "media_id": "m2", "filename": "Brosur Maret.pdf"}}
        await service.answers(budi.number, "sendFile", document)
        place = {"latitude": 3.58, "longitude": 98.67, "title": "Kantor"}
        await service.answers(budi.number, "sendLocation", place)

        _, image, pdf, office = (await budi.sees())["messages"]
        assert (image["text"], image["file"]["url"]) == ("Poster", "/media/m1/poster.jpg")
        assert (pdf["file"]["url"], pdf["file"]["name"]) == (
            "/simulator/files/m2",
            "Brosur Maret.pdf",
        )
        assert office["place"] == {"lat": 3.58, "lng": 98.67, "name": "Kantor"}


async def test_the_page_is_told_why_the_bot_said_it(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        await budi.says("hotelnya di mana")
        why = {"because": "answers_hotel", "intent": "ask_hotel", "confidence": 0.93, "milliseconds": 1.5}
        await service.answers(budi.number, "sendText", {"text": "Di Makkah"}, **why, trace={"intents": []})

        view = await budi.sees()
        assert view["turns"][view["messages"][-1]["turn"]] == why | {"trace": {"intents": []}}
        assert view["backstage"]["status"] == "bot"


async def test_an_attached_picture_reaches_the_engine_and_only_its_sender(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi, browser(service) as rudi:
        status, _ = await budi.posts(
            f"numbers/{budi.number}/files?name=bukti.png&caption=Bukti+transfer", data=PNG
        )

        assert status == 200
        arrival = service.arrivals[0]
        assert isinstance(arrival, InboundMessage)
        assert arrival.file is not None
        assert arrival.file.url is not None
        assert (arrival.kind, arrival.body, arrival.file.name) == (
            MessageKind.IMAGE,
            "Bukti transfer",
            "bukti.png",
        )
        fetched = await service.simulator.fetch_file(arrival.file.url)
        assert fetched is not None
        assert (fetched.content, fetched.mimetype) == (PNG, "image/png")
        media_id = arrival.file.url.rpartition("/")[2].partition(".")[0]
        async with rudi.session.get(f"/simulator/files/{media_id}") as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            b"<html><script>alert(1)</script>", 415, id="html is no picture, whatever its name says"
        ),
        pytest.param(b"%PDF-1.7 x", 200, id="a PDF is welcome"),
        pytest.param(PNG + b"0" * (16 * 1024 * 1024), 413, id="more than WhatsApp takes"),
    ],
)
async def test_only_small_pictures_and_pdfs_can_be_attached(
    database: Database, content: bytes, expected: int
) -> None:
    async with simulated(database) as service, browser(service) as budi:
        status, _ = await budi.posts(f"numbers/{budi.number}/files?name=x.png", data=io.BytesIO(content))
        assert status == expected


async def test_a_browser_sees_and_writes_only_as_its_own_numbers(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi, browser(service) as rudi:
        await budi.says("rahasia")
        assert (await rudi.sees(budi.number))["status"] == 404
        status, _ = await rudi.posts(f"numbers/{budi.number}/messages", json={"text": "halo"})
        assert status == 404
        assert len(service.arrivals) == 1


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour under the same domain"),
        pytest.param({"Sec-Fetch-Site": "none"}, 403, id="typed into the address bar"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="our own page"),
    ],
)
async def test_another_sites_page_cannot_write(
    database: Database, headers: dict[str, str], expected: int
) -> None:
    async with simulated(database) as service, browser(service) as budi:
        status, _ = await budi.posts(
            f"numbers/{budi.number}/messages", headers=headers, json={"text": "halo"}
        )
        assert status == expected


async def test_an_old_browser_is_known_by_its_origin(database: Database) -> None:
    async with simulated(database) as service, ClientSession(service.address) as session:
        for origin, expected in (("http://evil.example", 403), (service.address, 201), ("", 403)):
            async with session.post("/simulator/numbers", headers={"Origin": origin}) as answer:
                assert answer.status == expected, origin


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"text": 7}', id="a number for a text"),
        pytest.param(b'{"text": "   "}', id="only blanks"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
    ],
)
async def test_a_broken_body_is_a_clear_error(database: Database, body: bytes) -> None:
    async with simulated(database) as service, browser(service) as budi:
        status, answer = await budi.posts(f"numbers/{budi.number}/messages", data=body)
        assert status in (400, 422)
        assert answer["detail"]


async def test_the_page_forbids_everything_that_is_not_ours(database: Database) -> None:
    async with simulated(database) as service, ClientSession(service.address) as session:
        async with session.get("/simulator") as answer:
            policy = answer.headers["Content-Security-Policy"]
            page = await answer.text()
            assert "HttpOnly" in answer.headers["Set-Cookie"]
            assert "SameSite=Strict" in answer.headers["Set-Cookie"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "<script>" not in page
        assert "style=" not in page
        assert "//" not in page.replace("<!doctype html>", "").replace("http://www.w3.org/2000/svg", "")


async def test_the_front_door_leads_to_the_page(database: Database) -> None:
    async with simulated(database) as service, ClientSession(service.address) as session:
        answer = await session.get("/")
        async with answer:
            assert answer.url.path == "/simulator"


async def test_what_still_waits_or_was_dropped_is_not_on_the_phone(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        await budi.says("halo")
        await service.answers(budi.number, "sendText", {"text": "tidak jadi"})
        await service.drops_everything()
        assert [message["text"] for message in (await budi.sees())["messages"]] == ["halo"]


async def test_the_business_typing_and_seeing_shows(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        await budi.says("halo", wa_id="3EB0ABCDEF0123456789AB")
        await service.simulator.show_typing("default", f"{budi.number}@c.us", True)
        await service.simulator.mark_seen("default", f"{budi.number}@c.us", ["3EB0ABCDEF0123456789AB"])
        view = await budi.sees()
        assert view["typing"] is True
        assert view["messages"][0]["tick"] == "read"
