"""What does a turn know of how this customer buys? Only turns that recommend something are told; the others do without.

What is known here never reaches the customer as a score: it chooses what comes first, and each choice says why in their own words.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flows.domain import Package
from flows.for_you import FINE_CUSTOMERS, Buyer, Recommended, for_you
from flows.persona import DOCUMENT_BANDS, Bought, PriceBands, Survey, persona_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBuyer:
    """together: package code to the share (0–1) of like buyers who bought it. tier is the customer's own (PRIORITY…), None without one.

    is_leaving: the stored churn score is HIGH.
    """

    survey: Survey | None = None
    purchases: tuple[Bought, ...] = ()
    favorites: frozenset[str] = frozenset()
    together: Mapping[str, float] = field(default_factory=dict)
    bands: PriceBands = DOCUMENT_BANDS
    tier: str | None = None
    is_leaving: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anything says what suits them: words, deeds, or the company's own tier for its best customers."""
        return self.has_told or self.tier in FINE_CUSTOMERS

    @property
    def has_told(self) -> bool:
        """Whether their own words or deeds say anything."""
        return bool(self.survey or self.purchases or self.favorites)

    def ranked(
        self, packages: Collection[Package], now: datetime, today: date, k: int
    ) -> tuple[Recommended, ...]:
        """The k of these packages that suit best, best first."""
        buyer = Buyer(
            found=persona_of(self.survey, self.purchases, now, self.bands),
            survey=self.survey,
            purchases=self.purchases,
            favorites=self.favorites,
            together=self.together,
            tier=self.tier,
        )
        return for_you(buyer, packages, now, today, self.bands, k)
