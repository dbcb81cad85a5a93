"""The inbox as people see it: what each role reads, who may write, and that nothing of a customer's gets out of its place."""

import pytest
from sqlalchemy import Connection, insert, select, update

from admin.words import Words
from flows.domain import Language, Phase, Role
from storage.people.merge import MERGED_HANDOVER
from storage.privacy.erasure import ERASED_OUTCOME
from storage.tables import Conversation, Customer, Message, Turn, new_id
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.people import NOW, Said, hire, travels, turned, waits, writes

HTML = '<script>alert("x")</script> & "kutip"'


async def a_waiting_customer(house: House, *texts: str, name: str = "Budi Santoso") -> Said:
    def job(conn: Connection) -> Said:
        said = writes(conn, "6281234567890", *(texts or ("Halo", "DP berapa?")), name=name)
        travels(conn, said, Phase.BOOKING, package="UMR_MAR_2027_HEMAT")
        waits(conn, said)
        return said

    return await house.database.write(job)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("outcome", ["released", "closed", "lapsed", ERASED_OUTCOME, MERGED_HANDOVER])
def test_however_a_handover_ended_the_thread_has_words_for_it(outcome: str, language: Language) -> None:
    assert Words(language).say(f"inbox.event_{outcome}")


async def test_staff_take_answer_give_back_and_end(house: House) -> None:
    said = await a_waiting_customer(house)
    rm = await Visitor(house).logs_in("rm")
    path = f"/panel/inbox/{said.conversation_id}"
    assert "Menunggu staf" in (await rm.opens(path)).text
    claimed = await rm.posts(f"{path}/claim")
    assert (claimed.status, claimed.events["inbox"]) == (204, {})
    assert "Anda menjawab" in (await rm.opens(path)).text
    await rm.posts(f"{path}/messages", body="Halo kak, DP Rp 5.000.000")
    assert "Halo kak, DP Rp 5.000.000" in (await rm.opens(path, part=True)).text
    await rm.posts(f"{path}/release")
    assert "Bot menjawab" in (await rm.opens(path)).text
    await rm.posts(f"{path}/claim")
    await rm.posts(f"{path}/paid")
    await rm.posts(f"{path}/close")
    closed = (await rm.opens(path)).text
    assert "Ingin mendaftar → Lunas" in closed
    assert "Percakapan selesai" in closed


async def test_the_slower_of_two_hears_who_was_faster(house: House) -> None:
    said = await a_waiting_customer(house)
    await house.hires(("tuti", Role.AGENT))
    first, second = await Visitor(house).logs_in("agent"), await Visitor(house).logs_in("tuti")
    path = f"/panel/inbox/{said.conversation_id}"
    assert (await first.posts(f"{path}/claim")).status == 204
    late = await second.posts(f"{path}/claim")
    assert late.status == 409
    assert "Agent" in (late.toast or "")
    assert (await second.posts(f"{path}/messages", body="Halo")).status == 409
    assert (await second.posts(f"{path}/notes", body="Saya bantu ya")).status == 204
    seen = (await second.opens(path)).text
    assert "Dipegang Agent" in seen
    assert "Saya bantu ya" in seen


async def test_a_plain_form_works_without_any_script(house: House) -> None:
    said = await a_waiting_customer(house)
    rm = await Visitor(house).logs_in("rm")
    path = f"/panel/inbox/{said.conversation_id}"
    done = await rm.posts(f"{path}/claim", part=False)
    assert (done.status, done.headers["Location"]) == (303, path)


async def test_who_sees_masked_reads_masked_and_writes_nothing(house: House) -> None:
    said = await a_waiting_customer(house, "Nomor saya 081299998888, email budi@email.com")
    path = f"/panel/inbox/{said.conversation_id}"
    for role in ("marketing", "compliance", "admin"):
        visitor = await Visitor(house).logs_in(role)
        for page in (path, "/panel/inbox?tab=all", f"/panel/inbox/{said.conversation_id}/older?before=x"):
            text = (await visitor.opens(page)).text
            assert "81234567890" not in text.replace("-", ""), (role, page)
            assert "99998888" not in text, (role, page)
            assert "budi@email.com" not in text, (role, page)
        assert "compose-body" not in (await visitor.opens(path)).text
        for deed in ("claim", "release", "close", "paid"):
            assert (await visitor.posts(f"{path}/{deed}")).status == 403
        assert (await visitor.posts(f"{path}/notes", body="x")).status == 403
    director = await Visitor(house).logs_in("director")
    assert (await director.opens(path)).status == 403
    agent = await Visitor(house).logs_in("agent")
    assert "081299998888" in (await agent.opens(path)).text


