"""How does `sapa train recommender` train, and how is what it made read back?"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from ml.serve.artifact import unpickle, verified_card
from ml.train.publishing import Bar
from ml.train.purchase_figures import most_bought, ndcgs, split
from ml.train.purchase_trainer import PurchaseKind, train_purchases
from ml.train.purchases import Purchase
from ml.train.recommender import Recommender, fit_purchases
from ml.train.sheet import WrongRows
from ml.train.trainer import Order, Trainer

WHAT = "recommender"
HELD_DAYS = 30
FEWEST_CUSTOMERS = 20  # Fewer who came back in the held days say nothing about anybody.
PAIRS_TOLD = 15
_SPARSE = ("counts", "faded")


def measure(purchases: Sequence[Purchase]) -> dict[str, float]:
    """NDCG@10 on the last thirty days of a model that has not seen them, beside what most customers have bought."""
    began = max(purchase.day for purchase in purchases) - timedelta(days=HELD_DAYS - 1)
    earlier = [purchase for purchase in purchases if purchase.day < began]
    later = split(purchases, began)
    returned = len(set(later.before) & set(later.bought))
    if returned < FEWEST_CUSTOMERS:
        raise WrongRows(
            f"At least {FEWEST_CUSTOMERS} customers must have bought in the last {HELD_DAYS} days and before them; "
            f"there are {returned}."
        )
    model = fit_purchases(earlier)
    popular, found = most_bought(model), {"customers_measured": float(returned)}
    for name, again in (("again", True), ("new", False)):
        ours = ndcgs(later, model.recommend, again)
        found[f"ndcg_{name}"] = float(np.mean(ours)) if ours else 0.0
        found[f"ndcg_{name}_popular"] = float(np.mean(ndcgs(later, popular, again))) if ours else 0.0
    return found


def fit(purchases: Sequence[Purchase]) -> dict[str, Any]:  # Any: plain containers and arrays
    """What the artifact holds: nothing of ours, so that an old file never needs an old class."""
    model = fit_purchases(purchases)
    content = {name: getattr(model, name) for name in Recommender.__dataclass_fields__}
    for name in _SPARSE:
        matrix = content[name]
        content[name] = (matrix.data, matrix.indices, matrix.indptr, matrix.shape)
    return content


def load_recommender(folder: Path) -> Recommender:
    """The recommender in the registry's folder. Raises ModelMissing or ModelMismatch, naming the command that mends it."""
    return _of(unpickle(folder, verified_card(folder, WHAT)))


def _of(content: Mapping[str, Any]) -> Recommender:  # Any: what fit made
    made = {
        name: sparse.csr_matrix(content[name][:3], shape=content[name][3]) if name in _SPARSE else value
        for name, value in content.items()
    }
    return Recommender(**made)


def _report(order: Order) -> str:
    """Which products draw which others, strongest first."""
    model = load_recommender(order.folder)
    strongest = np.argsort(-model.weights, axis=None, kind="stable")[:PAIRS_TOLD]
    pairs = [np.unravel_index(at, model.weights.shape) for at in strongest]
    lines = [
        f"| {model.products[had]} | {model.products[drawn]} | {model.weights[had, drawn]:.3f} |"
        for had, drawn in pairs
        if model.weights[had, drawn] > 0
    ]
    return "\n".join(["| who bought | is drawn to | by |", "| --- | --- | --- |", *lines])


KIND = PurchaseKind(
    what=WHAT,
    # Closed form: the same rows give the same figure to the last digit.
    bar=Bar(command=WHAT, metric="ndcg_again", word="NDCG@10", alike=0.001, other_rows=0.10),
    needed=("product",),
    measure=measure,
    gain=lambda found: found["ndcg_again"] - found["ndcg_again_popular"],
    fit=fit,
)
TRAINER = Trainer(
    name=WHAT,
    folder=KIND.folder,
    train=lambda order: train_purchases(KIND, order),
    report=_report,
)
