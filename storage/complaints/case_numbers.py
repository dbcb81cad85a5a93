"""How well do we keep our promises, and what does an agent have to do today? Numbers over cases, without a person in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import Connection, case, func, or_, select

from flows.domain import CaseStatus, Role
from flows.roles import Actor, Reach, reach_of
from storage.complaints.cases import due_within, overdue
from storage.scope import Condition, cases_within
from storage.tables import Case, Customer

DAYS_A_WEEK = 7
MOST_LATE = 99  # Counted; a badge says no more than that there are many.


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaWeek:
    """Promises of the cases that were opened in the week that begins on this Monday: kept, broken, and not decided yet."""

    monday: date
    met: int
    breached: int
    running: int

    @property
    def share_met(self) -> float | None:
        decided = self.met + self.breached
        return self.met / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """What one person has open."""

    open: int
    due_today: int
    overdue: int
    waiting_customer: int


def sla_trend(
    conn: Connection, actor: Actor, now: datetime, zone: tzinfo, weeks: int = 12
) -> tuple[SlaWeek, ...]:
    """The last weeks, the oldest first. A case counts as broken when either clock stopped too late, or runs past its due time."""
    today = now.astimezone(zone).date()
    mondays = [
        today - timedelta(days=today.weekday() + DAYS_A_WEEK * back) for back in reversed(range(weeks))
    ]
    starts = [datetime.combine(monday, datetime.min.time(), zone) for monday in mondays]
    is_late = or_(
        Case.resolved_at > Case.resolution_due,
        Case.first_response_at > Case.first_response_due,
        overdue(now),
    )
    # Counted where the rows are: a year's complaints would be a long way for a few dozen numbers.
    week = case(*((Case.opened_at < end, at) for at, end in enumerate(starts[1:])), else_=weeks - 1)
    result = case((is_late, "breached"), (Case.resolved_at.is_not(None), "met"), else_="running")
    each = (
        select(week.label("week"), result.label("result"))
        .select_from(Case)
        .outerjoin(Customer, Customer.id == Case.customer_id)
        .where(Case.opened_at >= starts[0], _counts_for(actor))
        .subquery()
    )
    rows = conn.execute(
        select(each.c.week, each.c.result, func.count().label("n")).group_by(each.c.week, each.c.result)
    )
    counted = {(int(row.week), row.result): int(row.n) for row in rows}
    return tuple(
        SlaWeek(
            monday=monday,
            met=counted.get((at, "met"), 0),
            breached=counted.get((at, "breached"), 0),
            running=counted.get((at, "running"), 0),
        )
        for at, monday in enumerate(mondays)
    )


def agent_day(conn: Connection, actor: Actor, now: datetime, zone: tzinfo) -> AgentDay:
    """The actor's own open cases."""
    local = now.astimezone(zone)
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
    counts = {
        "open": Case.closed_at.is_(None),
        "due_today": due_within(now, midnight - now),
        "overdue": overdue(now),
        "waiting_customer": Case.status == CaseStatus.WAITING_CUSTOMER.value,
    }
    row = conn.execute(
        select(
            *(func.coalesce(func.sum(case((cond, 1), else_=0)), 0).label(n) for n, cond in counts.items())
        ).where(Case.assigned_to == actor.user_id)
    ).one()
    return AgentDay(**{name: int(getattr(row, name)) for name in counts})


def open_by_category(conn: Connection, actor: Actor) -> Sequence[tuple[str, int]]:
    """How many cases are open in each category, the most first."""
    rows = conn.execute(
        select(Case.category, func.count().label("n"))
        .select_from(Case)
        .outerjoin(Customer, Customer.id == Case.customer_id)
        .where(Case.closed_at.is_(None), _counts_for(actor))
        .group_by(Case.category)
        .order_by(func.count().desc(), Case.category)
    )
    return [(row.category, row.n) for row in rows]


def late_for(conn: Connection, actor: Actor, now: datetime) -> int:
    """How many overdue cases this person has to see to: an AGENT's own, everybody else's within scope. MOST_LATE + 1: more than that."""
    whose = Case.assigned_to == actor.user_id if actor.role is Role.AGENT else cases_within(actor)
    # The open cases alone have an index, which is all that this reads.
    some = (
        select(Case.id)
        .join(Customer, Customer.id == Case.customer_id)
        .where(Case.closed_at.is_(None), overdue(now), whose)
        .limit(MOST_LATE + 1)
        .subquery()
    )
    return conn.scalar(select(func.count()).select_from(some)) or 0


def _counts_for(actor: Actor) -> Condition:
    """DIRECTOR sees nobody, and may have the numbers of everybody: they name no person."""
    return Customer.id.is_not(None) if reach_of(actor) is Reach.NOBODY else cases_within(actor)
