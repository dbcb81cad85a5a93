"""What becomes of a case's promise when something changes under way: its priority, its calendar, a pause, a reopening."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus, WorkingFrame
from flows.sla import Clock
from storage.complaints.calendars import CalendarDraft, save_calendar
from storage.complaints.case_clocks import human_answered, pauses_of, spent
from storage.complaints.case_work import (
    CaseChange,
    change_case,
    close_case,
    open_case,
    reopen_case,
    respond_finally,
)
from storage.complaints.cases import CaseFile
from storage.complaints.sla import save_category
from storage.database import Connection, Database
from tests.people import NOW
from tests.storage.test_cases import Desk, hours

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_a_longer_promise_is_warned_of_before_its_own_end_though_the_shorter_one_was(
    desk: Desk,
) -> None:
    case = await desk.case()
    assert await desk.warnings_at(hours(8)) == [("first_response", percent) for percent in (50, 80, 100)]
    milder = CaseChange(priority=CasePriority.LOW)  # 12 / 72: half of the twelve hours lie behind.
    file = await desk.does(lambda conn: change_case(conn, desk.boss, case.id, milder, hours(9)))
    assert (file.first_response_due, await desk.warnings_at(hours(9))) == (hours(12), [])
    assert await desk.warnings_at(hours(12)) == [("first_response", 80), ("first_response", 100)]
    await desk.does(lambda conn: change_case(conn, desk.boss, case.id, CaseChange(subject="Lagi"), hours(13)))
    assert await desk.warnings_at(hours(13)) == []


async def test_what_was_solved_too_late_stays_late_whatever_it_is_called_afterwards(desk: Desk) -> None:
    case = await desk.case()
    await desk.does(lambda conn: respond_finally(conn, desk.sari, case.id, "Berangkat 20.", hours(50)))
    milder = CaseChange(priority=CasePriority.LOW, category="OTHER")
    file = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, milder, hours(51)))
    assert (file.priority, file.category, file.resolution_due) == (CasePriority.LOW, "OTHER", hours(48))
    pauses = await desk.database.read(lambda conn: pauses_of(conn, case.id))
    assert spent(file, Clock.RESOLUTION, pauses, hours(60)) == pytest.approx(50 / 48)


async def test_what_was_answered_too_late_stays_late_though_the_case_is_milder_by_now(desk: Desk) -> None:
    case = await desk.case()
    await desk.does(lambda conn: human_answered(conn, desk.conversation, desk.sari, hours(9)))
    milder = CaseChange(priority=CasePriority.LOW)  # 12 / 72 instead of 8 / 48
    file = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, milder, hours(10)))
    assert (file.first_response_due, file.is_first_response_breached) == (hours(8), True)
    assert file.resolution_due == hours(72)
    assert spent(file, Clock.FIRST_RESPONSE, (), hours(20)) == pytest.approx(9 / 8)


async def test_reopened_after_its_promise_was_broken_it_is_late_and_nobody_is_warned_again(
    desk: Desk,
) -> None:
    case = await desk.case()
    assert len(await desk.warnings_at(hours(48))) == 6
    await desk.does(lambda conn: respond_finally(conn, desk.sari, case.id, "Berangkat 20.", hours(50)))
    await desk.does(lambda conn: close_case(conn, desk.sari, case.id, hours(51)))
    again = await desk.does(lambda conn: reopen_case(conn, desk.boss, case.id, "Belum", hours(90)))
    assert (again.resolution_due, again.is_overdue(hours(90)), again.escalation_level) == (hours(48), True, 2)
    assert await desk.warnings_at(hours(200)) == []
    pauses = await desk.database.read(lambda conn: pauses_of(conn, case.id))
    assert spent(again, Clock.RESOLUTION, pauses, hours(100)) == pytest.approx(60 / 48)


async def test_reopened_in_time_the_rest_of_the_time_is_left_and_warned_of(desk: Desk) -> None:
    case = await desk.case()
    await desk.warnings_at(hours(39))
    await desk.does(lambda conn: respond_finally(conn, desk.sari, case.id, "Berangkat 20.", hours(40)))
    again = await desk.does(lambda conn: reopen_case(conn, desk.boss, case.id, None, hours(90)))
    assert (again.resolution_due, again.is_overdue(hours(97))) == (hours(98), False)
    assert await desk.warnings_at(hours(98)) == [("resolution", 100)]


def monday(hour: int, days: int = 0) -> datetime:
    """That hour in Jakarta on Monday, 8 November 2027, or so many days later. No holiday is near."""
    return datetime(2027, 11, 8, hour, tzinfo=JAKARTA) + timedelta(days=days)


def office(closes: int) -> CalendarDraft:
    frames = tuple(WorkingFrame(weekday=day, opens=8 * 60, closes=closes * 60) for day in range(5))
    return CalendarDraft(name="Kantor", timezone="Asia/Jakarta", frames=frames)


async def counted_by(desk: Desk, calendar: CalendarDraft) -> int:
    """REFUND counts by these hours from now on; the calendar's id."""

    def build(conn: Connection) -> int:
        saved = save_calendar(conn, calendar, desk.admin, NOW)
        save_category(conn, "REFUND", "Pengembalian dana", saved.id, desk.admin, NOW, is_new=False)
        return saved.id

    return await desk.does(build)


