"""Which offer suits this telco customer best, how sure are we, what else would do, and why? Seed 002's TelcoRecommender."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.serve.artifact import Card, ModelMismatch, unpickle, verified_card
from ml.serve.drift import Spread, Tally, spreads_of
from ml.serve.reason_words import said, unknown_words
from ml.serve.table_model import Reading, TableModel
from ml.telco import Profile, with_derived

WHAT = "offers"
# The seed's ten products. A model may know fewer (its rows had nine), never others.
OFFERS = (
    "Data Booster",
    "Device Upgrade Offer",
    "Family Plan Offer",
    "General Offer",
    "Retention Offer",
    "Roaming Pass",
    "SMS Bundle",
    "Streaming Partner Pack",
    "Top-up Promo",
    "Voice Bundle",
)
MOST_REASONS, MOST_ALTERNATIVES = 3, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another offer that would do; reason is the strongest thing that speaks for it."""

    offer: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """confidence: the calibrated chance that this is the offer the customer takes."""

    offer: str
    confidence: float
    reasons: tuple[str, ...]
    alternatives: tuple[Alternative, ...]


class TelcoRecommender:
    """The offers model in service. It remembers nothing but how what it was asked is spread (`tally`)."""

    def __init__(self, model: TableModel, card: Card, spreads: Sequence[Spread]) -> None:
        self.model, self.card, self.tally = model, card, Tally(spreads)

    @staticmethod
    def verify(folder: Path) -> Card:
        """The card in service, if its file is the one described and its offers are ours. Raises ModelMissing or ModelMismatch."""
        card = verified_card(folder, WHAT)
        if len(card.classes) < 2 or not set(card.classes) <= set(OFFERS):  # one offer is no choice
            raise ModelMismatch(f"The offers model knows other offers than Sapa. Run: sapa train {WHAT}")
        return card

    @staticmethod
    def load(folder: Path) -> "TelcoRecommender":
        card = TelcoRecommender.verify(folder)
        content = unpickle(folder, card)
        model = TableModel.from_plain(content)
        if model.classes != card.classes:
            raise ModelMismatch(f"The offers model has other classes than its card. Run: sapa train {WHAT}")
        return TelcoRecommender(model, card, spreads_of(content))

    def recommend(self, profile: Profile, *, with_reasons: bool = True) -> Recommendation:
        """profile: the ten inputs, already checked; whatever else stands in it is not looked at."""
        row = with_derived(profile)
        reading = self.model.read(row)
        chances = self.model.chances_of(reading)
        best, *others = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)[
            : MOST_ALTERNATIVES + 1
        ]
        self.tally.note(reading.numbers, chances[best])
        return Recommendation(
            offer=self.model.classes[best],
            confidence=round(chances[best], 4),
            reasons=self._reasons(reading, best) if with_reasons else (),
            alternatives=tuple(
                Alternative(
                    offer=self.model.classes[at],
                    confidence=round(chances[at], 4),
                    reason=self._speaks_for(reading, at, 1)[0] if with_reasons else "",
                )
                for at in others
            ),
        )

    def _reasons(self, reading: Reading, which: int) -> tuple[str, ...]:
        return (
            *self._speaks_for(reading, which, MOST_REASONS),
            *unknown_words(self.model.columns, reading.row),
        )

    def _speaks_for(self, reading: Reading, which: int, most: int) -> list[str]:
        offer = self.model.classes[which]
        strongest = self.model.influences(reading, which, most)
        # The first one is told even where nothing speaks for the offer: it is what speaks least against it.
        told = [strongest[0], *(influence for influence in strongest[1:] if influence.weight > 0)]
        return [
            f"{said(influence)}: {'mendukung' if influence.weight > 0 else 'tidak menghalangi'} {offer}."
            for influence in told
        ]
