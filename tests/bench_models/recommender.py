"""Products for a customer: ranked against what they really bought in a later month, beside what sells best and the seed's cosine."""

import time
from collections.abc import Sequence
from datetime import date

import numpy as np

from ml.train.purchase_figures import Later, Ranker, most_bought, ndcgs, split
from ml.train.purchases import Purchase, read_purchases
from ml.train.recommender import fit_purchases
from tests.bench_models.row import PUBLIC_DATA, Row, absent, at_least, at_most

FILE = "purchases_train.csv.gz"
LATER_MONTH = date(2011, 9, 1)  # The file ends with its last day.


def rows() -> list[Row]:
    if not (PUBLIC_DATA / FILE).exists():
        return [absent("recommendations, NDCG@10", FILE)]
    purchases = read_purchases(PUBLIC_DATA / FILE, "product")
    earlier = [p for p in purchases if p.day < LATER_MONTH]
    began = time.perf_counter()
    model = fit_purchases(earlier)
    fitted = time.perf_counter() - began
    month = split(purchases, LATER_MONTH)

    def shown(again: bool) -> str:
        popular, cosine = most_bought(model), _cosine(earlier)
        return f"popular {ndcg(month, popular, again):.3f}, cosine {ndcg(month, cosine, again):.3f}"

    return [
        at_least(
            "new products, NDCG@10 on a later month",
            ndcg(month, model.recommend, False),
            0.095,
            lambda: shown(False),
        ),
        at_least(
            "products with rebuy, NDCG@10", ndcg(month, model.recommend, True), 0.36, lambda: shown(True)
        ),
        at_most("fitting them, s", fitted, 60, form=".1f"),
    ]


def ndcg(later: Later, ranker: Ranker, again: bool) -> float:
    """The mean over customers."""
    return float(np.mean(ndcgs(later, ranker, again)))


def _cosine(earlier: Sequence[Purchase]) -> Ranker:
    """The seed's: cosine between the mean (price, complexity) of what a customer bought and each product's.

    A shop's file knows no complexity; how many customers share a product stands in for it.
    """
    prices: dict[str, list[float]] = {}
    buyers: dict[str, set[str]] = {}
    had: dict[str, set[str]] = {}
    for purchase in earlier:
        prices.setdefault(purchase.product, []).append(purchase.price)
        buyers.setdefault(purchase.product, set()).add(purchase.customer)
        had.setdefault(purchase.customer, set()).add(purchase.product)
    names = sorted(prices)
    place = {name: at for at, name in enumerate(names)}
    vectors = np.array([(np.mean(prices[name]), len(buyers[name])) for name in names])
    vectors /= vectors.max(axis=0)
    lengths = np.linalg.norm(vectors, axis=1)

    def rank(customer: str, k: int, again: bool) -> list[str]:
        own = [place[product] for product in had[customer]]
        centroid = vectors[own].mean(axis=0)
        alike = vectors @ centroid / lengths
        if not again:
            alike[own] = -np.inf
        return [names[at] for at in np.argsort(-alike, kind="stable")[:k]]

    return rank
