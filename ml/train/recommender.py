"""Which products will this customer buy next? Learned from purchases alone: what is bought together, and what one buys again.

Two sources, because customers do two different things. New products come from co-purchase (EASE, a closed-form item-to-item model:
Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", 2019), times how much a product is still being sold. Products to buy
again come from the customer's own count, which no model beat. A customer nobody knows gets what sells now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.train.purchases import Purchase, customer_name, read_purchases

Floats = NDArray[np.float32]

PENALTY = 500.0  # Ridge penalty of EASE; from 200 to 1,000 the ranking hardly changes.
MOST_PRODUCTS = (
    6_000  # The model is dense, so its size grows with the square; rarer products are only bought again.
)
RECENT_DAYS = 60  # What "still being sold" looks at.
# How strongly it counts. Without it seasonal goods of last Christmas stay on top; .25 to 1.25 all help, see ml/README.md.
SALE_WEIGHT_NEW, SALE_WEIGHT_AGAIN = 0.75, 0.2
DOUBT = 10.0  # Buyers that a product is given on credit, so that a rare one is not called booming.
FADING_DAYS = (
    90.0  # Half-life of a purchase among equals: of two products bought as often the fresher one comes first.
)
FADING_WEIGHT = 0.2
CO_PURCHASES_NAMED = 2  # A reason with more products is a list, not a reason.


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A product for a customer. because: `bought_together`, `bought_before` or `popular`; with names the purchases behind it."""

    product: str
    score: float
    because: str
    by: tuple[str, ...] = ()
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommender:
    """A fitted recommender; `recommend` takes milliseconds.

    counts and faded: (customers, products) sparse, orders that held the product, whole and fading with age. weights: (products,
    products), what having bought the row's product says about the column's. selling: (products,), about 1 for a steady product.
    """

    customers: dict[str, int]
    products: tuple[str, ...]
    counts: Any  # Any: scipy ships no types; a csr_matrix of float32.
    faded: Any
    weights: Floats
    selling: Floats
    popular: Floats

    def recommend(self, customer: object, k: int = 10, allow_rebuy: bool = True) -> list[str]:
        """The k best products, best first. allow_rebuy False leaves out what the customer has already bought."""
        scores = self._scores(self.customers.get(customer_name(customer)), allow_rebuy)
        return [self.products[at] for at in _best(scores, k)]

    def suggest(self, customer: object, k: int = 10, allow_rebuy: bool = True) -> list[Suggestion]:
        """The same products, each with why it is there."""
        row = self.customers.get(customer_name(customer))
        scores = self._scores(row, allow_rebuy)
        return [self._reason(row, int(at), float(scores[at])) for at in _best(scores, k)]

    def _scores(self, row: int | None, allow_rebuy: bool) -> Floats:
        if row is None:
            return self.popular
        counts = self.counts[row].toarray()[0]
        bought = np.flatnonzero(counts)
        together = np.maximum(self.weights[bought].sum(axis=0), 0) * self.selling**SALE_WEIGHT_NEW
        # A crumb of popularity orders what nothing else says anything about.
        together += 1e-6 * self.popular
        if not allow_rebuy:
            together[bought] = -np.inf
            return np.asarray(together, dtype=np.float32)
        own = counts + FADING_WEIGHT * self.faded[row].toarray()[0]
        return np.asarray(own * self.selling**SALE_WEIGHT_AGAIN + together, dtype=np.float32)

    def _reason(self, row: int | None, product: int, score: float) -> Suggestion:
        name = self.products[product]
        if row is None:
            return Suggestion(product=name, score=score, because="popular")
        counts = self.counts[row].toarray()[0]
        if counts[product] > 0:
            return Suggestion(
                product=name, score=score, because="bought_before", by=(name,), times=int(counts[product])
            )
        bought = np.flatnonzero(counts)
        shares = self.weights[bought, product]
        by = [self.products[bought[at]] for at in np.argsort(-shares)[:CO_PURCHASES_NAMED] if shares[at] > 0]
        because = "bought_together" if by else "popular"
        return Suggestion(product=name, score=score, because=because, by=tuple(by))


def fit_recommender(csv_gz: Path | str) -> Recommender:
    """A recommender of the purchases in the file; columns as in `ml.train.purchases`. Raises WrongRows."""
    return fit_purchases(read_purchases(csv_gz, "product"))


def fit_purchases(purchases: Sequence[Purchase]) -> Recommender:
    """A recommender of these purchases; the newest day among them counts as today."""
    lines = sorted({(p.customer, p.product, p.order, p.day) for p in purchases})
    today = max(day for *_, day in lines)
    customers = {name: at for at, name in enumerate(sorted({line[0] for line in lines}))}
    products = {name: at for at, name in enumerate(sorted({line[1] for line in lines}))}
    rows = np.array([customers[line[0]] for line in lines])
    columns = np.array([products[line[1]] for line in lines])
    ages = np.array([(today - line[3]).days for line in lines], dtype=np.float32)
    shape = (len(customers), len(products))
    counts = _matrix(np.ones_like(ages), rows, columns, shape)
    fresh = ages < RECENT_DAYS
    bought = (counts > 0).astype(np.float32)
    buyers = np.asarray(bought.sum(axis=0)).ravel()
    sold = np.bincount(columns[fresh], minlength=shape[1]).astype(np.float32)
    return Recommender(
        customers=customers,
        products=tuple(products),
        counts=counts,
        faded=_matrix(0.5 ** (ages / FADING_DAYS), rows, columns, shape),
        weights=_ease(bought, buyers),
        selling=np.asarray((sold + 1) / (buyers + DOUBT), dtype=np.float32),
        popular=np.asarray(sold + 1e-3 * buyers, dtype=np.float32),
    )


def _matrix(values: NDArray[Any], rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, int]) -> Any:
    return sparse.csr_matrix((values.astype(np.float32), (rows, columns)), shape=shape)


def _ease(bought: Any, buyers: Floats) -> Floats:
    """EASE's weights, (products, products): zero diagonal, and zero for products beyond the MOST_PRODUCTS most bought."""
    kept = np.sort(np.argsort(-buyers, kind="stable")[:MOST_PRODUCTS])
    chosen = bought[:, kept]
    gram = (chosen.T @ chosen).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += PENALTY
    inverse = np.linalg.inv(gram)
    inner = -inverse / np.diag(inverse)
    np.fill_diagonal(inner, 0.0)
    if len(kept) == len(buyers):
        return np.asarray(inner, dtype=np.float32)
    weights = np.zeros((len(buyers), len(buyers)), dtype=np.float32)
    weights[np.ix_(kept, kept)] = inner
    return weights


def _best(scores: Floats, k: int) -> NDArray[np.intp]:
    """Where the k highest finite scores are, highest first, ties in order."""
    order = np.argsort(-scores, kind="stable")[: max(k, 0)]
    return order[np.isfinite(scores[order])]
