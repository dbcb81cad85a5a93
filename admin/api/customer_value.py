"""What a customer says, buys and likes, what that makes them worth, and what suits them: scored anew in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, StringConstraints

from admin.actions.purchases_to_come import purchases_to_come
from admin.endpoint import Call, Endpoint
from admin.shapes import MAX_MONEY, Input, Line, Moment, Query, View
from flows.persona import Budget, Persona, PersonaSource, Survey, read_budget
from flows.refusal import Refusal, Refused
from flows.rfm import ClvProxy, RfmSegment, Ruleset
from flows.roles import Actor, Permission
from storage.database import Connection
from storage.people.customers import find_customer
from storage.worth.behaviour import NewPurchase, answer_survey, like, record_purchase, unlike
from storage.worth.value import rescore
from storage.worth.value_spread import value_spread
from storage.worth.value_views import (
    BuyerCard,
    TrendPoint,
    ValueCard,
    buyer_card,
    value_of,
    value_trend,
)

ShortLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class SurveyBody(Input):
    hobby: ShortLine = Field(description="What the customer uses it for: Gaming, Streaming, Kerja, Chatting…")
    budget: ShortLine = Field(description="Hemat, Sedang or Sultan; words behind it are ignored.")


class PurchaseBody(Input):
    package_code: Line
    amount: int = Field(ge=1, le=MAX_MONEY, description="Rupiah.")
    at: Moment | None = Field(None, description="Now, when absent; without an offset on the company's clock.")


class FavoriteBody(Input):
    package_code: Line


class FavoriteQuery(Query):
    package_code: Line


class SurveyView(View):
    hobby: str
    budget: Budget


class RecommendedView(View):
    package_code: str
    name: str
    price: int
    score: float
    reasons: list[str]


class ScoreView(View):
    """segment_reason and strategy are for people; ruleset_version and window_label say how to read the scores."""

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
    scored_at: datetime


class TrendView(View):
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


class ExpectedView(View):
    weeks: int
    purchases: float


class ValueView(View):
    """score is null before the first scoring; expected is empty where the company has not trained `clv`, or nothing was bought yet."""

    customer_id: str
    persona: Persona | None
    persona_source: PersonaSource | None
    persona_reasons: list[str]
    score: ScoreView | None
    trend: list[TrendView]
    survey: SurveyView | None
    favorites: list[str]
    purchases: int
    expected: list[ExpectedView]
    recommendations: list[RecommendedView]


class SpreadView(View):
    """How many customers each RFM segment, persona and score has."""

    segments: dict[RfmSegment, int]
    personas: dict[Persona, int]
    scores: dict[str, dict[int, int]]


async def read(call: Call) -> ValueView:
    customer_id = call.path("id")
    return await call.desk.database.read(lambda conn: _view(call, conn, customer_id))


async def survey(call: Call, taken: SurveyBody) -> ValueView:
    budget = read_budget(taken.budget)
    if isinstance(budget, Refusal):
        raise Refused(budget)
    said = Survey(hobby=taken.hobby, budget=budget)
    now = call.desk.now()
    return await _record(call, "survey", lambda conn, who, by: answer_survey(conn, who, said, by, now), now)


async def transaction(call: Call, taken: PurchaseBody) -> ValueView:
    now = call.desk.now()
    at = call.desk.aware(taken.at) if taken.at else now
    purchase = NewPurchase(package_code=taken.package_code, amount=taken.amount, at=at)
    return await _record(
        call, "payment", lambda conn, who, by: record_purchase(conn, who, purchase, by, now), now
    )


async def add_favorite(call: Call, taken: FavoriteBody) -> ValueView:
    now = call.desk.now()
    return await _record(
        call, "like", lambda conn, who, by: like(conn, who, taken.package_code, by, now), now
    )


async def drop_favorite(call: Call, taken: FavoriteQuery) -> ValueView:
    return await _drop(call, taken.package_code)


async def drop_named_favorite(call: Call) -> ValueView:
    return await _drop(call, call.path("code"))


async def spread(call: Call) -> SpreadView:
    found = await call.desk.database.read(lambda conn: value_spread(conn, None))
    scores = {"r": dict(found.r), "f": dict(found.f), "m": dict(found.m)}
    return SpreadView(segments=dict(found.segments), personas=dict(found.personas), scores=scores)


async def _drop(call: Call, package_code: str) -> ValueView:
    now = call.desk.now()
    return await _record(call, "unlike", lambda conn, who, by: unlike(conn, who, package_code, by, now), now)


async def _record(
    call: Call, because: str, write: Callable[[Connection, str, Actor], object], now: datetime
) -> ValueView:
    """Writes it down for a customer within the actor's scope, scores them, and reads the outcome, all in one transaction."""
    customer_id = call.path("id")

    def record(conn: Connection) -> ValueView:
        person = find_customer(conn, call.actor, customer_id)
        write(conn, person.id, call.actor)
        rescore(conn, [person.id], call.desk.value_rules, now, because)
        return _view(call, conn, person.id)

    return await call.desk.database.write(record)


