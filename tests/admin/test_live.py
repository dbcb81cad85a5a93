"""The stream of news: what changes is heard, what was missed is heard on coming back, and only ids are ever told."""

import json

import pytest
from sqlalchemy import Connection, select, update

from flows.domain import Role
from storage.desk.handovers import claim
from storage.desk.staff_messages import say_as_staff
from storage.tables import Message, OutboxRow
from storage.talks.message_events import react
from storage.way.outbox_proof import Ack, note_ack
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.people import NOW, Said, member, waits, writes

PHONE = "6281234567890"


async def a_customer(house: House, phone: str = PHONE) -> Said:
    def job(conn: Connection) -> Said:
        said = writes(conn, phone, "Halo", name="Budi")
        waits(conn, said)
        return said

    return await house.database.write(job)


async def test_a_message_is_heard_by_its_conversations_id_alone(house: House) -> None:
    said = await a_customer(house)
    rm = await Visitor(house).logs_in("rm")
    async with rm.listens() as stream:
        await stream.hears("badges")
        await house.database.write(lambda conn: writes(conn, PHONE, "rahasia sekali") and None)
        heard = await stream.hears("changed")
        assert heard == {"ids": [said.conversation_id], "all": False}


async def test_what_happened_meanwhile_is_heard_on_coming_back(house: House) -> None:
    first = await a_customer(house)
    rm = await Visitor(house).logs_in("rm")
    async with rm.listens() as stream:
        await stream.hears("changed")
        seen = stream.last_id
    second = await a_customer(house, "6289876543210")
    async with rm.listens(after=seen) as stream:
        heard = await stream.hears("changed")
        assert second.conversation_id in heard["ids"]
        assert int(stream.last_id) >= int(seen)
    assert first.conversation_id != second.conversation_id


async def test_ticks_and_reactions_are_heard_where_somebody_looks(house: House) -> None:
    said = await a_customer(house)
    rm = await Visitor(house).logs_in("rm")

    def answer(conn: Connection) -> None:
        say_as_staff(conn, member(conn, "rm").actor, said.conversation_id, "Halo kak", NOW)
        conn.execute(update(Message).where(Message.direction == "out").values(wa_id="3EB0OUT", ack=0))
        conn.execute(update(OutboxRow).values(state="sent", premade_id="3EB0OUT"))

    await house.database.write(answer)
    async with rm.listens() as stream:
        await stream.hears("badges")
        await rm.posts(f"/panel/inbox/{said.conversation_id}/here")
        presence = await stream.hears("presence")
        assert presence == {said.conversation_id: []}
        ack = Ack(session="default", bare_id="3EB0OUT", ack=3)
        await house.database.write(lambda conn: note_ack(conn, ack, NOW))
        assert (await stream.hears("changed"))["ids"] == [said.conversation_id]
        wa_id = await house.database.read(
            lambda conn: conn.scalar(select(Message.wa_id).order_by(Message.id).limit(1))
        )
        await house.database.write(lambda conn: react(conn, str(wa_id), "customer", "👍"))
        assert (await stream.hears("changed"))["ids"] == [said.conversation_id]


async def test_colleagues_see_who_looks_and_who_types(house: House) -> None:
    said = await a_customer(house)
    rm, agent = await Visitor(house).logs_in("rm"), await Visitor(house).logs_in("agent")
    async with rm.listens() as stream:
        await stream.hears("badges")
        await agent.posts(f"/panel/inbox/{said.conversation_id}/here", typing="true")
        assert await stream.hears("presence") == {said.conversation_id: [{"name": "Agent", "typing": True}]}
        await agent.posts(f"/panel/inbox/{said.conversation_id}/gone")
        assert await stream.hears("presence") == {said.conversation_id: []}
    assert (await agent.posts("/panel/inbox/conv_elsewhere/here")).status == 404


async def test_badges_count_what_waits_for_this_person(house: House) -> None:
    said = await a_customer(house)
    rm = await Visitor(house).logs_in("rm")
    async with rm.listens() as stream:
        first = await stream.hears("badges")
        assert (first["inbox"], first["queue"]) == (0, 1)
        await house.database.write(
            lambda conn: claim(conn, member(conn, "rm").actor, said.conversation_id, NOW) and None
        )
        second = await stream.hears("badges")
        assert (second["inbox"], second["queue"]) == (1, 0)


async def test_whoever_may_not_read_conversations_hears_of_none(small_house: House) -> None:
    await a_customer(small_house)
    director = await Visitor(small_house).logs_in("director")
    async with director.listens() as stream:
        assert await stream.hears("badges") is not None
        assert stream.last_id == ""


async def test_news_name_nobody_and_quote_nothing(small_house: House) -> None:
    await a_customer(small_house)
    rm = await Visitor(small_house).logs_in("rm")
    async with rm.listens() as stream:
        heard = json.dumps([await stream.hears("changed"), await stream.hears("badges")])
    assert "Budi" not in heard
    assert PHONE not in heard
    assert "Halo" not in heard


async def test_what_a_colleague_holds_is_not_named_to_whom_it_does_not_concern(house: House) -> None:
    """An RM hears that the queue has changed when a colleague takes a card of it, and nothing of what is said there afterwards."""
    said = await a_customer(house)
    await house.hires(("other_rm", Role.RM))
    rm = await Visitor(house).logs_in("rm")
    async with rm.listens() as stream:
        await stream.hears("changed")
        await stream.hears("badges")

        def takes(conn: Connection) -> None:
            claim(conn, member(conn, "other_rm").actor, said.conversation_id, NOW)

        await house.database.write(takes)
        assert await stream.hears("changed") == {"ids": [], "all": True}
    house.clock.passes(minutes=1)
    async with rm.listens() as stream:
        await stream.hears("badges")
        await house.database.write(lambda conn: writes(conn, PHONE, "rahasia") and None)
        own = await a_customer(house, "6289876543210")
        assert await stream.hears("changed") == {"ids": [own.conversation_id], "all": False}


async def test_nobody_without_a_session_hears_anything(small_house: House) -> None:
    reply = await Visitor(small_house).opens("/panel/events")
    assert (reply.status, reply.headers["Location"][:6]) == (303, "/login")


async def test_a_feed_whose_session_has_ended_is_told_so_and_not_shown_the_log_in(small_house: House) -> None:
    """A browser reports a page where it awaits a feed as a fault."""
    async with small_house.client.get("/panel/events", headers={"Accept": "text/event-stream"}) as reply:
        assert (reply.status, await reply.text()) == (204, "")


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, ""])
async def test_a_strange_sequence_number_means_a_first_visit(small_house: House, after: str) -> None:
    said = await a_customer(small_house)
    rm = await Visitor(small_house).logs_in("rm")
    async with rm.listens(after=after) as stream:
        assert said.conversation_id in (await stream.hears("changed"))["ids"]
