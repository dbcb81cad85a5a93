"""When does a freshly trained model go into service, and how? Never a collapsed one, never one clearly worse than what is there."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ml.serve.artifact import CARD, Card, ModelMismatch, ModelMissing, forget_others, read_card, write_card

ID_LETTERS = 12


class WorseModel(Exception):
    """The new model is worse than the one in service and was not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a new model is held to.

    metric: the figure of the card that counts, higher is better; alike: what it may lose on the same rows to chance alone;
    other_rows: what it may lose on other rows, which may be harder: a loss beyond it is a file gone wrong.
    """

    command: str
    metric: str
    word: str
    alike: float
    other_rows: float


def refuse_worse(folder: Path, card: Card, said: Collection[str], bar: Bar) -> None:
    """Raise WorseModel when a class is never said, or the figure is clearly lower than that of the model in service.

    Other classes cannot be compared at all. said: the classes that the new model answered on rows it had not seen.
    """
    silent = set(card.classes) - set(said)
    if silent:
        raise WorseModel(f"The new model never answers {', '.join(sorted(silent))}; it was not published.")
    old = in_service(folder)
    if old is None or old.classes != card.classes or bar.metric not in old.metrics:
        return
    allowed = bar.alike if old.data_hash == card.data_hash else bar.other_rows
    before, now = old.metrics[bar.metric], card.metrics[bar.metric]
    if now < before - allowed:
        raise WorseModel(
            f"{bar.word} {now:.3f} is worse than {before:.3f} in service; the new model was not published. "
            f"To publish it all the same: sapa train {bar.command} --accept-worse"
        )


def in_service(folder: Path) -> Card | None:
    """The card of the model in service, if there is one that can be read."""
    try:
        return read_card(folder, CARD)
    except (ModelMissing, ModelMismatch):
        return None


def publish(folder: Path, fresh: Path, card: Card) -> Card:
    """Make the file the one in service under this card; the one before it stays for a way back."""
    fresh.replace(folder / card.file)
    write_card(folder, card)
    forget_others(folder)
    return card


def fresh_file(folder: Path, dump: Callable[[Path], None]) -> Path:
    """A model file beside the one in service, written but not published."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fresh.joblib"
    dump(path)
    return path