async def test_what_lies_outside_ones_scope_is_not_there(house: House) -> None:
    said = await a_waiting_customer(house)

    def hidden(conn: Connection) -> None:
        other = hire(conn, "tuti", Role.RM)
        conn.execute(update(Customer).values(owner_id=other.user_id))
        conn.execute(update(Conversation).values(assigned_to=other.user_id))

    await house.database.write(hidden)
    rm = await Visitor(house).logs_in("rm")
    path = f"/panel/inbox/{said.conversation_id}"
    for seen in (
        await rm.opens(path),
        await rm.opens(path, part=True),
        await rm.opens(f"{path}/older?before=x"),
    ):
        assert seen.status == 404
        assert "Budi" not in seen.text
    assert "Budi" not in (await rm.opens("/panel/inbox?tab=all")).text
    for deed in ("claim", "release", "close", "paid"):
        assert (await rm.posts(f"{path}/{deed}")).status == 404
    assert (await rm.posts(f"{path}/notes", body="x")).status == 404


async def test_what_customers_write_stays_text(house: House) -> None:
    said = await a_waiting_customer(house, HTML, name=HTML[:80])
    rm = await Visitor(house).logs_in("rm")
    for page in ("/panel/inbox?tab=unassigned", f"/panel/inbox/{said.conversation_id}"):
        text = (await rm.opens(page)).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


async def test_a_stale_form_is_told_what_changed(house: House) -> None:
    said = await a_waiting_customer(house)
    agent = await Visitor(house).logs_in("agent")
    path = f"/panel/inbox/{said.conversation_id}"
    await agent.posts(f"{path}/close")
    again = await agent.posts(f"{path}/close")
    assert again.status == 409
    assert again.toast == "Percakapan ini sudah selesai."
    released = await agent.posts(f"{path}/release")
    assert released.status == 409


async def test_looking_is_noted_once_and_news_of_it_is_not_a_new_look(house: House) -> None:
    said = await a_waiting_customer(house)
    rm = await Visitor(house).logs_in("rm")
    path = f"/panel/inbox/{said.conversation_id}"
    await rm.opens(path)
    first = await house.database.read(
        lambda conn: conn.scalar(select(Message.id).order_by(Message.id).limit(1))
    )
    await rm.opens(f"{path}?since={first}", part=True)
    entries = await house.gets("compliance", "/api/audit?event=VIEW_CONVERSATION")
    assert [entry["subject"] for entry in entries["items"]] == [said.conversation_id]


async def test_new_messages_are_marked_until_they_were_seen(house: House) -> None:
    said = await a_waiting_customer(house)
    rm = await Visitor(house).logs_in("rm")
    path = f"/panel/inbox/{said.conversation_id}"
    await rm.opens(path)
    await house.database.write(lambda conn: writes(conn, said.phone, "Kak?", at=NOW) and None)
    assert 'class="unread"' in (await rm.opens("/panel/inbox?tab=unassigned", part=True)).text
    assert "divider-new" in (await rm.opens(path, part=True)).text
    assert "divider-new" not in (await rm.opens(path, part=True)).text
    assert 'class="unread"' not in (await rm.opens("/panel/inbox?tab=unassigned", part=True)).text


async def test_who_holds_nobody_is_shown_the_way_to_those_who_wait(house: House) -> None:
    rm = await Visitor(house).logs_in("rm")
    nobody_waits = (await rm.opens("/panel/inbox")).text
    assert "Tidak ada yang menunggu di sini" in nobody_waits
    said = await a_waiting_customer(house)
    waits_for_anybody = (await rm.opens("/panel/inbox")).text
    assert "1 pelanggan menunggu dan belum diambil siapa pun." in waits_for_anybody
    assert said.conversation_id in (await rm.opens("/panel/inbox?tab=unassigned")).text
    assert "belum diambil siapa pun" not in (await rm.opens("/panel/inbox?phase=paid")).text


async def test_why_the_bot_said_that_tells_what_was_named_and_not_what_was_not(house: House) -> None:
    said = await a_waiting_customer(house, "yang 12 hari ada?")
    named: dict[str, object] = {"pax": None, "months": [], "days": 12, "is_budget_for_all": False}

    def job(conn: Connection) -> None:
        turn_id = turned(conn, said, "ask_packages")
        conn.execute(
            update(Turn)
            .where(Turn.id == turn_id)
            .values(trace={"heard": [{"entities": named, "intents": []}]})
        )
        conn.execute(
            insert(Message).values(
                id=new_id("msg"), conversation_id=said.conversation_id, direction="out", author="bot", kind="text",
                body="Ini yang 12 hari", at=NOW, position=0, turn_id=turn_id, answers=[], details={},
            )
        )  # fmt: skip

    await house.database.write(job)
    rm = await Visitor(house).logs_in("rm")
    seen = (await rm.opens(f"/panel/inbox/{said.conversation_id}")).text
    assert "days: 12" in seen
    assert "is_budget_for_all" not in seen
