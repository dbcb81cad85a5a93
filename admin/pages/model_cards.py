"""Which models serve, what they were made of, how good they are on what they had not seen, and how to go back. Cards only; nothing is
unpickled here."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web

from admin.pages.page import Page, Visit
from flows.roles import Permission
from ml.serve.artifact import CARD, PREVIOUS, Card, ModelMismatch, ModelMissing, read_card

# Name for `sapa train`, and the folder below the models; {pack} is the company's.
MODELS = (("nlu", "nlu/{pack}"), ("offers", "offers"), ("churn", "churn"), ("segments", "segments"))
MOST_CLASSES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One model. card is None with a sentence in fault; previous is what a rollback would bring back, None without one."""

    what: str
    card: Card | None
    previous: Card | None
    fault: str

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsPage:
    models: tuple[Shown, ...]
    most_classes: int = MOST_CLASSES


def _numbers(card: Card) -> Iterator[tuple[str, float]]:
    for name, value in card.metrics.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)


async def show(visit: Visit) -> web.Response:
    folder, pack = visit.desk.models, visit.desk.pack
    models = await asyncio.to_thread(_all, folder, pack) if folder else ()
    return visit.show("models/page.html", CardsPage(models=models))


def _all(folder: Path, pack: str) -> tuple[Shown, ...]:
    return tuple(_one(what, folder / place.format(pack=pack)) for what, place in MODELS)


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


PAGES = (Page(method="GET", path="/panel/models", access=Permission.SEE_MODELS, handle=show),)
