"""Which three packages come first for this customer, and why each? Persona, tier, likes and deeds choose; explicit wishes stand above.

Budi bought twice, both premium: rekomendasi dong   → what is near his usual price comes first, and it says so
Siti is unknown: rekomendasi dong                   → the cheapest, the soonest and the roomiest, and a question to know her better

Whether somebody may be about to leave is known here too: then a human is to look after them, and the words are warmer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flows.decision import Awaiting
from flows.domain import Meaning, Package
from flows.draft import Draft
from flows.for_you import FINE_PACKAGES
from flows.packages import MAX_PICKS, best

MAX_WHY = 2  # More reasons in a line are not read.
# After these the customer is looked up: recommendations, and farewells, which are warmer for who may be about to leave.
LOOKED_UP_FOR = frozenset({"ask_recommendation", "goodbye"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """why are words of `Why` and of _DIFFERENCES; a text tells them in the customer's words."""

    package: Package
    why: tuple[str, ...] = ()


def needs_buyer(awaiting: Awaiting | None, heard: Sequence[Meaning]) -> bool:
    """Whether this turn may recommend something, so that the customer must be looked up. Most turns do without."""
    is_advised = awaiting is not None and (awaiting.kind == "survey" or awaiting.is_advice)
    return is_advised or any(LOOKED_UP_FOR & {meaning.intent, *meaning.asks} for meaning in heard)


def advise(
    draft: Draft, packages: tuple[Package, ...], without: frozenset[str] = frozenset()
) -> tuple[Advised, ...]:
    """Up to three of these packages, all of which fit the wishes: what the customer called by name first, then by what is known of them,
    else by the wishes alone.

    without: those put forward before; another one is not the cheapest only because they are left out.
    """
    situation = draft.situation
    left = tuple(package for package in packages if package.code not in without)
    buyer = situation.buyer
    keep(draft)
    called = tuple(package for package in left if package.code in draft.called)
    others = tuple(package for package in left if package.code not in draft.called)
    if buyer is None or not buyer.is_known:
        wishes = draft.journey.preference
        return unadvised((*best(wishes, called), *best(wishes, others))[:MAX_PICKS], packages)
    ranked = [
        one
        for some in (called, others)
        for one in buyer.ranked(some, situation.now, situation.today, MAX_PICKS)
    ][:MAX_PICKS]
    apart = differences(tuple(one.package for one in ranked), packages)
    return tuple(
        Advised(
            package=one.package, why=(*(why.value for why in one.why), *apart[one.package.code])[:MAX_WHY]
        )
        for one in ranked
    )


def unadvised(packages: tuple[Package, ...], among: tuple[Package, ...]) -> tuple[Advised, ...]:
    """These packages in their order, each with what sets it apart among all that might be offered."""
    apart = differences(packages, among)
    return tuple(Advised(package=package, why=apart[package.code][:MAX_WHY]) for package in packages)


_DIFFERENCES: tuple[tuple[str, Callable[[Package], float | None]], ...] = (
    ("cheapest", lambda package: -package.price),
    ("soonest", lambda package: -_day(package) if package.departure_date else None),
    ("fine", lambda package: package.price if package.tier.upper() in FINE_PACKAGES else None),
    # Seats are a trip's; how many are left of goods speaks for none of them.
    ("roomiest", lambda package: package.quota_left if package.departure_date else None),
)


def differences(packages: tuple[Package, ...], among: tuple[Package, ...]) -> dict[str, tuple[str, ...]]:
    """By code what only this one is of those that it stands among: cheapest, soonest, finest, with the most seats. Where it stands alone
    nothing is said."""
    found: dict[str, tuple[str, ...]] = {package.code: () for package in packages}
    for word, measure in _DIFFERENCES:
        measured = [(value, p.code) for p in among if (value := measure(p)) is not None]
        most = [code for value, code in measured if value == max(value for value, _ in measured)]
        if len(among) > 1 and len(most) == 1 and most[0] in found:
            found[most[0]] = (*found[most[0]], word)
    return found


def _day(package: Package) -> int:
    return (package.departure_date or date.max).toordinal()


def keep(draft: Draft) -> bool:
    """Whether this customer may be about to leave; then a human looks after them. An open complaint says more."""
    buyer = draft.situation.buyer
    if buyer is None or not buyer.is_leaving or draft.situation.has_open_case:
        return False
    draft.retain = True
    return True
