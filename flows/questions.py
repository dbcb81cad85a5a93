"""What answers which question: one short function a question, in one table.

An answer is facts from rows, never a guess. A question without an answer says so, and the caller asks a human.
"""

from collections.abc import Callable

from flows.domain import MediaKind, Package
from flows.draft import Draft
from flows.packages import MAX_PICKS, Availability, availability, best, matching, nearest, on_sale
from flows.reply_keys import Key

MAX_LISTED = 10  # Packages in one chat message; more are a wall.

Answer = Callable[[Draft], bool]


def answer(draft: Draft, intent: str) -> bool:
    """Adds the answer to the draft; False when nothing we know answers it."""
    about_package = _WITH_PACKAGE.get(intent)
    if draft.package is not None and about_package is not None:
        return about_package(draft)
    general = _ALWAYS.get(intent) or _WITHOUT_PACKAGE.get(intent)
    return general(draft) if general else False


def is_question(intent: str) -> bool:
    return intent in _ALWAYS or intent in _WITH_PACKAGE or intent in FROM_FAQ


# These stand on what staff wrote: an FAQ entry, or a human.
FROM_FAQ = frozenset({"ask_requirements", "ask_discount", "ask_refund", "ask_testimonial"})


def offer(draft: Draft, packages: tuple[Package, ...]) -> None:
    """Remembers a numbered list, so that "nomor 2" or "iya" has a meaning."""
    draft.await_choice(tuple(package.code for package in packages))


def selection(draft: Draft) -> tuple[Package, ...]:
    """The open packages that a list shows: those that fit the wishes if any do, all of them otherwise."""
    open_ones = on_sale(draft.situation.shelf, draft.situation.today)
    fitting = matching(draft.journey.preference, open_ones)
    return (fitting or open_ones)[:MAX_LISTED]


def list_with(key: Key) -> Answer:
    """An answer that lists one line a package, for a question asked before a package is chosen."""

    def listed(draft: Draft) -> bool:
        packages = selection(draft)
        if not packages:
            draft.tell(Key.NO_PACKAGES)
            return True
        draft.tell(key, packages=packages)
        offer(draft, packages)
        return True

    return listed


def choose_first(draft: Draft) -> bool:
    """The answer differs by package, so the customer is asked which one."""
    packages = selection(draft)
    if not packages:
        draft.tell(Key.NO_PACKAGES)
        return True
    draft.tell(Key.CHOOSE_FIRST, packages=packages)
    offer(draft, packages)
    return True


def recommend(draft: Draft) -> bool:
    """The best fitting packages and why; when none fits every wish, the nearest are offered and it is said so."""
    open_ones = on_sale(draft.situation.shelf, draft.situation.today)
    if not open_ones:
        draft.tell(Key.NO_PACKAGES)
        return True
    preference = draft.journey.preference
    fitting = matching(preference, open_ones)
    picks = best(preference, fitting or open_ones)
    key = Key.RECOMMEND if fitting else Key.NO_MATCH
    draft.tell(key, packages=picks, **_wishes(draft))
    offer(draft, picks)
    return True


def _wishes(draft: Draft) -> dict[str, int | str | None]:
    preference = draft.journey.preference
    return {"pax": preference.pax, "budget": preference.budget_idr, "asks_more": _missing(draft)}


def _missing(draft: Draft) -> str | None:
    """The one thing still worth asking for: people first, then the month."""
    preference = draft.journey.preference
    if preference.pax is None:
        return "pax"
    return None if preference.months or preference.hijri else "month"


def price(draft: Draft) -> bool:
    return _about(draft, Key.ASK_PRICE)


def schedule(draft: Draft) -> bool:
    package = draft.package
    return package is not None and package.departure_date is not None and _about(draft, Key.ASK_SCHEDULE)


def quota(draft: Draft) -> bool:
    package = draft.package
    if package is None:
        return False
    if availability(package, draft.situation.today) is not Availability.OPEN:
        unavailable(draft, package)
        return True
    if package.quota_left is None:
        return False
    pax = draft.journey.preference.pax
    return _about(draft, Key.ASK_QUOTA, pax=pax, is_enough=pax is None or package.quota_left >= pax)


