"""The cards of the models in service: made of what, how good on what they had not seen, and whether they still fit who is scored."""

from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import Field

from admin.actions.model_cards import DRIFT_DAYS, Shown, shown_models
from admin.endpoint import Call, Endpoint
from admin.shapes import ListView, View
from flows.roles import Permission
from ml.serve.artifact import Card
from ml.serve.drift import SCORE, Drift, Verdict


class CardView(View):
    """As `sapa train` writes it."""

    id: str
    kind: str
    name: str
    made_at: str
    rows: int
    classes: list[str]
    data_hash: str
    sha256: str
    libraries: dict[str, str]
    metrics: dict[str, Any] = Field(description="Figures on what the model had not seen.")  # Any: JSON.
    thresholds: dict[str, float]


class DriftView(View):
    """One input, or the score, of the last days against training."""

    feature: str = Field(description=f"A column of the model, or `{SCORE}`.")
    psi: float | None = Field(description="Population stability index; null while nothing was scored.")
    verdict: Verdict
    trained: list[float] = Field(description="Share of training's rows in each bin; the last bin: missing.")
    served: list[float]


class ModelView(View):
    """card is null with a sentence in fault that names the command which mends it."""

    name: str = Field(description="As `sapa train` knows it.")
    card: CardView | None
    previous: str | None = Field(description="Id of the model that `sapa train … --rollback` brings back.")
    fault: str
    verdict: Verdict | None = Field(description="Of all inputs the worst; null where scores are not counted.")
    scored: int = Field(description=f"Rows scored in the last {DRIFT_DAYS} days.")
    drift: list[DriftView]


class ModelList(ListView[ModelView]):
    pass


async def browse(call: Call) -> ModelList:
    found = [_view(shown) for shown in await shown_models(call.desk)]
    return ModelList(items=found, total=len(found))


async def one(call: Call) -> ModelView:
    name = call.path("name")
    for shown in await shown_models(call.desk):
        if shown.what == name:
            return _view(shown)
    raise web.HTTPNotFound


def _view(shown: Shown) -> ModelView:
    return ModelView(
        name=shown.what,
        card=_card(shown.card) if shown.card else None,
        previous=shown.previous.id if shown.previous else None,
        fault=shown.fault,
        verdict=shown.verdict,
        scored=shown.scored,
        drift=[_drift(drift) for drift in shown.drift],
    )


def _card(card: Card) -> CardView:
    return CardView(
        **{name: getattr(card, name) for name in CardView.model_fields if name not in ("classes", "metrics")},
        classes=list(card.classes),
        metrics=dict(card.metrics),
    )


def _drift(drift: Drift) -> DriftView:
    return DriftView(
        feature=drift.spread.name,
        psi=drift.index,
        verdict=drift.verdict,
        trained=list(drift.spread.shares),
        served=list(drift.shares),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/models",
        access=Permission.SEE_MODELS,
        summary="The cards of the models in service, and whether they still fit who is scored",
        handle=browse,
        gives=ModelList,
    ),
    Endpoint(
        method="GET",
        path="/api/models/{name:word}",
        access=Permission.SEE_MODELS,
        summary="One model's card",
        handle=one,
        gives=ModelView,
        fails=(HTTPStatus.NOT_FOUND,),
    ),
)
