"""Which kind of buyer is this customer, by what they say and what they do? Facts outrank words (seed 000).

    Andi says: chatting, budget "Hemat"          → Top-up Promo
    Andi buys a package for Rp 150.000           → High Value, whatever the survey said

The survey counts while nothing has been bought. From the first purchase on it is what was paid, how often and for what.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flows.refusal import Refusal, invalid
from flows.wording import rupiah


class Persona(StrEnum):
    """How somebody buys; the labels that products carry, too."""

    GENERAL_USER = "General User"
    DATA_BOOSTER = "Data Booster"
    TOP_UP_PROMO = "Top-up Promo"
    HIGH_VALUE = "High Value"


class Budget(StrEnum):
    """What a customer says they want to spend, in the survey's own words."""

    HEMAT = "Hemat"
    SEDANG = "Sedang"
    SULTAN = "Sultan"


class PersonaSource(StrEnum):
    """What the persona stands on: nothing yet, the survey, or what was bought."""

    NOTHING = "nothing"
    SURVEY = "survey"
    PURCHASES = "purchases"


# Uses of a package that need much of it.
HUNGRY_HOBBIES = frozenset({"gaming", "game", "streaming", "nonton", "video"})
RECENT = timedelta(days=90)  # Older purchases no longer say how somebody buys, unless there are no others.
NEWEST_COUNTS = 3  # The mean is over the newest few, so that a jump in spending is seen at once.


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBands:
    """Up to low (not included) is cheap, from high on is dear; rupiah for one purchase."""

    low: int
    high: int


# Seed 000: "Hemat (< 50rb)", and Andi's leap is to Rp 150.000.
DOCUMENT_BANDS = PriceBands(low=50_000, high=150_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    hobby: str
    budget: Budget

    @property
    def is_hungry(self) -> bool:
        return bool(set(self.hobby.lower().replace("/", " ").split()) & HUNGRY_HOBBIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """One purchase. label and category are the package's, None where it has none or is gone."""

    package_code: str
    amount: int
    at: datetime
    label: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaFound:
    """usual_amount: what the customer usually pays for one purchase, None before the first."""

    persona: Persona
    source: PersonaSource
    reasons: tuple[str, ...]
    usual_amount: int | None = None


def read_budget(written: str) -> Budget | Refusal:
    """`Hemat (< 50rb)`, `hemat` → HEMAT; anything else is refused by the field's name."""
    word = written.strip().split(" ")[0].lower()
    for budget in Budget:
        if word == budget.value.lower():
            return budget
    return invalid("budget", f"There is no budget {written!r}; write {', '.join(Budget)}.")


def budget_of(amount: int, bands: PriceBands) -> Budget:
    """What an amount for one purchase counts as here."""
    return Budget.HEMAT if amount < bands.low else Budget.SULTAN if amount >= bands.high else Budget.SEDANG


def persona_of(
    survey: Survey | None, purchases: Collection[Bought], now: datetime, bands: PriceBands = DOCUMENT_BANDS
) -> PersonaFound:
    """The persona of a customer with this survey (None: never answered) and these purchases."""
    if purchases:
        return _by_purchases(survey, purchases, now, bands)
    if survey is not None:
        return _by_survey(survey)
    return PersonaFound(
        persona=Persona.GENERAL_USER,
        source=PersonaSource.NOTHING,
        reasons=("Belum ada survei dan belum ada pembelian.",),
    )


def _by_survey(survey: Survey) -> PersonaFound:
    said = f"Survei: {survey.hobby}, budget {survey.budget.value}."
    if survey.budget is Budget.SULTAN:
        persona, why = Persona.HIGH_VALUE, "Budget Sultan berarti daya beli tinggi."
    elif survey.is_hungry:
        persona, why = Persona.DATA_BOOSTER, f"{survey.hobby} butuh kuota besar."
    elif survey.budget is Budget.HEMAT:
        persona, why = Persona.TOP_UP_PROMO, "Budget Hemat berarti mencari yang murah."
    else:
        persona, why = Persona.GENERAL_USER, "Tidak ada yang menonjol."
    return PersonaFound(persona=persona, source=PersonaSource.SURVEY, reasons=(said, why))


def _by_purchases(
    survey: Survey | None, purchases: Collection[Bought], now: datetime, bands: PriceBands
) -> PersonaFound:
    newest_first = sorted(purchases, key=lambda bought: bought.at, reverse=True)
    recent = [bought for bought in newest_first if bought.at >= now - RECENT] or newest_first
    counted = recent[:NEWEST_COUNTS]
    usual = round(sum(bought.amount for bought in counted) / len(counted))
    paid = f"{len(recent)} pembelian, rata-rata {rupiah(usual)}."
    hungry = sum(bought.label == Persona.DATA_BOOSTER for bought in counted) * 2 > len(counted)
    if usual >= bands.high:
        persona, why = Persona.HIGH_VALUE, f"Rata-rata dari {rupiah(bands.high)} ke atas: daya beli tinggi."
    elif hungry:
        persona, why = Persona.DATA_BOOSTER, "Kebanyakan membeli paket kuota besar."
    elif usual < bands.low:
        persona, why = Persona.TOP_UP_PROMO, f"Rata-rata di bawah {rupiah(bands.low)}: hemat."
    elif survey is not None and survey.is_hungry:
        persona, why = Persona.DATA_BOOSTER, f"{survey.hobby} butuh kuota besar, dan belanjanya cukup."
    else:
        persona, why = Persona.GENERAL_USER, "Belanja menengah tanpa yang menonjol."
    reasons = (paid, why, *_against_the_survey(survey, usual, bands))
    return PersonaFound(persona=persona, source=PersonaSource.PURCHASES, reasons=reasons, usual_amount=usual)


def _against_the_survey(survey: Survey | None, usual: int, bands: PriceBands) -> tuple[str, ...]:
    """A sentence where what was paid says something else than what was said."""
    if survey is None:
        return ()
    if budget_of(usual, bands) is survey.budget:
        return ()
    return (f"Survei menyebut {survey.budget.value}, tetapi transaksi lebih dipercaya.",)


def bands_of(prices: Collection[int]) -> PriceBands:
    """What is cheap and dear in a trade whose pack names no bands: the lower and the upper third of its prices."""
    ordered = sorted({price for price in prices if price > 0})
    if not ordered:
        return DOCUMENT_BANDS
    low, high = ordered[len(ordered) // 3], ordered[(2 * len(ordered)) // 3]
    return PriceBands(low=low, high=max(high, low))
