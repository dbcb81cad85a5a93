"""A shop's customers, invented by a stated process over time, for want of a real shop's: 1,000 people, 100 products, three years.

Each person has a manner of buying: `few` (a new face), `looks` (looks and rarely buys), `often` (comes back and back), `much` (buys
often and dear). A manner sets typical rates of orders, views, carts and wishes, a basket's price and size; a person's own lie around.
Week by week people buy and look at their rates; some fade (nearly stop) and some of those return; each quarter some change their manner by
one step, up or down. Nothing here names a persona or a cluster: those must be found, and what becomes of people must be foreseen, from
what could be counted on the day.
"""

from csv import DictReader
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.serve.segments import FEATURES, Product

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

CUSTOMERS = 1_000
SEED = 20_27
WEEKS, WINDOW, QUARTER = (
    156,
    52,
    13,
)  # Weeks that are lived, that features look back, and between two looks (91 days).
FADES, RETURNS, FADED = (
    0.006,
    0.06,
    0.03,
)  # Chance a week to fade and to return; what is left of a faded person's rates.
STEPS_UP, STEPS_DOWN = 0.05, 0.04  # Chance a quarter to change one's manner.
OWN = 0.28  # Spread of the logarithm of a person's own rates around their manner's.
SHARES = (0.32, 0.25, 0.27, 0.16)
PRODUCTS = Path(__file__).with_name("segment_products.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """Typical values: orders, views, carts and wishes a week, dollars an order, items an order."""

    orders: float
    basket: float
    items: float
    views: float
    carts: float
    wishes: float


MANNERS = (
    Manner(orders=0.12, basket=25, items=1.4, views=0.9, carts=0.15, wishes=0.06),
    Manner(orders=0.11, basket=38, items=1.5, views=9.0, carts=1.2, wishes=0.9),
    Manner(orders=0.40, basket=42, items=2.3, views=3.6, carts=0.8, wishes=0.22),
    Manner(orders=0.80, basket=165, items=3.2, views=5.5, carts=1.3, wishes=0.5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """The eight features of each customer at several moments. features: (moments, customers, 8), in the order of FEATURES."""

    customers: tuple[str, ...]
    features: Floats


@dataclass(slots=True, kw_only=True)
class _Lives:
    """What happened each week: arrays (weeks, customers). spend in dollars."""

    orders: Counts
    items: Counts
    spend: Floats
    views: Counts
    carts: Counts
    wishes: Counts


def invent(customers: int = CUSTOMERS, seed: int = SEED) -> Snapshots:
    """What could be counted of these customers at the end of each quarter once a year has passed."""
    rng = np.random.default_rng(seed)
    lives = _live(customers, rng)
    breadth = rng.uniform(15, 60, customers)
    moments = [_look(lives, week, breadth) for week in range(WINDOW, WEEKS + 1, QUARTER)]
    return Snapshots(customers=tuple(f"C{at:05}" for at in range(customers)), features=np.stack(moments))


def products() -> tuple[Product, ...]:
    """The shop's 100 products, invented like their buyers; prices in dollars."""
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        rows = list(DictReader(file, delimiter="\t"))
    return tuple(
        Product(name=row["name"], category=row["category"], price=float(row["price"]), tier=row["tier"])
        for row in rows
    )


def _live(customers: int, rng: np.random.Generator) -> _Lives:
    manner = rng.choice(len(MANNERS), customers, p=SHARES)
    own = {name: np.exp(rng.normal(0, OWN, customers)) for name in Manner.__dataclass_fields__}
    faded = np.zeros(customers, dtype=bool)
    shape = (WEEKS, customers)
    lives = _Lives(spend=np.zeros(shape), **{name: np.zeros(shape, dtype=np.int64) for name in _COUNTED})
    for week in range(WEEKS):
        if week % QUARTER == 0:
            manner = _step(manner, rng)
        faded = np.where(faded, rng.random(customers) > RETURNS, rng.random(customers) < FADES)
        _live_a_week(lives, week, _rates(manner, own), np.where(faded, FADED, 1.0), rng)
    return lives


_COUNTED = ("orders", "items", "views", "carts", "wishes")


def _step(manner: Counts, rng: np.random.Generator) -> Counts:
    chance = rng.random(len(manner))
    moved = manner + (chance < STEPS_UP) - (chance > 1 - STEPS_DOWN)
    return np.clip(moved, 0, len(MANNERS) - 1)


def _rates(manner: Counts, own: dict[str, Floats]) -> dict[str, Floats]:
    return {
        name: np.array([getattr(each, name) for each in MANNERS])[manner] * factor
        for name, factor in own.items()
    }


def _live_a_week(
    lives: _Lives, week: int, rates: dict[str, Floats], activity: Floats, rng: np.random.Generator
) -> None:
    orders = rng.poisson(rates["orders"] * activity)
    lives.orders[week] = orders
    # Each order holds one item at least.
    lives.items[week] = orders + rng.poisson(orders * np.maximum(rates["items"] - 1, 0.05))
    lives.spend[week] = orders * rates["basket"] * np.exp(rng.normal(0, 0.35, len(orders)))
    for name in ("views", "carts", "wishes"):
        getattr(lives, name)[week] = rng.poisson(rates[name] * activity)


def _look(lives: _Lives, week: int, breadth: Floats) -> Any:  # Any: numpy's own type for a stack.
    """The eight features of everybody, looking back from the end of that week. breadth: products that a person would ever buy."""
    window = slice(week - WINDOW, week)
    orders, items = lives.orders[window].sum(axis=0), lives.items[window].sum(axis=0)
    ever = lives.orders[window][::-1] > 0
    weeks_ago = np.where(ever.any(axis=0), ever.argmax(axis=0), WINDOW)
    found = {
        "total_spend": lives.spend[window].sum(axis=0).round(2),
        "frequency": orders,
        "recency_days": weeks_ago * 7 + (weeks_ago < WINDOW) * 3,  # the middle of the week
        "avg_items": np.divide(items, orders, out=np.zeros(len(orders)), where=orders > 0).round(2),
        "unique_products": np.round(breadth * (1 - np.exp(-items / breadth))),
        "page_views": lives.views[window].sum(axis=0),
        "add_to_cart": lives.carts[window].sum(axis=0),
        "wishlist": lives.wishes[window].sum(axis=0),
    }
    return np.stack([found[name] for name in FEATURES], axis=1).astype(np.float64)
