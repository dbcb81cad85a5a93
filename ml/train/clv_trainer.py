"""How does `sapa train clv` train, and how is what it made read back?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from ml.serve.artifact import unpickle, verified_card
from ml.train.clv import DAYS_A_WEEK, Clv, History, fit_history, history_of
from ml.train.publishing import Bar
from ml.train.purchase_figures import bought_later, purchase_figures, same_rate
from ml.train.purchase_trainer import PurchaseKind, train_purchases
from ml.train.purchases import Purchase
from ml.train.sheet import WrongRows
from ml.train.trainer import Order, Trainer

WHAT = "clv"
HELD_SHARE = (
    1 / 3
)  # Of the time that the file covers: with less to learn from rates mean nothing, with less to check totals do not.
FEWEST_WEEKS = 12
TOLD_WEEKS = (4, 13, 26, 52)


def measure(purchases: Sequence[Purchase]) -> dict[str, float]:
    """What was expected of the last third of the time, against what was bought, beside the same rate going on."""
    first, newest = min(p.day for p in purchases), max(p.day for p in purchases)
    if (newest - first).days < FEWEST_WEEKS * DAYS_A_WEEK:
        raise WrongRows(f"The purchases must span at least {FEWEST_WEEKS} weeks, from first to last.")
    held_days = round((newest - first).days * HELD_SHARE)
    end, weeks = newest - timedelta(days=held_days), held_days / DAYS_A_WEEK
    history = history_of(purchases, until=end)
    bought = bought_later(purchases, history, end, weeks)
    if not bought.any():
        raise WrongRows(f"Nobody who bought before {end} came back after it: there is nothing to foresee.")
    expected = fit_history(history).expected(weeks)
    ours = purchase_figures(np.array([expected[customer] for customer in history.customers]), bought)
    obvious = purchase_figures(same_rate(history, weeks), bought)
    names = ("correlation", "rmse", "total_off")
    return {
        "weeks_measured": weeks,
        **dict(zip(names, ours, strict=True)),
        **{f"{name}_same_rate": figure for name, figure in zip(names, obvious, strict=True)},
    }


def fit(purchases: Sequence[Purchase]) -> dict[str, Any]:  # Any: plain containers and arrays
    """What the artifact holds: parameters, and what is known of each customer."""
    return asdict(fit_history(history_of(purchases)))


def load_clv(folder: Path) -> Clv:
    """The model in the registry's folder. Raises ModelMissing or ModelMismatch, naming the command that mends it."""
    return _of(unpickle(folder, verified_card(folder, WHAT)))


def _of(content: Mapping[str, Any]) -> Clv:  # Any: what fit made
    return Clv(**{**content, "history": History(**content["history"])})


def _report(order: Order) -> str:
    """What all customers together will still buy, and how many of them at least once."""
    model = load_clv(order.folder)
    lines = []
    for weeks in TOLD_WEEKS:
        expected = np.array(list(model.expected(weeks).values()))
        lines.append(f"| {weeks} | {expected.sum():.1f} | {np.count_nonzero(expected >= 1)} |")
    return "\n".join(
        ["| weeks | purchases expected | of customers with one or more |", "| --- | --- | --- |", *lines]
    )


KIND = PurchaseKind(
    what=WHAT,
    bar=Bar(command=WHAT, metric="correlation", word="Correlation", alike=0.001, other_rows=0.15),
    needed=(),
    measure=measure,
    gain=lambda found: found["rmse_same_rate"] - found["rmse"],
    fit=fit,
)
TRAINER = Trainer(
    name=WHAT,
    folder=KIND.folder,
    train=lambda order: train_purchases(KIND, order),
    report=_report,
)
