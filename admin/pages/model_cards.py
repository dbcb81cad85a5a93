"""The models' cards, with a picture of how those who are scored differ from those the model was trained on."""

from dataclasses import dataclass

from aiohttp import web

from admin.actions.model_cards import DRIFT_DAYS, Shown, shown_models
from admin.pages.page import Page, Visit
from flows.roles import Permission
from ml.serve.drift import ALIKE, OTHER_PEOPLE, Drift

MOST_CLASSES = 40
BAR_HEIGHT, BAR_STEP = 28.0, 14  # Of the picture, in its own units.


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bin: where it stands, how high training's bar is, and how high that of what was served."""

    x: int
    trained: float
    served: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    drift: Drift

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The tallest one fills the picture. What is missing stands last, and is left out where nothing ever was."""
        pairs = list(zip(self.drift.spread.shares, self.drift.shares, strict=True))
        if not any(pairs[-1]):
            pairs.pop()
        tallest = max(max(pair) for pair in pairs)
        return tuple(
            Bar(x=at * BAR_STEP, trained=BAR_HEIGHT * trained / tallest, served=BAR_HEIGHT * served / tallest)
            for at, (trained, served) in enumerate(pairs)
        )

    @property
    def width(self) -> int:
        return len(self.bars) * BAR_STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsPage:
    models: tuple[Shown, ...]
    most_classes: int = MOST_CLASSES
    drift_days: int = DRIFT_DAYS
    bar_height: int = int(BAR_HEIGHT)
    alike: float = ALIKE
    other_people: float = OTHER_PEOPLE

    def rows(self, model: Shown) -> list[Row]:
        """What has changed most stands first."""
        return [
            Row(drift=drift)
            for drift in sorted(
                model.drift, key=lambda drift: -(drift.index if drift.index is not None else -1)
            )
        ]


async def show(visit: Visit) -> web.Response:
    return visit.show("models/page.html", CardsPage(models=await shown_models(visit.desk)))


PAGES = (Page(method="GET", path="/panel/models", access=Permission.SEE_MODELS, handle=show),)
