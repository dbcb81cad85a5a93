"""Which packages can be sold today, which come closest, and which fit a wish. Pure look-ups over rows."""

from datetime import date
from enum import StrEnum

from flows.decision import Shelf
from flows.domain import Package, Preference
from flows.hijri_dates import hijri_month

MAX_PICKS = 3  # More than three choices in a chat message are not read.
BUDGET_TOLERANCE = 1.0  # A budget is what people have; above it is not a match.
MONTHS_A_YEAR = 12
FAR_DAYS = 10_000  # An undated package is further away than any dated one.
# Facts that pictures and papers tell as printed words, and where they stand.
PRINTED = ("name", "price", "departure_date", "duration_days", "hotel_makkah", "hotel_madinah", "airline")
PAPERS = ("image_url", "brochure_url", "itinerary_url", "video_url")


class Availability(StrEnum):
    OPEN = "open"
    FULL = "full"
    DEPARTED = "departed"
    CLOSED = "closed"


def availability(package: Package, today: date) -> Availability:
    """Departed once its date is past; full when no seat is left or staff said so; closed for any other status than OPEN."""
    if package.departure_date is not None and package.departure_date < today:
        return Availability.DEPARTED
    if package.quota_left is not None and package.quota_left <= 0:
        return Availability.FULL
    if package.status in ("FULL", "SOLD_OUT"):
        return Availability.FULL
    return Availability.OPEN if package.status == "OPEN" else Availability.CLOSED


def on_sale(shelf: Shelf, today: date) -> tuple[Package, ...]:
    """What can be bought today, soonest departure first, then cheapest."""
    open_ones = [p for p in shelf.packages if availability(p, today) is Availability.OPEN]
    return tuple(sorted(open_ones, key=lambda p: (p.departure_date or date.max, p.price, p.code)))


def nearest(package: Package, shelf: Shelf, today: date) -> tuple[Package, ...]:
    """Up to three open packages that come closest: by departure first, then by price."""
    others = [p for p in on_sale(shelf, today) if p.code != package.code]
    return tuple(
        sorted(others, key=lambda p: (_days_apart(p, package), abs(p.price - package.price)))[:MAX_PICKS]
    )


def _days_apart(one: Package, other: Package) -> int:
    if one.departure_date is None or other.departure_date is None:
        return FAR_DAYS
    # Whole months matter to people, single days do not: within a month the price decides.
    return abs((one.departure_date - other.departure_date).days) // 31


def matching(preference: Preference, packages: tuple[Package, ...]) -> tuple[Package, ...]:
    """The packages that fit every wish that was said; all of them when nothing was said."""
    return tuple(p for p in packages if not misfits(preference, p))


def misfits(preference: Preference, package: Package) -> tuple[str, ...]:
    """Which wishes this package does not meet: of `seats`, `month`, `year`, `length`, `budget`."""
    missed = []
    if preference.pax and package.quota_left is not None and package.quota_left < preference.pax:
        missed.append("seats")
    departs = package.departure_date
    if preference.months and (departs is None or departs.month not in preference.months):
        missed.append("month")
    if preference.year and (departs is None or departs.year != preference.year):
        missed.append("year")
    if preference.hijri and not _is_of(package, preference.hijri):
        missed.append("month")
    if preference.days and package.duration_days != preference.days:
        missed.append("length")
    if preference.budget_idr and package.price > preference.budget_idr * BUDGET_TOLERANCE:
        missed.append("budget")
    return tuple(dict.fromkeys(missed))


def _is_of(package: Package, hijri: str) -> bool:
    """Whether it leaves in this Hijri month, or is called by it."""
    departs = package.departure_date
    return _names(package, hijri) or (departs is not None and hijri_month(departs) == hijri)


def _names(package: Package, word: str) -> bool:
    return word.replace(" ", "") in f"{package.code} {package.name}".lower().replace(" ", "")


def best(preference: Preference, packages: tuple[Package, ...]) -> tuple[Package, ...]:
    """Up to three of those with the fewest unmet wishes: nearest to the months first, then to the length, then to the budget's upper end,
    then soonest.

    Goods know no date: of those within the budget the one that makes the most of it comes first. A gift for 300,000 is no cable.
    """
    budget = preference.budget_idr
    fewest = min((len(misfits(preference, p)) for p in packages), default=0)
    nearest_first = sorted(
        (p for p in packages if len(misfits(preference, p)) == fewest),
        key=lambda p: (
            _months_off(preference, p),
            abs((p.duration_days or FAR_DAYS) - preference.days) if preference.days else 0,
            max(0, p.price - budget) if budget else 0,
            p.departure_date or date.max,
            -p.price if budget and p.departure_date is None and p.price <= budget else p.price,
        ),
    )
    return tuple(nearest_first[:MAX_PICKS])


def _months_off(preference: Preference, package: Package) -> int:
    """How many months lie between the departure and the nearest month that was wished for; December is next to January."""
    if not preference.months or package.departure_date is None:
        return 0
    apart = [abs(package.departure_date.month - month) for month in preference.months]
    return min(min(months, MONTHS_A_YEAR - months) for months in apart)


def full_then(preference: Preference, packages: tuple[Package, ...], today: date) -> Package | None:
    """The one package of the months wished for, when it is full: then it is said so, instead of "nothing there"."""
    when = Preference(months=preference.months, year=preference.year, hijri=preference.hijri)
    if not (when.months or when.hijri):
        return None
    there = matching(when, tuple(p for p in packages if availability(p, today) is not Availability.DEPARTED))
    return there[0] if len(there) == 1 and availability(there[0], today) is Availability.FULL else None


def perhaps_outdated(before: Package, after: Package) -> tuple[str, ...]:
    """Pictures and papers that stayed while a fact changed that may be printed on them: the bot would send them beside the new one."""
    if all(getattr(before, fact) == getattr(after, fact) for fact in PRINTED):
        return ()
    kept = [paper for paper in PAPERS if getattr(before, paper) == getattr(after, paper)]
    return tuple(paper for paper in kept if getattr(after, paper))
