"""What answers which question: one short function a question, in one table.

An answer is facts from rows, never a guess. A question without an answer says so, and the caller asks a human.
"""

from collections.abc import Callable
from datetime import timedelta

from flows.domain import MediaKind, Package, Preference
from flows.draft import Draft
from flows.hearing import GRAVITY, OUT_OF_SCOPE, SOCIAL
from flows.offering import not_seen_yet, offer, recommend, selection, take_wish, unavailable, wishes_in_vain
from flows.packages import Availability, availability, matching, on_sale
from flows.reply_keys import Key

# An FAQ entry this sure is more exact than the general answer ("harga anak" against "harga").
SURE_FAQ = 0.75
TELLS_PRICE = frozenset({Key.GREET_PACKAGE, Key.PACKAGE_INTRO, Key.PACKAGE_AGAIN})

Answer = Callable[[Draft], bool]
Known = Callable[[Package], bool]
Order = Callable[[Package], int]


def answer(draft: Draft, intent: str) -> bool:
    """Adds the answer to the draft; False when nothing we know answers it."""
    about_package = _WITH_PACKAGE.get(intent)
    if draft.package is not None and about_package is not None:
        return about_package(draft)
    general = _ALWAYS.get(intent) or _WITHOUT_PACKAGE.get(intent)
    return general(draft) if general else False


def is_question(intent: str) -> bool:
    """Whether it wants an answer. What no row answers stands on what staff wrote: an FAQ entry, or a human; also in trades we never saw."""
    return intent not in SOCIAL and intent not in GRAVITY and intent != OUT_OF_SCOPE


def _anything(_package: Package) -> bool:
    return True


def list_with(key: Key, *, by: Order | None = None, known: Known = _anything) -> Answer:
    """An answer that lists one line a package, for a question asked before a package is chosen. by sorts the lines; when none of the
    packages has what is `known` of it asked for, there is no answer. Two lists in one message number the packages alike."""

    def listed(draft: Draft) -> bool:
        if wishes_in_vain(draft):
            return recommend(draft)
        if key is Key.CHOOSE_FIRST and draft.listed_now:
            return True  # The list to choose from stands in this message already.
        packages = draft.listed_now or selection(draft)
        if not packages:
            draft.tell(Key.NO_PACKAGES)
            return True
        if not any(known(package) for package in packages):
            return False
        if by and not draft.listed_now:
            packages = tuple(sorted(packages, key=by))
        draft.tell(key, packages=packages)
        offer(draft, packages)
        return True

    return listed


def all_packages(draft: Draft) -> bool:
    """What can be chosen; nothing more when this message lists packages already."""
    if draft.listed_now:
        return True
    if wishes_in_vain(draft):
        return recommend(draft)
    packages = not_seen_yet(draft, selection(draft))
    draft.tell(Key.LIST_PACKAGES if packages else Key.NO_PACKAGES, packages=packages)
    if packages:
        offer(draft, packages)
    return True


def price(draft: Draft) -> bool:
    package, pax = draft.package, draft.journey.preference.pax
    if package is None:
        return False
    total = package.price * pax if pax and pax > 1 else None
    is_told = any(say.key in TELLS_PRICE for say in draft.say)
    return _about(draft, Key.ASK_PRICE, pax=pax, total=total, is_told=is_told)


def schedule(draft: Draft) -> bool:
    package = draft.package
    if package is None or package.departure_date is None:
        return False
    # The programme counts the day of departure as its first.
    days = package.duration_days
    returns = package.departure_date + timedelta(days=days - 1) if days else None
    draft.tell(Key.ASK_SCHEDULE, returns=returns)
    return True


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
    is_enough = pax is None or package.quota_left >= pax
    draft.tell(Key.ASK_QUOTA, pax=pax, is_enough=is_enough)
    if not is_enough and matching(Preference(pax=pax), on_sale(draft.situation.shelf, draft.situation.today)):
        recommend(draft)
    return True


def has_hotel(package: Package) -> bool:
    return bool(package.hotel_makkah or package.hotel_madinah)


def hotel(draft: Draft) -> bool:
    return bool(draft.package and has_hotel(draft.package)) and _about(draft, Key.ASK_HOTEL)


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


def shared_inclusions(draft: Draft) -> bool:
    """Without a package: what every package includes; when they have nothing in common, which one is meant."""
    packages = selection(draft)
    common = tuple(
        item
        for item in (packages[0].includes if packages else ())
        if all(item in package.includes for package in packages)
    )
    if not common:
        return list_with(Key.CHOOSE_FIRST, known=lambda package: bool(package.includes))(draft)
    draft.tell(Key.SHARED_INCLUSIONS, includes=common)
    return True


def shared_payment_terms(draft: Draft) -> bool:
    """Without a package: the terms, when all packages share them; otherwise which package is meant."""
    terms = {package.payment_terms for package in selection(draft)}
    if len(terms) == 1 and (only := next(iter(terms))):
        draft.tell(Key.ASK_PAYMENT_TERMS, terms=only)
        return True
    return list_with(Key.CHOOSE_FIRST, known=lambda package: bool(package.payment_terms))(draft)


def location(draft: Draft) -> bool:
    company = draft.situation.shelf.company
    if not company.address:
        return False
    heard = " ".join(item.meaning.text for item in draft.situation.heard).lower()
    asked_for = next((branch for branch in company.branches if branch.lower() in heard), None)
    draft.tell(Key.ASK_LOCATION, branch=asked_for)
    if company.pin is not None:
        draft.map(company.pin)
    return True


def legality(draft: Draft) -> bool:
    if not draft.situation.shelf.company.licence:
        return False
    return _about(draft, Key.ASK_LEGALITY, again="ask_legality" in draft.asked_before)


def testimonial(draft: Draft) -> bool:
    """A film of former travellers, where a package has one; without any, an FAQ entry or a human answers."""
    candidates = (draft.package, *draft.situation.shelf.packages)
    package = next((p for p in candidates if p is not None and p.video_url), None)
    if package is None:
        return False
    draft.tell(Key.ASK_TESTIMONIAL)
    return draft.video(package)


def _about(draft: Draft, key: Key, **facts: int | bool | str | None) -> bool:
    draft.tell(key, **facts)
    return True


_ALWAYS: dict[str, Answer] = {
    "ask_packages": all_packages,
    "ask_recommendation": recommend,
    "give_preference": take_wish,
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
    "ask_price": list_with(Key.LIST_PRICES, by=lambda package: package.price),
    "ask_schedule": list_with(Key.LIST_SCHEDULES, known=lambda package: package.departure_date is not None),
    "ask_quota": list_with(Key.LIST_QUOTAS),
    "ask_hotel": list_with(Key.LIST_HOTELS, known=has_hotel),
    "ask_flight": list_with(Key.LIST_FLIGHTS, known=lambda package: bool(package.airline)),
    "ask_itinerary": list_with(Key.CHOOSE_FIRST, known=lambda package: bool(package.itinerary_url)),
    "ask_inclusions": shared_inclusions,
    "ask_brochure": list_with(Key.CHOOSE_FIRST, known=lambda package: bool(package.brochure_url)),
    "ask_payment_terms": shared_payment_terms,
}
LISTED_WITHOUT_PACKAGE = frozenset(_WITHOUT_PACKAGE) | {
    "ask_packages",
    "ask_recommendation",
    "give_preference",
}
