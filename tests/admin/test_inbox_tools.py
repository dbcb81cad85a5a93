"""The inbox's tools as people use them: files of wrong kinds, stale labels, foreign ids, and canned answers with their files."""

import pytest
from aiohttp import FormData
from sqlalchemy import Connection, insert, select

from storage.desk.labels import all_labels
from storage.tables import Message, OutboxRow, new_id
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.people import NOW, Said, waits, writes

PDF = b"%PDF-1.7 isi"


async def a_customer(house: House) -> Said:
    def job(conn: Connection) -> Said:
        said = writes(conn, "6281234567890", "Halo", name="Budi")
        waits(conn, said)
        return said

    return await house.database.write(job)


def a_file(visitor: Visitor, content: bytes, name: str = "syarat.pdf", **fields: str) -> FormData:
    form = FormData({"_csrf": visitor.csrf, **fields})
    form.add_field("file", content, filename=name, content_type="application/pdf")
    return form


async def test_a_file_goes_to_the_customer_and_a_wrong_one_nowhere(small_house: House) -> None:
    said = await a_customer(small_house)
    agent = await Visitor(small_house).logs_in("agent")
    path = f"/panel/inbox/{said.conversation_id}"
    assert (await agent.sends(f"{path}/files", a_file(agent, PDF, caption="Syaratnya"))).status == 204
    seen = (await agent.opens(path)).text
    assert "syarat.pdf" in seen
    assert small_house.engine.senders == [said.conversation_id]
    wrong = await agent.sends(f"{path}/files", a_file(agent, b"<html>", "gambar.png"))
    assert (wrong.status, wrong.toast) == (422, "Hanya gambar (JPEG, PNG), PDF, dan MP4 yang bisa dikirim.")
    assert (await agent.posts(f"{path}/files")).status == 422
    assert "gambar.png" not in (await agent.opens(path)).text
    masked = (await (await Visitor(small_house).logs_in("supervisor")).opens(path)).text
    assert "syarat.pdf" not in masked


async def test_a_message_sent_again_because_its_answer_got_lost_goes_once(small_house: House) -> None:
    said, other = await a_customer(small_house), "f" * 32
    agent = await Visitor(small_house).logs_in("agent")
    path, once = f"/panel/inbox/{said.conversation_id}", {"body": "DP-nya lima juta", "key": "a" * 32}
    for fields in (once, once, {**once, "key": other}):
        assert (await agent.posts(f"{path}/messages", fields)).status == 204
    for key in ("b" * 32, "b" * 32, other):
        assert (await agent.sends(f"{path}/files", a_file(agent, PDF, key=key))).status == 204
    sent = await small_house.database.read(lambda conn: conn.scalars(select(Message.kind)).all())
    assert sorted(kind for kind in sent if kind == "document") == ["document"]
    assert (await agent.opens(path)).text.count("DP-nya lima juta</p>") == 2


async def test_snoozing_and_later_messages(small_house: House) -> None:
    said = await a_customer(small_house)
    agent = await Visitor(small_house).logs_in("agent")
    path = f"/panel/inbox/{said.conversation_id}"
    await agent.posts(f"{path}/snooze", until="tomorrow")
    assert "Ditunda sampai Sel 5 Jan 08.00" in (await agent.opens(path)).text
    assert said.conversation_id not in (await agent.opens("/panel/inbox?tab=unassigned")).text
    await agent.posts(f"{path}/wake")
    assert said.conversation_id in (await agent.opens("/panel/inbox?tab=unassigned")).text
    for fields in ({"until": "custom"}, {"until": "custom", "at": "2020-01-01T08:00"}, {"until": "never"}):
        assert (await agent.posts(f"{path}/snooze", fields)).status == 422
    assert (await agent.posts(f"{path}/later", body="Halo?", due_at="2027-01-05T09:00")).status == 204
    assert "Dikirim Sel 5 Jan 09.00 oleh Agent" in (await agent.opens(path)).text
    assert (await agent.posts(f"{path}/later", body="Halo?", due_at="2020-01-05T09:00")).status == 422
    assert (await agent.posts(f"{path}/later/999/cancel")).status == 404


async def test_labels_are_hung_taken_off_and_never_doubled(small_house: House) -> None:
    said = await a_customer(small_house)
    agent = await Visitor(small_house).logs_in("agent")
    path = f"/panel/inbox/{said.conversation_id}"
    assert (await agent.posts(f"{path}/labels/new", name="Rombongan", colour="blue")).status == 204
    assert (await agent.posts(f"{path}/labels/new", name="rombongan", colour="red")).status == 409
    assert (await agent.posts(f"{path}/labels/new", name="Lain", colour="url(x)")).status == 422
    (label,) = await small_house.database.read(all_labels)
    assert f'tag-{label.colour}">Rombongan' in (await agent.opens(path)).text
    assert (await agent.posts(f"{path}/labels", labels="999")).status == 404
    await agent.posts(f"{path}/labels")
    assert "Belum ada label." in (await agent.opens(path)).text


async def unsent(house: House, said: Said, author: str) -> int:
    """A message of theirs that WhatsApp did not take."""

    def failed(conn: Connection) -> int:
        message_id = new_id("msg")
        conn.execute(
            insert(Message).values(
                id=message_id, conversation_id=said.conversation_id, direction="out", author=author, kind="text",
                body="Halo kak", at=NOW, answers=[], details={},
            )
        )  # fmt: skip
        row = insert(OutboxRow).values(
            conversation_id=said.conversation_id, message_id=message_id, session="default", chat_id="x",
            call="sendText", payload={"text": "Halo kak"}, by_bot=author == "bot", state="failed", not_before=NOW,
            error="WAHA answered 500", created_at=NOW,
        )  # fmt: skip
        return conn.scalar(row.returning(OutboxRow.id)) or 0

    return await house.database.write(failed)


