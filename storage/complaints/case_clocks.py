"""How do a case's two clocks run, stand still and stop? Due times and the warnings before them, written ahead in the same transaction.

The first clock stops once, with a human's first answer in the linked conversation or the final response; the bot's answers do not count.
The second stops when the case is resolved. Both stand still while the customer must answer, and run on with the customer's next message.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from flows.case import RUNNING, WAITING_REASON, resumes
from flows.case_clock import Pause, Span, elapsed, explain
from flows.domain import CaseStatus
from flows.machine import next_case_status
from flows.roles import Actor
from flows.sla import Clock, ClockWarning, deadlines, warnings
from storage.complaints.case_events import Happened, write_line
from storage.complaints.cases import CaseFile, case_anyhow, cases_in
from storage.moments.due import Due, plan, unplan
from storage.tables import Case, CasePause

WARNING = "sla_warning"


def set_case(conn: Connection, case_id: int, **values: Any) -> None:  # Any: column values.
    """Changes the row and counts its version."""
    conn.execute(update(Case).where(Case.id == case_id).values(**values, version=Case.version + 1))


def pauses_of(conn: Connection, case_id: int) -> tuple[Pause, ...]:
    rows = conn.execute(
        select(CasePause.reason, CasePause.started_at, CasePause.ended_at)
        .where(CasePause.case_id == case_id)
        .order_by(CasePause.started_at)
    )
    return tuple(Pause(reason=row.reason, starts=row.started_at, ends=row.ended_at) for row in rows)


def pauses_by_case(conn: Connection, case_ids: Collection[int]) -> dict[int, tuple[Pause, ...]]:
    """The pauses of many cases in one look; cases that never stood still are not there."""
    found: dict[int, list[Pause]] = {}
    rows = conn.execute(
        select(CasePause).where(CasePause.case_id.in_(case_ids)).order_by(CasePause.started_at)
    )
    for row in rows:
        pause = Pause(reason=row.reason, starts=row.started_at, ends=row.ended_at)
        found.setdefault(row.case_id, []).append(pause)
    return {case_id: tuple(pauses) for case_id, pauses in found.items()}


def plan_warnings(conn: Connection, file: CaseFile, now: datetime) -> None:
    """Computes both due times anew and plans the warnings still to come; what was planned before is dropped.

    A warning that was given and lies ahead again, since the case was promised something else, will be given for the new time, too.
    """
    pauses, policy = pauses_of(conn, file.id), file.policy
    due = deadlines(policy.promise, file.opened_at, policy.calendar, pauses)
    first_due = due.first_response if file.first_response_at is None else file.first_response_due
    set_case(conn, file.id, first_response_due=first_due, resolution_due=due.resolution)
    for clock in Clock:
        drop_warnings(conn, file.id, clock)
        if is_ticking(file, clock):
            amount = policy.promise.amount(clock)
            for warning in warnings(amount, file.opened_at, now, policy.calendar, pauses):
                new = _due_warning(file.id, clock, warning)
                if not plan(conn, new) and warning.at > now:
                    plan(conn, replace(new, key=f"{new.key}:{warning.at:%Y%m%dT%H%M%S}"))


def _due_warning(case_id: int, clock: Clock, warning: ClockWarning) -> Due:
    return Due(
        kind=WARNING,
        subject=str(case_id),
        key=f"sla:{case_id}:{clock}:{warning.percent}",
        due_at=warning.at,
        facts={"clock": clock.value, "percent": warning.percent},
    )


def drop_warnings(conn: Connection, case_id: int, clock: Clock) -> None:
    unplan(conn, WARNING, str(case_id), {"clock": clock.value})


def is_ticking(file: CaseFile, clock: Clock) -> bool:
    """Whether this clock of the case runs."""
    is_answered = clock is Clock.FIRST_RESPONSE and file.first_response_at is not None
    return file.status in RUNNING and file.paused_at is None and not is_answered


def stand_still(conn: Connection, file: CaseFile, by: Actor, now: datetime) -> None:
    """Both clocks stop until the customer answers; nothing is warned of meanwhile."""
    conn.execute(insert(CasePause).values(case_id=file.id, reason=WAITING_REASON, started_at=now))
    set_case(conn, file.id, paused_at=now)
    unplan(conn, WARNING, str(file.id))
    write_line(conn, file.id, Happened.PAUSED, by, now)


def end_pause(conn: Connection, file: CaseFile, by: Actor, now: datetime) -> None:
    """The open pause is over; nothing happens where there is none."""
    if file.paused_at is None:
        return
    conn.execute(
        update(CasePause)
        .where(CasePause.case_id == file.id, CasePause.ended_at.is_(None))
        .values(ended_at=now)
    )
    set_case(conn, file.id, paused_at=None)
    write_line(conn, file.id, Happened.RESUMED, by, now)


def human_answered(conn: Connection, conversation_id: str, by: Actor, now: datetime) -> None:
    """Somebody of ours wrote in this conversation: the first clock of its cases stops."""
    for file in cases_in(conn, conversation_id, Case.first_response_at.is_(None), Case.closed_at.is_(None)):
        stop_first_clock(conn, file, by, now)


def stop_first_clock(conn: Connection, file: CaseFile, by: Actor, now: datetime) -> None:
    """Only once; later answers change nothing."""
    if file.first_response_at is not None:
        return
    set_case(conn, file.id, first_response_at=now)
    drop_warnings(conn, file.id, Clock.FIRST_RESPONSE)
    write_line(conn, file.id, Happened.FIRST_RESPONSE, by, now)


def customer_wrote(
    conn: Connection, conversation_id: str, intents: Collection[str | None], by: Actor, now: datetime
) -> None:
    """The customer's next message ends the wait, unless it only says thanks or goodbye."""
    if not resumes(intents):
        return
    waiting = Case.status == CaseStatus.WAITING_CUSTOMER.value
    for file in cases_in(conn, conversation_id, waiting):
        run_on(conn, file, by, now)


def run_on(conn: Connection, file: CaseFile, by: Actor, now: datetime) -> None:
    """From WAITING_CUSTOMER back to work, with the clocks where they stood."""
    status = next_case_status(file.status, "hear")
    assert status is not None, "only a case that waits for its customer runs on"
    set_case(conn, file.id, status=status.value)
    end_pause(conn, file, by, now)
    plan_warnings(conn, case_anyhow(conn, file.id), now)


def spent(file: CaseFile, clock: Clock, pauses: Collection[Pause], now: datetime) -> float:
    """How much of the promise is used up, 1.0 being all of it; what a bar shows. It may be more."""
    amount = file.policy.promise.amount(clock)
    used = elapsed(file.opened_at, _end(file, clock, now), file.policy.calendar, tuple(pauses))
    return used / amount


def explanation(file: CaseFile, clock: Clock, pauses: Collection[Pause], now: datetime) -> tuple[Span, ...]:
    """What was counted, what not, and why, from the opening until the clock stopped, or now."""
    return explain(file.opened_at, _end(file, clock, now), file.policy.calendar, tuple(pauses))


def _end(file: CaseFile, clock: Clock, now: datetime) -> datetime:
    stopped = file.first_response_at if clock is Clock.FIRST_RESPONSE else file.resolved_at
    return stopped or now
