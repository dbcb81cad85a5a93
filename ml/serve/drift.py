"""Do the customers who are scored still look like those the model was trained on? Population stability, by input and by score.

A spread says where training's values lay (tenths of them, or the categories). What is served is only counted into the same bins, so
nothing personal is kept. The population stability index compares both: below 0.1 alike, from 0.25 on time to train again.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.columns import Column

SCORE = "score"
PARTS = 10
ALIKE, OTHER_PEOPLE = 0.1, 0.25  # The usual reading of the index.
FLOOR = 1e-4  # Stands for an empty bin, whose logarithm would be endless.
FEWEST = 300  # Of fewer rows chance alone makes an index of some hundredths, a good part of what counts as a change.
MOST_WAITING = (
    1024  # Rows that wait to be counted together: one by one would cost a request more than its trees do.
)


class Verdict(StrEnum):
    FEW = "few"  # too few rows to tell
    STABLE = "stable"
    WATCH = "watch"
    DRIFTED = "drifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """edges: upper ends of all bins but the last two, ascending; the last bin counts what is missing. shares: of training's rows."""

    name: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def bins(self) -> int:
        return len(self.edges) + 2

    def count(self, values: NDArray[np.float64]) -> list[int]:
        """How many of the values lie in each bin."""
        places = np.searchsorted(self.edges, values, side="right")
        found: list[int] = np.bincount(
            np.where(np.isnan(values), self.bins - 1, places), minlength=self.bins
        ).tolist()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How what was served of one input, or of the score, is spread against training. index: None where nothing was served."""

    spread: Spread
    counts: tuple[int, ...]
    index: float | None
    verdict: Verdict

    @property
    def shares(self) -> tuple[float, ...]:
        """Of what was served, bin by bin; zeros where nothing was."""
        total = sum(self.counts) or 1
        return tuple(count / total for count in self.counts)


class Tally:
    """Counts how the rows that are served spread over training's bins. A lost row in a race of threads would not matter."""

    def __init__(self, spreads: Sequence[Spread]) -> None:
        """spreads: of the model's columns in their order, the score's at the end."""
        self.spreads = tuple(spreads)
        self._waiting: list[tuple[float, ...]] = []
        self._counts = self._nothing()

    def note(self, numbers: Sequence[float], score: float) -> None:
        """One row as the trees read it, and what is told of it."""
        self._waiting.append((*numbers, score))
        if len(self._waiting) >= MOST_WAITING:
            self._count()

    def take(self) -> dict[str, list[int]]:
        """Name to counts by bin since the last time; empty when nothing was served."""
        self._count()
        taken, self._counts = self._counts, self._nothing()
        return taken if any(map(sum, taken.values())) else {}

    def put_back(self, taken: Mapping[str, Sequence[int]]) -> None:
        """What was taken and could not be written down."""
        for name, counts in taken.items():
            self._counts[name] = [old + new for old, new in zip(self._counts[name], counts, strict=True)]

    def _count(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            columns = np.array(waiting, dtype=np.float64).T
            rows = {
                spread.name: spread.count(values)
                for spread, values in zip(self.spreads, columns, strict=True)
            }
            self.put_back(rows)

    def _nothing(self) -> dict[str, list[int]]:
        return {spread.name: [0] * spread.bins for spread in self.spreads}


def spread_of(column: Column | None, values: NDArray[np.float64]) -> Spread:
    """How training's values of a column, or None its scores, were spread."""
    known = values[~np.isnan(values)]
    if column is not None and column.words is not None:
        edges = [at + 0.5 for at in range(len(column.words))]
    else:
        edges = sorted({float(edge) for edge in np.quantile(known, np.arange(1, PARTS) / PARTS)})
    blank = Spread(name=column.name if column else SCORE, edges=tuple(edges), shares=())
    shares = tuple(count / len(values) for count in blank.count(values))
    return Spread(name=blank.name, edges=blank.edges, shares=shares)


def spreads_of(content: Mapping[str, Any]) -> tuple[Spread, ...]:  # Any: an artifact's plain containers
    """Training's spreads, as an artifact holds them."""
    return tuple(
        Spread(name=item["name"], edges=tuple(item["edges"]), shares=tuple(item["shares"]))
        for item in content["spreads"]
    )


def drifts(spreads: Sequence[Spread], counts: Mapping[str, Mapping[int, int]]) -> tuple[Drift, ...]:
    """Each input, and the score, against training. counts: name to bin to how many were served; what is not in it was not."""
    return tuple(_drift(spread, counts.get(spread.name, {})) for spread in spreads)


def worst(found: Sequence[Drift]) -> Verdict:
    """The verdict on a model as a whole: that of what has changed most, since one changed input is enough to mislead it."""
    order = list(Verdict)
    return max((drift.verdict for drift in found), key=order.index, default=Verdict.FEW)


def _drift(spread: Spread, counted: Mapping[int, int]) -> Drift:
    counts = tuple(counted.get(place, 0) for place in range(spread.bins))
    index = stability_index(spread.shares, counts)
    return Drift(spread=spread, counts=counts, index=index, verdict=verdict_on(index, sum(counts)))


def verdict_on(index: float | None, rows: int) -> Verdict:
    if index is None or rows < FEWEST:
        return Verdict.FEW
    if index < ALIKE:
        return Verdict.STABLE
    return Verdict.WATCH if index < OTHER_PEOPLE else Verdict.DRIFTED


def stability_index(shares: Sequence[float], counts: Sequence[int]) -> float | None:
    """The population stability index of what was counted against training's shares; None when nothing was counted."""
    total = sum(counts)
    if not total:
        return None
    pairs = [
        (max(expected, FLOOR), max(count / total, FLOOR))
        for expected, count in zip(shares, counts, strict=True)
    ]
    return sum((found - expected) * math.log(found / expected) for expected, found in pairs)
