"""Figures of a trainer on others' rows, five times on a fifth that it never saw: files go in, chances come out, as for anybody."""

import csv
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import OrdinalEncoder

from ml.columns import as_number, is_blank
from ml.train.fitted import FittedTable

FOLDS, SEED, TREES = 5, 0, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """chances and forest(): float arrays (rows, classes) of ours and of the obvious way; answers: the class of each row."""

    chances: NDArray[np.float64]
    forest: Callable[[], NDArray[np.float64]]
    answers: NDArray[np.int64]
    classes: tuple[str, ...]


def unseen(path: Path, target: str, fit: Callable[[str], FittedTable], folds: int) -> Unseen:
    """folds: how many of the five are measured; with fewer than all only their rows are in the result."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    classes = tuple(sorted({row[target] for row in rows}))
    answers = np.array([classes.index(row[target]) for row in rows], dtype=np.int64)
    ours = np.zeros((len(rows), len(classes)))
    with tempfile.TemporaryDirectory(prefix="sapa-folds-") as folder:
        splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(rows, answers))[:folds]
        for train, test in splits:
            part = _written(Path(folder) / "train.csv", [rows[at] for at in train])
            fitted = fit(str(part))
            asked = [{name: value for name, value in rows[at].items() if name != target} for at in test]
            ours[test] = fitted.predict_proba(asked)[:, [fitted.classes_.index(name) for name in classes]]
    seen = np.concatenate([test for _, test in splits])

    @cache
    def forest() -> NDArray[np.float64]:
        return np.concatenate([_forest(rows, target, train, test, answers) for train, test in splits])

    return Unseen(chances=ours[seen], forest=forest, answers=answers[seen], classes=classes)


def _written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _forest(
    rows: list[dict[str, str]],
    target: str,
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    answers: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The seed's way: labels encoded as numbers, a class-weighted random forest, no calibration."""
    names = [name for name in rows[0] if name != target and len({row[name] for row in rows}) < len(rows)]
    columns = []
    for name in names:
        values = [row[name] for row in rows]
        numbers = np.array([as_number(value) for value in values])
        if np.isnan(numbers).sum() > sum(map(is_blank, values)):
            numbers = OrdinalEncoder().fit_transform(np.array(values)[:, None])[:, 0]
        columns.append(np.nan_to_num(numbers))
    table = np.column_stack(columns)
    model = RandomForestClassifier(TREES, class_weight="balanced", random_state=SEED, n_jobs=1)
    model.fit(table[train], answers[train])
    found: NDArray[np.float64] = model.predict_proba(table[test])
    return found
