"""Which kind of shopper is somebody with these eight numbers? Seed 001's simulator: nobody is named and nothing is kept."""

from http import HTTPStatus
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, View
from flows.roles import Permission
from ml.serve.segments import ADVICE, FEATURES, Match, Persona, Segments, Shopper, ShopTier, by_tier

LARGEST = 1e12  # Beyond it nobody shops; far below what a float holds exactly.
Count = Annotated[float, Field(ge=0, le=LARGEST)]
Share = Annotated[float, Field(ge=0, le=1)]


class ShopperBody(Input):
    """A year of one customer. total_spend is in the model's currency."""

    total_spend: Count
    frequency: Count = Field(description="Orders.")
    recency_days: Count = Field(description="Days since the last order.")
    avg_items: Count = Field(description="Items an order.")
    unique_products: Count
    page_views: Count
    add_to_cart: Count
    wishlist: Count


class ProductView(View):
    name: str
    category: str
    price: float
    tier: ShopTier
    reason: str


class RadarView(View):
    """Each axis from 0 to 1; customer and persona in the order of labels."""

    labels: list[str]
    customer: list[Share]
    persona: list[Share]


class ShopperView(View):
    persona: Persona
    advice: str
    reasons: list[str]
    migration_risk: Share | None = Field(description="Chance of a lower persona in 90 days.")
    upgrade_potential: Share | None = Field(description="Chance of a higher persona in 90 days.")
    tier: ShopTier
    products: list[ProductView] = Field(description="Of all tiers, the nearest first.")
    products_by_tier: dict[ShopTier, list[ProductView]]
    radar: RadarView
    currency: str


class ElbowView(View):
    k: int
    inertia: float


class SilhouetteView(View):
    k: int
    score: float


class PointView(View):
    x: float
    y: float
    persona: Persona


class ScatterView(View):
    explained: list[float] = Field(description="Share of the variance that each of the two axes holds.")
    points: list[PointView]


class ImportanceView(View):
    feature: str
    share: Share


class PersonaView(View):
    persona: Persona
    share: Share
    customers: int
    centroid: dict[str, float]


class ChanceView(View):
    """How good a chance is, on customers that it had not seen."""

    share: float
    auc: float
    ece: float


class MetricsView(View):
    customers: int
    k: int
    why_k: str
    currency: str
    features: list[str]
    elbow: list[ElbowView]
    silhouette: list[SilhouetteView]
    pca: ScatterView
    importance: list[ImportanceView]
    bootstrap_ari: float
    personas: list[PersonaView]
    migration_risk: ChanceView | None = None
    upgrade_potential: ChanceView | None = None


async def predict(call: Call, taken: ShopperBody) -> ShopperView:
    model = _model(call)
    return _view(model.predict(taken.model_dump()), model.currency)


async def metrics(call: Call) -> MetricsView:
    model = _model(call)
    found: dict[str, Any] = {**model.metrics}  # Any: JSON as the view says.
    return MetricsView.model_validate({**found, "currency": model.currency, "features": list(FEATURES)})


def _model(call: Call) -> Segments:
    model = call.desk.segments()
    if model is None:
        raise web.HTTPServiceUnavailable(
            text="The segments model is not loaded. See /readyz, or run: sapa train segments"
        )
    return model


def _view(shopper: Shopper, currency: str) -> ShopperView:
    radar = shopper.radar
    return ShopperView(
        persona=shopper.persona,
        advice=ADVICE[shopper.persona],
        reasons=list(shopper.reasons),
        migration_risk=shopper.migration_risk,
        upgrade_potential=shopper.upgrade_potential,
        tier=shopper.tier,
        products=[_product(match) for match in shopper.products],
        products_by_tier={
            ShopTier(tier): [_product(match) for match in matches]
            for tier, matches in by_tier(shopper.products).items()
        },
        radar=RadarView(
            labels=list(radar),
            customer=[customer for customer, _ in radar.values()],
            persona=[persona for _, persona in radar.values()],
        ),
        currency=currency,
    )


def _product(match: Match) -> ProductView:
    product = match.product
    return ProductView(
        name=product.name,
        category=product.category,
        price=product.price,
        tier=ShopTier(product.tier),
        reason=match.reason,
    )


def _metrics_at(path: str) -> Endpoint:
    return Endpoint(
        method="GET",
        path=path,
        access=Permission.SCORE,
        summary="How the four kinds of shoppers were found, for plots",
        handle=metrics,
        gives=MetricsView,
        fails=(HTTPStatus.SERVICE_UNAVAILABLE,),
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/segments/predict",
        access=Permission.SCORE,
        summary="Persona, chances and products of a customer with these numbers",
        handle=predict,
        takes=ShopperBody,
        gives=ShopperView,
        fails=(HTTPStatus.SERVICE_UNAVAILABLE,),
    ),
    _metrics_at("/api/segments/metrics"),
    # Seed 001's own address.
    _metrics_at("/cluster/metrics"),
)
