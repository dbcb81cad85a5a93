"""What do boosted trees answer for one row? Looked up, not walked.

A small tree can only answer in so many ways as its questions can be answered together: five questions, thirty-two ways. So training
writes down what each way adds to the score, and what each column adds to that (exact TreeSHAP; `ml/train/tree_tables.py`). Serving asks
all questions of all trees at once and adds up what stands there: LightGBM's own answers, without its library and for less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_QUESTIONS = 8  # The answers of one tree's questions fit into a byte.

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeTables:
    """All trees of a model, class by class, `rounds` of them for each; thread-safe.

    A question is "is the value at most the threshold?" of one column. One about categories ("is it one of these?") reads a value of its
    own that stands behind those of the columns: 0 where the set holds the row's category, else 1.

    asked, thresholds, blank_is_yes (trees, 8): the value each question reads, its threshold (below every number where a tree has fewer
    questions), and what a missing value answers. members (sets, categories), set_columns (sets,): which categories each set holds.
    scores (trees, ways): what the tree adds to its class's score when its questions are answered in this way, the first one in the lowest
    bit. shares (trees, ways, questions): how much of that comes from the column `share_columns` (trees, questions) names.
    """

    columns: int
    rounds: int
    asked: Numbers
    thresholds: Floats
    blank_is_yes: Truths
    members: Truths
    set_columns: Numbers
    scores: Floats
    shares: Floats
    share_columns: Numbers


class Trees:
    """What serving asks of the tables; thread-safe and pure."""

    def __init__(self, tables: TreeTables) -> None:
        self._tables = tables
        self._asked, self._thresholds = tables.asked.ravel(), tables.thresholds.ravel()
        self._blank_is_yes, self._scores = tables.blank_is_yes.ravel(), tables.scores.ravel()
        self._shares = tables.shares.reshape(-1, tables.shares.shape[2])
        self._begins = np.arange(len(tables.scores)) * tables.scores.shape[1]
        # For each column of categories what its sets' values are, a row a category; the last one for what no set holds.
        order = np.argsort(tables.set_columns, kind="stable")
        assert (order == np.arange(len(order))).all(), "sets stand in the order of their columns"
        self._outside = [
            (int(column), 1.0 - tables.members[tables.set_columns == column].T.astype(np.float64))
            for column in np.unique(tables.set_columns)
        ]

    def ways(self, row: Sequence[float]) -> Numbers:
        """Where in the tables each tree's answers to this row stand; the two below add up what is found there. NaN is missing."""
        values = np.concatenate([row, *(_value_of(row[column], sets) for column, sets in self._outside)])
        yes = values.take(self._asked, mode="clip") <= self._thresholds
        known = sum(row)
        if known != known:  # NaN
            yes |= np.isnan(values).take(self._asked) & self._blank_is_yes
        found: Numbers = np.packbits(yes, bitorder="little") + self._begins
        return found

    def scores(self, ways: Numbers) -> Floats:
        """Raw scores (log-odds) of the row, shape (classes,)."""
        found: Floats = self._scores.take(ways).reshape(-1, self._tables.rounds).sum(axis=1)
        return found

    def contributions(self, ways: Numbers, which: int) -> Floats:
        """What each column added to the raw score of one class, shape (columns,)."""
        tables = self._tables
        own = slice(which * tables.rounds, (which + 1) * tables.rounds)
        found = np.bincount(
            tables.share_columns[own].ravel(),
            weights=self._shares[ways[own]].ravel(),
            minlength=tables.columns,
        )
        return found.astype(np.float64, copy=False)


def _value_of(category: float, sets: Floats) -> Floats:
    """What the questions about sets of categories read: 0 where the set holds the category, else 1. A missing one is in none."""
    found: Floats = sets[int(category) if category < len(sets) else -1]
    return found


def to_plain(tables: TreeTables) -> dict[str, Any]:  # Any: numbers and arrays
    return {field.name: getattr(tables, field.name) for field in fields(tables)}


def from_plain(plain: Mapping[str, Any]) -> TreeTables:  # Any: as above
    return TreeTables(**plain)
