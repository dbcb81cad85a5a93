"""What to offer this customer: seed 002's flow in one call. The profile is put together, scored, mapped to what we sell, and kept."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ClassVar

from pydantic import Field

from admin.actions.churn_scores import as_risk
from admin.api.score import AlternativeView, Amount, Share, Word, alternative_view, telco_models
from admin.endpoint import Call, Endpoint
from admin.problems import FieldError, Problem
from admin.shapes import Input, ListView, PageQuery, View, list_of
from flows.roles import Permission
from ml.serve.churn import Risk, category_of
from ml.serve.telco_models import TelcoModels
from ml.telco import FIELDS, fault_of
from storage.database import Connection
from storage.pages import Page
from storage.people.customers import find_customer
from storage.worth.churn import note_churn
from storage.worth.recommendations import (
    Recommended,
    keep_recommendation,
    known_profile,
    packages_of_offer,
    recommendation_page,
    remember_inputs,
)
from storage.worth.value import rescore

HASH_LETTERS = 16


class InputsBody(Input):
    """What is known of the customer now; it counts before what is stored, and AGENT and RM thereby store it."""

    takes_nan: ClassVar[bool] = True

    avg_data_usage_gb: Amount | None = None
    pct_video_usage: Share | None = None
    avg_call_duration: Amount | None = None
    sms_freq: Amount | None = None
    monthly_spend: Amount | None = None
    topup_freq: Amount | None = None
    travel_score: Share | None = None
    complaint_count: Amount | None = None
    plan_type: Word | None = None
    device_brand: Word | None = None


class RecommendationView(View):
    offer_name: str
    confidence: Share
    risk_score: Share
    risk_category: Risk
    package_codes: list[str] = Field(
        description="What we sell under that offer (ml_label), the cheapest first."
    )
    reasons: list[str]
    alternatives: list[AlternativeView]
    offers_model: str
    churn_model: str
    asked_by: str
    at: datetime


class RecommendationList(ListView[RecommendationView]):
    pass


async def make(call: Call, taken: InputsBody) -> RecommendationView:
    customer_id, now = call.path("id"), call.desk.now()
    models = telco_models(call)
    given = {name: value for name, value in taken.model_dump().items() if value is not None}

    def known(conn: Connection) -> dict[str, Any]:  # Any: JSON as stored.
        find_customer(conn, call.actor, customer_id)
        return known_profile(conn, customer_id, now)

    profile = _ten_inputs({**await call.desk.database.read(known), **given})

    found, leaving = models.offers.recommend(profile), models.churn.predict(profile)
    alternatives = tuple(alternative_view(other).model_dump() for other in found.alternatives)

    def record(conn: Connection) -> Recommended:
        find_customer(conn, call.actor, customer_id)
        if given and call.actor.may(Permission.RECORD_BEHAVIOUR):
            remember_inputs(conn, customer_id, given, call.actor, now)
        codes = packages_of_offer(conn, found.offer, call.desk.local(now).date())
        told = Recommended(
            offer_name=found.offer,
            confidence=found.confidence,
            risk_score=leaving.risk,
            package_codes=codes,
            reasons=found.reasons,
            alternatives=alternatives,
            asked_by=call.actor.name,
            at=now,
            **_stamp(models, profile),
        )
        keep_recommendation(conn, customer_id, told, call.actor)
        note_churn(conn, {customer_id: as_risk(models, leaving, now)})
        rescore(conn, [customer_id], call.desk.value_rules, now, "churn")
        return told

    return _view(call, await call.desk.database.write(record))


async def browse(call: Call, taken: PageQuery) -> RecommendationList:
    customer_id, page = call.path("id"), Page(limit=taken.limit, offset=taken.offset)

    def rows(conn: Connection) -> dict[str, Any]:  # Any: fields of the list's view.
        find_customer(conn, call.actor, customer_id)
        return list_of(recommendation_page(conn, customer_id, page), lambda told: _view(call, told))

    return RecommendationList(**await call.desk.database.read(rows))


def _ten_inputs(known: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
    """The profile that the models take. Raises Problem naming every input that nobody told us, or that cannot be."""
    faults = {name: fault_of(name, known.get(name)) for name in FIELDS}
    errors = [
        FieldError(
            field=name, message=f"The customer's {name} {'is not known' if name not in known else fault}."
        )
        for name, fault in faults.items()
        if fault is not None
    ]
    if errors:
        named = ", ".join(error.field for error in errors)
        detail = f"The customer's profile lacks what the models need: {named}. Send it along."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors)
    return {name: known[name] for name in FIELDS}


def _stamp(models: TelcoModels, profile: Mapping[str, Any]) -> dict[str, str]:  # Any: JSON
    """What was asked and who answered, so that a recommendation can be traced."""
    digest = sha256(json.dumps(profile, sort_keys=True).encode()).hexdigest()
    return {
        "input_hash": digest[:HASH_LETTERS],
        "offers_model": models.offers.card.id,
        "churn_model": models.churn.card.id,
    }


def _view(call: Call, told: Recommended) -> RecommendationView:
    return RecommendationView(
        offer_name=told.offer_name,
        confidence=told.confidence,
        risk_score=told.risk_score,
        risk_category=category_of(told.risk_score),
        package_codes=list(told.package_codes),
        reasons=list(told.reasons),
        alternatives=[AlternativeView(**other) for other in told.alternatives],
        offers_model=told.offers_model,
        churn_model=told.churn_model,
        asked_by=told.asked_by,
        at=call.desk.local(told.at),
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/customers/{id:id}/recommendations",
        access=Permission.RECOMMEND,
        summary="Put the customer's profile together, score it, and keep what is recommended",
        handle=make,
        takes=InputsBody,
        gives=RecommendationView,
        fails=(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
    ),
    Endpoint(
        method="GET",
        path="/api/customers/{id:id}/recommendations",
        access=Permission.RECOMMEND,
        summary="What was recommended to the customer, the latest first",
        handle=browse,
        takes=PageQuery,
        gives=RecommendationList,
        fails=(HTTPStatus.NOT_FOUND,),
    ),
)
