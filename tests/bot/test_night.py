"""Once a night what is old goes, the audit is proven and its head is noted outside: a cut-off end is found out by the file alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from bot.routine.night import Night, last_line
from flows.domain import Role
from flows.retention import KEEP_ALL, Kept
from storage.database import Connection, Database
from storage.moments.alerts import alert_page
from storage.pages import Page
from storage.privacy.retention import save_retention
from storage.tables import AuditEvent, AuditSeal, Message
from storage.trail.audit import Event, note
from storage.trail.audit_chain import Whole, verify_chain
from storage.trail.audit_check import last_check
from tests.people import NOW, hire, writes

JAKARTA = ZoneInfo("Asia/Jakarta")
EVENING = datetime(2027, 1, 4, 15, tzinfo=UTC)  # 22.00 in Jakarta.


class Clock:
    def __init__(self) -> None:
        self.now = EVENING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def night(database: Database, clock: Clock, tmp_path: Path) -> Night:
    return Night(database, clock, JAKARTA, tmp_path / "heads.jsonl")


def three_deeds(conn: Connection) -> None:
    agent = hire(conn, "agent", Role.AGENT)
    for number in range(3):
        note(conn, Event.VIEW_PROFILE, agent, NOW, subject=f"cust_{number}")


async def test_the_nights_work_is_done_once_each_night(night: Night, clock: Clock) -> None:
    assert not await night.work_if_due()
    clock.now = EVENING + timedelta(hours=4)
    assert await night.work_if_due()
    assert not await night.work_if_due()
    clock.now += timedelta(days=1)
    assert await night.work_if_due()


async def test_the_head_is_noted_outside_and_told(database: Database, night: Night, tmp_path: Path) -> None:
    await database.write(three_deeds)
    check = await night.work()
    assert check.is_whole
    line = last_line(tmp_path / "heads.jsonl")
    assert line is not None
    assert (line["head"], line["event_id"]) == (check.head, check.event_id)
    assert await database.read(last_check) == check
    alerts = await database.read(lambda conn: alert_page(conn, Page()))
    assert [alert.kind for alert in alerts.items] == ["audit_head"]


async def test_a_cut_off_end_is_found_out_by_the_noted_head(
    database: Database, night: Night, clock: Clock, tmp_path: Path
) -> None:
    await database.write(three_deeds)
    await night.work()
    noted = (tmp_path / "heads.jsonl").read_text()

    def cut_off(conn: Connection) -> None:
        last = conn.scalar(select(AuditSeal.event_id).order_by(AuditSeal.position.desc()).limit(1))
        conn.execute(delete(AuditSeal).where(AuditSeal.event_id == last))
        conn.execute(delete(AuditEvent).where(AuditEvent.id >= last))

    await database.write(cut_off)
    clock.now += timedelta(days=1)
    check = await night.work()
    assert (check.is_whole, check.why) == (
        False,
        "the noted head is not in the chain: its end was cut off or sealed anew",
    )
    assert (tmp_path / "heads.jsonl").read_text() == noted, "a broken chain's head is never noted"
    assert json.loads(noted)["event_id"] is not None


async def test_what_is_too_old_goes_and_what_numbers_need_stays(
    database: Database, night: Night, clock: Clock
) -> None:
    def build(conn: Connection) -> None:
        admin = hire(conn, "admin", Role.ADMIN)
        writes(conn, "6281200000001", "pesan lama", at=EVENING - timedelta(days=40))
        writes(conn, "6281200000001", "pesan baru", at=EVENING - timedelta(days=3))
        save_retention(conn, {**KEEP_ALL, Kept.MESSAGES: 30, Kept.QUEUES: 30}, admin, EVENING)

    await database.write(build)
    await night.work()
    bodies = await database.read(lambda conn: conn.scalars(select(Message.body).order_by(Message.id)).all())
    assert bodies == [None, "pesan baru"]


async def test_the_audit_lets_go_of_its_oldest_events_and_still_verifies(
    database: Database, night: Night, clock: Clock
) -> None:
    await database.write(three_deeds)
    await night.work()

    def age(conn: Connection) -> None:
        admin = hire(conn, "admin", Role.ADMIN)
        save_retention(conn, {**KEEP_ALL, Kept.AUDIT: 365}, admin, EVENING)

    await database.write(age)
    clock.now = EVENING + timedelta(days=366)
    await night.work()
    left = await database.read(lambda conn: conn.scalars(select(AuditEvent.event)).all())
    assert "VIEW_PROFILE" not in left
    assert isinstance(await database.read(verify_chain), Whole)
    forged = update(AuditEvent).where(AuditEvent.event == "APPLY_RETENTION").values(actor="rudi")
    await database.write(lambda conn: conn.execute(forged))
    assert not isinstance(await database.read(verify_chain), Whole)
