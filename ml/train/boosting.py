"""How are boosted trees fitted to a table, and how good are they on rows they had not seen?

Small steps, no class weights: weights and fast learning rates taught earlier models to shout or to fall silent. One thread and fixed
seeds: the same rows give the same bytes.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ml.columns import encode
from ml.serve.table_model import Calibration, TableModel
from ml.train.openmp import load_openmp
from ml.train.table import FOLDS, MOST_WORDS, Table
from ml.train.tree_tables import tree_tables

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Progress = Callable[[str], None]
Choose = Callable[["Task"], "Recipe"]

SEED = 20261126
_ONE_BY_ONE = {"max_cat_to_onehot": MOST_WORDS + 1, "cat_l2": 1.0, "cat_smooth": 1.0, "min_data_per_group": 1}
MANY = 30_000  # Rows of which a fifth says enough to calibrate by.
COOLEST, HOTTEST, TRIED = 0.3, 3.0, 200  # Temperatures that are tried for many classes.


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """LightGBM's settings that matter here. one_by_one: each category may stand apart, however few rows it has."""

    rounds: int
    rate: float
    leaves: int
    fewest_in_leaf: int
    share_of_columns: float = 1.0
    share_of_rows: float = 1.0
    shrink: float = 0.0
    bins: int = 255
    one_by_one: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosted:
    """A fitted model, and its chances for training rows from trees that had not seen them, calibrated; for each row in its order, but for
    files with more than MANY that are only tried.

    text: the same trees as LightGBM writes them, for the record and for whoever wants to check what serves against it.
    """

    model: TableModel
    unseen: Floats
    text: str


