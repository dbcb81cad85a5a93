"""How did it go from day to day, and what is somebody's own day like? Numbers behind the panel's pictures, without persons."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from flows.domain import OPEN_LEAD, HandoverReason, Phase, Status
from flows.roles import Actor
from storage.dialect import local_day
from storage.numbers.analytics import Period
from storage.scope import UNHELD, conversations_within, is_awake, leads_within
from storage.tables import Conversation, Customer, Handover, Journey, Lead, LeadNote, PackageRow, User


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNumbers:
    """journeys that began on a local day, and how many of them came as far as booking by now."""

    day: date
    journeys: int
    bookings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageNumbers:
    name: str
    journeys: int
    bookings: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueNumbers:
    """claimed: handovers taken in the period. wait_seconds: from asking for a human to the claim, on average."""

    name: str
    claimed: int
    wait_seconds: float | None
    rating: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    days: tuple[DayNumbers, ...]
    packages: tuple[PackageNumbers, ...]
    reasons: dict[HandoverReason, int]
    colleagues: tuple[ColleagueNumbers, ...]
    ratings: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """What a member of staff has in hand now."""

    held: int
    waiting: int
    waiting_longest_since: datetime | None
    open_leads: int
    tasks_overdue: int
    tasks_today: int
    portfolio: int
    served_this_week: int
    rating_this_week: float | None


MOST_PACKAGES, MOST_COLLEAGUES = 12, 20


def read_trends(conn: Connection, period: Period, zone: ZoneInfo) -> Trends:
    return Trends(
        days=_days(conn, period, zone),
        packages=_packages(conn, period),
        reasons=_reasons(conn, period),
        colleagues=_colleagues(conn, period),
        ratings=_ratings(conn, period),
    )


def own_day(conn: Connection, actor: Actor, now: datetime, midnight: datetime) -> OwnDay:
    """The actor's own work; midnight is the coming one on the company's clock."""
    week = now - timedelta(days=7)
    tasks = (
        select(
            func.sum(case((LeadNote.due_at < now, 1), else_=0)),
            func.sum(case((and_(LeadNote.due_at >= now, LeadNote.due_at < midnight), 1), else_=0)),
        )
        .join(Lead, Lead.id == LeadNote.lead_id)
        .where(LeadNote.kind == "TASK", LeadNote.done_at.is_(None), Lead.owner_id == actor.user_id)
    )
    overdue, today = conn.execute(tasks).one()
    waiting, since = conn.execute(
        select(func.count(), func.min(Handover.asked_at))
        .select_from(Conversation)
        .outerjoin(Handover, and_(Handover.conversation_id == Conversation.id, Handover.ended_at.is_(None)))
        .where(
            Conversation.status == Status.WAITING.value,
            Conversation.merged_into.is_(None),
            UNHELD,
            is_awake(now),
            conversations_within(actor),
        )
    ).one()
    served, rating = conn.execute(
        select(func.count(), func.avg(Handover.rating)).where(
            Handover.claimed_by == actor.user_id, Handover.ended_at >= week
        )
    ).one()
    return OwnDay(
        held=_count(
            conn,
            select(func.count()).where(
                Conversation.status == Status.HUMAN.value, Conversation.assigned_to == actor.user_id
            ),
        ),
        waiting=int(waiting),
        waiting_longest_since=since,
        open_leads=_count(
            conn,
            select(func.count())
            .select_from(Lead)
            .where(Lead.status.in_(OPEN_LEAD), Lead.owner_id == actor.user_id, leads_within(actor)),
        ),
        tasks_overdue=int(overdue or 0),
        tasks_today=int(today or 0),
        portfolio=_count(conn, select(func.count()).where(Customer.owner_id == actor.user_id)),
        served_this_week=int(served),
        rating_this_week=None if rating is None else round(float(rating), 2),
    )


def _count(conn: Connection, statement: object) -> int:
    return conn.scalar(statement) or 0  # type: ignore[call-overload]  # each is a Select of one count


def _days(conn: Connection, period: Period, zone: ZoneInfo) -> tuple[DayNumbers, ...]:
    """Every day of the period, also those on which nobody came."""
    day = local_day(conn, Journey.started_at, zone, period.since)
    booked = Journey.phase.in_((Phase.BOOKING.value, Phase.PAID.value))
    rows = conn.execute(
        select(day, func.count(), func.sum(case((booked, 1), else_=0)))
        .where(Journey.started_at >= period.since, Journey.started_at < period.until)
        .group_by(day)
    )
    counted = {str(name): (int(journeys), int(bookings)) for name, journeys, bookings in rows}
    span = (period.last - period.first).days + 1
    days = (period.first + timedelta(days=at) for at in range(span))
    return tuple(
        DayNumbers(day=one, journeys=counts[0], bookings=counts[1])
        for one in days
        for counts in [counted.get(one.isoformat(), (0, 0))]
    )


def _packages(conn: Connection, period: Period) -> tuple[PackageNumbers, ...]:
    booked = Journey.phase.in_((Phase.BOOKING.value, Phase.PAID.value))
    times = func.count()
    rows = conn.execute(
        select(
            func.coalesce(PackageRow.name, Journey.package_code),
            times,
            func.sum(case((booked, 1), else_=0)),
            func.sum(case((Journey.phase == Phase.PAID.value, 1), else_=0)),
        )
        .select_from(Journey)
        .outerjoin(PackageRow, PackageRow.code == Journey.package_code)
        .where(
            Journey.started_at >= period.since,
            Journey.started_at < period.until,
            Journey.package_code.is_not(None),
        )
        .group_by(func.coalesce(PackageRow.name, Journey.package_code))
        .order_by(times.desc())
        .limit(MOST_PACKAGES)
    )
    return tuple(
        PackageNumbers(name=str(name), journeys=int(journeys), bookings=int(bookings), paid=int(paid))
        for name, journeys, bookings, paid in rows
    )


def _reasons(conn: Connection, period: Period) -> dict[HandoverReason, int]:
    rows = conn.execute(
        select(Handover.reason, func.count())
        .where(Handover.asked_at >= period.since, Handover.asked_at < period.until)
        .group_by(Handover.reason)
    )
    counted = {reason: int(count) for reason, count in rows}
    return {reason: counted.get(reason.value, 0) for reason in HandoverReason}


def _colleagues(conn: Connection, period: Period) -> tuple[ColleagueNumbers, ...]:
    wait: ColumnElement[Any]  # Any: an expression of seconds.
    if conn.dialect.name == "postgresql":
        wait = func.extract("epoch", Handover.claimed_at - Handover.asked_at)
    else:
        wait = (func.julianday(Handover.claimed_at) - func.julianday(Handover.asked_at)) * 86_400
    times = func.count()
    rows = conn.execute(
        select(User.display_name, times, func.avg(wait), func.avg(Handover.rating))
        .join(User, User.id == Handover.claimed_by)
        .where(Handover.claimed_at >= period.since, Handover.claimed_at < period.until)
        .group_by(User.display_name)
        .order_by(times.desc())
        .limit(MOST_COLLEAGUES)
    )
    return tuple(
        ColleagueNumbers(
            name=name,
            claimed=int(claimed),
            wait_seconds=None if seconds is None else round(float(seconds), 1),
            rating=None if rating is None else round(float(rating), 2),
        )
        for name, claimed, seconds, rating in rows
    )


def _ratings(conn: Connection, period: Period) -> dict[int, int]:
    rows = conn.execute(
        select(Handover.rating, func.count())
        .where(
            Handover.rating.is_not(None), Handover.ended_at >= period.since, Handover.ended_at < period.until
        )
        .group_by(Handover.rating)
    )
    counted = {int(rating or 0): int(count) for rating, count in rows}
    return {stars: counted.get(stars, 0) for stars in range(1, 6)}