def _view(call: Call, conn: Connection, customer_id: str) -> ValueView:
    now = call.desk.now()
    value = value_of(conn, call.actor, customer_id)
    today = call.desk.local(now).date()
    buyer = buyer_card(conn, customer_id, call.desk.value_rules, now, today)
    return ValueView(
        customer_id=customer_id,
        persona=value.persona if value else None,
        persona_source=value.persona_source if value else None,
        persona_reasons=list(value.persona_reasons) if value else [],
        score=_score(call, value) if value else None,
        trend=[_point(call, point) for point in value_trend(conn, customer_id)],
        survey=SurveyView(hobby=buyer.survey.hobby, budget=buyer.survey.budget) if buyer.survey else None,
        favorites=list(buyer.favorites),
        purchases=len(buyer.purchases),
        expected=[
            ExpectedView(weeks=weeks, purchases=round(purchases, 3))
            for weeks, purchases in purchases_to_come(call.desk, buyer.purchases, today)
        ],
        recommendations=_recommended(buyer),
    )


def _score(call: Call, value: ValueCard) -> ScoreView:
    fields = {name: getattr(value, name) for name in ScoreView.model_fields}
    return ScoreView(**fields | {"scored_at": call.desk.local(value.scored_at)})


def _point(call: Call, point: TrendPoint) -> TrendView:
    fields = {name: getattr(point, name) for name in TrendView.model_fields}
    return TrendView(**fields | {"at": call.desk.local(point.at)})


def _recommended(buyer: BuyerCard) -> list[RecommendedView]:
    return [
        RecommendedView(
            package_code=one.package.code,
            name=one.package.name,
            price=one.package.price,
            score=one.score,
            reasons=list(one.reasons),
        )
        for one in buyer.recommendations
    ]


_OF_CUSTOMER = "/api/customers/{id:id}"
_MISSING = (HTTPStatus.NOT_FOUND,)

ENDPOINTS = (
    Endpoint(
        method="GET",
        path=f"{_OF_CUSTOMER}/value",
        access=Permission.READ_CUSTOMERS,
        summary="What a customer is worth, why, since when, and which packages suit",
        handle=read,
        gives=ValueView,
        fails=_MISSING,
    ),
    Endpoint(
        method="POST",
        path=f"{_OF_CUSTOMER}/survey",
        access=Permission.RECORD_BEHAVIOUR,
        summary="Note what a customer says they want; scored anew at once",
        handle=survey,
        takes=SurveyBody,
        gives=ValueView,
        fails=_MISSING,
    ),
    Endpoint(
        method="POST",
        path=f"{_OF_CUSTOMER}/transactions",
        access=Permission.RECORD_BEHAVIOUR,
        summary="Note a payment; scored anew at once",
        handle=transaction,
        takes=PurchaseBody,
        gives=ValueView,
        fails=_MISSING,
    ),
    Endpoint(
        method="POST",
        path=f"{_OF_CUSTOMER}/favorites",
        access=Permission.RECORD_BEHAVIOUR,
        summary="Note that a customer likes a package; scored anew at once",
        handle=add_favorite,
        takes=FavoriteBody,
        gives=ValueView,
        fails=_MISSING,
    ),
    Endpoint(
        method="DELETE",
        path=f"{_OF_CUSTOMER}/favorites",
        access=Permission.RECORD_BEHAVIOUR,
        summary="A customer no longer likes the package named in the query",
        handle=drop_favorite,
        takes=FavoriteQuery,
        gives=ValueView,
        fails=_MISSING,
    ),
    Endpoint(
        method="DELETE",
        path=f"{_OF_CUSTOMER}/favorites/{{code:word}}",
        access=Permission.RECORD_BEHAVIOUR,
        summary="A customer no longer likes this package",
        handle=drop_named_favorite,
        gives=ValueView,
        fails=_MISSING,
    ),
    Endpoint(
        method="GET",
        path="/api/customer-values",
        access=Permission.SEE_DASHBOARD,
        summary="How many customers each RFM segment, persona and score has",
        handle=spread,
        gives=SpreadView,
    ),
)
