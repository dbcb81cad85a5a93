"""A case from its opening to its end, with clocks that are set by hand, on both databases."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus, Role, WorkingFrame
from flows.recovery import RecoveryAction, RecoveryReason, RecoveryState
from flows.refusal import Refused
from flows.roles import SYSTEM, Actor
from flows.sla import DEFAULT_SLA, Clock, Promise
from storage.complaints.calendars import CalendarDraft, remove_calendar, save_calendar
from storage.complaints.case_clocks import customer_wrote, human_answered, pauses_of, spent
from storage.complaints.case_events import Happened, case_lines
from storage.complaints.case_numbers import (
    AgentDay,
    SlaWeek,
    agent_day,
    late_for,
    open_by_category,
    sla_trend,
)
from storage.complaints.case_warnings import warn
from storage.complaints.case_work import (
    CaseChange,
    assign_case,
    change_case,
    close_case,
    open_case,
    reopen_case,
    respond_finally,
)
from storage.complaints.cases import CaseFile, case_anyhow
from storage.complaints.holidays import DayOff, save_days_off
from storage.complaints.recoveries import conversation_rated, recovery_of, settle_recovery
from storage.complaints.sla import (
    SlaLine,
    all_categories,
    change_sla,
    policy_for,
    retire_category,
    save_category,
    sla_lines,
)
from storage.database import Connection, Database
from storage.desk.later_messages import prepare, send_due
from storage.desk.staff_files import NewFile, send_file
from storage.moments.alerts import alert_page
from storage.moments.due import next_due, take_due
from storage.pages import Page
from storage.tables import Branch, Customer
from tests.people import NOW, hire, writes

T = TypeVar("T")
JAKARTA = ZoneInfo("Asia/Jakarta")
DRAFT = CaseDraft(
    category="SCHEDULE", priority=CasePriority.MEDIUM, subject="Mundur", description="Kapan?"
)  # 8 / 48
KINDS = ("sla_warning",)


def hours(amount: float) -> datetime:
    return NOW + timedelta(hours=amount)


class Desk:
    """Sari (AGENT) and Boss (SUPERVISOR) of Medan, and a complaint of a customer who wrote on WhatsApp."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.conversation = self.customer = ""
        self.sari = self.boss = self.admin = SYSTEM

    async def does(self, job: Callable[[Connection], T]) -> T:
        return await self.database.write(job)

    async def case(self, draft: CaseDraft = DRAFT) -> CaseFile:
        def build(conn: Connection) -> CaseFile:
            self.sari = hire(conn, "sari", Role.AGENT, branch="Medan")
            self.boss = hire(conn, "boss", Role.SUPERVISOR, branch="Medan")
            self.admin = hire(conn, "bu-admin", Role.ADMIN)
            said = writes(conn, "6281234567890", "Jadwalnya mundur lagi!")
            self.conversation, self.customer = said.conversation_id, said.customer_id
            return open_case(conn, draft, said.customer_id, said.conversation_id, NOW)

        return await self.does(build)

    async def warnings_at(self, now: datetime) -> list[tuple[str, int]]:
        """Does all that is due by then."""
        done: list[tuple[str, int]] = []
        while True:

            def job(conn: Connection) -> tuple[str, int] | None:
                due = take_due(conn, KINDS, now)
                if due is None:
                    return None
                warn(conn, due, now)
                return due.facts["clock"], due.facts["percent"]

            found = await self.does(job)
            if found is None:
                return done
            done.append(found)

    async def now(self, case_id: int) -> CaseFile:
        return await self.database.read(lambda conn: case_anyhow(conn, case_id))

    async def lines(self, case_id: int) -> list[Happened]:
        part = await self.database.read(lambda conn: case_lines(conn, case_id, Page()))
        return [line.kind for line in reversed(part.items)]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_the_contracts_table_and_categories_are_there_from_the_start(database: Database) -> None:
    lines = await database.read(sla_lines)
    assert {(line.category, line.priority): line.promise for line in lines} == dict(DEFAULT_SLA)
    assert not any(category.is_retired for category in await database.read(all_categories))


