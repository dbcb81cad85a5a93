"""Leads: one open one a customer, even when two signals come at once; the board within each one's scope."""

import asyncio
from dataclasses import dataclass

import pytest

from flows.domain import LeadStatus, Phase, Role
from flows.lead import LeadSignal
from flows.refusal import Kind, Refused
from flows.roles import Actor
from storage.database import Database
from storage.pages import Page
from storage.people.customers import customer_with_phone
from storage.sales.leads import (
    LeadQuestion,
    MergedLead,
    NewNote,
    NoteKind,
    add_lead_note,
    find_lead,
    lead_notes,
    lead_page,
    merge_lead,
    move_lead,
    win_open_lead,
)
from tests.people import NOW, hire


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    database: Database
    ani: Actor
    budi: Actor
    sari: Actor
    customer_id: str

    async def signals(self, **values: object) -> MergedLead:
        signal = LeadSignal(**{"customer_id": self.customer_id, "phase": Phase.BOOKING, **values})  # type: ignore[arg-type]  # a test's shorthand
        return await self.database.write(lambda conn: merge_lead(conn, signal, NOW))


@pytest.fixture
async def house(database: Database) -> House:
    return House(
        database=database,
        ani=await database.write(lambda conn: hire(conn, "ani", Role.RM)),
        budi=await database.write(lambda conn: hire(conn, "budi", Role.RM)),
        sari=await database.write(lambda conn: hire(conn, "sari", Role.SUPERVISOR)),
        customer_id=await database.write(lambda conn: customer_with_phone(conn, "6281234567890", NOW)),
    )


async def test_a_second_signal_is_merged_into_the_open_lead(house: House) -> None:
    first = await house.signals(summary="Tanya DP", phase=Phase.INTEREST)
    second = await house.signals(summary="Tanya rekening", interested_package="UMR_MAR_2027_HEMAT")
    assert (first.is_new, second.is_new, second.lead_id) == (True, False, first.lead_id)
    card = await house.database.read(lambda conn: find_lead(conn, house.sari, first.lead_id))
    assert card.conversation_summary == "Tanya DP\nTanya rekening"
    assert (card.phase, card.interested_package, card.phone) == (
        Phase.BOOKING,
        "UMR_MAR_2027_HEMAT",
        "6281234567890",
    )


async def test_signals_at_the_same_moment_make_one_lead(house: House) -> None:
    made = await asyncio.gather(*(house.signals(summary=str(n)) for n in range(8)))
    assert sum(lead.is_new for lead in made) == 1
    assert len({lead.lead_id for lead in made}) == 1


async def test_after_a_won_lead_a_new_interest_is_a_new_lead(house: House) -> None:
    first = await house.signals()
    assert await house.database.write(lambda conn: win_open_lead(conn, house.customer_id, house.ani, NOW))
    second = await house.signals()
    assert second.is_new
    assert second.lead_id != first.lead_id


async def test_nobody_owns_a_new_lead_so_every_rm_sees_it_until_one_takes_it(house: House) -> None:
    lead = await house.signals()

    async def seen_by(actor: Actor) -> int:
        part = await house.database.read(lambda conn: lead_page(conn, actor, LeadQuestion(), Page()))
        return part.total

    assert (await seen_by(house.ani), await seen_by(house.budi)) == (1, 1)
    card = await house.database.write(
        lambda conn: merge_lead(
            conn,
            LeadSignal(customer_id=customer_with_phone(conn, "628777", NOW), phase=Phase.LEADS),
            NOW,
            by=house.ani,
            owner_id=house.ani.user_id,
        )
    )
    assert card.lead_id != lead.lead_id
    assert (await seen_by(house.ani), await seen_by(house.budi), await seen_by(house.sari)) == (2, 1, 2)


async def test_moving_a_lead_follows_the_rule(house: House) -> None:
    lead = await house.signals()

    async def moves(to: LeadStatus, reason: str | None = None) -> None:
        await house.database.write(lambda conn: move_lead(conn, house.ani, lead.lead_id, to, reason, NOW))

    with pytest.raises(Refused) as refused:
        await moves(LeadStatus.LOST)
    assert (refused.value.refusal.kind, refused.value.refusal.field) == (Kind.INVALID, "lost_reason")
    await moves(LeadStatus.LOST, "Pilih travel lain")
    with pytest.raises(Refused) as refused:
        await moves(LeadStatus.NEW)
    assert refused.value.refusal.kind is Kind.CONFLICT


async def test_activities_and_tasks_are_kept_newest_first(house: House) -> None:
    lead = await house.signals()
    for new in (
        NewNote(kind=NoteKind.CALL, note="Ditelepon"),
        NewNote(kind=NoteKind.TASK, note="Kirim", due_at=NOW),
    ):
        await house.database.write(
            lambda conn, new=new: add_lead_note(conn, house.ani, lead.lead_id, new, NOW)  # type: ignore[misc]  # bound per note
        )
    notes = await house.database.read(lambda conn: lead_notes(conn, lead.lead_id))
    assert [(entry.kind, entry.author, entry.due_at) for entry in notes] == [
        (NoteKind.TASK, "ani", NOW),
        (NoteKind.CALL, "ani", None),
    ]


async def test_an_unknown_lead_is_missing(house: House) -> None:
    with pytest.raises(Refused) as refused:
        await house.database.read(lambda conn: find_lead(conn, house.sari, 404))
    assert refused.value.refusal.kind is Kind.MISSING