@pytest.mark.parametrize(
    ("author", "held_by", "who", "status", "stands"),
    [
        pytest.param("agent", None, "agent", 204, ("human", "agent"), id="a message claims an unclaimed one"),
        pytest.param("agent", "agent", "agent", 204, ("human", "agent"), id="ones own"),
        pytest.param("agent", "rm", "agent", 409, ("human", "rm"), id="a colleague took it since"),
        pytest.param("rm", "rm", "supervisor", 204, ("human", "rm"), id="cleared for them"),
        pytest.param("bot", None, "agent", 204, ("waiting", None), id="the bot's words take nobody"),
        pytest.param("bot", "agent", "agent", 204, ("human", "agent"), id="whoever holds it may say them"),
        pytest.param(
            "bot", "rm", "supervisor", 409, ("human", "rm"), id="the bot is silent beside a colleague"
        ),
    ],
)
async def test_who_holds_the_conversation_says_whether_a_message_goes_once_more(
    small_house: House,
    author: str,
    held_by: str | None,
    who: str,
    status: int,
    stands: tuple[str, str | None],
) -> None:
    house, said = small_house, await a_customer(small_house)
    path = f"/api/conversations/{said.conversation_id}"
    if held_by:
        await house.does(held_by, f"{path}/claim")
    outbox_id = await unsent(house, said, author)
    visitor = await Visitor(house).logs_in(who)
    reply = await visitor.posts(f"/panel/inbox/{said.conversation_id}/again/{outbox_id}")
    talk = await house.gets("supervisor", path)
    assert (reply.status, (talk["status"], talk["assigned_to"])) == (status, stands)

    def row(conn: Connection) -> tuple[str, bool]:
        found = conn.execute(select(OutboxRow.state, OutboxRow.by_bot).where(OutboxRow.id == outbox_id)).one()
        return found.state, found.by_bot

    # What the bot said is dropped at the gate should somebody take over first; what its holder wants said is not.
    is_bots = author == "bot" and not (status == 204 and held_by)
    assert await house.database.read(row) == ("waiting" if status == 204 else "failed", is_bots)


async def test_only_what_failed_is_sent_again(small_house: House) -> None:
    said = await a_customer(small_house)
    agent = await Visitor(small_house).logs_in("agent")
    path = f"/panel/inbox/{said.conversation_id}"

    outbox_id = await unsent(small_house, said, "agent")
    assert "Gagal dikirim." in (await agent.opens(path)).text
    assert (await agent.posts(f"{path}/again/{outbox_id}")).status == 204
    assert (await agent.posts(f"{path}/again/{outbox_id}")).status == 409
    assert (await agent.posts(f"{path}/again/999")).status == 404


async def test_a_canned_answer_with_a_file_goes_along(small_house: House) -> None:
    said = await a_customer(small_house)
    agent = await Visitor(small_house).logs_in("agent")
    fields = {"shortcut": "/syarat", "title": "Syarat", "body": "Halo {{nama}}, ini syaratnya."}
    assert (await agent.sends("/panel/canned", a_file(agent, PDF, **fields))).status == 204
    assert (await agent.posts("/panel/canned", fields)).status == 409
    assert (await agent.posts("/panel/canned", {**fields, "shortcut": "Dua kata"})).status == 422
    (answer,) = await agent.reads("/panel/canned/list")
    assert (answer["shortcut"], answer["blanks"]) == ("syarat", ["nama"])
    media = answer["files"][0]["id"]
    path = f"/panel/inbox/{said.conversation_id}"
    assert (await agent.posts(f"{path}/messages", body="Ini kak", media="media_elsewhere")).status == 404
    assert "Ini kak" not in (await agent.opens(path)).text
    assert (await agent.posts(f"{path}/messages", body="Ini kak", media=media)).status == 204
    assert f"/media/{media}/syarat.pdf" in (await agent.opens(path)).text
    assert (await agent.opens("/panel/canned/1")).status == 200
    assert (await agent.posts("/panel/canned/1/remove")).status == 204
    assert (await agent.opens("/panel/canned/1")).status == 404


async def test_a_canned_answer_is_not_written_over_unseen(small_house: House) -> None:
    agent, rm = await Visitor(small_house).logs_in("agent"), await Visitor(small_house).logs_in("rm")
    fields = {"shortcut": "dp", "title": "DP", "body": "DP lima juta."}
    await agent.posts("/panel/canned", fields)
    seen = (await rm.opens("/panel/canned/1")).text.split('name="seen" value="')[1].split('"')[0]
    small_house.clock.passes(minutes=1)
    await agent.posts("/panel/canned/1", {**fields, "body": "DP enam juta.", "seen": seen})
    late = {**fields, "title": "Uang muka", "seen": seen}
    refused = await rm.posts("/panel/canned/1", late)
    assert refused.status == 409
    assert "DP enam juta." in (await rm.opens("/panel/canned/1")).text
    assert (
        await rm.posts("/panel/canned/1", {**late, "seen": refused.events["stale"]["seen"]})
    ).status == 204
