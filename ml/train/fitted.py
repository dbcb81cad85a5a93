"""What do a company's or a stranger's own rows teach? Models fitted to a CSV and handed back, without touching what is in service.

from ml.train import fit_churn
fitted = fit_churn("pelanggan.csv")          # any columns, and `Churn`
fitted.predict_proba([{"tenure": 3, …}])     # float array (rows, classes), columns as in fitted.classes_
fitted.reasons([{"tenure": 3, …}])           # sentences for each row
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.columns import Raw
from ml.serve.reason_words import said
from ml.telco import with_derived
from ml.train.boosting import Boosted, Progress, Recipe, boost
from ml.train.recipes import suited
from ml.train.sheet import WrongRows, plain_number
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
    """A model of a table. classes_ as written in the file; of two the second is the one foreseen (`Yes` of `Churn`). toward: what a
    class is called in a reason."""

    table: Table
    boosted: Boosted
    toward: Mapping[str, str]

    @property
    def classes_(self) -> tuple[str, ...]:
        return self.boosted.model.classes

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that name rows and were therefore not learned from."""
        return self.table.left_out

    def predict_proba(self, rows: Iterable[Raw]) -> NDArray[np.float64]:
        """Calibrated chances, float array (rows, classes). Missing columns and values are taken as unknown."""
        return self.boosted.model.chances([self._read(row) for row in rows])

    def predict(self, rows: Iterable[Raw]) -> list[str]:
        return [self.classes_[int(at)] for at in self.predict_proba(rows).argmax(axis=1)]

    def reasons(self, rows: Iterable[Raw]) -> list[list[str]]:
        """For each row what speaks most for its likeliest class, strongest first."""
        return [self._reasons_of(self._read(row)) for row in rows]

    def _read(self, row: Raw) -> Raw:
        if self.table.has_decimal_commas:
            row = {
                name: plain_number(value) if isinstance(value, str) else value for name, value in row.items()
            }
        return with_derived(row)

    def _reasons_of(self, row: Raw) -> list[str]:
        reading = self.boosted.model.read(row)
        which = int(np.argmax(self.boosted.model.chances_of(reading)))
        toward = self.toward[self.classes_[which]]
        strongest = [
            influence
            for influence in self.boosted.model.influences(reading, which, REASONS)
            if influence.weight > 0
        ]
        if not strongest:
            return [f"Tidak ada yang menonjol pada baris ini; yang paling umum adalah {toward}."]
        return [f"{said(influence)}: mendukung {toward}." for influence in strongest]


def fit_offers(csv_path: str | Path, progress: Progress = lambda _: None) -> FittedTable:
    """Offers from a CSV with any columns and `target_offer`. Raises WrongRows for one that cannot be learned from."""
    table = read_table(Path(csv_path), "target_offer", with_derived)
    boosted = boost(table, table.classes, OFFER_RECIPE, progress, suited)
    return FittedTable(table=table, boosted=boosted, toward={name: name for name in table.classes})


def fit_churn(csv_path: str | Path, progress: Progress = lambda _: None) -> FittedTable:
    """Churn from a CSV with any columns and `Churn` (Yes/No, 1/0, true/false). Raises WrongRows as fit_offers does."""
    path = Path(csv_path)
    table = read_table(path, "Churn", with_derived)
    if len(table.classes) != 2:  # yes and no
        raise WrongRows(
            f"{path.name}, column Churn: two classes are needed, as in Yes and No; found {', '.join(table.classes[:10])}."
        )
    stays, leaves = leaving_last(table.classes)
    boosted = boost(table, (stays, leaves), CHURN_RECIPE, progress, suited)
    toward = {
        stays: f"dugaan pelanggan bertahan (Churn = {stays})",
        leaves: f"dugaan pelanggan berhenti (Churn = {leaves})",
    }
    return FittedTable(table=table, boosted=boosted, toward=toward)


def leaving_last(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The two classes with the one that means leaving at the end."""
    return tuple(sorted(classes, key=lambda name: (name.lower() in _LEFT, name)))
