"""How likely does this telco customer leave within three months, and what raises or lowers that? Seed 002's ChurnPredictor."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ml.serve.artifact import Card, ModelMismatch, unpickle, verified_card
from ml.serve.drift import Spread, Tally, spreads_of
from ml.serve.reason_words import said, unknown_words
from ml.serve.table_model import Reading, TableModel
from ml.telco import Profile, with_derived

WHAT = "churn"
STAYS, LEAVES = "stays", "leaves"
# Seed 002: LOW < 0.3 ≤ MEDIUM < 0.6 ≤ HIGH; prediction 1 from 0.5.
MEDIUM_FROM, HIGH_FROM, LEAVES_FROM = 0.3, 0.6, 0.5
MOST_REASONS = 3


class Risk(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """risk: the calibrated chance of leaving, rounded as it is told; category and leaves follow from the rounded figure."""

    risk: float
    reasons: tuple[str, ...]

    @property
    def category(self) -> Risk:
        return category_of(self.risk)

    @property
    def leaves(self) -> bool:
        return self.risk >= LEAVES_FROM


def category_of(risk: float) -> Risk:
    if risk >= HIGH_FROM:
        return Risk.HIGH
    return Risk.MEDIUM if risk >= MEDIUM_FROM else Risk.LOW


class ChurnPredictor:
    """The churn model in service. It remembers nothing but how what it was asked is spread (`tally`)."""

    def __init__(self, model: TableModel, card: Card, spreads: Sequence[Spread]) -> None:
        self.model, self.card, self.tally = model, card, Tally(spreads)

    @staticmethod
    def verify(folder: Path) -> Card:
        """The card in service, if its file is the one described. Raises ModelMissing or ModelMismatch."""
        card = verified_card(folder, WHAT)
        if card.classes != (STAYS, LEAVES):
            raise ModelMismatch(
                f"The churn model has other classes than {STAYS} and {LEAVES}. Run: sapa train {WHAT}"
            )
        return card

    @staticmethod
    def load(folder: Path) -> "ChurnPredictor":
        card = ChurnPredictor.verify(folder)
        content = unpickle(folder, card)
        model = TableModel.from_plain(content)
        if model.classes != card.classes:
            raise ModelMismatch(f"The churn model has other classes than its card. Run: sapa train {WHAT}")
        return ChurnPredictor(model, card, spreads_of(content))

    def predict(self, profile: Profile, *, with_reasons: bool = True) -> Prediction:
        """profile: the ten inputs, already checked; whatever else stands in it is not looked at."""
        row = with_derived(profile)
        reading = self.model.read(row)
        risk = round(self.model.chances_of(reading)[1], 4)
        self.tally.note(reading.numbers, risk)
        return Prediction(risk=risk, reasons=self._reasons(reading, risk) if with_reasons else ())

    def _reasons(self, reading: Reading, risk: float) -> tuple[str, ...]:
        """The strongest influences either way; of a customer at risk what raises it, of a safe one what keeps them, comes first."""
        strongest = self.model.influences(reading, 1, MOST_REASONS, by_size=True)
        is_risky = risk >= MEDIUM_FROM
        strongest.sort(key=lambda influence: (influence.weight > 0) != is_risky)
        told = [
            f"{said(influence)}: {'menaikkan' if influence.weight > 0 else 'menurunkan'} risiko berhenti."
            for influence in strongest
        ]
        return (*told, *unknown_words(self.model.columns, reading.row))