async def test_warnings_fire_at_their_moment_once_and_climb_the_ladder(desk: Desk) -> None:
    case = await desk.case()
    assert await desk.database.read(lambda conn: next_due(conn, KINDS)) == hours(4)
    await desk.does(lambda conn: assign_case(conn, desk.boss, case.id, "sari", NOW))
    assert await desk.warnings_at(hours(3.99)) == []
    assert await desk.warnings_at(hours(4)) == [("first_response", 50)]
    assert await desk.warnings_at(hours(4)) == []
    assert await desk.warnings_at(hours(8)) == [("first_response", 80), ("first_response", 100)]
    alerts = (await desk.database.read(lambda conn: alert_page(conn, Page()))).items
    assert [alert.kind for alert in reversed(alerts)] == ["case_due", "case_due", "case_overdue"]
    told = await desk.database.read(lambda conn: case_lines(conn, case.id, Page()))
    assert [line.facts["to"] for line in reversed(told.items) if line.kind is Happened.WARNED] == [
        "Sari",
        "Boss",
        "Bu-Admin",
    ]
    late = await desk.now(case.id)
    assert (late.is_escalated, late.escalation_level, late.is_overdue(hours(8.1))) == (True, 1, True)
    recovery = await desk.database.read(lambda conn: recovery_of(conn, case.id))
    assert recovery is not None
    assert (recovery.reason, recovery.state) == (RecoveryReason.BREACHED, RecoveryState.OPEN)


async def test_of_two_replicas_one_gives_the_warning(desk: Desk) -> None:
    await desk.case()
    both = await asyncio.gather(desk.warnings_at(hours(4)), desk.warnings_at(hours(4)))
    assert sorted(both, key=len) == [[], [("first_response", 50)]]
    assert (await desk.database.read(lambda conn: alert_page(conn, Page()))).total == 1


async def test_a_humans_first_answer_stops_the_first_clock_for_good(desk: Desk) -> None:
    case = await desk.case()
    await desk.does(lambda conn: human_answered(conn, desk.conversation, desk.sari, hours(1)))
    await desk.does(lambda conn: human_answered(conn, desk.conversation, desk.sari, hours(2)))
    file = await desk.now(case.id)
    assert file.first_response_at == hours(1)
    assert await desk.warnings_at(hours(23)) == []
    assert await desk.warnings_at(hours(24)) == [("resolution", 50)]


async def test_waiting_for_the_customer_stops_both_clocks_until_they_write(desk: Desk) -> None:
    case = await desk.case()
    wait = CaseChange(status=CaseStatus.WAITING_CUSTOMER)
    waiting = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, wait, hours(2)))
    assert (waiting.status, waiting.paused_at) == (CaseStatus.WAITING_CUSTOMER, hours(2))
    assert await desk.warnings_at(hours(100)) == []
    assert not waiting.is_overdue(hours(100))
    await desk.does(lambda conn: customer_wrote(conn, desk.conversation, ["thanks"], SYSTEM, hours(10)))
    assert (await desk.now(case.id)).status is CaseStatus.WAITING_CUSTOMER
    await desk.does(lambda conn: customer_wrote(conn, desk.conversation, ["complaint"], SYSTEM, hours(12)))
    file = await desk.now(case.id)
    assert (file.status, file.paused_at) == (CaseStatus.IN_PROGRESS, None)
    assert (file.first_response_due, file.resolution_due) == (hours(18), hours(58))
    pauses = await desk.database.read(lambda conn: pauses_of(conn, case.id))
    assert spent(file, Clock.RESOLUTION, pauses, hours(14)) == pytest.approx(4 / 48)
    assert await desk.warnings_at(hours(14)) == [("first_response", 50)]


async def test_a_final_response_ends_both_clocks_and_reopening_starts_where_they_stood(desk: Desk) -> None:
    case = await desk.case()
    with pytest.raises(Refused, match="Write the final response"):
        await desk.does(lambda conn: close_case(conn, desk.sari, case.id, hours(1)))
    done = await desk.does(lambda conn: respond_finally(conn, desk.sari, case.id, "Berangkat 20.", hours(2)))
    assert (done.status, done.first_response_at, done.resolved_at) == (
        CaseStatus.RESOLVED,
        hours(2),
        hours(2),
    )
    assert done.assigned_to == "sari"
    assert await desk.warnings_at(hours(100)) == []
    closed = await desk.does(lambda conn: close_case(conn, desk.sari, case.id, hours(3)))
    assert closed.closed_at == hours(3)
    again = await desk.does(lambda conn: reopen_case(conn, desk.boss, case.id, "Belum beres", hours(102)))
    assert (again.status, again.final_response, again.closed_at) == (CaseStatus.IN_PROGRESS, None, None)
    assert again.resolution_due == hours(148)
    with pytest.raises(Refused, match="Write the final response"):
        await desk.does(lambda conn: close_case(conn, desk.boss, case.id, hours(103)))
    assert await desk.lines(case.id) == [
        Happened.OPENED,
        Happened.ASSIGNED,
        Happened.FIRST_RESPONSE,
        Happened.FINAL_RESPONSE,
        Happened.CLOSED,
        Happened.REOPENED,
    ]


