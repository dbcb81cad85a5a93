"""Searching in the panel and through the API: what is found, how it is shown, and that the search is noted without its words."""

from sqlalchemy import Connection

from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.people import waits, writes


async def test_a_search_shows_where_the_words_stand_and_opens_there(small_house: House) -> None:
    def job(conn: Connection) -> str:
        said = writes(
            conn,
            "6281234567890",
            "Halo",
            "Apakah <b>kursi roda</b> tersedia? nomor 081299998888",
            name="Budi",
        )
        waits(conn, said)
        return f"/panel/inbox/{said.conversation_id}?m={said.message_ids[1]}"

    path = await small_house.database.write(job)
    agent = await Visitor(small_house).logs_in("agent")
    seen = (await agent.opens("/panel/inbox?q=kursi")).text
    assert "1 hasil" in seen
    assert "<mark>&lt;b&gt;kursi</mark>" in seen
    opened = (await agent.opens(path, part=True)).text
    assert "tersedia?" in opened
    assert ">Halo<" not in opened
    assert "Tidak ada yang cocok" in (await agent.opens("/panel/inbox?q=pesawat")).text
    masked = await Visitor(small_house).logs_in("marketing")
    assert "081299998888" not in (await masked.opens("/panel/inbox?q=kursi")).text
    assert "Tidak ada yang cocok" in (await masked.opens("/panel/inbox?q=0812")).text
    answer = await small_house.gets("agent", "/api/conversations?q=kursi")
    assert (answer["total"], answer["items"][0]["customer_name"]) == (1, "Budi")
    assert (await small_house.gets("agent", "/api/conversations?q=pesawat"))["total"] == 0
    noted = await small_house.gets("compliance", "/api/audit?event=SEARCH_CUSTOMER")
    assert noted["total"] == 6
    assert "kursi" not in str(noted)
