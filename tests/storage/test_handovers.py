"""Conversations change hands: exactly one claims, the bot gets them back clean, a paid journey wins its lead."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, select, update

from flows.domain import HandoverReason, LeadStatus, Phase, Role, Status
from flows.lead import LeadSignal
from flows.refusal import Kind, Refused
from flows.roles import Actor
from storage.database import Database
from storage.desk.handovers import claim, close, mark_paid, pass_on, release
from storage.desk.staff_messages import queue_text
from storage.pages import Page
from storage.people.customers import owner_of
from storage.sales.leads import find_lead, merge_lead
from storage.tables import Customer, Handover, OutboxRow
from storage.talks.conversation_list import ConversationQuestion, conversation_page
from storage.talks.conversations import ConversationFacts, find_conversation, read_conversation
from tests.people import NOW, Said, hire, travels, waits, writes


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    database: Database
    ani: Actor
    budi: Actor
    cici: Actor
    sari: Actor
    said: Said

    async def does(
        self, deed: Callable[[Connection, Actor, str], ConversationFacts], who: Actor
    ) -> ConversationFacts:
        return await self.database.write(lambda conn: deed(conn, who, self.said.conversation_id))


@pytest.fixture
async def house(database: Database) -> House:
    def build(conn: Connection) -> House:
        said = writes(conn, "6281234567890", "DP berapa?")
        travels(conn, said, Phase.BOOKING, package="UMR_MAR_2027_HEMAT")
        waits(conn, said)
        return House(
            database=database,
            ani=hire(conn, "ani", Role.RM),
            budi=hire(conn, "budi", Role.RM),
            cici=hire(conn, "cici", Role.AGENT, branch="Binjai"),
            sari=hire(conn, "sari", Role.SUPERVISOR),
            said=said,
        )

    return await database.write(build)


def claims(conn: Connection, who: Actor, conversation_id: str) -> ConversationFacts:
    return claim(conn, who, conversation_id, NOW)


async def test_of_two_who_claim_at_once_one_wins_and_the_other_hears_who(house: House) -> None:
    results = await asyncio.gather(
        house.does(claims, house.ani), house.does(claims, house.cici), return_exceptions=True
    )
    won = [result for result in results if isinstance(result, ConversationFacts)]
    lost = [result for result in results if isinstance(result, Refused)]
    assert (len(won), len(lost)) == (1, 1)
    assert (lost[0].refusal.kind, won[0].status) == (Kind.CONFLICT, Status.HUMAN)
    assert lost[0].refusal.sentence == f"{won[0].assigned_to} holds this conversation."


async def test_a_claimed_customer_joins_the_rms_portfolio_with_the_open_lead(house: House) -> None:
    signal = LeadSignal(customer_id=house.said.customer_id, phase=Phase.BOOKING)
    lead = await house.database.write(lambda conn: merge_lead(conn, signal, NOW))
    await house.does(claims, house.ani)
    card = await house.database.read(lambda conn: find_lead(conn, house.sari, lead.lead_id))
    assert card.owner == "ani"
    owner = await house.database.read(lambda conn: owner_of(conn, house.said.customer_id))
    assert owner == house.ani.user_id
    with pytest.raises(Refused) as refused:
        await house.does(claims, house.budi)
    assert refused.value.refusal.kind is Kind.MISSING  # No longer in the queue, so not there for Budi.


async def test_claiming_twice_is_claiming_once(house: House) -> None:
    first = await house.does(claims, house.ani)
    assert await house.does(claims, house.ani) == first


async def test_a_release_gives_the_bot_a_clean_slate(house: House) -> None:
    await house.does(claims, house.ani)
    after = await house.does(lambda conn, who, cid: release(conn, who, cid, NOW), house.ani)
    assert (after.status, after.assigned_to, after.handover_reason) == (Status.BOT, None, None)
    rows = await house.database.read(
        lambda conn: conn.execute(select(Handover.outcome, Handover.ended_at)).all()
    )
    assert [tuple(row) for row in rows] == [("released", NOW)]


async def test_closing_what_a_human_held_asks_for_a_rating(house: House) -> None:
    await house.does(claims, house.ani)
    after, asks = await house.database.write(
        lambda conn: close(conn, house.ani, house.said.conversation_id, NOW)
    )
    assert (after.status, asks, after.rating_asked_at) == (Status.CLOSED, True, NOW)
    with pytest.raises(Refused):
        await house.database.write(lambda conn: close(conn, house.ani, house.said.conversation_id, NOW))


async def test_closing_what_only_the_bot_held_asks_nothing(house: House) -> None:
    after, asks = await house.database.write(
        lambda conn: close(conn, house.sari, house.said.conversation_id, NOW)
    )
    assert (after.status, asks) == (Status.CLOSED, False)


async def test_paid_ends_the_journey_and_wins_the_lead(house: House) -> None:
    signal = LeadSignal(customer_id=house.said.customer_id, phase=Phase.BOOKING)
    lead = await house.database.write(lambda conn: merge_lead(conn, signal, NOW))
    after = await house.does(lambda conn, who, cid: mark_paid(conn, who, cid, NOW), house.ani)
    assert after.phase is Phase.PAID
    card = await house.database.read(lambda conn: find_lead(conn, house.sari, lead.lead_id))
    assert card.status is LeadStatus.WON
    read = await house.database.read(
        lambda conn: read_conversation(conn, house.sari, house.said.conversation_id)
    )
    assert [(step.from_phase, step.to_phase, step.trigger) for step in read.steps] == [
        (None, Phase.BOOKING, "campaign_code"),
        (Phase.BOOKING, Phase.PAID, "staff_paid"),
    ]
    with pytest.raises(Refused, match="paid already"):
        await house.does(lambda conn, who, cid: mark_paid(conn, who, cid, NOW), house.ani)


async def test_an_rm_who_marks_paid_what_nobody_claimed_has_won_it(house: House) -> None:
    signal = LeadSignal(customer_id=house.said.customer_id, phase=Phase.BOOKING)
    lead = await house.database.write(lambda conn: merge_lead(conn, signal, NOW))
    await house.does(lambda conn, who, cid: mark_paid(conn, who, cid, NOW), house.ani)
    card = await house.database.read(lambda conn: find_lead(conn, house.sari, lead.lead_id))
    owner = await house.database.read(lambda conn: owner_of(conn, house.said.customer_id))
    assert (card.owner, owner) == ("ani", house.ani.user_id)


async def test_passing_on_puts_it_into_a_colleagues_queue_only(house: House) -> None:
    after = await house.does(
        lambda conn, who, cid: pass_on(conn, who, cid, "budi", "Siap DP", NOW), house.ani
    )
    assert (after.status, after.assigned_to, after.handover_reason) == (
        Status.WAITING,
        "budi",
        HandoverReason.PAYMENT_INTENT,
    )

    async def total(who: Actor) -> int:
        part = await house.database.read(
            lambda conn: conversation_page(conn, who, ConversationQuestion(), Page())
        )
        return part.total

    assert (await total(house.budi), await total(house.ani)) == (1, 0)


@pytest.mark.parametrize("receiver", ["nobody", "dewi"])
async def test_passing_on_to_somebody_who_cannot_serve_is_refused(house: House, receiver: str) -> None:
    await house.database.write(lambda conn: hire(conn, "dewi", Role.DIRECTOR))
    with pytest.raises(Refused) as refused:
        await house.does(lambda conn, who, cid: pass_on(conn, who, cid, receiver, None, NOW), house.ani)
    assert (refused.value.refusal.kind, refused.value.refusal.field) == (Kind.INVALID, "assigned_to")


async def test_passing_on_to_another_branch_is_refused_where_they_would_not_see_it(house: House) -> None:
    async def pass_to_cici() -> ConversationFacts:
        return await house.does(lambda conn, who, cid: pass_on(conn, who, cid, "cici", None, NOW), house.ani)

    def belongs_to_medan(conn: Connection) -> None:
        medan = hire(conn, "eka", Role.AGENT, branch="Medan").branch_id
        conn.execute(update(Customer).where(Customer.id == house.said.customer_id).values(branch_id=medan))

    await house.database.write(belongs_to_medan)
    with pytest.raises(Refused) as refused:
        await pass_to_cici()
    assert str(refused.value) == "cici does not see customers of this branch."
    await house.database.write(
        lambda conn: conn.execute(update(Customer).values(branch_id=house.cici.branch_id))
    )
    assert (await pass_to_cici()).assigned_to == "cici"


async def test_a_staff_message_is_read_back_and_queued_past_the_gate(house: House) -> None:
    await house.database.write(
        lambda conn: queue_text(conn, house.said.conversation_id, "Halo, saya Ani", NOW, author="ani")
    )
    read = await house.database.read(
        lambda conn: read_conversation(conn, house.ani, house.said.conversation_id)
    )
    assert [(message.direction, message.author, message.body) for message in read.messages] == [
        ("in", "customer", "DP berapa?"),
        ("out", "ani", "Halo, saya Ani"),
    ]
    row = await house.database.read(lambda conn: conn.execute(select(OutboxRow)).one())
    assert (row.by_bot, row.call, row.payload, row.chat_id) == (
        False,
        "sendText",
        {"text": "Halo, saya Ani"},
        "6281234567890@c.us",
    )


@pytest.mark.parametrize(
    ("question", "is_found"),
    [
        pytest.param(ConversationQuestion(phone="6281234567890"), True, id="phone"),
        pytest.param(ConversationQuestion(phone="6281234567891"), False, id="another phone"),
        pytest.param(ConversationQuestion(status=Status.WAITING), True, id="status"),
        pytest.param(ConversationQuestion(status=Status.BOT), False, id="another status"),
        pytest.param(ConversationQuestion(phase=Phase.BOOKING), True, id="phase"),
        pytest.param(ConversationQuestion(phase=Phase.LEADS), False, id="another phase"),
    ],
)
async def test_conversations_are_found_by_phone_status_and_phase(
    house: House, question: ConversationQuestion, is_found: bool
) -> None:
    part = await house.database.read(lambda conn: conversation_page(conn, house.sari, question, Page()))
    assert (part.total == 1) is is_found


async def test_a_directors_scope_is_empty(house: House) -> None:
    dewi = await house.database.write(lambda conn: hire(conn, "dewi", Role.DIRECTOR))
    with pytest.raises(Refused):
        await house.database.read(lambda conn: find_conversation(conn, dewi, house.said.conversation_id))
