"""Two customers become one, and two again: nothing is lost either way."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, inspect, select, text, update

from flows.domain import Phase, Role
from flows.refusal import Refused
from storage.database import Database
from storage.people.customers import customer_by_phone, find_customer, living_customer
from storage.people.duplicates import duplicates_of, merge_by_staff
from storage.people.merge_undo import merges_of, undo_merge
from storage.privacy.erasure import erase
from storage.sales.lead_entry import NewLead, enter_lead
from storage.tables import Conversation, Customer, Handover, Lead, Message
from tests.people import NOW, Said, hire, member, travels, waits, writes
from tests.planted import found_in, plant

OLD, NEW = "6281200000001", "6281200000002"
LATER = NOW + timedelta(hours=1)
# The record of the merge itself, what it wrote into the audit, and ids that count on.
NOT_COMPARED = {"customer_merges", "audit_events", "audit_seals", "alembic_version", "sqlite_sequence"}


def two_budis(conn: Connection) -> tuple[Said, Said]:
    """The same Budi twice: the first one pays attention, the second one waits for a human; both may buy."""
    for role in Role:
        hire(conn, role.value.lower(), role)
    first = writes(conn, OLD, "halo", "berapa?", name="Budi")
    second = writes(conn, NEW, "mau bayar", at=LATER, name="Budi")
    travels(conn, first, Phase.INTEREST)
    travels(conn, second, Phase.BOOKING, at=LATER)
    waits(conn, first)
    waits(conn, second)
    rm = member(conn, "rm").actor
    for said in (first, second):
        enter_lead(conn, rm, NewLead(phone=said.phone, name="Budi"), NOW)
    conn.execute(
        update(Customer).where(Customer.id == second.customer_id).values(profile={"nik": "1271012105900001"})
    )
    return first, second


@pytest.fixture
async def budis(database: Database) -> tuple[Said, Said]:
    return await database.write(two_budis)


def everything(conn: Connection) -> dict[str, list[str]]:
    """Every row of every table, as text; not when it was touched last."""
    inspected, rows = inspect(conn), {}
    for name in sorted(set(inspected.get_table_names()) - NOT_COMPARED):
        columns = [f'"{one["name"]}"' for one in inspected.get_columns(name) if one["name"] != "touched"]
        found = conn.execute(text(f'SELECT {", ".join(columns)} FROM "{name}"'))
        rows[name] = sorted(str(row) for row in found)
    return rows


async def merged(database: Database, budis: tuple[Said, Said]) -> str:
    kept, other = (said.customer_id for said in budis)
    return await database.write(
        lambda conn: merge_by_staff(conn, member(conn, "agent").actor, kept, other, LATER)
    )


async def undone(database: Database, merge_id: str) -> None:
    await database.write(lambda conn: undo_merge(conn, member(conn, "agent").actor, merge_id, LATER))


async def test_after_a_merge_everything_is_the_first_ones(
    database: Database, budis: tuple[Said, Said]
) -> None:
    first, second = budis
    await merged(database, budis)

    def look(conn: Connection) -> list[object]:
        person = find_customer(conn, member(conn, "agent").actor, first.customer_id)
        messages = select(func.count()).where(Message.conversation_id == first.conversation_id)
        return [
            person.phone,
            person.profile,
            customer_by_phone(conn, NEW),
            conn.scalar(messages),
            conn.scalar(select(func.count()).where(Handover.ended_at.is_(None))),
            conn.scalar(select(Conversation.merged_into).where(Conversation.id == second.conversation_id)),
            sorted(conn.scalars(select(Lead.status).where(Lead.customer_id == first.customer_id))),
            living_customer(conn, member(conn, "agent").actor, second.customer_id).id,
        ]

    assert await database.read(look) == [
        OLD,
        {"nik": "1271012105900001"},
        first.customer_id,
        3,
        1,
        first.conversation_id,
        ["LOST", "NEW"],
        first.customer_id,
    ]


async def test_an_undone_merge_leaves_every_row_as_it_was(
    database: Database, budis: tuple[Said, Said]
) -> None:
    before = await database.read(everything)
    merge_id = await merged(database, budis)
    assert await database.read(everything) != before
    await undone(database, merge_id)
    assert await database.read(everything) == before


async def test_what_somebody_changed_since_the_merge_stays_changed(
    database: Database, budis: tuple[Said, Said]
) -> None:
    first, second = budis
    merge_id = await merged(database, budis)
    renamed = update(Customer).where(Customer.id == first.customer_id).values(name="Budi Santoso")
    await database.write(lambda conn: conn.execute(renamed))
    await undone(database, merge_id)
    names = await database.read(
        lambda conn: [
            conn.scalar(select(Customer.name).where(Customer.id == said.customer_id)) for said in budis
        ]
    )
    assert names == ["Budi Santoso", "Budi"]
    again = await database.write(lambda conn: writes(conn, NEW, "halo lagi", at=LATER))
    assert again.conversation_id == second.conversation_id


async def test_what_arrives_after_a_merge_is_in_the_one_thread(
    database: Database, budis: tuple[Said, Said]
) -> None:
    await merged(database, budis)
    again = await database.write(lambda conn: writes(conn, NEW, "halo lagi", at=LATER))
    assert again.conversation_id == budis[0].conversation_id


async def test_a_merge_is_undone_once_and_the_newest_first(
    database: Database, budis: tuple[Said, Said]
) -> None:
    third = await database.write(lambda conn: writes(conn, "6281200000003", "hai", at=LATER))
    first_merge = await merged(database, budis)
    agent = await database.read(lambda conn: member(conn, "agent").actor)
    second_merge = await database.write(
        lambda conn: merge_by_staff(
            conn, agent, budis[0].customer_id, third.customer_id, LATER + timedelta(minutes=1)
        )
    )
    with pytest.raises(Refused, match="Undo that one first"):
        await undone(database, first_merge)
    await undone(database, second_merge)
    await undone(database, first_merge)
    with pytest.raises(Refused, match="undone already"):
        await undone(database, first_merge)
    records = await database.read(lambda conn: merges_of(conn, budis[0].customer_id))
    assert [record.undone_by for record in records] == ["agent", "agent"]


@pytest.mark.parametrize("branch_of_other", [None, "Binjai"])
async def test_a_merge_stays_within_ones_reach(
    database: Database, budis: tuple[Said, Said], branch_of_other: str | None
) -> None:
    def elsewhere(conn: Connection) -> str:
        other = hire(conn, "jauh", Role.AGENT, branch="Jauh")
        if branch_of_other:
            hire(conn, "dekat", Role.AGENT, branch=branch_of_other)
            near = member(conn, "dekat").branch_id
            conn.execute(update(Customer).where(Customer.id == budis[1].customer_id).values(branch_id=near))
        try:
            merge_by_staff(conn, other, budis[0].customer_id, budis[1].customer_id, LATER)
        except Refused as refused:
            return str(refused)
        return "merged"

    expected = "There is no such customer." if branch_of_other else "merged"
    assert await database.write(elsewhere) == expected


async def test_likely_duplicates_are_found_with_what_speaks_for_it(database: Database) -> None:
    def look(conn: Connection) -> list[tuple[str, ...]]:
        agent = hire(conn, "agent", Role.AGENT)
        ids = [writes(conn, f"62812000000{n}", "halo", name="Siti").customer_id for n in range(3)]
        for customer_id in ids[:2]:
            conn.execute(
                update(Customer)
                .where(Customer.id == customer_id)
                .values(profile={"birth_date": "1990-05-21"})
            )
        return [one.because for one in duplicates_of(conn, agent, find_customer(conn, agent, ids[0]))]

    assert await database.write(look) == [("name_birth",)]


async def test_erasing_one_person_leaves_another_alone(database: Database, budis: tuple[Said, Said]) -> None:
    planted = await database.write(plant)

    def forget_budi(conn: Connection) -> list[str]:
        erase(conn, member(conn, "admin").actor, budis[0].customer_id, "req_1", NOW)
        bodies = conn.scalars(
            select(Message.body).where(Message.conversation_id == planted.conversation_id)
        ).all()
        assert find_customer(conn, member(conn, "agent").actor, budis[1].customer_id).phone == NEW
        return found_in(" ".join(body or "" for body in bodies))

    assert "Zulkarnain Wibisana" in await database.write(forget_budi)


async def test_erasing_after_a_merge_forgets_both_rows(database: Database, budis: tuple[Said, Said]) -> None:
    await merged(database, budis)
    admin = await database.read(lambda conn: member(conn, "admin").actor)
    await database.write(lambda conn: erase(conn, admin, budis[0].customer_id, "req_1", NOW))
    rows = await database.read(everything)
    written = " ".join(line for name, lines in rows.items() for line in lines if name != "users")
    assert [word for word in ("Budi", OLD, NEW, "mau bayar") if word in written] == []