def hotel(draft: Draft) -> bool:
    package = draft.package
    return bool(package and (package.hotel_makkah or package.hotel_madinah)) and _about(draft, Key.ASK_HOTEL)


def itinerary(draft: Draft) -> bool:
    package = draft.package
    if package is None or not package.itinerary_url:
        return False
    draft.tell(Key.ASK_ITINERARY)
    draft.paper(package, MediaKind.ITINERARY, again=True)
    return True


def flight(draft: Draft) -> bool:
    return bool(draft.package and draft.package.airline) and _about(draft, Key.ASK_FLIGHT)


def inclusions(draft: Draft) -> bool:
    return bool(draft.package and draft.package.includes) and _about(draft, Key.ASK_INCLUSIONS)


def brochure(draft: Draft) -> bool:
    package = draft.package
    if package is None or not package.brochure_url:
        return False
    draft.tell(Key.ASK_BROCHURE)
    draft.paper(package, MediaKind.BROCHURE, again=True)
    return True


def payment_terms(draft: Draft) -> bool:
    return bool(draft.package and draft.package.payment_terms) and _about(draft, Key.ASK_PAYMENT_TERMS)


def shared_payment_terms(draft: Draft) -> bool:
    """Without a package: the terms, when all packages share them; otherwise which package is meant."""
    packages = selection(draft)
    terms = {package.payment_terms for package in packages}
    if len(terms) == 1 and (only := next(iter(terms))):
        draft.tell(Key.ASK_PAYMENT_TERMS, terms=only)
        return True
    return choose_first(draft)


def location(draft: Draft) -> bool:
    company = draft.situation.shelf.company
    if not company.address:
        return False
    draft.tell(Key.ASK_LOCATION)
    if company.pin is not None:
        draft.map(company.pin)
    return True


def legality(draft: Draft) -> bool:
    if not draft.situation.shelf.company.licence:
        return False
    draft.tell(Key.ASK_LEGALITY)
    return True


def testimonial(draft: Draft) -> bool:
    """A film of former travellers, where a package has one; without any, an FAQ entry or a human answers."""
    candidates = (draft.package, *draft.situation.shelf.packages)
    package = next((p for p in candidates if p is not None and p.video_url), None)
    if package is None:
        return False
    draft.tell(Key.ASK_TESTIMONIAL)
    return draft.video(package)


def unavailable(draft: Draft, package: Package) -> None:
    """Says that it departed or is full, and offers what comes closest."""
    situation = draft.situation
    keys = {
        Availability.FULL: Key.PACKAGE_FULL,
        Availability.DEPARTED: Key.PACKAGE_DEPARTED,
        Availability.CLOSED: Key.PACKAGE_UNAVAILABLE,
    }
    alternatives = nearest(package, situation.shelf, situation.today)[:MAX_PICKS]
    draft.tell(keys[availability(package, situation.today)], asked=package, packages=alternatives)
    offer(draft, alternatives)


def _about(draft: Draft, key: Key, **facts: int | bool | str | None) -> bool:
    draft.tell(key, **facts)
    return True


_ALWAYS: dict[str, Answer] = {
    "ask_packages": list_with(Key.LIST_PACKAGES),
    "ask_recommendation": recommend,
    "give_preference": recommend,
    "ask_location": location,
    "ask_legality": legality,
    "ask_testimonial": testimonial,
}
_WITH_PACKAGE: dict[str, Answer] = {
    "ask_price": price,
    "ask_schedule": schedule,
    "ask_quota": quota,
    "ask_hotel": hotel,
    "ask_itinerary": itinerary,
    "ask_flight": flight,
    "ask_inclusions": inclusions,
    "ask_brochure": brochure,
    "ask_payment_terms": payment_terms,
}
_WITHOUT_PACKAGE: dict[str, Answer] = {
    "ask_price": list_with(Key.LIST_PRICES),
    "ask_schedule": list_with(Key.LIST_SCHEDULES),
    "ask_quota": list_with(Key.LIST_QUOTAS),
    "ask_hotel": list_with(Key.LIST_HOTELS),
    "ask_flight": list_with(Key.LIST_FLIGHTS),
    "ask_itinerary": choose_first,
    "ask_inclusions": choose_first,
    "ask_brochure": choose_first,
    "ask_payment_terms": shared_payment_terms,
}
