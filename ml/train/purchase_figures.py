"""How well is foreseen what customers buy? Measured on days that the model had not seen, beside the obvious way.

Recommendations: NDCG@10 on what was bought later, beside what most customers have bought. Expected purchases: against everybody going on at
the same rate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ml.train.clv import DAYS_A_WEEK, History
from ml.train.purchases import Purchase
from ml.train.recommender import Recommender

Floats = NDArray[np.float64]

PLACES = 10
DISCOUNTS = 1 / np.log2(np.arange(2, PLACES + 2))

# Ranks products for a customer: (customer, how many, whether bought ones may come again).
Ranker = Callable[[str, int, bool], list[str]]


@dataclass(slots=True)
class Later:
    """What customers had bought before a day, and what they bought from it on."""

    before: dict[str, set[str]] = field(default_factory=dict)
    bought: dict[str, set[str]] = field(default_factory=dict)


def split(purchases: Sequence[Purchase], day: date) -> Later:
    """What was bought before the day and from it on."""
    later = Later()
    for purchase in purchases:
        into = later.before if purchase.day < day else later.bought
        into.setdefault(purchase.customer, set()).add(purchase.product)
    return later


def ndcgs(later: Later, ranker: Ranker, again: bool) -> list[float]:
    """For each customer known before how high what they bought was ranked; only products that were known before count."""
    known = set().union(*later.before.values())
    found = []
    for customer, bought in later.bought.items():
        had = later.before.get(customer)
        wanted = (bought & known) - (set() if again else had or set())
        if had is None or not wanted:
            continue
        ranked = ranker(customer, PLACES, again)
        hits = sum(weight for weight, product in zip(DISCOUNTS, ranked, strict=False) if product in wanted)
        found.append(float(hits / DISCOUNTS[: min(PLACES, len(wanted))].sum()))
    return found


def most_bought(model: Recommender) -> Ranker:
    """What most customers have bought."""
    buyers = np.asarray((model.counts > 0).sum(axis=0)).ravel()
    order = [model.products[at] for at in np.argsort(-buyers, kind="stable")]

    def rank(customer: str, k: int, again: bool) -> list[str]:
        own = model.counts[model.customers[customer]].toarray()[0]
        had = set() if again else {model.products[at] for at in np.flatnonzero(own)}
        return [product for product in order if product not in had][:k]

    return rank


def bought_later(purchases: Sequence[Purchase], history: History, end: date, weeks: float) -> Floats:
    """On how many days each customer of the history bought in so many weeks after the end."""
    last = end + timedelta(days=round(weeks * DAYS_A_WEEK))
    days: dict[str, set[date]] = {customer: set() for customer in history.customers}
    for purchase in purchases:
        if end < purchase.day <= last and purchase.customer in days:
            days[purchase.customer].add(purchase.day)
    return np.array([float(len(days[customer])) for customer in history.customers])


def same_rate(history: History, weeks: float) -> Floats:
    """Repeat purchases a week until now, going on. Who came on the last day only has no rate yet."""
    return np.asarray(history.repeats / np.maximum(history.age, 1 / DAYS_A_WEEK) * weeks)


def purchase_figures(expected: Floats, bought: Floats) -> tuple[float, float, float]:
    """Correlation, root of the mean squared error, and how far the total is off, as a share."""
    return (
        float(np.corrcoef(expected, bought)[0, 1]),
        sqrt(float(np.mean((expected - bought) ** 2))),
        abs(float(expected.sum() / bought.sum()) - 1),
    )
