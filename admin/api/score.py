"""What to offer a telco customer, and whether they are about to leave: seed 002's two questions, at its own addresses and ours.

Nobody is named and nothing is kept but counts; a profile's further fields are not looked at.
"""

from http import HTTPStatus
from typing import Annotated, ClassVar, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, View
from flows.roles import Permission
from ml.serve.churn import Prediction, Risk
from ml.serve.offers import Alternative, Recommendation
from ml.serve.telco_models import TelcoModels
from ml.telco import LARGEST

TRUSTED_SECONDS = 1.0
Amount = Annotated[float, Field(ge=0, le=LARGEST)]
Share = Annotated[float, Field(ge=0, le=1)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class ProfileBody(Input):
    """The ten inputs of seed 002."""

    # `NaN` is no JSON, yet what pandas and Python write for a hole: the sender should hear which field it is.
    takes_nan: ClassVar[bool] = True

    avg_data_usage_gb: Amount = Field(description="Gigabytes a month.")
    pct_video_usage: Share = Field(description="Share of the data that is video.")
    avg_call_duration: Amount = Field(description="Minutes a call.")
    sms_freq: Amount = Field(description="Texts a month.")
    monthly_spend: Amount = Field(description="Rupiah a month.")
    topup_freq: Amount = Field(description="Top-ups a month.")
    travel_score: Share
    complaint_count: Amount
    plan_type: Word = Field(description="Prepaid or Postpaid; anything else counts as other.")
    device_brand: Word = Field(description="A brand nobody trained on counts as other.")
    with_reasons: bool = Field(True, description="False: no reasons, for whoever scores many and reads none.")


class AlternativeView(View):
    offer_name: str
    confidence: Share
    reason: str


class OfferView(View):
    status: Literal["success"] = "success"
    offer_name: str
    confidence: Share = Field(description="Calibrated chance that this is the offer the customer takes.")
    offer_type: Literal["AUTO_MAPPED"] = "AUTO_MAPPED"
    reasons: list[str]
    alternatives: list[AlternativeView]


class RiskView(View):
    status: Literal["success"] = "success"
    prediction: Literal[0, 1] = Field(description="1 from a risk of 0.5.")
    risk_score: Share = Field(description="Calibrated chance of leaving within three months.")
    risk_category: Risk = Field(description="LOW below 0.3, HIGH from 0.6.")


class ChurnView(RiskView):
    result: RiskView = Field(description="The same once more, where the document's clients look for it.")
    reasons: list[str]


async def recommend(call: Call, taken: ProfileBody) -> OfferView:
    model = telco_models(call).offers
    return _offer(model.recommend(vars(taken), with_reasons=taken.with_reasons))


async def predict(call: Call, taken: ProfileBody) -> ChurnView:
    model = telco_models(call).churn
    return _churn(model.predict(vars(taken), with_reasons=taken.with_reasons))


def telco_models(call: Call) -> TelcoModels:
    """Raises 503 while there are none."""
    models = call.desk.telco()
    if models is None:
        raise web.HTTPServiceUnavailable(
            text="The models of offers and churn are not loaded. See /readyz, or run: sapa train all"
        )
    return models


def _offer(found: Recommendation) -> OfferView:
    # Checked as a whole: a view for each alternative would cost as much as the score.
    return OfferView.model_validate(
        {
            "offer_name": found.offer,
            "confidence": found.confidence,
            "reasons": list(found.reasons),
            "alternatives": [
                {"offer_name": other.offer, "confidence": other.confidence, "reason": other.reason}
                for other in found.alternatives
            ],
        }
    )


def alternative_view(other: Alternative) -> AlternativeView:
    return AlternativeView(offer_name=other.offer, confidence=other.confidence, reason=other.reason)


def _churn(found: Prediction) -> ChurnView:
    plain = {
        "prediction": 1 if found.leaves else 0,
        "risk_score": found.risk,
        "risk_category": found.category,
    }
    return ChurnView.model_validate({**plain, "result": plain, "reasons": list(found.reasons)})


def _recommend_at(path: str) -> Endpoint:
    return Endpoint(
        method="POST",
        path=path,
        access=Permission.SCORE,
        summary="Which offer suits a telco customer, how sure, what else, and why",
        handle=recommend,
        takes=ProfileBody,
        gives=OfferView,
        fails=(HTTPStatus.SERVICE_UNAVAILABLE,),
        trusts_token_seconds=TRUSTED_SECONDS,
    )


def _predict_at(path: str) -> Endpoint:
    return Endpoint(
        method="POST",
        path=path,
        access=Permission.SCORE,
        summary="How likely a telco customer is to leave, and why",
        handle=predict,
        takes=ProfileBody,
        gives=ChurnView,
        fails=(HTTPStatus.SERVICE_UNAVAILABLE,),
        trusts_token_seconds=TRUSTED_SECONDS,
    )


ENDPOINTS = (
    _recommend_at("/api/recommend"),
    _predict_at("/api/predict"),
    # Seed 002's own addresses.
    _recommend_at("/recommend"),
    _predict_at("/predict"),
)
