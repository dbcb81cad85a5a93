"""Nobody changes what the audit says without being found out."""

import re
from functools import partial

import pytest
from sqlalchemy import Executable, delete, insert, select, text, update

from flows.roles import Actor
from storage.database import Connection, Database
from storage.tables import AuditEvent, AuditSeal
from storage.trail.audit import Event, note
from storage.trail.audit_chain import BEGINNING, Broken, Whole, head, seal, sealed_entries, verify_chain
from tests.people import NOW

SARI = Actor(name="sari")


def three_things_happen(conn: Connection) -> None:
    note(conn, Event.LOG_IN, SARI, NOW)
    note(conn, Event.CHANGE_CONSENT, SARI, NOW, subject="cust_1", before="UNKNOWN", after="GRANTED")
    note(conn, Event.CHANGE_TRIGGERS, SARI, NOW, min_confidence=0.45, words=["komplain", "kecewa"])


@pytest.fixture
async def sealed(database: Database) -> Database:
    """Three events, sealed."""
    await database.write(three_things_happen)
    assert await database.write(seal) == 3
    return database


def run(conn: Connection, statement: Executable) -> None:
    conn.execute(statement)


async def verified(database: Database, noted: str | None = None) -> Whole | Broken:
    return await database.read(partial(verify_chain, noted=noted))


async def test_an_empty_audit_is_whole(database: Database) -> None:
    assert await verified(database) == Whole(sealed=0, unsealed=0, head=BEGINNING)


async def test_what_nobody_touched_is_whole(sealed: Database) -> None:
    result = await verified(sealed)
    assert isinstance(result, Whole)
    assert (result.sealed, result.unsealed) == (3, 0)
    assert re.fullmatch(r"[0-9a-f]{64}", result.head)


async def test_sealing_twice_seals_nothing_twice(sealed: Database) -> None:
    assert await sealed.write(seal) == 0


async def test_events_since_the_last_sealing_are_counted(sealed: Database) -> None:
    await sealed.write(lambda conn: note(conn, Event.LOG_IN, SARI, NOW))
    result = await verified(sealed)
    assert isinstance(result, Whole)
    assert result.unsealed == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("actor", "rudi", id="somebody else did it"),
        pytest.param("event", "VIEW_PROFILE", id="it was something else"),
        pytest.param("facts", {"before": "UNKNOWN", "after": "WITHDRAWN"}, id="other facts"),
        pytest.param("subject", None, id="about nobody"),
    ],
)
async def test_the_first_changed_event_is_named(sealed: Database, column: str, value: object) -> None:
    changed = update(AuditEvent).where(AuditEvent.id == 2).values(**{column: value})
    await sealed.write(lambda conn: conn.execute(changed))
    result = await verified(sealed)
    assert isinstance(result, Broken)
    assert result.event_id == 2


async def test_an_event_that_is_gone_is_named(sealed: Database) -> None:
    def vanish(conn: Connection) -> None:
        conn.execute(delete(AuditSeal).where(AuditSeal.event_id == 2))
        conn.execute(delete(AuditEvent).where(AuditEvent.id == 2))

    await sealed.write(vanish)
    result = await verified(sealed)
    assert isinstance(result, Broken)
    assert result.event_id == 3, "the one after it no longer fits"


async def test_a_cut_off_end_is_found_by_a_head_noted_before(sealed: Database) -> None:
    noted = await sealed.read(head)

    def cut_off(conn: Connection) -> None:
        conn.execute(delete(AuditSeal).where(AuditSeal.event_id == 3))
        conn.execute(delete(AuditEvent).where(AuditEvent.id == 3))

    await sealed.write(cut_off)
    assert isinstance(await verified(sealed), Whole), "the chain alone cannot know"
    assert isinstance(await verified(sealed, noted), Broken)


async def test_an_earlier_head_stays_in_a_chain_that_grew(sealed: Database) -> None:
    noted = await sealed.read(head)
    await sealed.write(lambda conn: note(conn, Event.LOG_IN, SARI, NOW))
    await sealed.write(seal)
    assert isinstance(await verified(sealed, noted), Whole)


async def test_an_event_committed_late_with_a_lower_id_is_sealed_too(database: Database) -> None:
    late = insert(AuditEvent).values(id=1, event="LOG_IN", actor="sari", facts={}, at=NOW)
    early = insert(AuditEvent).values(id=2, event="LOG_IN", actor="rudi", facts={}, at=NOW)
    for statement in (early, late):
        await database.write(partial(run, statement=statement))
        await database.write(seal)
    result = await verified(database)
    assert isinstance(result, Whole)
    assert result.sealed == 2


async def test_an_export_reads_every_event_with_its_seal(sealed: Database) -> None:
    await sealed.write(lambda conn: note(conn, Event.LOG_IN, SARI, NOW))
    entries = await sealed.read(partial(sealed_entries, after_id=1))
    assert [(entry.entry.id, entry.hash is not None) for entry in entries] == [
        (2, True),
        (3, True),
        (4, False),
    ]


async def test_a_chain_longer_than_one_reading_is_verified_to_its_end(sealed: Database) -> None:
    result = await sealed.read(partial(verify_chain, at_once=2))
    assert isinstance(result, Whole)
    assert result.sealed == 3
    await sealed.write(lambda conn: conn.execute(text("UPDATE audit_events SET actor = 'x' WHERE id = 3")))
    assert isinstance(await sealed.read(partial(verify_chain, at_once=2)), Broken)


async def test_the_first_of_two_events_that_changed_places_is_named(sealed: Database) -> None:
    def swap(conn: Connection) -> None:
        first, second = (
            conn.execute(select(AuditEvent.event, AuditEvent.facts).where(AuditEvent.id == number)).one()
            for number in (1, 2)
        )
        for number, row in ((1, second), (2, first)):
            changed = update(AuditEvent).where(AuditEvent.id == number)
            conn.execute(changed.values(event=row.event, facts=row.facts))

    await sealed.write(swap)
    result = await verified(sealed)
    assert isinstance(result, Broken)
    assert result.event_id == 1


async def test_an_event_slipped_in_with_a_seal_of_its_own_is_named(sealed: Database) -> None:
    def slip_in(conn: Connection) -> None:
        conn.execute(insert(AuditEvent).values(id=99, event="LOG_IN", actor="rudi", facts={}, at=NOW))
        conn.execute(update(AuditSeal).where(AuditSeal.position == 3).values(position=4))
        conn.execute(insert(AuditSeal).values(position=3, event_id=99, hash="f" * 64))

    await sealed.write(slip_in)
    result = await verified(sealed)
    assert isinstance(result, Broken)
    assert result.event_id == 99


async def test_a_late_event_is_told_of_before_and_after_its_sealing(sealed: Database) -> None:
    forged = insert(AuditEvent).values(id=0, event="LOG_IN", actor="rudi", facts={}, at=NOW)
    await sealed.write(lambda conn: conn.execute(forged))
    for _ in range(2):
        result = await verified(sealed)
        assert isinstance(result, Whole)
        assert result.late == (0,)
        await sealed.write(seal)
