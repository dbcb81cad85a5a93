"""Which packages come first for this customer, and why each of them? "Rekomendasi Untukmu" (seed 000).

Points for what suits: the persona's label, the usual price, what is loved, what is bought again, what others with the same purchases took.
Each point has its sentence, so that nothing stands in the list without a reason. What cannot be bought is not in it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import log

from flows.customer import TIER_WORDS
from flows.domain import Package
from flows.persona import Bought, Persona, PersonaFound, PriceBands, Survey, budget_of
from flows.wording import rupiah

# Labels that serve a persona beside its own name, from the offers that seed 002 knows; half the points of the own one.
KIN: Mapping[Persona, frozenset[str]] = {
    Persona.GENERAL_USER: frozenset({"General Offer", "Voice Bundle"}),
    Persona.DATA_BOOSTER: frozenset({"Streaming Partner Pack", "High Value"}),
    Persona.TOP_UP_PROMO: frozenset({"SMS Bundle", "General Offer"}),
    Persona.HIGH_VALUE: frozenset(
        {
            "Data Booster",
            "Streaming Partner Pack",
            "Device Upgrade Offer",
            "Family Plan Offer",
            "Roaming Pass",
        }
    ),
}
LABEL, KIN_LABEL, PRICE, LOVED_CATEGORY, LOVED, TOGETHER, AGAIN = 2.0, 1.0, 2.0, 0.4, 0.5, 1.0, 0.6
MOST_FOR_CATEGORY = 1.2  # Likes shift the list little by little and never turn it over.
MOST_FOR_AGAIN = 2.4
AGAIN_FROM = 2  # Bought once is an event, twice a habit.
JUST_BOUGHT, JUST_BOUGHT_COSTS = timedelta(days=14), 4.0  # Nobody wants tomorrow what they bought today.
TIER = 1.0
# Which packages are the fine ones, in the words of the trades; and which customers' tiers they are for.
FINE_PACKAGES = frozenset({"PREMIUM", "VIP", "LUXURY"})
FINE_CUSTOMERS = frozenset({"PRIORITY", "PRIVATE"})
NEAR = log(2)  # Half or double the usual price is still near; each further doubling costs as much again.
CHEAP_COSTS = 1.5  # Who buys dear things is bothered more by trifles than the other way round.


class Why(StrEnum):
    """Why something is recommended, for whoever words it for the customer; staff read the sentences."""

    NEED = "need"
    USUAL_PRICE = "usual_price"
    BUDGET = "budget"
    LOVED = "loved"
    ALIKE = "alike"
    TOGETHER = "together"
    AGAIN = "again"
    TIER = "tier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """All that is known of a customer for this. together: package code to the share (0–1) of like buyers who bought it.

    tier is the customer's own (MASS to PRIVATE), None where the company has none.
    """

    found: PersonaFound
    survey: Survey | None = None
    purchases: tuple[Bought, ...] = ()
    favorites: frozenset[str] = frozenset()
    together: Mapping[str, float] = field(default_factory=dict)
    tier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """reasons are sentences for staff, why the same for whoever words it for customers."""

    package: Package
    score: float
    reasons: tuple[str, ...]
    why: tuple[Why, ...] = ()


_Points = tuple[float, str, Why]


def for_you(
    buyer: Buyer, packages: Collection[Package], now: datetime, today: date, bands: PriceBands, k: int = 5
) -> tuple[Recommended, ...]:
    """The k packages that suit best, best first. today is the company's own date."""
    open_ones = [package for package in packages if can_be_bought(package, today)]
    loved = Counter(p.category for p in packages if p.code in buyer.favorites and p.category)
    ranked = [_judged(buyer, package, loved, now, bands) for package in open_ones]
    return tuple(sorted(ranked, key=lambda one: (-one.score, one.package.price, one.package.code))[:k])


