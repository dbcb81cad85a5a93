"""Which recipe suits these rows? Tried on rows that the trees have not seen, before the model is fitted.

Rows differ: where columns add up, trees of one question do better than deeper ones; where they act together, deeper ones; and a category
with few rows may have to stand apart to be seen at all. The usual recipe stays unless another is clearly better.
"""

from dataclasses import replace

import numpy as np

from ml.train.boosting import SEED, Numbers, Recipe, Task, folds
from ml.train.openmp import load_openmp

CLEARLY = 0.01  # Of the loss of whoever knows only how common each class is; less is chance.
MOST_TRIED = 6_000  # Rows; more say the same.
ENOUGH = 3_000  # From so many on one part of the rows says enough about the others.
MOST_TREES = 4_000  # Of one model, so that many classes do not cost minutes.
PATIENCE = 40  # Rounds without a gain after which no more are tried.


def suited(task: Task) -> Recipe:
    """The usual recipe of the task, or one that is clearly better on rows that it has not seen."""
    load_openmp()
    usual = task.recipe
    tried = _sample(task)
    usual_losses = _losses(tried)
    losses = {usual: usual_losses[-1]}
    for recipe in _others(tried):
        curve = _losses(replace(tried, recipe=recipe))
        best = int(np.argmin(curve))
        losses[replace(recipe, rounds=best + 1)] = curve[best]
    best_recipe = min(losses, key=lambda recipe: losses[recipe])
    gain = losses[usual] - losses[best_recipe]
    return best_recipe if gain > CLEARLY * _uninformed(task) else usual


def _uninformed(task: Task) -> float:
    shares = np.bincount(task.answers, minlength=task.classes) / len(task.answers)
    return float(-(shares * np.log(np.maximum(shares, np.finfo(float).tiny))).sum())


def _others(task: Task) -> list[Recipe]:
    """Trees of one question and of eight, in fewer rounds the more classes there are."""
    rounds = max(20, min(600, MOST_TREES // task.width))
    adding = Recipe(rounds=rounds, rate=0.1, leaves=2, fewest_in_leaf=5, shrink=1.0)
    acting = Recipe(
        rounds=rounds,
        rate=0.1,
        leaves=9,
        fewest_in_leaf=10,
        share_of_columns=0.7,
        share_of_rows=0.8,
        shrink=2.0,
    )
    if not task.categories:
        return [adding, acting]
    return [adding, replace(adding, one_by_one=True), replace(acting, one_by_one=True)]


def _sample(task: Task) -> Task:
    if len(task.answers) <= MOST_TRIED:
        return task
    chosen = np.random.default_rng(SEED).permutation(len(task.answers))[:MOST_TRIED]
    return replace(task, numbers=task.numbers[chosen], answers=task.answers[chosen])


def _losses(task: Task) -> list[float]:
    """The mean loss on unseen rows after each round, as far as it was worth going."""
    parts = folds(task.answers)[: 1 if len(task.answers) >= ENOUGH else None]
    curves = [_curve(task, train, test) for train, test in parts]
    # Where a part stopped earlier its loss no longer fell.
    longest = max(len(curve) for curve in curves)
    padded = [curve + [curve[-1]] * (longest - len(curve)) for curve in curves]
    return [float(loss) for loss in np.mean(padded, axis=0)]


def _curve(task: Task, train: Numbers, test: Numbers) -> list[float]:
    # As in boosting.
    import lightgbm

    metric = "multi_logloss" if task.width > 1 else "binary_logloss"
    data = task.data(train)
    seen: dict[str, dict[str, list[float]]] = {}
    lightgbm.train(
        {**task.settings(), "metric": metric},
        data,
        task.recipe.rounds,
        valid_sets=[data.create_valid(task.numbers[test], task.answers[test], params=dict(data.params))],
        callbacks=[lightgbm.record_evaluation(seen), lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return list(seen["valid_0"][metric])
