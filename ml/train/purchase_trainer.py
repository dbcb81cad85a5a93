"""How do models of a company's purchases get from a file to the registry? What `sapa train recommender` and `clv` have in common.

There are no default rows: what is bought together in an invented shop would say nothing about a real one.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib

from knowledge.pack import Pack
from ml.serve.artifact import Card, library_versions, sha256_of
from ml.train.publishing import ID_LETTERS, Bar, WorseModel, fresh_file, publish, refuse_worse
from ml.train.purchases import Purchase, read_purchases
from ml.train.sheet import WrongRows
from ml.train.trainer import Order

LIBRARIES = ("numpy", "scipy", "joblib")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseKind:
    """What one model of purchases is.

    needed: columns beside customer and date; measure: figures on later days than those it was fitted to; gain: how far a figure beats the
    obvious way, which a model in the registry must; fit: what the artifact holds, from all rows.
    """

    what: str
    bar: Bar
    needed: tuple[str, ...]
    measure: Callable[[Sequence[Purchase]], dict[str, float]]
    gain: Callable[[Mapping[str, float]], float]
    fit: Callable[[Sequence[Purchase]], dict[str, Any]]  # Any: plain containers and arrays

    def folder(self, models: Path, pack: Pack) -> Path:  # noqa: ARG002  # purchases are purchases in every pack
        return models / self.what


def train_purchases(kind: PurchaseKind, order: Order) -> Card:
    """Measure on later days, fit on all, and put into the registry what is no worse. Raises WrongRows or WorseModel."""
    if order.csv is None:
        raise WrongRows(
            f"{kind.what} learns from a company's own purchases. Run: sapa train {kind.what} --csv purchases.csv"
        )
    order.progress(f"{kind.what}: reading {order.csv.name}")
    purchases = read_purchases(order.csv, *kind.needed, columns=order.columns)
    order.progress(f"measuring on the newest days, which the model has not seen ({len(purchases)} rows)")
    metrics = {name: round(figure, 4) for name, figure in kind.measure(purchases).items()}
    order.progress("fitting on all rows")
    content = kind.fit(purchases)
    fresh = fresh_file(order.folder, lambda path: joblib.dump(content, path))
    card = _card(kind, order.csv, purchases, fresh, metrics)
    if not order.accept_worse:
        if kind.gain(metrics) <= 0:
            raise WorseModel(
                f"The new model foresees no better than the obvious way ({metrics}); it was not published."
            )
        refuse_worse(order.folder, card, (), kind.bar)
    return publish(order.folder, fresh, card)


def _card(
    kind: PurchaseKind,
    csv: Path,
    purchases: Sequence[Purchase],
    fresh: Path,
    metrics: Mapping[str, float],
) -> Card:
    digest = sha256_of(fresh)
    return Card(
        id=digest[:ID_LETTERS],
        kind=kind.what,
        name=csv.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        file=f"model-{digest[:ID_LETTERS]}.joblib",
        sha256=digest,
        data_hash=_hash_of(purchases),
        rows=len(purchases),
        classes=(),
        libraries=library_versions(LIBRARIES),
        lexicon_hash="",
        metrics=metrics,
        thresholds={},
    )


def _hash_of(purchases: Sequence[Purchase]) -> str:
    """Short hash of the purchases, whatever their order."""
    lines = sorted(f"{p.customer}\t{p.day}\t{p.product}\t{p.order}\t{p.price}" for p in purchases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
