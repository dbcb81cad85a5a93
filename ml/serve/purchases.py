"""What do a company's own purchases say about the next ones? Which goods draw which, and how often somebody still buys.

Served only where the company has trained them (`sapa train recommender`, `sapa train clv`); without them everything goes its usual way.
numpy only, as all of `serve/`. Both answer for anybody by what they bought, also who came after the training.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ml.serve.artifact import Card, ModelMismatch, ModelMissing, unpickle, verified_card

T = TypeVar("T")

RECOMMENDER, CLV = "recommender", "clv"
TOLD_WEEKS = (4, 13, 26, 52)
LEAST_DRAW = 1e-3  # Below it one purchase says nothing of another.
SERIES_ENDS, MOST_TERMS = 1e-12, 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """weights: float array (products, products), what having bought the row's product says about the column's."""

    card: Card
    products: tuple[str, ...]
    columns: Mapping[str, int]
    weights: NDArray[np.float32]

    @staticmethod
    def load(folder: Path) -> "Draws":
        """Raises ModelMissing or ModelMismatch; nothing is unpickled before its card is verified."""
        card = verified_card(folder, RECOMMENDER)
        content = unpickle(folder, card)
        products = tuple(_part(content, "products", RECOMMENDER))
        weights = _part(content, "weights", RECOMMENDER)
        return Draws(
            card=card,
            products=products,
            columns={name: at for at, name in enumerate(products)},
            weights=weights,
        )

    def together(self, bought: Sequence[str]) -> dict[str, float] | None:
        """What these purchases draw, each from 0 to 1, the strongest 1; without what was bought. None where none of them is known."""
        rows = sorted({self.columns[code] for code in bought if code in self.columns})
        if not rows:
            return None
        drawn = self.weights[rows].sum(axis=0)
        drawn[rows] = 0.0
        strongest = float(drawn.max())
        if strongest < LEAST_DRAW:
            return {}
        found = np.flatnonzero(drawn >= LEAST_DRAW)
        return {self.products[at]: float(drawn[at]) / strongest for at in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """BG/NBD's four figures: r and alpha shape how often people buy, a and b how soon they leave for good."""

    card: Card
    r: float
    alpha: float
    a: float
    b: float

    @staticmethod
    def load(folder: Path) -> "Rhythm":
        """Raises ModelMissing or ModelMismatch; nothing is unpickled before its card is verified."""
        card = verified_card(folder, CLV)
        content = unpickle(folder, card)
        return Rhythm(
            card=card, **{name: float(_part(content, name, CLV)) for name in ("r", "alpha", "a", "b")}
        )

    def expected(self, *, repeats: int, last: float, age: float, weeks: float) -> float:
        """Purchases expected in so many weeks. repeats: days with a purchase after the first; last and age: weeks from the first to the
        last and to today."""
        r, alpha, a, b, x = self.r, self.alpha, self.a, self.b, float(repeats)
        whole = alpha + age + weeks
        series = _hypergeometric(r + x, b + x, a + b + x - 1, weeks / whole)
        bought = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / whole) ** (r + x) * series)
        gone = a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x) if repeats else 0.0
        return float(bought / (1 + gone))


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseModels:
    """Each None where the company has not trained it."""

    draws: Draws | None = None
    rhythm: Rhythm | None = None

    @staticmethod
    def load(models: Path) -> "PurchaseModels":
        """Raises ModelMismatch for one that is there and cannot be used."""
        return PurchaseModels(
            draws=_if_there(Draws.load, models / RECOMMENDER), rhythm=_if_there(Rhythm.load, models / CLV)
        )

    def together(self, bought: Sequence[str]) -> dict[str, float] | None:
        return self.draws.together(bought) if self.draws else None


def _if_there(load: Callable[[Path], T], folder: Path) -> T | None:
    try:
        return load(folder)
    except ModelMissing:
        return None


def _part(content: Mapping[str, Any], name: str, what: str) -> Any:  # Any: plain containers and arrays
    if name not in content:
        raise ModelMismatch(f"The {what} model holds no {name}. Run: sapa train {what} --csv …")
    return content[name]


def _hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Gauss's series 2F1(a, b; c; z) for 0 ≤ z < 1, term by term: what scipy's answers, which costs a service 50 MB."""
    term = total = 1.0
    for n in range(MOST_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) <= SERIES_ENDS * abs(total):
            break
    return total
