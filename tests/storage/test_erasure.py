"""A person can be forgotten: no name, number or word of theirs is left anywhere, and the audit still verifies."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, inspect, select, text

from flows.domain import Role
from flows.privacy import RequestKind, RequestState, Step
from flows.refusal import Refused
from flows.roles import Actor
from storage.database import Database
from storage.desk.handovers import mark_paid
from storage.desk.later_messages import prepare
from storage.desk.notes import write_note
from storage.desk.staff_messages import say_as_staff
from storage.pages import Page
from storage.people.customers import find_customer
from storage.people.person import person_ids
from storage.privacy.erasure import erase
from storage.privacy.export_person import everything
from storage.privacy.privacy_requests import request_by_id, take_step
from storage.privacy.reveals import reveal
from storage.sales.lead_board import follow_ups
from storage.sales.leads import NewNote, NoteKind, add_lead_note
from storage.tables import Alert, Lead, Message, Turn
from storage.talks.conversations import ERASED_CUSTOMER
from storage.trail.audit_chain import Whole, seal, verify_chain
from storage.way.simulator import on_the_way
from tests.people import NOW, hire, member, writes
from tests.planted import PHONE, PROFILE, Planted, found_in, plant

REASON = "Zulkarnain Wibisana meminta kucingbelangtiga"


def settle(conn: Connection) -> Planted:
    for role in Role:
        hire(conn, role.value.lower(), role)
    planted = plant(conn)
    compliance = member(conn, "compliance").actor
    reveal(conn, compliance, planted.customer_id, REASON, NOW)
    take_step(conn, compliance, RequestKind.ERASE, planted.customer_id, REASON, NOW)
    return planted


@pytest.fixture
async def planted(database: Database) -> Planted:
    return await database.write(settle)


def leaks(conn: Connection) -> dict[str, list[str]]:
    """What of the person stands in which table, search indexes and everything else that is a table included."""
    found = {}
    for table in inspect(conn).get_table_names():
        rows = conn.execute(text(f'SELECT * FROM "{table}"')).all()
        texts = (
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for row in rows
            for value in row
        )
        if leaked := found_in("\n".join(texts)):
            found[table] = leaked
    return found


async def forget(database: Database, planted: Planted) -> None:
    def both_agree(conn: Connection) -> None:
        admin = member(conn, "admin").actor
        turnout = take_step(conn, admin, RequestKind.ERASE, planted.customer_id, None, NOW)
        assert turnout.step is Step.PERFORM
        erase(conn, admin, planted.customer_id, turnout.request.id, NOW)

    await database.write(both_agree)
    await database.leave_no_trace()


async def test_the_person_is_planted_in_every_corner(database: Database, planted: Planted) -> None:
    leaking = set(await database.read(leaks))
    assert {
        *("customers", "identities", "consent_changes", "conversations", "messages", "turns", "handovers"),
        *("inbox", "outbox", "alerts", "leads", "lead_notes", "cases", "media_files", "event_counts"),
        *("reveals", "privacy_requests", "notes", "case_events", "travellers", "later_messages"),
    } <= leaking
    assert leaking & {"audit_events", "audit_seals"} == set(), "the audit never held personal data"


async def test_nothing_of_an_erased_person_is_left_in_any_table(database: Database, planted: Planted) -> None:
    await forget(database, planted)
    assert await database.read(leaks) == {}


async def test_nothing_of_an_erased_person_is_left_in_the_file(tmp_path: Path) -> None:
    from storage.schema import migrate

    database = Database(f"sqlite:///{tmp_path / 'sapa.db'}")
    await database.start()
    await database.write(migrate)
    planted = await database.write(settle)

    def on_disk() -> list[str]:
        return found_in("".join(file.read_bytes().decode("latin-1") for file in tmp_path.glob("sapa.db*")))

    assert on_disk() != []
    await forget(database, planted)
    assert on_disk() == []
    await database.close()


async def test_an_erasure_keeps_what_numbers_are_counted_from(database: Database, planted: Planted) -> None:
    def counts(conn: Connection) -> list[object]:
        return [
            conn.scalar(select(func.count()).select_from(Message)),
            conn.scalar(select(func.count()).select_from(Turn)),
            conn.execute(select(Turn.intent, Turn.confidence, Turn.status_after)).all(),
        ]

    before = await database.read(counts)
    await forget(database, planted)
    assert await database.read(counts) == before


async def test_nobody_is_reminded_of_what_was_to_be_done_about_an_erased_person(
    database: Database, planted: Planted
) -> None:
    def plan(conn: Connection) -> None:
        lead_id = conn.execute(select(Lead.id)).scalars().one()
        task = NewNote(kind=NoteKind.TASK, note="Telepon", due_at=NOW)
        add_lead_note(conn, member(conn, "supervisor").actor, lead_id, task, NOW)

    def left(conn: Connection) -> tuple[int, int]:
        tasks = follow_ups(conn, member(conn, "supervisor").actor, Page()).total
        waiting = Alert.kind == "task_due", Alert.state == "waiting"
        return tasks, conn.scalar(select(func.count()).select_from(Alert).where(*waiting)) or 0

    await database.write(plan)
    assert await database.read(left) == (1, 1)
    await forget(database, planted)
    assert await database.read(left) == (0, 0)


async def test_the_audit_still_verifies_after_an_erasure(database: Database, planted: Planted) -> None:
    await database.write(seal)
    before = await database.read(verify_chain)
    assert isinstance(before, Whole)
    await forget(database, planted)
    await database.write(seal)
    after = await database.read(lambda conn: verify_chain(conn, before.head))
    assert isinstance(after, Whole)
    assert after.sealed > before.sealed


async def test_whoever_writes_from_an_erased_number_is_somebody_new(
    database: Database, planted: Planted
) -> None:
    await forget(database, planted)
    again = await database.write(lambda conn: writes(conn, PHONE, "halo"))
    assert again.customer_id != planted.customer_id
    assert again.conversation_id != planted.conversation_id


async def test_an_erased_person_is_not_there(database: Database, planted: Planted) -> None:
    await forget(database, planted)

    def look(conn: Connection) -> str:
        try:
            return find_customer(conn, member(conn, "compliance").actor, planted.customer_id).id
        except Exception as refused:
            return str(refused)

    assert await database.read(look) == "There is no such customer."


async def test_nothing_new_is_kept_of_an_erased_person(database: Database, planted: Planted) -> None:
    await forget(database, planted)

    def tries(conn: Connection) -> list[str]:
        agent = member(conn, "agent").actor
        said = []
        for deed in (
            lambda: say_as_staff(conn, agent, planted.conversation_id, "Halo Bu?", NOW),
            lambda: write_note(conn, agent, planted.conversation_id, "Ibu ini suka dihubungi sore", NOW),
            lambda: prepare(conn, agent, planted.conversation_id, "Halo?", NOW + timedelta(days=1), NOW),
            lambda: mark_paid(conn, agent, planted.conversation_id, NOW),
        ):
            with pytest.raises(Refused) as refused:
                deed()
            said.append(str(refused.value))
        return said

    assert set(await database.write(tries)) == {ERASED_CUSTOMER}


async def test_an_export_holds_everything(database: Database, planted: Planted) -> None:
    def exported(conn: Connection) -> dict[str, str]:
        person = person_ids(conn, planted.customer_id)
        parts: dict[str, str] = {}
        for section in everything(conn, person):
            parts[section.table] = parts.get(section.table, "") + str(section.rows)
        return parts

    sections = await database.read(exported)
    leaking = await database.read(leaks)
    # A raw event of an unknown kind belongs to nobody in particular; files are in the export as base64.
    assert set(leaking) - set(sections) == {"event_counts"}
    assert all(value in sections["customers"] for value in (*PROFILE.values(), PHONE))
    assert "WlVMS0FSTkFJTi" not in sections["media_files"]
    assert sections["media_files"].count("'content': '") == 2


async def test_a_request_lapses_after_a_week_and_is_asked_anew(database: Database, planted: Planted) -> None:
    from datetime import timedelta

    later = NOW + timedelta(days=8)

    def ask(conn: Connection) -> tuple[Step, RequestState]:
        admin: Actor = member(conn, "admin").actor
        first = conn.scalar(text("SELECT id FROM privacy_requests"))
        turnout = take_step(conn, admin, RequestKind.ERASE, planted.customer_id, None, later)
        return turnout.step, request_by_id(conn, str(first)).state

    assert await database.write(ask) == (Step.ASK, RequestState.EXPIRED)


async def test_files_on_their_way_go_too(database: Database, planted: Planted) -> None:
    def lying(conn: Connection) -> list[str]:
        ids = conn.scalars(text("SELECT id FROM media_files")).all()
        return [media_id for media_id in ids if on_the_way(conn, media_id)]

    assert len(await database.read(lying)) == 1
    await forget(database, planted)
    assert await database.read(lying) == []