async def test_a_graver_priority_brings_its_own_promise(desk: Desk) -> None:
    case = await desk.case()
    graver = CaseChange(priority=CasePriority.CRITICAL)
    file = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, graver, hours(0.9)))
    assert (file.first_response_due, file.resolution_due) == (hours(1), hours(12))
    # Half and four fifths of the new hour lie behind already: only the graver of the two is told.
    assert await desk.warnings_at(hours(0.9)) == [("first_response", 80)]


async def test_later_edits_of_the_table_rewrite_no_history(desk: Desk) -> None:
    case = await desk.case()
    line = SlaLine(
        category="SCHEDULE",
        priority=CasePriority.MEDIUM,
        promise=Promise(first_response_hours=1, resolution_hours=2),
    )
    await desk.does(lambda conn: change_sla(conn, [line], desk.admin, NOW))
    wait, on = CaseChange(status=CaseStatus.WAITING_CUSTOMER), CaseChange(status=CaseStatus.IN_PROGRESS)
    await desk.does(lambda conn: change_case(conn, desk.sari, case.id, wait, hours(1)))
    file = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, on, hours(2)))
    assert file.resolution_due == hours(49)
    policy = await desk.database.read(lambda conn: policy_for(conn, "SCHEDULE", CasePriority.MEDIUM, NOW))
    assert policy.promise == line.promise


async def test_a_stale_form_changes_nothing(desk: Desk) -> None:
    case = await desk.case()
    change = CaseChange(subject="Baru", version=case.version)
    await desk.does(lambda conn: change_case(conn, desk.sari, case.id, change, NOW))
    with pytest.raises(Refused, match="in the meantime"):
        await desk.does(lambda conn: change_case(conn, desk.sari, case.id, change, NOW))


async def test_another_branchs_colleague_gets_no_case_and_sees_none(desk: Desk) -> None:
    case = await desk.case()

    def move(conn: Connection) -> Actor:
        other = hire(conn, "rudi", Role.AGENT, branch="Binjai")
        medan = conn.scalar(select(Branch.id).where(Branch.name == "Medan"))
        conn.execute(update(Customer).values(branch_id=medan))
        return other

    rudi = await desk.does(move)
    with pytest.raises(Refused, match="another branch"):
        await desk.does(lambda conn: assign_case(conn, desk.boss, case.id, "rudi", NOW))
    with pytest.raises(Refused, match="no such case"):
        await desk.does(lambda conn: close_case(conn, rudi, case.id, NOW))


OFFICE = CalendarDraft(
    name="Kantor",
    timezone="Asia/Jakarta",
    frames=tuple(WorkingFrame(weekday=day, opens=8 * 60, closes=16 * 60) for day in range(5)),
    takes_joint_leave=True,
)


async def test_a_categorys_calendar_counts_office_hours_without_holidays_and_joint_leave(desk: Desk) -> None:
    off = (
        DayOff(day=date(2027, 1, 5), name="Isra Mikraj", is_joint_leave=False),
        DayOff(day=date(2027, 1, 6), name="Cuti bersama", is_joint_leave=True),
    )

    def build(conn: Connection) -> None:
        save_days_off(conn, {2027: off}, NOW)
        calendar = save_calendar(conn, OFFICE, SYSTEM, NOW)
        save_category(conn, "SCHEDULE", "Jadwal", calendar.id, SYSTEM, NOW, is_new=False)

    await desk.does(build)
    case = await desk.case()
    # Monday 10.00, eight hours: six on Monday, two on Thursday.
    assert case.first_response_due == datetime(2027, 1, 7, 3, tzinfo=UTC)
    policy = case.policy
    assert policy.calendar is not None
    assert policy.calendar.days_off == {off.day: off.name for off in off}


async def test_a_calendar_in_use_is_not_deleted_and_one_that_never_opens_not_saved(desk: Desk) -> None:
    calendar = await desk.does(lambda conn: save_calendar(conn, OFFICE, SYSTEM, NOW))
    await desk.does(lambda conn: save_category(conn, "VISA", "Visa", calendar.id, SYSTEM, NOW, is_new=True))
    with pytest.raises(Refused, match="VISA"):
        await desk.does(lambda conn: remove_calendar(conn, calendar.id, SYSTEM, NOW))
    never = CalendarDraft(name="Tutup", timezone="Asia/Jakarta", frames=())
    with pytest.raises(Refused, match="open hours"):
        await desk.does(lambda conn: save_calendar(conn, never, SYSTEM, NOW))
    with pytest.raises(Refused, match="already"):
        await desk.does(lambda conn: save_calendar(conn, OFFICE, SYSTEM, NOW))


