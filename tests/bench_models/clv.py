"""Expected purchases: BG/NBD fitted on 26 weeks of CDNOW, held to weeks 27 to 39, beside everybody going on at the same rate."""

from datetime import date, timedelta

import numpy as np

from ml.train.clv import fit_history, history_of
from ml.train.purchase_figures import bought_later, purchase_figures, same_rate
from ml.train.purchases import read_purchases
from tests.bench_models.row import PUBLIC_DATA, Row, absent

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
    bought = bought_later(purchases, history, end, HELD_WEEKS)
    ours = purchase_figures(np.array([model[customer] for customer in history.customers]), bought)
    theirs = purchase_figures(same_rate(history, HELD_WEEKS), bought)
    return [
        _better("expected purchases, correlation", ours[0], theirs[0], ours[0] > theirs[0]),
        _better("expected purchases, RMSE", ours[1], theirs[1], ours[1] < theirs[1]),
        _better("expected purchases, total off by", ours[2], theirs[2], ours[2] < theirs[2]),
    ]


def _better(label: str, found: float, heuristic: float, is_reached: bool) -> Row:
    return Row(
        label=label,
        found=f"{found:.3f}",
        target="better than the heuristic",
        is_reached=is_reached,
        baseline=f"same rate: {heuristic:.3f}",
    )