def boost(
    table: Table,
    classes: tuple[str, ...],
    recipe: Recipe,
    progress: Progress = lambda _: None,
    choose: Choose | None = None,
) -> Boosted:
    """Fit on all rows, and on each fold's others for the calibration and the figures. Of two classes the second is the one scored.

    choose: finds a recipe that suits these rows better than the given one.
    """
    place = {name: at for at, name in enumerate(classes)}
    task = Task(
        numbers=encode(table.columns, table.rows),
        answers=np.array([place[answer] for answer in table.answers], dtype=np.int64),
        classes=len(classes),
        categories=[at for at, column in enumerate(table.columns) if column.words is not None],
        recipe=recipe,
    )
    if choose is not None:
        progress("looking for the recipe that suits these rows")
        task = replace(task, recipe=choose(task))
    measured = measured_parts(task.answers, is_tried=choose is not None)
    seen_by = np.sort(np.concatenate([test for _, test in measured]))
    answers = task.answers[seen_by]
    scores = out_of_fold_scores(task, measured, progress)[seen_by]
    calibration = fit_calibration(scores, answers)
    progress("fitting on all rows")
    text = task.fit(np.arange(len(task.answers)))
    model = TableModel(
        columns=table.columns,
        classes=classes,
        tables=tree_tables(text, columns=len(table.columns), classes=task.width),
        calibration=calibration,
    )
    return Boosted(model=model, unseen=calibration_out_of_fold(scores, answers), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be learned. numbers: (rows, columns); answers: each row's class."""

    numbers: Floats
    answers: Numbers
    classes: int
    categories: list[int]
    recipe: Recipe

    @property
    def width(self) -> int:
        """How many scores a row gets: one for yes or no."""
        return self.classes if self.classes > 2 else 1  # yes and no

    def scores(self, model: str, rows: Numbers) -> Floats:
        """Raw scores of these rows, (rows, width)."""
        import lightgbm  # As below.

        found = lightgbm.Booster(model_str=model).predict(self.numbers[rows], raw_score=True, num_threads=1)
        return np.asarray(found, dtype=np.float64).reshape(len(rows), self.width)

    def fit(self, rows: Numbers) -> str:
        """LightGBM's own text of a model fitted on these rows."""
        load_openmp()
        # Five seconds of imports that only training needs.
        import lightgbm

        text: str = lightgbm.train(self.settings(), self.data(rows), self.recipe.rounds).model_to_string()
        # Its own list of settings follows; serving reads none of them.
        return text.partition("\nend of trees")[0] + "\nend of trees\n"

    def data(self, rows: Numbers) -> Any:  # Any: a lightgbm.Dataset
        import lightgbm  # As above.

        return lightgbm.Dataset(
            self.numbers[rows],
            self.answers[rows],
            categorical_feature=self.categories,
            params={"verbosity": -1, "max_bin": self.recipe.bins},
        )

    def settings(self) -> dict[str, Any]:  # Any: LightGBM's parameters
        many = {"objective": "multiclass", "num_class": self.classes}
        return {
            **(many if self.classes > 2 else {"objective": "binary"}),  # yes and no
            "learning_rate": self.recipe.rate,
            "num_leaves": self.recipe.leaves,
            "min_data_in_leaf": self.recipe.fewest_in_leaf,
            "feature_fraction": self.recipe.share_of_columns,
            "bagging_fraction": self.recipe.share_of_rows,
            "bagging_freq": int(self.recipe.share_of_rows < 1),
            "lambda_l2": self.recipe.shrink,
            **(_ONE_BY_ONE if self.recipe.one_by_one else {}),
            "seed": SEED,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }


def folds(answers: Numbers) -> list[tuple[Numbers, Numbers]]:
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    with warnings.catch_warnings():  # It warns of classes with fewer rows than folds, which we know of.
        warnings.simplefilter("ignore", UserWarning)
        return [(train, test) for train, test in splitter.split(np.zeros(len(answers)), answers)]


def measured_parts(answers: Numbers, *, is_tried: bool) -> list[tuple[Numbers, Numbers]]:
    """Rows to learn from and rows to measure on: each row is measured once, but for large files that are only tried."""
    return folds(answers)[: 1 if is_tried and len(answers) > MANY else None]


def out_of_fold_scores(task: Task, parts: list[tuple[Numbers, Numbers]], progress: Progress) -> Floats:
    """Raw scores (rows, classes; one column for two classes) of each row by trees that had not seen it."""
    scores = np.zeros((len(task.answers), task.width))
    for at, (train, test) in enumerate(parts):
        progress(f"measuring on unseen rows, part {at + 1} of {len(parts)}")
        scores[test] = task.scores(task.fit(train), test)
    return scores


def fit_calibration(scores: Floats, answers: Numbers) -> Calibration:
    """Slope and shift for one score (Platt), a temperature for many: the ones under which the answers are likeliest."""
    if scores.shape[1] == 1:
        fitted = _platt(scores, answers)
        return Calibration(slope=float(fitted.coef_[0, 0]), shift=float(fitted.intercept_[0]))
    tried = np.geomspace(COOLEST, HOTTEST, TRIED)
    losses = [log_loss(Calibration(slope=float(slope)).chances(scores), answers) for slope in tried]
    return Calibration(slope=float(tried[int(np.argmin(losses))]))


def _platt(scores: Floats, answers: Numbers) -> LogisticRegression:
    """Platt's own targets, not quite 0 and 1: of two rows that were told apart one must not learn that it is certain."""
    yes = int(answers.sum())
    sure = np.where(answers == 1, (yes + 1) / (yes + 2), (len(answers) - yes + 1) / (len(answers) - yes + 2))
    both, labels = np.concatenate([scores, scores]), np.concatenate([answers, 1 - answers])
    return LogisticRegression(C=1e6).fit(both, labels, sample_weight=np.concatenate([sure, 1 - sure]))


def calibration_out_of_fold(scores: Floats, answers: Numbers) -> Floats:
    """Chances of each row under a calibration that was fitted without it, for honest figures."""
    chances = np.zeros((len(answers), max(2, scores.shape[1])))
    for train, test in folds(answers):
        chances[test] = fit_calibration(scores[train], answers[train]).chances(scores[test])
    return chances


def log_loss(chances: Floats, answers: Numbers) -> float:
    own = chances[np.arange(len(answers)), answers]
    return float(-np.log(np.maximum(own, np.finfo(float).tiny)).mean())
