"""Seed 001's simulator: eight sliders say what a shopper did in a year, the model answers live who that is. Nobody is named."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import Field

from admin.pages.dashboard_charts import Chart
from admin.pages.page import Page, Visit
from admin.shapes import Query
from flows.roles import Permission
from ml.serve.segments import ADVICE, PERSONAS, Match, Segments, Shopper, by_tier

PRODUCTS_SHOWN = 3  # Of each tier.
PERSONA_COLOURS = (
    "#4263eb",
    "#1098ad",
    "#2f9e44",
    "#f59f00",
)  # In the order of PERSONAS: blue, blue, green, orange, as the seed has them.
RADAR = {"r": {"min": 0, "max": 1}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """One input: how far it goes, and where it stands at first."""

    name: str
    most: int
    step: float
    value: float


SLIDERS = (
    Slider(name="total_spend", most=10_000, step=50, value=1200),
    Slider(name="frequency", most=60, step=1, value=12),
    Slider(name="recency_days", most=365, step=1, value=14),
    Slider(name="avg_items", most=12, step=0.5, value=2),
    Slider(name="unique_products", most=120, step=1, value=15),
    Slider(name="page_views", most=1500, step=5, value=220),
    Slider(name="add_to_cart", most=200, step=1, value=30),
    Slider(name="wishlist", most=100, step=1, value=12),
)


class ShopperQuery(Query):
    """What the sliders say; beyond their ends nothing is asked."""

    total_spend: float = Field(SLIDERS[0].value, ge=0, le=SLIDERS[0].most)
    frequency: float = Field(SLIDERS[1].value, ge=0, le=SLIDERS[1].most)
    recency_days: float = Field(SLIDERS[2].value, ge=0, le=SLIDERS[2].most)
    avg_items: float = Field(SLIDERS[3].value, ge=0, le=SLIDERS[3].most)
    unique_products: float = Field(SLIDERS[4].value, ge=0, le=SLIDERS[4].most)
    page_views: float = Field(SLIDERS[5].value, ge=0, le=SLIDERS[5].most)
    add_to_cart: float = Field(SLIDERS[6].value, ge=0, le=SLIDERS[6].most)
    wishlist: float = Field(SLIDERS[7].value, ge=0, le=SLIDERS[7].most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model says of these numbers; tried is what the session's log keeps."""

    shopper: Shopper
    advice: str
    radar: Chart
    tiers: dict[str, list[Match]]
    currency: str
    tried: dict[str, Any]  # Any: JSON.


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorPage:
    sliders: tuple[Slider, ...]
    values: dict[str, float]
    answer: Answer
    charts: dict[str, Chart]
    why_k: str
    customers: int
    stability: float


async def show(visit: Visit, taken: ShopperQuery) -> web.Response:
    model = visit.desk.segments()
    if model is None:
        return visit.show("segments/waiting.html", None)
    page = SimulatorPage(
        sliders=SLIDERS,
        values=taken.model_dump(),
        answer=_answer(visit, model, taken),
        charts=_proofs(visit, model),
        why_k=str(model.metrics["why_k"]),
        customers=int(model.metrics["customers"]),
        stability=float(model.metrics["bootstrap_ari"]),
    )
    return visit.show("segments/page.html", page)


async def answer(visit: Visit, taken: ShopperQuery) -> web.Response:
    model = visit.desk.segments()
    if model is None:
        return visit.done()
    return visit.show("segments/answer.html", _answer(visit, model, taken))


def _answer(visit: Visit, model: Segments, taken: ShopperQuery) -> Answer:
    numbers = taken.model_dump()
    shopper = model.predict(numbers)
    tiers = {name: matches[:PRODUCTS_SHOWN] for name, matches in by_tier(shopper.products).items()}
    nearest_first = sorted(tiers, key=lambda name: name != shopper.tier.value)
    return Answer(
        shopper=shopper,
        advice=ADVICE[shopper.persona],
        radar=_radar(visit, shopper),
        tiers={name: tiers[name] for name in nearest_first},
        currency=model.currency,
        tried={
            "numbers": numbers,
            "persona": shopper.persona.value,
            "risk": shopper.migration_risk,
            "up": shopper.upgrade_potential,
        },
    )


def _radar(visit: Visit, shopper: Shopper) -> Chart:
    names = [visit.t(f"segments.short_{name}") for name in shopper.radar]
    both = list(shopper.radar.values())
    sets = [
        {"label": visit.t("segments.this_one"), "data": [own for own, _ in both]},
        {"label": shopper.persona.value, "data": [middle for _, middle in both]},
    ]
    spec = {"type": "radar", "data": {"labels": names, "datasets": sets}, "options": {"scales": RADAR}}
    return Chart(spec=spec, label=visit.t("segments.radar"), is_empty=False)


def _proofs(visit: Visit, model: Segments) -> dict[str, Chart]:
    """How the four kinds were found: pictures of the model's own metrics."""
    metrics = model.metrics
    elbow = {str(point["k"]): float(point["inertia"]) for point in metrics["elbow"]}
    silhouette = {str(point["k"]): float(point["score"]) for point in metrics["silhouette"]}
    importance = {visit.t(f"segments.{row['feature']}"): float(row["share"]) for row in metrics["importance"]}
    return {
        "elbow": _series(visit.t("segments.elbow"), "line", elbow),
        "silhouette": _series(visit.t("segments.silhouette"), "bar", silhouette),
        "importance": _series(visit.t("segments.importance"), "bar", importance, is_flat=True),
        "pca": _scatter(visit, metrics["pca"]),
    }


def _series(label: str, kind: str, points: dict[str, float], *, is_flat: bool = False) -> Chart:
    spec: dict[str, Any] = {  # Any: JSON.
        "type": kind,
        "data": {"labels": list(points), "datasets": [{"label": label, "data": list(points.values())}]},
    }
    ticks: dict[str, Any] = {"precision": 2}  # Any: JSON.
    spec["options"] = {"scales": {"x" if is_flat else "y": {"ticks": ticks}}}
    if is_flat:
        spec["options"] |= {"indexAxis": "y"}
        spec["options"]["scales"]["y"] = {"grid": {"display": False}}
    return Chart(spec=spec, label=label, is_empty=not points)


def _scatter(visit: Visit, pca: dict[str, Any]) -> Chart:  # Any: JSON of the metrics.
    sets = [
        {
            "label": persona.value,
            "data": [{"x": p["x"], "y": p["y"]} for p in pca["points"] if p["persona"] == persona],
            "backgroundColor": f"{colour}99",
            "borderColor": colour,
            "pointRadius": 2.5,
        }
        for persona, colour in zip(PERSONAS, PERSONA_COLOURS, strict=True)
    ]
    spec = {"type": "scatter", "data": {"datasets": sets}}
    share = sum(pca["explained"]) * 100
    return Chart(spec=spec, label=visit.t("segments.pca", share=f"{share:.0f}"), is_empty=not pca["points"])


PAGES = (
    Page(method="GET", path="/panel/segments", access=Permission.SCORE, handle=show, takes=ShopperQuery),
    Page(
        method="GET",
        path="/panel/segments/answer",
        access=Permission.SCORE,
        handle=answer,
        takes=ShopperQuery,
        part_of="/panel/segments",
    ),
)