async def refund_opened(desk: Desk, at: datetime) -> CaseFile:
    """8 hours to the first answer, 72 to the solution."""
    draft = CaseDraft(
        category="REFUND", priority=CasePriority.HIGH, subject="Dana", description="Belum masuk"
    )
    return await desk.does(lambda conn: open_case(conn, draft, desk.customer, None, at, by=desk.sari))


async def test_a_calendar_edited_while_a_case_runs_moves_no_promise_until_the_case_is_promised_anew(
    desk: Desk,
) -> None:
    await desk.case()
    office_id = await counted_by(desk, office(closes=17))
    case = await refund_opened(desk, monday(13))
    assert case.first_response_due == monday(12, days=1)
    await desk.does(lambda conn: save_calendar(conn, office(closes=12), desk.admin, NOW, office_id))
    wait, on = CaseChange(status=CaseStatus.WAITING_CUSTOMER), CaseChange(status=CaseStatus.IN_PROGRESS)
    await desk.does(lambda conn: change_case(conn, desk.sari, case.id, wait, monday(14)))
    file = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, on, monday(16)))
    assert file.first_response_due == monday(14, days=1)
    # Another priority is another promise, by the hours of today: 24 of them, four a day, the first on Tuesday.
    low = CaseChange(priority=CasePriority.LOW)
    file = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, low, monday(16)))
    assert file.first_response_due == monday(12, days=8)
    later = await refund_opened(desk, monday(13))
    assert later.first_response_due == monday(12, days=2)


async def test_a_customer_who_is_awaited_over_a_night_costs_only_the_open_hours(desk: Desk) -> None:
    await desk.case()
    await counted_by(desk, office(closes=17))
    case = await refund_opened(desk, monday(9))
    wait, on = CaseChange(status=CaseStatus.WAITING_CUSTOMER), CaseChange(status=CaseStatus.IN_PROGRESS)
    await desk.does(lambda conn: change_case(conn, desk.sari, case.id, wait, monday(16)))
    file = await desk.does(lambda conn: change_case(conn, desk.sari, case.id, on, monday(10, days=1)))
    # 9 to 16 are seven of the eight hours; the pause takes 16–17 and Tuesday's 8–10; the eighth is 10–11.
    assert file.first_response_due == monday(11, days=1)
    pauses = await desk.database.read(lambda conn: pauses_of(conn, case.id))
    assert spent(file, Clock.FIRST_RESPONSE, pauses, monday(11, days=1)) == 1
