"""Which models serve, what they were made of, how good they are on what they had not seen, and do the people who are scored still look
like those they were trained on? What the panel and the API show of each model. Cards only; nothing is unpickled here.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from admin.desk import Desk
from ml.serve.artifact import CARD, PREVIOUS, Card, ModelMismatch, ModelMissing, read_card
from ml.serve.drift import Drift, Verdict, drifts, worst
from ml.serve.purchases import CLV, RECOMMENDER
from storage.worth.score_counts import counts_since

# Name for `sapa train`, and the folder below the models; {pack} is the company's.
MODELS = (("nlu", "nlu/{pack}"), ("offers", "offers"), ("churn", "churn"), ("segments", "segments"))
# Shown where the company has trained them; nothing is amiss without.
OF_PURCHASES = ((RECOMMENDER, RECOMMENDER), (CLV, CLV))
DRIFT_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One model. card is None with a sentence in fault; previous is what a rollback would bring back, None without one.

    drift: its inputs and its score over the last DRIFT_DAYS; empty for a model whose answers are not counted.
    """

    what: str
    card: Card | None
    previous: Card | None
    fault: str
    drift: tuple[Drift, ...] = ()

    @property
    def made_at(self) -> datetime | None:
        return datetime.fromisoformat(self.card.made_at) if self.card else None

    @property
    def figures(self) -> tuple[tuple[str, float, float | None], ...]:
        """The held-out figures that are plain numbers: name, value, and what the model before this one reached."""
        if self.card is None:
            return ()
        before = dict(_numbers(self.previous)) if self.previous else {}
        return tuple((name, value, before.get(name)) for name, value in _numbers(self.card))

    @property
    def verdict(self) -> Verdict | None:
        return worst(self.drift) if self.drift else None

    @property
    def scored(self) -> int:
        """How many rows the drift is read from; the score is counted with each."""
        return sum(self.drift[-1].counts) if self.drift else 0


async def shown_models(desk: Desk) -> tuple[Shown, ...]:
    """Every model there is, in the order of `sapa train all`; none where this process has no folder of models."""
    if desk.models is None:
        return ()
    cards = await asyncio.to_thread(_cards, desk.models, desk.pack)
    drift = await _drift(desk)
    return tuple(replace(shown, drift=drift.get(shown.what, ())) for shown in cards)


def _cards(folder: Path, pack: str) -> tuple[Shown, ...]:
    own = tuple((what, place) for what, place in OF_PURCHASES if (folder / place / CARD).exists())
    return tuple(_one(what, folder / place.format(pack=pack)) for what, place in (*MODELS, *own))


def _one(what: str, folder: Path) -> Shown:
    try:
        card, fault = read_card(folder, CARD, what), ""
    except (ModelMissing, ModelMismatch) as error:
        card, fault = None, str(error)
    try:
        previous = read_card(folder, PREVIOUS, what)
    except (ModelMissing, ModelMismatch):
        previous = None
    return Shown(what=what, card=card, previous=previous, fault=fault)


def _numbers(card: Card) -> Iterator[tuple[str, float]]:
    for name, value in card.metrics.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)


async def _drift(desk: Desk) -> dict[str, tuple[Drift, ...]]:
    """Of the models that serve now, which a training since may have replaced on disk."""
    models = desk.telco()
    if models is None:
        return {}
    since = desk.local(desk.now()).date() - timedelta(days=DRIFT_DAYS - 1)
    versions = {what: model.card.id for what, model in models.watched.items()}
    counted = await desk.database.read(
        lambda conn: {what: counts_since(conn, what, version, since) for what, version in versions.items()}
    )
    return {what: drifts(model.tally.spreads, counted[what]) for what, model in models.watched.items()}