async def test_beyond_twenty_working_days_of_its_calendar_no_promise_stands(desk: Desk) -> None:
    calendar = await desk.does(lambda conn: save_calendar(conn, OFFICE, SYSTEM, NOW))
    await desk.does(lambda conn: save_category(conn, "VISA", "Visa", calendar.id, SYSTEM, NOW, is_new=True))

    def line(hours: float) -> SlaLine:
        promise = Promise(first_response_hours=8, resolution_hours=hours)
        return SlaLine(category="VISA", priority=CasePriority.LOW, promise=promise)

    await desk.does(lambda conn: change_sla(conn, [line(160)], SYSTEM, NOW))
    with pytest.raises(Refused, match="20 working days"):
        await desk.does(lambda conn: change_sla(conn, [line(160.5)], SYSTEM, NOW))


async def test_a_retired_category_takes_no_new_case(desk: Desk) -> None:
    await desk.does(lambda conn: retire_category(conn, "SCHEDULE", SYSTEM, NOW, is_retired=True))
    with pytest.raises(Refused, match="in use"):
        await desk.case()


async def test_a_bad_rating_opens_a_recovery_that_is_settled_once(desk: Desk) -> None:
    case = await desk.case()
    await desk.does(lambda conn: conversation_rated(conn, desk.conversation, 4, NOW))
    assert await desk.database.read(lambda conn: recovery_of(conn, case.id)) is None
    await desk.does(lambda conn: conversation_rated(conn, desk.conversation, 1, NOW))
    await desk.does(lambda conn: conversation_rated(conn, desk.conversation, 2, NOW))
    settled = await desk.does(
        lambda conn: settle_recovery(conn, desk.sari, case.id, RecoveryAction.APOLOGY_CALL, "Sudah", NOW)
    )
    assert (settled.reason, settled.state, settled.settled_by) == (
        RecoveryReason.BADLY_RATED,
        RecoveryState.DONE,
        "sari",
    )
    with pytest.raises(Refused, match="settled already"):
        await desk.does(
            lambda conn: settle_recovery(conn, desk.sari, case.id, None, "x", NOW, is_dismissed=True)
        )


async def test_the_numbers_of_promises_count_by_week_and_name_nobody(desk: Desk) -> None:
    case = await desk.case()
    await desk.does(lambda conn: assign_case(conn, desk.boss, case.id, "sari", NOW))
    late = await desk.does(lambda conn: open_case(conn, DRAFT, desk.customer, None, hours(-24 * 7)))
    await desk.does(lambda conn: respond_finally(conn, desk.boss, late.id, "Maaf", hours(-24 * 6)))
    done = await desk.does(lambda conn: open_case(conn, DRAFT, desk.customer, None, hours(-24 * 7)))
    await desk.does(lambda conn: respond_finally(conn, desk.boss, done.id, "Ya", hours(-24 * 7 + 1)))
    director = Actor(name="director", role=Role.DIRECTOR, user_id=99)

    def count(conn: Connection) -> tuple[tuple[SlaWeek, ...], AgentDay, list[tuple[str, int]], list[int]]:
        return (
            sla_trend(conn, director, hours(9), JAKARTA, weeks=2),
            agent_day(conn, desk.sari, hours(9), JAKARTA),
            list(open_by_category(conn, desk.boss)),
            [late_for(conn, who, hours(9)) for who in (desk.boss, desk.sari, director)],
        )

    weeks, day, categories, overdue = await desk.database.read(count)
    assert [(week.met, week.breached, week.running, week.share_met) for week in weeks] == [
        (1, 1, 0, 0.5),
        (0, 1, 0, 0.0),
    ]
    assert day == AgentDay(open=1, due_today=0, overdue=1, waiting_customer=0)
    assert categories == [("SCHEDULE", 3)]
    assert overdue == [1, 1, 0]


async def test_a_message_prepared_for_later_is_the_first_answer_when_it_goes_out(desk: Desk) -> None:
    case = await desk.case()
    text = "Saya cek dulu, ya."
    await desk.does(lambda conn: prepare(conn, desk.sari, desk.conversation, text, hours(2), NOW))
    assert (await desk.now(case.id)).first_response_at is None
    await desk.does(lambda conn: send_due(conn, hours(2)))
    assert (await desk.now(case.id)).first_response_at == hours(2)


async def test_a_file_from_staff_is_a_first_answer_too(desk: Desk) -> None:
    case = await desk.case()
    file = NewFile(name="bukti.png", content=b"\x89PNG\r\n\x1a\n" + bytes(32))
    await desk.does(lambda conn: send_file(conn, desk.sari, desk.conversation, file, None, hours(1)))
    assert (await desk.now(case.id)).first_response_at == hours(1)
