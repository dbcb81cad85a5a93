"""How did it go between two dates? Funnel, campaigns, the bot's own work and frequent questions, defined as in `flows/funnel.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from flows.domain import Phase
from flows.funnel import Funnel, funnel, rate
from storage.numbers.ads import clicks_by_code, spend_by_code
from storage.numbers.turn_numbers import TurnNumbers, turn_numbers
from storage.prepared import Prepared
from storage.tables import Handover, Journey, PackageRow
from storage.tables.columns import Instant

MOST_ASKED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first moment of one local day to the last of another: until is excluded. first and last are those days, included."""

    since: datetime
    until: datetime
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignNumbers:
    """conversion is bookings ÷ clicks. spend and revenue are rupiah; revenue is the price of what was paid; None without a spend to
    divide by."""

    campaign_code: str
    clicks: int
    conversations: int
    bookings: int
    paid: int
    spend: int
    revenue: int

    @property
    def conversion(self) -> float | None:
        return rate(self.bookings, self.clicks)

    @property
    def cost_per_booking(self) -> int | None:
        return round(self.spend / self.bookings) if self.spend and self.bookings else None

    @property
    def return_on_spend(self) -> float | None:
        """Revenue ÷ spend: 3.0 means that each rupiah of ads brought three."""
        return rate(self.revenue, self.spend)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotNumbers:
    """Response times in seconds, from receiving the first message of a turn to sending its answer."""

    avg_response_seconds: float | None
    successful: float | None
    escalation_rate: float | None
    satisfaction: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionNumbers:
    """success_rate: share of the times after which no human was needed."""

    intent: str
    frequency: int
    success_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytics:
    funnel: Funnel
    campaigns: tuple[CampaignNumbers, ...]
    bot: BotNumbers
    questions: tuple[QuestionNumbers, ...]


def read_analytics(conn: Connection, period: Period) -> Analytics:
    turns = turn_numbers(conn, period.since, period.until)
    journeys = _JOURNEYS.all(conn, since=period.since, until=period.until)
    return Analytics(
        funnel=funnel({Phase(row.phase): row.number for row in journeys}),
        campaigns=_campaigns(conn, period),
        bot=_bot(conn, period, turns, journeys),
        questions=_questions(turns),
    )


# For statements that are written once: a period still to come (`since`, `until`), what began in it, and what came as far as booking.
PERIOD = {name: bindparam(name, type_=Instant) for name in ("since", "until")}
BEGAN_THEN = (Journey.started_at >= PERIOD["since"], Journey.started_at < PERIOD["until"])
HAS_BOOKED = Journey.phase.in_((Phase.BOOKING.value, Phase.PAID.value))
_JOURNEYS = Prepared(
    select(
        Journey.phase,
        func.count().label("number"),
        func.sum(case((Journey.is_escalated, 1), else_=0)).label("escalated"),
    )
    .where(*BEGAN_THEN)
    .group_by(Journey.phase)
)


def _campaigns(conn: Connection, period: Period) -> tuple[CampaignNumbers, ...]:
    """Every code that somebody clicked, wrote, or paid for; the one with the most conversations first."""
    clicks = clicks_by_code(conn, period.first, period.last)
    spend = spend_by_code(conn, period.first, period.last)
    came = {row.code: row for row in _BY_CODE.all(conn, since=period.since, until=period.until)}
    numbers = (
        CampaignNumbers(
            campaign_code=code,
            clicks=clicks.get(code, 0),
            spend=spend.get(code, 0),
            conversations=came[code].conversations if code in came else 0,
            bookings=int(came[code].bookings) if code in came else 0,
            paid=int(came[code].paid) if code in came else 0,
            revenue=int(came[code].revenue) if code in came else 0,
        )
        for code in {*clicks, *spend, *came}
    )
    return tuple(sorted(numbers, key=lambda item: (-item.conversations, -item.clicks, item.campaign_code)))


_HAS_PAID = Journey.phase == Phase.PAID.value
_BY_CODE = Prepared(
    select(
        Journey.campaign_code.label("code"),
        func.count(Journey.conversation_id.distinct()).label("conversations"),
        func.sum(case((HAS_BOOKED, 1), else_=0)).label("bookings"),
        func.sum(case((_HAS_PAID, 1), else_=0)).label("paid"),
        func.coalesce(func.sum(case((_HAS_PAID, PackageRow.price), else_=0)), 0).label("revenue"),
    )
    .outerjoin(PackageRow, PackageRow.code == Journey.package_code)
    .where(*BEGAN_THEN, Journey.campaign_code.is_not(None))
    .group_by(Journey.campaign_code)
)


def _bot(
    conn: Connection, period: Period, turns: TurnNumbers, journeys: Sequence[Any]
) -> BotNumbers:  # Any: rows of _JOURNEYS.
    escalated = sum(int(row.escalated) for row in journeys)
    escalation = rate(escalated, sum(row.number for row in journeys))
    return BotNumbers(
        avg_response_seconds=round(turns.seconds / turns.answered, 3) if turns.answered else None,
        successful=None if escalation is None else round(1 - escalation, 4),
        escalation_rate=escalation,
        satisfaction=_satisfaction(conn, period),
    )


def _satisfaction(conn: Connection, period: Period) -> float | None:
    average = _RATINGS.all(conn, since=period.since, until=period.until)[0].average
    return None if average is None else round(float(average), 2)


_RATINGS = Prepared(
    select(func.avg(Handover.rating).label("average")).where(
        Handover.rating.is_not(None),
        Handover.ended_at >= PERIOD["since"],
        Handover.ended_at < PERIOD["until"],
    )
)


def _questions(turns: TurnNumbers) -> tuple[QuestionNumbers, ...]:
    asked = [(intent, count) for intent, count in turns.turns.items() if intent.startswith("ask_")]
    return tuple(
        QuestionNumbers(intent=intent, frequency=count, success_rate=rate(turns.stayed[intent], count))
        for intent, count in sorted(asked, key=lambda item: (-item[1], item[0]))[:MOST_ASKED]
    )
