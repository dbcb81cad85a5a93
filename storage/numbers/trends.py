"""How did it go from day to day, and what is somebody's own day like? Numbers behind the panel's pictures, without persons."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, String, and_, bindparam, case, func, select, text

from flows.domain import OPEN_LEAD, HandoverReason, Phase, Status
from flows.roles import Actor
from storage.dialect import local_day, seconds_between, zone_value
from storage.numbers.analytics import BEGAN_THEN, HAS_BOOKED, PERIOD, Period
from storage.prepared import Prepared
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
    asked, of_zone = (
        _by_day(is_postgres=conn.dialect.name == "postgresql"),
        zone_value(conn, zone, period.since),
    )
    rows = asked.all(conn, zone=of_zone, **_span(period))
    counted = {str(row.day): (int(row.journeys), int(row.bookings)) for row in rows}
    span = (period.last - period.first).days + 1
    days = (period.first + timedelta(days=at) for at in range(span))
    return tuple(
        DayNumbers(day=one, journeys=counts[0], bookings=counts[1])
        for one in days
        for counts in [counted.get(one.isoformat(), (0, 0))]
    )


def _span(period: Period) -> dict[str, datetime]:
    return {"since": period.since, "until": period.until}


_BOOKINGS = func.sum(case((HAS_BOOKED, 1), else_=0)).label("bookings")
_JOURNEYS = func.count().label("journeys")


@lru_cache
def _by_day(*, is_postgres: bool) -> Prepared:
    day = local_day(Journey.started_at, bindparam("zone", type_=String), is_postgres=is_postgres).label("day")
    # By its name: said again, the expression would be another one to PostgreSQL, with values of its own.
    return Prepared(select(day, _JOURNEYS, _BOOKINGS).where(*BEGAN_THEN).group_by(text("day")))


def _packages(conn: Connection, period: Period) -> tuple[PackageNumbers, ...]:
    """The most asked for, by name: two codes may have one."""
    names = {row.code: row.name for row in _NAMES.all(conn)}
    summed: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _BY_PACKAGE.all(conn, **_span(period)):
        numbers = {"journeys": row.journeys, "bookings": int(row.bookings), "paid": int(row.paid)}
        summed[names.get(row.package_code, row.package_code)].update(numbers)
    found = (PackageNumbers(name=name, **numbers) for name, numbers in summed.items())
    return tuple(sorted(found, key=lambda one: (-one.journeys, one.name))[:MOST_PACKAGES])


_NAMES = Prepared(select(PackageRow.code, PackageRow.name))
_BY_PACKAGE = Prepared(
    select(
        Journey.package_code,
        _JOURNEYS,
        _BOOKINGS,
        func.sum(case((Journey.phase == Phase.PAID.value, 1), else_=0)).label("paid"),
    )
    .where(*BEGAN_THEN, Journey.package_code.is_not(None))
    .group_by(Journey.package_code)
)


def _reasons(conn: Connection, period: Period) -> dict[HandoverReason, int]:
    counted = {row.reason: row.number for row in _BY_REASON.all(conn, **_span(period))}
    return {reason: counted.get(reason.value, 0) for reason in HandoverReason}


_NUMBER = func.count().label("number")
_BY_REASON = Prepared(
    select(Handover.reason, _NUMBER)
    .where(Handover.asked_at >= PERIOD["since"], Handover.asked_at < PERIOD["until"])
    .group_by(Handover.reason)
)


def _colleagues(conn: Connection, period: Period) -> tuple[ColleagueNumbers, ...]:
    rows = _by_colleague(is_postgres=conn.dialect.name == "postgresql").all(conn, **_span(period))
    return tuple(
        ColleagueNumbers(
            name=row.display_name,
            claimed=row.number,
            wait_seconds=None if row.seconds is None else round(float(row.seconds), 1),
            rating=None if row.rating is None else round(float(row.rating), 2),
        )
        for row in rows
    )


@lru_cache
def _by_colleague(*, is_postgres: bool) -> Prepared:
    wait = seconds_between(Handover.asked_at, Handover.claimed_at, is_postgres=is_postgres)
    return Prepared(
        select(
            User.display_name,
            _NUMBER,
            func.avg(wait).label("seconds"),
            func.avg(Handover.rating).label("rating"),
        )
        .join(User, User.id == Handover.claimed_by)
        .where(Handover.claimed_at >= PERIOD["since"], Handover.claimed_at < PERIOD["until"])
        .group_by(User.display_name)
        .order_by(_NUMBER.desc())
        .limit(MOST_COLLEAGUES)
    )


def _ratings(conn: Connection, period: Period) -> dict[int, int]:
    counted = {row.rating: row.number for row in _BY_STARS.all(conn, **_span(period))}
    return {stars: counted.get(stars, 0) for stars in range(1, 6)}


_BY_STARS = Prepared(
    select(Handover.rating, _NUMBER)
    .where(
        Handover.rating.is_not(None),
        Handover.ended_at >= PERIOD["since"],
        Handover.ended_at < PERIOD["until"],
    )
    .group_by(Handover.rating)
)
