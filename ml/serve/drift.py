"""Do the customers who are scored still look like those the model was trained on? Population stability, by input and by score.

A spread says where training's values lay (tenths of them, or the categories). What is served is only counted into the same bins, so
nothing personal is kept. The population stability index compares both: below 0.1 alike, above 0.25 time to train again.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.columns import Column

SCORE = "score"
PARTS = 10
ALIKE, OTHER_PEOPLE = 0.1, 0.25  # The usual reading of the index.
FLOOR = 1e-4  # Stands for an empty bin, whose logarithm would be endless.


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """edges: upper ends of all bins but the last two, ascending; the last bin counts what is missing. shares: of training's rows."""

    name: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]

    def bin_of(self, value: float) -> int:
        return len(self.edges) + 1 if math.isnan(value) else bisect_right(self.edges, value)


def spread_of(column: Column | None, values: NDArray[np.float64]) -> Spread:
    """How training's values of a column, or None its scores, were spread."""
    known = values[~np.isnan(values)]
    if column is not None and column.words is not None:
        edges = [at + 0.5 for at in range(len(column.words))]
    else:
        edges = sorted({float(edge) for edge in np.quantile(known, np.arange(1, PARTS) / PARTS)})
    blank = Spread(name=column.name if column else SCORE, edges=tuple(edges), shares=())
    counts = np.bincount([blank.bin_of(float(value)) for value in values], minlength=len(edges) + 2)
    return Spread(name=blank.name, edges=blank.edges, shares=tuple((counts / len(values)).tolist()))


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
