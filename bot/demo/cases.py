"""The demo's complaints: opened and worked on as staff would have, each deed at its own moment before the demo was loaded."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from flows.business_calendar import Season
from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus, WorkingFrame
from flows.roles import SYSTEM, Actor
from knowledge.demo import DemoCase
from storage.complaints.calendars import CalendarDraft, all_calendars, save_calendar
from storage.complaints.case_clocks import stop_first_clock
from storage.complaints.case_warnings import warn_of_past
from storage.complaints.case_work import (
    CaseChange,
    assign_case,
    change_case,
    close_case,
    escalate_case,
    note_on_case,
    open_case,
    reopen_case,
    respond_finally,
)
from storage.complaints.cases import case_anyhow
from storage.complaints.investigations import add_investigation
from storage.database import Connection
from storage.people.customers import customer_with_phone, name_customer, settle_in_branch
from storage.staff.users import find_user

OFFICE_HOURS = "Jam kantor"


def put_case(conn: Connection, case: DemoCase, now: datetime) -> None:
    """Opens the case so many hours ago and does what was done since; warnings that fell due in between are given on the way."""
    opened_at = now - timedelta(hours=case.hours)
    customer_id = customer_with_phone(conn, case.phone, opened_at)
    name_customer(conn, customer_id, case.name)
    settle_in_branch(conn, customer_id, case.branch)
    draft = CaseDraft(
        category=case.category,
        priority=CasePriority(case.priority),
        subject=case.subject,
        description=case.description,
    )
    case_id = open_case(conn, draft, customer_id, None, opened_at).id
    for after, deed, words in case.then:
        at = opened_at + timedelta(hours=after)
        warn_of_past(conn, case_id, at)
        _do(conn, case_id, deed, words, at)
    warn_of_past(conn, case_id, now)


def put_office_hours(conn: Connection, now: datetime) -> None:
    """A calendar to look at: office hours with lunch, the Friday prayer and Ramadan. No category counts by it until ADMIN says so."""
    if any(calendar.draft.name == OFFICE_HOURS for calendar in all_calendars(conn)):
        return
    draft = CalendarDraft(
        name=OFFICE_HOURS,
        timezone="Asia/Jakarta",
        frames=_frames(range(5), (8, 12), (13, 17)) + _frames((5,), (8, 13)),
        breaks=(WorkingFrame(weekday=4, opens=11 * 60 + 30, closes=13 * 60),),
        seasons=(
            Season(
                name="Ramadan 1448 H",
                starts=date(2027, 2, 8),
                ends=date(2027, 3, 9),
                frames=_frames(range(6), (8, 14)),
            ),
        ),
        takes_joint_leave=True,
    )
    save_calendar(conn, draft, SYSTEM, now)


def _frames(days: "range | tuple[int, ...]", *hours: tuple[int, int]) -> tuple[WorkingFrame, ...]:
    return tuple(
        WorkingFrame(weekday=day, opens=opens * 60, closes=closes * 60)
        for day in days
        for opens, closes in hours
    )


def _do(conn: Connection, case_id: int, deed: str, words: str, at: datetime) -> None:
    agent, boss = _actor(conn, "agent"), _actor(conn, "supervisor")
    moves = {
        "start": CaseStatus.IN_PROGRESS,
        "wait": CaseStatus.WAITING_CUSTOMER,
        "hear": CaseStatus.IN_PROGRESS,
    }
    deeds: dict[str, Callable[[], object]] = {
        "answer": lambda: stop_first_clock(conn, case_anyhow(conn, case_id), agent, at),
        "assign": lambda: assign_case(conn, boss, case_id, words, at),
        "note": lambda: note_on_case(conn, agent, case_id, words, at),
        "escalate": lambda: escalate_case(conn, agent, case_id, words, at),
        "respond": lambda: respond_finally(conn, agent, case_id, words, at),
        "close": lambda: close_case(conn, agent, case_id, at),
        "reopen": lambda: reopen_case(conn, boss, case_id, words, at),
        "investigate": lambda: add_investigation(conn, boss, case_id, words, at),
    }
    if deed in moves:
        change_case(conn, boss, case_id, CaseChange(status=moves[deed]), at)
    else:
        deeds[deed]()


def _actor(conn: Connection, username: str) -> Actor:
    member = find_user(conn, username)
    assert member is not None, "the demo's people come before their cases"
    return member.actor
