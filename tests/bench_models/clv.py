"""Expected purchases: BG/NBD fitted on 26 weeks of CDNOW, held to weeks 27 to 39, beside everybody going on at the same rate."""

from datetime import date, timedelta
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ml.train.clv import History, fit_history, history_of
from ml.train.purchases import Purchase, read_purchases
from tests.bench_models.row import PUBLIC_DATA, Row, absent

Floats = NDArray[np.float64]

FILE = "cdnow_calibration.csv"
FIRST_DAY = date(1997, 1, 1)
FITTED_WEEKS, HELD_WEEKS = 26, 13


def rows() -> list[Row]:
    if not (PUBLIC_DATA / FILE).exists():
        return [absent("expected purchases", FILE)]
    purchases = read_purchases(PUBLIC_DATA / FILE)
    end = FIRST_DAY + timedelta(weeks=FITTED_WEEKS) - timedelta(days=1)
    history = history_of(purchases, until=end)
    model = fit_history(history).expected(HELD_WEEKS)
    bought = held_out(purchases, history, end)
    ours = figures(np.array([model[customer] for customer in history.customers]), bought)
    theirs = figures(same_rate(history), bought)
    return [
        _better("expected purchases, correlation", ours[0], theirs[0], ours[0] > theirs[0]),
        _better("expected purchases, RMSE", ours[1], theirs[1], ours[1] < theirs[1]),
        _better("expected purchases, total off by", ours[2], theirs[2], ours[2] < theirs[2]),
    ]


def held_out(purchases: list[Purchase], history: History, end: date) -> Floats:
    """On how many days each customer of the history bought in the held-out weeks."""
    last = end + timedelta(weeks=HELD_WEEKS)
    days: dict[str, set[date]] = {customer: set() for customer in history.customers}
    for purchase in purchases:
        if end < purchase.day <= last and purchase.customer in days:
            days[purchase.customer].add(purchase.day)
    return np.array([float(len(days[customer])) for customer in history.customers])


def same_rate(history: History) -> Floats:
    """Repeat purchases a week until now, going on."""
    return np.asarray(history.repeats / history.age * HELD_WEEKS)


def figures(expected: Floats, bought: Floats) -> tuple[float, float, float]:
    """Correlation, root of the mean squared error, and how far the total is off, as a share."""
    return (
        float(np.corrcoef(expected, bought)[0, 1]),
        sqrt(float(np.mean((expected - bought) ** 2))),
        abs(float(expected.sum() / bought.sum()) - 1),
    )


def _better(label: str, found: float, heuristic: float, is_reached: bool) -> Row:
    return Row(
        label=label,
        found=f"{found:.3f}",
        target="better than the heuristic",
        is_reached=is_reached,
        baseline=f"same rate: {heuristic:.3f}",
    )
