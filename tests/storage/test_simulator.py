"""What a simulated phone shows, on both databases."""

from datetime import date

from storage.database import Database
from storage.way.simulator import screen, unread
from tests.bot.simulated_phone import browser, simulated


async def test_a_phone_shows_its_chat_and_its_list(database: Database) -> None:
    async with simulated(database) as service, browser(service) as budi:
        await budi.says("halo")
        file = {"mimetype": "application/pdf", "url": "/media/media_1/Brosur.pdf", "filename": "Brosur.pdf"}
        wa_id = await service.answers(
            budi.number, "sendFile", {"file": file}, because="greeting", milliseconds=1.0
        )

        seen = await database.read(
            lambda conn: screen(conn, budi.number, [budi.number, "6280099999999"], date(2026, 11, 21))
        )

        assert seen.phone is not None
        assert [(m.is_mine, m.kind, m.media_id) for m in seen.phone.messages] == [
            (True, "text", None),
            (False, "document", "media_1"),
        ]
        assert [turn.because for turn in seen.phone.turns] == ["greeting"]
        assert list(seen.last) == [budi.number]
        assert seen.last[budi.number][1] == 1
        assert await database.read(lambda conn: unread(conn, budi.number)) == [wa_id]


async def test_a_number_that_never_wrote_shows_nothing(database: Database) -> None:
    seen = await database.read(
        lambda conn: screen(conn, "6280012345678", ["6280012345678"], date(2026, 11, 21))
    )
    assert (seen.phone, seen.last, seen.sizes, seen.code) == (None, {}, {}, None)
