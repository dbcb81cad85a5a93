"""How does `sapa train offers` train?"""

from collections.abc import Sequence

import numpy as np

from ml.serve.offers import OFFERS, WHAT
from ml.train import telco_world
from ml.train.boosting import Boosted, Recipe
from ml.train.publishing import Bar
from ml.train.table_figures import offer_figures
from ml.train.table_trainer import Kind, no_report, train_kind
from ml.train.trainer import Trainer

PEOPLE, SEED = 6000, 2


def _made_up() -> tuple[list[dict[str, float | int | str]], list[str]]:
    chance = np.random.default_rng(SEED)
    crowd = telco_world.people(PEOPLE, chance)
    return telco_world.as_rows(crowd.columns), telco_world.choices(crowd, chance)


def _answer(written: str) -> str | None:
    return {offer.lower(): offer for offer in OFFERS}.get(written.strip().lower())


def _classes(answers: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(answers)))


def _figures(boosted: Boosted, answers: Sequence[str]) -> tuple[dict[str, float], set[str]]:
    classes = boosted.model.classes
    meant = np.array([classes.index(answer) for answer in answers], dtype=np.int64)
    said = {classes[int(at)] for at in boosted.unseen.argmax(axis=1)}
    return offer_figures(boosted.unseen, meant), said


KIND = Kind(
    what=WHAT,
    recipe=Recipe(rounds=60, rate=0.1, leaves=6, fewest_in_leaf=10, shrink=1.0),
    bar=Bar(command=WHAT, metric="macro_f1", word="Macro-F1", alike=0.02, other_rows=0.10),
    target="target_offer",
    made_up=_made_up,
    answer=_answer,
    classes=_classes,
    figures=_figures,
    thresholds={},
)
TRAINER = Trainer(
    name=WHAT, folder=KIND.folder, train=lambda order: train_kind(KIND, order), report=no_report
)
