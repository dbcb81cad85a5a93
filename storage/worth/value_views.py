"""What is this customer worth, how did that come, and how are all of them spread? Reading for pages and the API."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, select

from flows.for_you import Buyer, Recommended, for_you
from flows.persona import Bought, Persona, PersonaSource, Survey, persona_of
from flows.refusal import missing
from flows.rfm import STRATEGY, ClvProxy, RfmSegment, Ruleset
from flows.roles import Actor
from storage.knowledge.packages import list_packages
from storage.scope import customers_within
from storage.tables import Customer, CustomerValue, ValueStep
from storage.worth.behaviour import drawn_by, favorites_of, purchases_of, surveys_of
from storage.worth.value import ValueRules, price_bands

TREND = 100  # Steps of a trend: more than a chart shows.
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCard:
    """What a customer is worth, as last scored. strategy says what to do with such customers."""

    customer_id: str
    r: int
    f: int
    m: int
    recency_days: int
    frequency: int
    monetary: int
    segment: RfmSegment
    segment_reason: str
    clv_proxy: ClvProxy
    strategy: str
    ruleset_version: Ruleset
    window_label: str
    persona: Persona
    persona_source: PersonaSource
    persona_reasons: tuple[str, ...]
    scored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    r: int
    f: int
    m: int
    frequency: int
    monetary: int
    segment: RfmSegment
    persona: Persona
    ruleset_version: Ruleset
    because: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerCard:
    """What is known of how a customer buys, and what suits them."""

    survey: Survey | None
    favorites: tuple[str, ...]
    purchases: tuple[Bought, ...]
    recommendations: tuple[Recommended, ...]


def value_of(conn: Connection, actor: Actor, customer_id: str) -> ValueCard | None:
    """The customer's value; None before the first scoring. Raises Refused when there is no such customer within the actor's scope."""
    within = select(Customer.id).where(Customer.id == customer_id, customers_within(actor))
    if conn.scalar(within) is None:
        raise missing("customer")
    row = (
        conn.execute(select(CustomerValue).where(CustomerValue.customer_id == customer_id)).mappings().first()
    )
    return _card(row) if row else None


def values_of(conn: Connection, customer_ids: list[str]) -> dict[str, ValueCard]:
    """The values of these customers, for a list whose rows the caller was allowed to read."""
    rows = conn.execute(select(CustomerValue).where(CustomerValue.customer_id.in_(customer_ids))).mappings()
    return {row["customer_id"]: _card(row) for row in rows}


def value_trend(conn: Connection, customer_id: str, limit: int = TREND) -> tuple[TrendPoint, ...]:
    """How the customer's value changed, oldest first, the newest `limit` steps."""
    newest = (
        select(ValueStep)
        .where(ValueStep.customer_id == customer_id)
        .order_by(ValueStep.at.desc(), ValueStep.id.desc())
        .limit(limit)
    )
    return tuple(_point(row) for row in reversed(conn.execute(newest).mappings().all()))


def buyer_card(
    conn: Connection, customer_id: str, rules: ValueRules, now: datetime, today: date, k: int = SHOWN
) -> BuyerCard:
    """What the customer bought, likes and said, and the k packages that suit best, each with why. today is the company's own date."""
    purchases = purchases_of(conn, [customer_id]).get(customer_id, ())
    survey = surveys_of(conn, [customer_id]).get(customer_id)
    favorites = favorites_of(conn, customer_id)
    bands = price_bands(conn, rules)
    tier = conn.scalar(select(Customer.tier).where(Customer.id == customer_id))
    codes = [bought.package_code for bought in purchases]
    buyer = Buyer(
        found=persona_of(survey, purchases, now, bands),
        survey=survey,
        purchases=purchases,
        favorites=frozenset(favorites),
        together=drawn_by(conn, customer_id, codes, rules.together),
        tier=tier,
    )
    return BuyerCard(
        survey=survey,
        favorites=favorites,
        purchases=purchases,
        recommendations=for_you(buyer, list_packages(conn), now, today, bands, k),
    )


def _card(row: RowMapping) -> ValueCard:
    segment = RfmSegment(row["segment"])
    plain = (
        "customer_id",
        "r",
        "f",
        "m",
        "recency_days",
        "frequency",
        "monetary",
        "segment_reason",
        "window_label",
    )
    return ValueCard(
        **{name: row[name] for name in (*plain, "scored_at")},
        segment=segment,
        clv_proxy=ClvProxy(row["clv_proxy"]),
        strategy=STRATEGY[segment],
        ruleset_version=Ruleset(row["ruleset_version"]),
        persona=Persona(row["persona"]),
        persona_source=PersonaSource(row["persona_source"]),
        persona_reasons=tuple(row["persona_reasons"]),
    )


def _point(row: RowMapping) -> TrendPoint:
    plain = ("r", "f", "m", "frequency", "monetary", "because", "at")
    return TrendPoint(
        **{name: row[name] for name in plain},
        segment=RfmSegment(row["segment"]),
        persona=Persona(row["persona"]),
        ruleset_version=Ruleset(row["ruleset_version"]),
    )
