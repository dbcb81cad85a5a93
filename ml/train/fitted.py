"""What do a company's or a stranger's own rows teach? Models fitted to a CSV and handed back, without touching what is in service.

from ml.train import fit_churn
fitted = fit_churn("pelanggan.csv")          # any columns, and `Churn`
fitted.predict_proba([{"tenure": 3, …}])     # float array (rows, classes), columns as in fitted.classes_
fitted.reasons([{"tenure": 3, …}])           # sentences for each row
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.columns import Raw
from ml.serve.reason_words import said
from ml.telco import with_derived
from ml.train.boosting import Boosted, Progress, Recipe, boost
from ml.train.rows import WrongRows
from ml.train.table import Table, read_table

REASONS = 3
OFFER_RECIPE = Recipe(rounds=150, rate=0.05, leaves=8, fewest_in_leaf=5, shrink=1.0, bins=1023)
CHURN_RECIPE = Recipe(
    rounds=300, rate=0.03, leaves=5, fewest_in_leaf=30, share_of_columns=0.4, share_of_rows=0.8, shrink=5.0
)
# How files say that somebody left; where none of these stands in it, the later label in the alphabet is the one foreseen.
_LEFT = frozenset({"1", "1.0", "yes", "ya", "y", "true", "churn", "churned", "leaves"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedTable:
    """A model of a table. classes_ as written in the file; of two the second is the one foreseen (`Yes` of `Churn`)."""

    table: Table
    boosted: Boosted
    verb: str

    @property
    def classes_(self) -> tuple[str, ...]:
        return self.boosted.model.classes

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that name rows and were therefore not learned from."""
        return self.table.left_out

    def predict_proba(self, rows: Iterable[Raw]) -> NDArray[np.float64]:
        """Calibrated chances, float array (rows, classes). Missing columns and values are taken as unknown."""
        return self.boosted.model.chances([_with_derived(row) for row in rows])

    def predict(self, rows: Iterable[Raw]) -> list[str]:
        return [self.classes_[int(at)] for at in self.predict_proba(rows).argmax(axis=1)]

    def reasons(self, rows: Iterable[Raw]) -> list[list[str]]:
        """For each row what speaks most for its likeliest class, strongest first."""
        return [self._reasons_of(_with_derived(row)) for row in rows]

    def _reasons_of(self, row: Mapping[str, Any]) -> list[str]:  # Any: JSON scalars or strings
        reading = self.boosted.model.read(row)
        which = int(np.argmax(self.boosted.model.chances_of(reading)))
        strongest = self.boosted.model.influences(reading, which, REASONS)
        told = [strongest[0], *(influence for influence in strongest[1:] if influence.weight > 0)]
        return [f"{said(influence)}: {self.verb} {self.classes_[which]}." for influence in told]


def fit_offers(csv_path: str | Path, progress: Progress = lambda _: None) -> FittedTable:
    """Offers from a CSV with any columns and `target_offer`. Raises WrongRows for one that cannot be learned from."""
    table = read_table(Path(csv_path), "target_offer", _with_derived)
    boosted = boost(table, table.classes, OFFER_RECIPE, progress)
    return FittedTable(table=table, boosted=boosted, verb="mendukung")


def fit_churn(csv_path: str | Path, progress: Progress = lambda _: None) -> FittedTable:
    """Churn from a CSV with any columns and `Churn` (Yes/No, 1/0, true/false). Raises WrongRows as fit_offers does."""
    path = Path(csv_path)
    table = read_table(path, "Churn", _with_derived)
    if len(table.classes) != 2:  # yes and no
        raise WrongRows(
            f"{path.name}, column Churn: two classes are needed, as in Yes and No; found {', '.join(table.classes[:10])}."
        )
    boosted = boost(table, leaving_last(table.classes), CHURN_RECIPE, progress)
    return FittedTable(table=table, boosted=boosted, verb="menunjuk ke")


def leaving_last(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The two classes with the one that means leaving at the end."""
    return tuple(sorted(classes, key=lambda name: (name.lower() in _LEFT, name)))


def _with_derived(row: Raw) -> Mapping[str, Any]:  # Any: as Raw
    return with_derived(row)
