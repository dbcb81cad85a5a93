"""How often will each customer still buy? BG/NBD, fitted by maximum likelihood on the dates of their purchases.

The model (Fader, Hardie and Lee, "Counting Your Customers the Easy Way", 2005): while alive a customer buys at their own rate, and after
each purchase leaves for good with their own chance; both differ between customers. Its P(alive) is no churn score, since it is 1 for
everybody who bought once, so it is not offered here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, hyp2f1, log_expit

from ml.train.purchases import Purchase, read_purchases
from ml.train.sheet import WrongRows

Floats = NDArray[np.float64]
DAYS_A_WEEK = 7
FAR, STEPS = 40.0, 4_001  # Beyond e^-40 nothing counts.
FEWEST_REPEATERS = 10  # With fewer customers who came back there is no rate to learn.


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What BG/NBD knows of customers. repeats: purchases after the first; last and age: weeks from the first to the last and to the end."""

    customers: tuple[str, ...]
    repeats: Floats
    last: Floats
    age: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Clv:
    """A fitted model. r and alpha shape the rates (mean r / alpha a week), a and b the chance of leaving (mean a / (a + b))."""

    history: History
    r: float
    alpha: float
    a: float
    b: float

    def expected(self, weeks: float) -> dict[str, float]:
        """How many purchases each customer is expected to make in so many weeks after the last day of the data."""
        if not 0 <= weeks < np.inf:
            raise ValueError(f"weeks must be a finite number of 0 or more, not {weeks}.")
        return dict(zip(self.history.customers, self._expected(weeks).tolist(), strict=True))

    def _expected(self, weeks: float) -> Floats:
        x, last, age = self.history.repeats, self.history.last, self.history.age
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        bought = _while_alive(r + x, a, b + x, weeks / (alpha + age))
        odds_of_gone = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + last)) ** (r + x)
        return np.asarray(np.abs(bought) / (1 + np.where(x > 0, odds_of_gone, 0)), dtype=np.float64)


def _while_alive(shape: Floats, a: float, b: Floats, ahead: Floats) -> Floats:
    """Purchases expected of those who have not left: rates are gamma with this shape, chances of leaving beta with a and b.

    ahead: the time to come, in the units of the rates' scale.
    """
    share = ahead / (1 + ahead)
    with np.errstate(all="ignore"):
        series = hyp2f1(shape, b, a + b - 1, share)
        found = (a + b - 1) / (a - 1) * (1 - (1 - share) ** shape * series)
    lost = ~(np.isfinite(found) & (found >= 0))
    # Where the series outgrows a float (regular buyers, far futures) the integral that it solves is added up instead.
    found[lost] = [
        _integral(*case) for case in zip(shape[lost], [a] * lost.sum(), b[lost], ahead[lost], strict=True)
    ]
    return np.asarray(found, dtype=np.float64)


def _integral(shape: float, a: float, b: float, ahead: float) -> float:
    """The same, over the chance of leaving p as a logit: what would be bought by somebody with p = 0 less what each p takes of it."""
    most = shape * ahead
    low, high = np.log(most + 1) + FAR, FAR / min(b, 1.0)
    # Stretched, so that a few thousand steps see both the middle and the far ends.
    steps = np.linspace(-np.arcsinh(low), np.arcsinh(high), STEPS)
    logit = np.sinh(steps)
    p = np.maximum(expit(logit), np.finfo(float).tiny)
    weight = np.exp(a * log_expit(logit) + b * log_expit(-logit) - betaln(a, b)) * np.cosh(steps)
    bought = -np.expm1(-shape * np.log1p(p * ahead)) / p
    return max(0.0, float(most - np.trapezoid(weight * (most - bought), steps)))


def fit_clv(csv: Path | str, until: date | None = None) -> Clv:
    """The model of the purchases in the file: columns customer and date, see `ml.train.purchases`. Raises WrongRows.

    until: the last day that was watched; by default the newest in the file.
    """
    return fit_history(history_of(read_purchases(csv), until))


def history_of(purchases: Sequence[Purchase], until: date | None = None) -> History:
    """One row a customer; several purchases on one day are one. What came after `until` is left out."""
    end = until or max(purchase.day for purchase in purchases)
    days: dict[str, set[date]] = defaultdict(set)
    for purchase in purchases:
        if purchase.day <= end:
            days[purchase.customer].add(purchase.day)
    customers = tuple(sorted(days))
    spans = [(len(days[c]) - 1, min(days[c]), max(days[c])) for c in customers]
    return History(
        customers=customers,
        repeats=np.array([count for count, _, _ in spans], dtype=np.float64),
        last=np.array([(newest - first).days / DAYS_A_WEEK for _, first, newest in spans]),
        age=np.array([(end - first).days / DAYS_A_WEEK for _, first, _ in spans]),
    )


def fit_history(history: History) -> Clv:
    """The likeliest parameters. Raises WrongRows when hardly anybody came back."""
    if np.count_nonzero(history.repeats) < FEWEST_REPEATERS:
        raise WrongRows(f"At least {FEWEST_REPEATERS} customers must have bought on two days or more.")
    # Customers with the same history are one term of the sum, which makes it ten times faster.
    kinds, counts = np.unique(
        np.stack([history.repeats, history.last, history.age]), axis=1, return_counts=True
    )
    found = minimize(
        _loss, np.zeros(4), args=(kinds, counts / counts.sum()), method="L-BFGS-B", bounds=[(-10, 10)] * 4
    )
    r, alpha, a, b = np.exp(found.x).tolist()
    return Clv(history=history, r=r, alpha=alpha, a=a, b=b)


def _loss(logarithms: Floats, kinds: Floats, shares: Floats) -> Any:  # Any: a float, as scipy wants it.
    """The mean negative log likelihood; parameters as logarithms, so that they stay positive."""
    r, alpha, a, b = np.exp(logarithms)
    x, last, age = kinds
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    staying = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + age)
    with np.errstate(divide="ignore"):
        gone = np.log(np.where(x > 0, a / (b + np.maximum(x, 1) - 1), 0)) - (r + x) * np.log(alpha + last)
    return -float(shares @ (common + staying + np.logaddexp(alive, gone)))