def can_be_bought(package: Package, today: date) -> bool:
    """Open, not departed, not full."""
    has_left = package.departure_date is not None and package.departure_date < today
    return package.status == "OPEN" and not has_left and package.quota_left != 0


def _judged(
    buyer: Buyer, package: Package, loved: Mapping[str, int], now: datetime, bands: PriceBands
) -> Recommended:
    points: list[_Points] = [
        _label(buyer, package),
        _price(buyer, package, bands),
        _love(buyer, package, loved),
        _together(buyer, package),
        _again(buyer, package, now),
        _tier(buyer, package),
    ]
    said = [(sentence, why) for _, sentence, why in points if sentence]
    return Recommended(
        package=package,
        score=round(sum(score for score, _, _ in points), 4),
        reasons=tuple(sentence for sentence, _ in said)
        or (f"Pilihan umum untuk {buyer.found.persona.value}.",),
        why=tuple(why for _, why in said),
    )


def _label(buyer: Buyer, package: Package) -> _Points:
    persona = buyer.found.persona
    if package.ml_label == persona:
        return LABEL, f"Dibuat untuk {persona.value}.", Why.NEED
    if package.ml_label in KIN[persona]:
        return KIN_LABEL, f"{package.ml_label} juga cocok untuk {persona.value}.", Why.NEED
    return 0.0, "", Why.NEED


def _price(buyer: Buyer, package: Package, bands: PriceBands) -> _Points:
    """Full points near what is usually paid (else within the survey's budget), fewer the further away."""
    if package.price <= 0:
        return 0.0, "", Why.USUAL_PRICE
    usual = buyer.found.usual_amount
    if usual:
        steps = log(package.price / usual) / NEAR
        score = PRICE * (1 - abs(steps) / 2 * (CHEAP_COSTS if steps < 0 else 1))
        sentence = f"Harganya {rupiah(package.price)}, dekat dengan belanja biasanya {rupiah(usual)}."
        return score, sentence if score > 0 else "", Why.USUAL_PRICE
    if buyer.survey is not None and budget_of(package.price, bands) is buyer.survey.budget:
        return PRICE, f"Sesuai budget {buyer.survey.budget.value}: {rupiah(package.price)}.", Why.BUDGET
    return 0.0, "", Why.BUDGET


def _love(buyer: Buyer, package: Package, loved: Mapping[str, int]) -> _Points:
    alike = loved.get(package.category or "", 0)
    score = min(alike * LOVED_CATEGORY, MOST_FOR_CATEGORY)
    if package.code in buyer.favorites:
        return score + LOVED, "Ada di daftar favorit.", Why.LOVED
    return score, f"Sering menyukai {package.category}." if alike else "", Why.ALIKE


def _together(buyer: Buyer, package: Package) -> _Points:
    share = buyer.together.get(package.code, 0.0)
    return share * TOGETHER, "Sering dibeli bersama yang sudah dibeli." if share > 0 else "", Why.TOGETHER


def _again(buyer: Buyer, package: Package, now: datetime) -> _Points:
    """What is bought again and again comes again; a journey that leaves on a date is bought once."""
    own = [bought for bought in buyer.purchases if bought.package_code == package.code]
    if len(own) >= AGAIN_FROM and package.departure_date is None:
        return min(len(own) * AGAIN, MOST_FOR_AGAIN), f"Sudah dibeli {len(own)} kali.", Why.AGAIN
    if own and max(bought.at for bought in own) > now - JUST_BOUGHT:
        return -JUST_BOUGHT_COSTS, "", Why.AGAIN
    return 0.0, "", Why.AGAIN


def _tier(buyer: Buyer, package: Package) -> _Points:
    if buyer.tier in FINE_CUSTOMERS and package.tier.upper() in FINE_PACKAGES:
        return TIER, f"Paket {package.tier} untuk pelanggan {TIER_WORDS[buyer.tier]}.", Why.TIER
    return 0.0, "", Why.TIER
