"""Which models can be trained, and what does each trainer promise? `sapa train` knows them through this door only.

A trainer's module holds one `TRAINER`. Modules load only when their model is asked for: each brings libraries that cost seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from knowledge.pack import Pack
from ml.serve.artifact import Card

Progress = Callable[[str], None]

# name: the module whose TRAINER trains it, in the order of `sapa train all`.
MODULES: dict[str, str] = {
    "nlu": "ml.train.nlu_trainer",
    "offers": "ml.train.offers_trainer",
    "churn": "ml.train.churn_trainer",
    "segments": "ml.train.segments_trainer",
}
# What only a company's own purchases can teach: nothing to serve by default, so no part of `sapa train all`.
OF_PURCHASES: dict[str, str] = {
    "recommender": "ml.train.recommender_trainer",
    "clv": "ml.train.clv_trainer",
}


class CannotReport(Exception):
    """This model has no report yet; the message says what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One training that was asked for. csv: a company's own rows, else the default ones; columns: our name to the file's."""

    pack: Pack
    folder: Path
    csv: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    accept_worse: bool = False
    progress: Progress = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainer:
    """How one model comes to be.

    folder: where it lives under the folder of models; train: trains, measures, and puts in service what is no worse, else raises
    WorseModel, or WrongRows for a file that cannot be trained on; report: a text for people who want to know more than the figures.
    """

    name: str
    folder: Callable[[Path, Pack], Path]
    train: Callable[[Order], Card]
    report: Callable[[Order], str]
    takes_column_names: bool = True


def trainer(name: str) -> Trainer:
    found = import_module((MODULES | OF_PURCHASES)[name]).TRAINER
    assert isinstance(found, Trainer), "a trainer's module holds a TRAINER"
    return found
