"""How likely is each class for a row of a table, and which of its columns speak for it? What offers and churn are served from."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.columns import Column, Raw, encode
from ml.serve.trees import Trees, TreeTables, from_plain, to_plain

Floats = NDArray[np.float64]
MOST_WORDS_KEPT = 256  # Spellings of one column, of whoever asks.


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What turns raw scores into chances that hold: fitted on rows that the scoring trees had not seen."""

    slope: float = 1.0
    shift: float = 0.0

    def chances(self, scores: Floats) -> Floats:
        """Raw scores (rows, classes) to chances (rows, classes); a single score is that of the second of two classes."""
        turned = self.slope * scores + self.shift
        if scores.shape[1] == 1:
            second = 1.0 / (1.0 + np.exp(-turned))
            return np.concatenate([1.0 - second, second], axis=1)
        raised = np.exp(turned - turned.max(axis=1, keepdims=True))
        found: Floats = raised / raised.sum(axis=1, keepdims=True)
        return found

    def chances_of(self, scores: Sequence[float]) -> list[float]:
        """The same for one row."""
        turned = [self.slope * score + self.shift for score in scores]
        if len(turned) == 1:
            second = 1.0 / (1.0 + math.exp(-turned[0]))
            return [1.0 - second, second]
        highest = max(turned)
        raised = [math.exp(score - highest) for score in turned]
        total = sum(raised)
        return [value / total for value in raised]


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """How much a column's value spoke for a class (above 0) or against it, in log-odds."""

    column: Column
    value: object
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A row as the trees answer it; numbers: a column each; ways as `Trees.ways` gives them."""

    row: Raw
    numbers: Sequence[float]
    ways: NDArray[np.intp]


class TableModel:
    """Calibrated boosted trees over named columns. Pure and thread-safe."""

    def __init__(
        self,
        *,
        columns: Sequence[Column],
        classes: Sequence[str],
        tables: TreeTables,
        calibration: Calibration,
    ) -> None:
        self.columns, self.classes = tuple(columns), tuple(classes)
        self._tables, self.calibration = tables, calibration
        self._is_binary = len(self.classes) == 2  # yes and no
        self._readers = [(column.name, _reader(column)) for column in self.columns]
        self._trees = Trees(tables)

    def chances(self, rows: Iterable[Raw]) -> Floats:
        """float array (rows, classes), rows sum to 1."""
        numbers = encode(self.columns, rows)
        if not len(numbers):
            return np.zeros((0, len(self.classes)))
        scores = [self._trees.scores(self._trees.ways(row)) for row in numbers.tolist()]
        return self.calibration.chances(np.array(scores))

    def read(self, row: Raw) -> Reading:
        """One row, asked once for all that is wanted to know of it."""
        numbers = [read(row.get(name)) for name, read in self._readers]
        return Reading(row=row, numbers=numbers, ways=self._trees.ways(numbers))

    def chances_of(self, reading: Reading) -> list[float]:
        """Of one row, without arrays of ten numbers, which cost more than the trees."""
        return self.calibration.chances_of(self._trees.scores(reading.ways).tolist())

    def told(self, chances: Floats) -> Floats:
        """The one figure of each row that is told and watched: the chance of the second of two classes, of the likeliest of many."""
        found: Floats = chances[:, 1] if self._is_binary else chances.max(axis=1)
        return found

    def influences(
        self, reading: Reading, which: int, most: int, *, by_size: bool = False
    ) -> list[Influence]:
        """What speaks for the class, strongest first, down to what speaks against it; by_size: whatever weighs most either way."""
        weights = self._trees.contributions(reading.ways, 0 if self._is_binary else which)
        if self._is_binary and which == 0:
            weights = -weights
        order = np.argsort(-np.abs(weights) if by_size else -weights, kind="stable")[:most]
        return [
            Influence(
                column=self.columns[at],
                value=reading.row.get(self.columns[at].name),
                weight=float(weights[at]),
            )
            for at in order.tolist()
        ]

    def to_plain(
        self,
    ) -> dict[str, Any]:  # Any: plain containers, so that the artifact needs no class of ours
        return {
            "columns": [asdict(column) for column in self.columns],
            "classes": list(self.classes),
            "trees": to_plain(self._tables),
            "calibration": asdict(self.calibration),
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> "TableModel":  # Any: what to_plain made
        return TableModel(
            columns=[_column(item) for item in plain["columns"]],
            classes=plain["classes"],
            tables=from_plain(plain["trees"]),
            calibration=Calibration(**plain["calibration"]),
        )


def _reader(column: Column) -> Callable[[object], float]:
    """The column's `number`; of the few words that customers' plans and brands are each is looked up once."""
    number = column.number
    if column.words is None:
        return number
    known = lru_cache(MOST_WORDS_KEPT)(number)
    return lambda value: known(value) if type(value) is str else number(value)


def _column(plain: Mapping[str, Any]) -> Column:  # Any: what asdict made of a column
    words = plain["words"]
    low, high = plain["quartiles"]
    return Column(
        name=plain["name"],
        words=None if words is None else tuple(words),
        typical=plain["typical"],
        quartiles=(float(low), float(high)),
        is_day=bool(plain.get("is_day")),
    )


def is_much(column: Column, value: float) -> bool | None:
    """Whether the value lies above what three of four rows have (True), below what one of four has (False), or between (None)."""
    low, high = column.quartiles
    if math.isnan(value) or low == high:
        return None
    return True if value > high else False if value < low else None
