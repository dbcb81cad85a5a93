"""Conversations through the API: read within scope and masked by role, taken, answered, passed on, ended."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from flows.domain import HandoverReason, Phase, Role
from storage.database import Connection
from storage.staff.users import add_branch
from storage.tables import Conversation, Customer, Message, OutboxRow
from tests.admin.house import House
from tests.admin.test_pages import Browser
from tests.people import Said, travels, turned, waits, writes

BUDIS = "6281234567890"


async def somebody_waits(house: House, phone: str = BUDIS, *texts: str) -> Said:
    """Budi wants to pay and waits for a human."""

    def build(conn: Connection) -> Said:
        said = writes(conn, phone, *(texts or ("DP berapa? WA saya 0812-3456-7890",)), name="Budi")
        travels(conn, said, Phase.BOOKING, package="UMR_MAR_2027_HEMAT", campaign="UMR_MAR_2027_HEMAT")
        turned(conn, said, "payment_intent")
        waits(conn, said)
        return said

    return await house.database.write(build)


async def somebody_chats(house: House, phone: str = BUDIS) -> Said:
    return await house.database.write(lambda conn: writes(conn, phone, "halo"))


async def test_the_detail_has_the_contracts_shape(small_house: House) -> None:
    said = await somebody_waits(small_house)
    found = await small_house.gets("rm", f"/api/conversations/{said.conversation_id}")
    messages, transitions = found.pop("messages"), found.pop("transitions")
    assert found == {
        "id": said.conversation_id,
        "phone": BUDIS,
        "customer_id": said.customer_id,
        "customer_name": "Budi",
        "phase": "booking",
        "status": "waiting",
        "package_code": "UMR_MAR_2027_HEMAT",
        "campaign_code": "UMR_MAR_2027_HEMAT",
        "language": "id",
        "high_intent": False,
        "handover_reason": "payment_intent",
        "priority": "high",
        "assigned_to": None,
        "ai_notes": None,
        "consent_marketing": "UNKNOWN",
        "cases": [],
        "created_at": "2027-01-04T10:00:00+07:00",
        "last_message_at": "2027-01-04T10:00:00+07:00",
    }
    assert messages == [
        {
            "id": said.message_ids[0],
            "direction": "in",
            "author": "customer",
            "type": "text",
            "body": "DP berapa? WA saya 0812-3456-7890",
            "media_url": None,
            "at": "2027-01-04T10:00:00+07:00",
            "ack": None,
            "intent": "payment_intent",
            "confidence": None,
            "prompt_version": None,
            "answers": [],
        }
    ]
    assert transitions == [
        {
            "from": None,
            "to": "booking",
            "at": "2027-01-04T10:00:00+07:00",
            "trigger": "campaign_code",
            "journey_id": said.journey_id,
        }
    ]


@pytest.mark.parametrize(
    ("who", "phone", "body"),
    [
        ("rm", BUDIS, "0812-3456-7890"),
        ("agent", BUDIS, "0812-3456-7890"),
        ("supervisor", "●●●●●●●●●●890", "●●●●-●●●●-●890"),
        ("marketing", "●●●●●●●●●●890", "●●●●-●●●●-●890"),
        ("compliance", "●●●●●●●●●●890", "●●●●-●●●●-●890"),
        ("admin", "●●●●●●●●●●890", "●●●●-●●●●-●890"),
    ],
)
async def test_each_role_sees_a_number_as_it_may(small_house: House, who: str, phone: str, body: str) -> None:
    said = await somebody_waits(small_house)
    for path in (f"/api/conversations/{said.conversation_id}", f"/api/conversations?phone={BUDIS}"):
        found = await small_house.gets(who, path)
        seen: dict[str, Any] = found["items"][0] if "items" in found else found
        assert seen["phone"] == phone
        assert seen["messages"][0]["body"] == f"DP berapa? WA saya {body}"


async def test_a_director_sees_no_person_at_all(small_house: House) -> None:
    said = await somebody_waits(small_house)
    for path in ("/api/conversations", f"/api/conversations/{said.conversation_id}", "/api/customers"):
        assert (await small_house.asks("director", "GET", path)).status == 403


async def test_an_rm_sees_the_unclaimed_queue_and_the_own_portfolio_only(house: House) -> None:
    await house.hires(("budi", Role.RM))
    waiting = await somebody_waits(house)
    chatting = await somebody_chats(house, "628777777777")
    assert (await house.gets("rm", "/api/conversations"))["total"] == 1
    assert (await house.asks("rm", "GET", f"/api/conversations/{chatting.conversation_id}")).status == 404
    await house.does("rm", f"/api/conversations/{waiting.conversation_id}/claim")
    assert (await house.gets("budi", "/api/conversations"))["total"] == 0
    assert (await house.asks("budi", "GET", f"/api/conversations/{waiting.conversation_id}")).status == 404
    await house.does("rm", f"/api/conversations/{waiting.conversation_id}/release")
    assert (await house.gets("rm", "/api/conversations"))["total"] == 1


async def test_a_branch_sees_its_own_customers_and_those_of_none(small_house: House) -> None:
    await small_house.hires(("binjai", Role.AGENT), branch="Binjai")
    said = await somebody_chats(small_house)

    async def sees(who: str) -> int:
        return int((await small_house.asks(who, "GET", f"/api/conversations/{said.conversation_id}")).status)

    def move(name: str) -> Any:
        def record(conn: Connection) -> None:
            branch = update(Customer).values(branch_id=add_branch(conn, name))
            conn.execute(branch.where(Customer.id == said.customer_id))

        return record

    assert (await sees("binjai"), await sees("agent")) == (200, 200)
    await small_house.database.write(move("Binjai"))
    assert (await sees("binjai"), await sees("agent"), await sees("marketing")) == (200, 404, 200)
    await small_house.database.write(move("Medan"))
    assert await sees("binjai") == 404


async def test_of_many_who_claim_at_once_one_wins_and_the_others_hear_who(house: House) -> None:
    said = await somebody_waits(house)
    await house.hires(("agent2", Role.AGENT), ("agent3", Role.AGENT))
    path = f"/api/conversations/{said.conversation_id}/claim"
    names = ("agent", "agent2", "agent3", "supervisor")
    replies = await asyncio.gather(*(house.asks(name, "POST", path) for name in names))
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    winner = next(reply.json["assigned_to"] for reply in replies if reply.status == 200)
    losers = [reply.json["detail"] for reply in replies if reply.status == 409]
    assert losers == [f"{winner} holds this conversation."] * 3


async def test_a_message_claims_what_nobody_holds_and_wakes_the_sender(house: House) -> None:
    said = await somebody_waits(house)
    path = f"/api/conversations/{said.conversation_id}/messages"
    sent = await house.does("rm", path, {"body": "Halo, saya dari kantor"}, status=201)
    assert (sent["direction"], sent["author"], sent["body"]) == ("out", "rm", "Halo, saya dari kantor")
    found = await house.gets("rm", f"/api/conversations/{said.conversation_id}")
    assert (found["status"], found["assigned_to"]) == ("human", "rm")
    assert [message["body"] for message in found["messages"]][-1] == "Halo, saya dari kantor"
    assert house.engine.senders == [said.conversation_id]
    row = await house.database.read(lambda conn: conn.execute(select(OutboxRow)).one())
    assert (row.by_bot, row.state, row.message_id) == (False, "waiting", sent["id"])
    refused = await house.asks("agent", "POST", path, {"body": "Saya juga"})
    assert (refused.status, refused.json["detail"]) == (409, "rm holds this conversation.")


@pytest.mark.parametrize("name", ["body", "text", "message"])
async def test_the_text_may_be_called_by_any_of_three_names(small_house: House, name: str) -> None:
    said = await somebody_waits(small_house)
    path = f"/api/conversations/{said.conversation_id}/messages"
    assert (await small_house.does("rm", path, {name: "Halo"}, status=201))["body"] == "Halo"


@pytest.mark.parametrize("body", [{}, {"body": ""}, {"body": "  \n"}, {"body": "x" * 5_000}, {"body": 5}])
async def test_a_message_without_words_is_refused(small_house: House, body: dict[str, Any]) -> None:
    said = await somebody_waits(small_house)
    path = f"/api/conversations/{said.conversation_id}/messages"
    reply = await small_house.asks("rm", "POST", path, body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "body")
    assert small_house.engine.senders == []


async def test_a_release_gives_it_back_to_the_bot_and_wakes_the_worker(small_house: House) -> None:
    said = await somebody_waits(small_house)
    path = f"/api/conversations/{said.conversation_id}"
    await small_house.does("rm", f"{path}/claim")
    released = await small_house.does("rm", f"{path}/release")
    assert (released["status"], released["assigned_to"]) == ("bot", None)
    assert small_house.engine.workers == [said.conversation_id]
    assert (await small_house.asks("rm", "POST", f"{path}/release")).status == 409
    row = await small_house.database.read(
        lambda conn: conn.execute(select(Conversation.misses, Conversation.awaiting)).one()
    )
    assert tuple(row) == (0, None)


async def test_closing_asks_a_served_customer_how_it_was(small_house: House) -> None:
    said = await somebody_waits(small_house)
    path = f"/api/conversations/{said.conversation_id}"
    await small_house.does("rm", f"{path}/claim")
    assert (await small_house.does("rm", f"{path}/close"))["status"] == "closed"
    row = await small_house.database.read(
        lambda conn: conn.execute(select(Message).where(Message.direction == "out")).one()
    )
    assert (row.author, row.body, row.prompt_version) == (
        "system",
        "Nilai 1-5? (id)",
        "reply:ask_rating:id@1",
    )
    assert small_house.engine.senders == [said.conversation_id]
    asked = await small_house.database.read(lambda conn: conn.scalar(select(Conversation.rating_asked_at)))
    assert asked == small_house.clock.now
    assert (await small_house.asks("rm", "POST", f"{path}/close")).status == 409


async def test_closing_what_no_human_served_asks_nothing(small_house: House) -> None:
    said = await somebody_chats(small_house)
    await small_house.does("agent", f"/api/conversations/{said.conversation_id}/close")
    outgoing = select(Message.id).where(Message.direction == "out")
    assert await small_house.database.read(lambda conn: conn.execute(outgoing).all()) == []


async def test_paid_ends_the_journey_wins_the_lead_and_counts_once(house: House) -> None:
    said = await somebody_waits(house)
    lead = await house.does("rm", "/api/marketing/leads", {"phone": BUDIS, "phase": "booking"}, status=201)
    path = f"/api/conversations/{said.conversation_id}"
    assert (await house.does("rm", f"{path}/paid"))["phase"] == "paid"
    won = await house.gets("rm", f"/api/marketing/leads/{lead['id']}")
    assert (won["status"], won["phase"]) == ("WON", "paid")
    steps = (await house.gets("rm", path))["transitions"]
    assert [(step["from"], step["to"]) for step in steps] == [(None, "booking"), ("booking", "paid")]
    assert (await house.asks("rm", "POST", f"{path}/paid")).status == 409
    assert (await house.asks("rm", "POST", f"/api/marketing/leads/{lead['id']}/undo")).status == 409


async def test_a_lead_won_before_its_money_was_seen_is_paid_afterwards(house: House) -> None:
    said = await somebody_waits(house)
    lead = await house.does("rm", "/api/marketing/leads", {"phone": BUDIS, "phase": "booking"}, status=201)
    path = f"/api/marketing/leads/{lead['id']}"
    await house.asks("rm", "PATCH", path, {"status": "WON"})
    assert (await house.gets("rm", path))["phase"] == "booking"
    rm = Browser(house)
    await rm.logs_in("rm")
    card = await (await rm.asks("GET", f"/panel/leads/{lead['id']}")).text()
    assert f"/panel/leads/{lead['id']}/paid" in card
    await house.does("rm", f"/api/conversations/{said.conversation_id}/paid")
    assert (await house.gets("rm", path))["phase"] == "paid"


async def test_nothing_was_asked_about_so_nothing_can_be_paid(small_house: House) -> None:
    said = await somebody_chats(small_house)
    reply = await small_house.asks("agent", "POST", f"/api/conversations/{said.conversation_id}/paid")
    assert reply.status == 409


async def test_seed_003s_handover_body_lets_it_wait_for_a_colleague(house: House) -> None:
    await house.hires(("sales_admin_1", Role.RM))
    said = await somebody_chats(house)
    body = {
        "conversation_id": said.conversation_id,
        "assigned_to": "sales_admin_1",
        "handover_notes": "Customer ready to pay DP, needs bank details",
    }
    standing = await house.does("agent", "/api/conversations/handover", body)
    assert (standing["status"], standing["assigned_to"], standing["handover_reason"]) == (
        "waiting",
        "sales_admin_1",
        "staff",
    )
    assert standing["ai_notes"] == "Customer ready to pay DP, needs bank details"
    assert (await house.gets("sales_admin_1", "/api/conversations"))["total"] == 1
    assert (await house.gets("rm", "/api/conversations"))["total"] == 0


async def test_a_handover_of_nothing_or_to_nobody_is_refused(small_house: House) -> None:
    said = await somebody_chats(small_house)

    async def status(conversation_id: str, to: str) -> tuple[int, list[str]]:
        body = {"conversation_id": conversation_id, "assigned_to": to}
        reply = await small_house.asks("agent", "POST", "/api/conversations/handover", body)
        return reply.status, [error["field"] for error in reply.json.get("errors", [])]

    assert await status("conv_123", "rm") == (404, [])
    assert await status(said.conversation_id, "nobody") == (422, ["assigned_to"])
    assert await status(said.conversation_id, "director") == (422, ["assigned_to"])


async def test_conversations_are_filtered_and_paged(house: House) -> None:
    for number in range(5):
        await somebody_chats(house, f"62877777777{number}")
    await somebody_waits(house)
    assert (await house.gets("agent", "/api/conversations?status=waiting&phase=booking"))["total"] == 1
    assert (await house.gets("agent", "/api/conversations?phone=0812-3456-7890"))["total"] == 1
    seen, path = [], "/api/conversations?status=bot&limit=2"
    while path:
        part = await house.gets("agent", path)
        seen += [item["id"] for item in part["items"]]
        path = part["next"]
    assert (len(seen), len(set(seen)), part["total"]) == (5, 5, 5)


@pytest.mark.parametrize("query", ["phone=abc", "status=sleeping", "phase=married"])
async def test_a_filter_that_means_nothing_is_named(small_house: House, query: str) -> None:
    reply = await small_house.asks("agent", "GET", f"/api/conversations?{query}")
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, query.split("=")[0])


async def test_looking_and_acting_are_written_into_the_audit_without_personal_data(house: House) -> None:
    said = await somebody_waits(house)
    path = f"/api/conversations/{said.conversation_id}"
    await house.gets("admin", path)
    await house.gets("admin", f"/api/conversations?phone={BUDIS}")
    await house.does("rm", f"{path}/claim")
    await house.does("rm", f"{path}/messages", {"body": "Transfer ke 1234567890"}, status=201)
    reply = await house.asks("compliance", "GET", "/api/audit")
    events = [(entry["event"], entry["user"]) for entry in reply.json["items"]]
    assert events[:4] == [
        ("SEND_MESSAGE", "rm"),
        ("CLAIM_CONVERSATION", "rm"),
        ("SEARCH_CUSTOMER", "admin"),
        ("VIEW_CONVERSATION", "admin"),
    ]
    assert BUDIS not in reply.text
    assert "1234567890" not in reply.text
    assert "Budi" not in reply.text


async def test_a_complaint_in_the_queue_is_everybodys_to_take(small_house: House) -> None:
    def build(conn: Connection) -> Said:
        said = writes(conn, BUDIS, "kecewa")
        waits(conn, said, HandoverReason.COMPLAINT)
        return said

    said = await small_house.database.write(build)
    standing = await small_house.does("agent", f"/api/conversations/{said.conversation_id}/claim")
    assert (standing["status"], standing["handover_reason"], standing["assigned_to"]) == (
        "human",
        "complaint",
        "agent",
    )
