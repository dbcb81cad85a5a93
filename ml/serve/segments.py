"""Which kind of shopper is this, what becomes of them, and which products suit? Answers in numpy, without the libraries that trained it.

Eight numbers are logged (counts and money are skewed), scaled and weighed, and the nearest of four centroids names the persona. The
chance of standing in a lower or higher one in 90 days comes from two logistic models on the same numbers and on how near the others are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.serve.artifact import unpickle, verified_card

Floats = NDArray[np.float64]

FEATURES = (
    "total_spend",
    "frequency",
    "recency_days",
    "avg_items",
    "unique_products",
    "page_views",
    "add_to_cart",
    "wishlist",
)
CHUNK = (
    200_000  # Customers that are looked at together: bounds the memory, and stays in the processor's cache.
)
PRODUCTS_A_TIER = 5


class Persona(StrEnum):
    """A behaviour cluster: how somebody shops, from the least to the most valuable, which is what lower and higher mean."""

    NEWBIE = "Newbie"
    WINDOW_SHOPPER = "Window Shopper"
    LOYALIST = "Loyalist"
    SULTAN = "Sultan"


class ShopTier(StrEnum):
    BUDGET = "Budget"
    STANDARD = "Standard"
    PREMIUM = "Premium"
    LUXURY = "Luxury"


PERSONAS, TIERS = tuple(Persona), tuple(ShopTier)
# Which tier a persona is shown first: the same step of the ladder.
TIER_OF: Mapping[Persona, ShopTier] = dict(zip(PERSONAS, TIERS, strict=True))
ADVICE: Mapping[Persona, str] = {
    Persona.NEWBIE: "Butuh edukasi dan diskon akuisisi.",
    Persona.WINDOW_SHOPPER: "Butuh retargeting: banyak lihat, jarang beli.",
    Persona.LOYALIST: "Butuh poin loyalitas: belanja rutin.",
    Persona.SULTAN: "Butuh layanan VIP: belanja dan minatnya tinggi.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    name: str
    category: str
    price: float
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A product that suits. distance: tiers between it and the persona's, plus how far its price is from where this customer stands."""

    product: Product
    distance: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic:
    """A calibrated chance. weights: (inputs,), for inputs as `Segments.inputs` makes them."""

    weights: Floats
    bias: float

    def chance(self, inputs: Floats) -> Floats:
        return np.asarray(1 / (1 + np.exp(-np.clip(inputs @ self.weights + self.bias, -30, 30))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """What is said about one customer. chances are None where the model's rows told nothing about time."""

    persona: Persona
    migration_risk: float | None
    upgrade_potential: float | None
    tier: ShopTier
    products: tuple[Match, ...]
    radar: Mapping[str, tuple[float, float]]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """A fitted model.

    mean, scale, weights: (8,), of logged features; centroids: (4, 8) in that scaled space, in the order of PERSONAS; low, high: (8,),
    logged features between which a radar's 0 and 1 lie; spend_quantiles: (4, 11), logged spend of each persona's customers.
    """

    mean: Floats
    scale: Floats
    weights: Floats
    centroids: Floats
    low: Floats
    high: Floats
    spend_quantiles: Floats
    down: Logistic | None
    up: Logistic | None
    products: tuple[Product, ...]
    currency: str
    metrics: Mapping[str, Any]  # Any: JSON for the plots.

    @classmethod
    def load(cls, folder: Path) -> "Segments":
        """The model in service. Raises ModelMissing or ModelMismatch, naming the command that mends it."""
        return cls.of(unpickle(folder, verified_card(folder, "segments")))

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Segments":  # Any: plain containers and arrays
        logistic = {name: Logistic(**content[name]) if content[name] else None for name in ("down", "up")}
        goods = tuple(Product(**product) for product in content["products"])
        return cls(**{**content, **logistic, "products": goods})

    def scaled(self, features: Floats) -> Floats:
        """(customers, 8) as they came, to the space of the centroids."""
        logged = np.log1p(np.maximum(features, 0))
        return np.asarray((logged - self.mean) / self.scale * self.weights)

    def assign(self, features: NDArray[Any]) -> NDArray[np.int8]:
        """Each customer's persona as its place in PERSONAS. features: (customers, 8), any number type, any number of customers."""
        places = np.empty(len(features), dtype=np.int8)
        factor = (self.weights / self.scale).astype(np.float32)
        # The nearest centroid has the highest c·x − |c|²/2, which spares subtracting every centroid from everybody.
        turned = (self.centroids * factor).T.astype(np.float32)
        offset = self.centroids @ (self.mean * factor) + (self.centroids**2).sum(axis=1) / 2
        for start in range(0, len(features), CHUNK):
            logged = np.log1p(np.maximum(features[start : start + CHUNK], 0, dtype=np.float32))
            places[start : start + CHUNK] = (logged @ turned - offset.astype(np.float32)).argmax(axis=1)
        return places

    def inputs(self, scaled: Floats, places: NDArray[np.int8]) -> Floats:
        """What the two chances are computed from: features, how near each centroid is, and the features within the own persona."""
        distances = np.linalg.norm(scaled[:, None, :] - self.centroids[None], axis=2)
        own = np.eye(len(PERSONAS))[places]
        within = (own[:, :, None] * scaled[:, None, :]).reshape(len(scaled), -1)
        return np.concatenate([scaled, distances, own, within], axis=1)

    def predict(self, shopper: Mapping[str, float]) -> Shopper:
        """Everything about one customer, whose numbers carry the names of FEATURES."""
        features = np.array([[float(shopper[name]) for name in FEATURES]])
        scaled = self.scaled(features)
        place = self.assign(features)
        persona = PERSONAS[int(place[0])]
        inputs = self.inputs(scaled, place)
        return Shopper(
            persona=persona,
            migration_risk=_chance(self.down, inputs, is_possible=persona is not PERSONAS[0]),
            upgrade_potential=_chance(self.up, inputs, is_possible=persona is not PERSONAS[-1]),
            tier=TIER_OF[persona],
            products=self.matches(persona, features[0, 0]),
            radar=self._radar(features[0], int(place[0])),
            reasons=self._reasons(scaled[0], int(place[0])),
        )

    def matches(self, persona: Persona, spend: float) -> tuple[Match, ...]:
        """The products of every tier, the nearest to this customer first: those of the persona's tier, then the tiers beside it.

        Within a tier a customer who spends more than others of the persona is shown its dearer products first.
        """
        rank = _rank(np.log1p(spend), self.spend_quantiles[PERSONAS.index(persona)])
        found = []
        for tier in TIERS:
            of_tier = sorted((p for p in self.products if p.tier == tier), key=lambda p: p.price)
            steps = abs(TIERS.index(tier) - TIERS.index(TIER_OF[persona]))
            places = [at / max(len(of_tier) - 1, 1) for at in range(len(of_tier))]
            close = sorted(zip(places, of_tier, strict=True), key=lambda pair: abs(pair[0] - rank))
            found += [
                Match(product=p, distance=round(steps + abs(at - rank), 4), reason=_why(persona, tier, steps))
                for at, p in close[:PRODUCTS_A_TIER]
            ]
        return tuple(sorted(found, key=lambda match: match.distance))

    def _radar(self, features: Floats, place: int) -> dict[str, tuple[float, float]]:
        """For each feature this customer and the persona's middle, 0 to 1."""
        middle = self.centroids[place] / self.weights * self.scale + self.mean
        span = self.high - self.low
        both = [np.clip((row - self.low) / span, 0, 1) for row in (np.log1p(features), middle)]
        return {
            name: (round(float(both[0][at]), 4), round(float(both[1][at]), 4))
            for at, name in enumerate(FEATURES)
        }

    def _reasons(self, scaled: Floats, place: int) -> tuple[str, ...]:
        """The two features that speak most for this persona against the next nearest one."""
        distances = np.linalg.norm(self.centroids - scaled, axis=1)
        distances[place] = np.inf
        rival = int(distances.argmin())
        gains = (scaled - self.centroids[rival]) ** 2 - (scaled - self.centroids[place]) ** 2
        best = [int(at) for at in np.argsort(-gains)[:2] if gains[at] > 0]
        name, other = PERSONAS[place].value, PERSONAS[rival].value
        return tuple(f"{_WORDS[FEATURES[at]]} lebih dekat ke {name} daripada {other}." for at in best)


_WORDS: Mapping[str, str] = {
    "total_spend": "Total belanja",
    "frequency": "Jumlah pesanan",
    "recency_days": "Jarak sejak pesanan terakhir",
    "avg_items": "Isi rata-rata keranjang",
    "unique_products": "Ragam produk yang dibeli",
    "page_views": "Jumlah halaman yang dilihat",
    "add_to_cart": "Jumlah produk di keranjang",
    "wishlist": "Jumlah produk idaman",
}


def _chance(model: Logistic | None, inputs: Floats, *, is_possible: bool) -> float | None:
    if model is None:
        return None
    return round(float(model.chance(inputs)[0]), 4) if is_possible else 0.0


def _rank(logged_spend: float, quantiles: Floats) -> float:
    """Where this spend stands among the persona's customers, 0 to 1."""
    return float(np.interp(logged_spend, quantiles, np.linspace(0, 1, len(quantiles))))


def _why(persona: Persona, tier: ShopTier, steps: int) -> str:
    if steps == 0:
        return f"Kelas {tier.value} cocok dengan {persona.value}."
    return f"Kelas {tier.value}, {steps} tingkat dari yang biasa dipilih {persona.value}."


def by_tier(matches: Sequence[Match]) -> dict[str, list[Match]]:
    """The matches of each tier, nearest first, the tiers from budget to luxury."""
    return {tier.value: [match for match in matches if match.product.tier == tier] for tier in TIERS}
