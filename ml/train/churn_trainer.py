"""How does `sapa train churn` train?"""

from collections.abc import Sequence

import numpy as np

from ml.serve.churn import HIGH_FROM, LEAVES, LEAVES_FROM, MEDIUM_FROM, STAYS, WHAT
from ml.train.boosting import Boosted, Recipe
from ml.train.churn_world import lives
from ml.train.publishing import Bar
from ml.train.table_figures import churn_figures
from ml.train.table_trainer import Kind, no_report, train_kind
from ml.train.telco_world import as_rows
from ml.train.trainer import Trainer

PEOPLE, SEED = 12_000, 3
_LEFT = frozenset({"1", "1.0", "yes", "ya", "y", "true", "churn", "churned", LEAVES})
_STAYED = frozenset({"0", "0.0", "no", "tidak", "n", "false", STAYS})


def _made_up() -> tuple[list[dict[str, float | int | str]], list[str]]:
    columns, answers = lives(PEOPLE, np.random.default_rng(SEED))
    return as_rows(columns), answers


def _answer(written: str) -> str | None:
    word = written.strip().lower()
    return LEAVES if word in _LEFT else STAYS if word in _STAYED else None


def _classes(_: Sequence[str]) -> tuple[str, ...]:
    return (STAYS, LEAVES)


def _figures(boosted: Boosted, answers: Sequence[str]) -> tuple[dict[str, float], set[str]]:
    risks = boosted.unseen[:, 1]
    left = np.array([answer == LEAVES for answer in answers])
    said = {LEAVES if risk >= LEAVES_FROM else STAYS for risk in risks}
    return churn_figures(risks, left, HIGH_FROM), said


KIND = Kind(
    what=WHAT,
    recipe=Recipe(
        rounds=250,
        rate=0.03,
        leaves=5,
        fewest_in_leaf=40,
        share_of_columns=0.5,
        share_of_rows=0.8,
        shrink=5.0,
    ),
    bar=Bar(command=WHAT, metric="auc", word="AUC", alike=0.02, other_rows=0.10),
    target="Churn",
    made_up=_made_up,
    answer=_answer,
    classes=_classes,
    figures=_figures,
    thresholds={"medium_from": MEDIUM_FROM, "high_from": HIGH_FROM, "leaves_from": LEAVES_FROM},
)
TRAINER = Trainer(
    name=WHAT, folder=KIND.folder, train=lambda order: train_kind(KIND, order), report=no_report
)
