"""Which packages are put before the customer, and in which words: what fits, what comes nearest, what still fits.

Budi: kami berempat, bulan Maret        → a numbered list of what fits, and why
Budi: yang bagus yang mana ya?          → of a long list three, and why; of three the cheapest and the soonest, not said twice
Budi: eh jadinya berlima                → "masih tersedia 18 kursi, cukup untuk 5 orang", when a package is chosen
"""

from flows import survey
from flows.advice import Advised, advise, unadvised
from flows.decision import Fact
from flows.domain import Package, Preference
from flows.draft import Draft
from flows.packages import (
    MAX_PICKS,
    Availability,
    availability,
    best,
    full_then,
    matching,
    misfits,
    nearest,
    on_sale,
)
from flows.reply_keys import Key
from flows.wording import month_name

MAX_LISTED = 10  # Packages in one chat message; more are a wall.


def offer(draft: Draft, packages: tuple[Package, ...]) -> None:
    """Remembers a numbered list, so that "nomor 2" or "iya" has a meaning."""
    draft.await_choice(tuple(package.code for package in packages))


def await_wish(draft: Draft, packages: tuple[Package, ...]) -> None:
    """After "what are you looking for?": a bare number answers "how many people?", and only "nomor 2" or "yang kedua" points at the
    list; where nobody travels a number does."""
    if draft.situation.shelf.trade.plans_trips:
        draft.expect("preference", tuple(package.code for package in packages))
    else:
        offer(draft, packages)


def selection(draft: Draft) -> tuple[Package, ...]:
    """The open packages that a list shows: those that fit the wishes if any do, all of them otherwise. Of goods several that were called
    by a word ("laptop apa saja") stand alone, one stands first: "kuota" is one's name, and what many others are."""
    open_ones = on_sale(draft.situation.shelf, draft.situation.today)
    shown = matching(draft.journey.preference, open_ones) or open_ones
    called = tuple(package for package in shown if package.code in draft.called)
    others = tuple(package for package in shown if package.code not in draft.called)
    return (called if len(called) > 1 else (*called, *others))[:MAX_LISTED]


def wishes_in_vain(draft: Draft) -> bool:
    """Whether a wish was just told that nothing on sale meets: then a list of everything would pass over it in silence."""
    open_ones = on_sale(draft.situation.shelf, draft.situation.today)
    is_in_vain = draft.has_new_wish and not matching(draft.journey.preference, open_ones)
    return is_in_vain and bool(open_ones) and not draft.listed_now


def not_seen_yet(draft: Draft, packages: tuple[Package, ...]) -> tuple[Package, ...]:
    """These, unless exactly they stand in the last list: whoever asks again wants to see the others too."""
    listed = draft.situation.awaiting.options if draft.situation.awaiting else ()
    is_asked_again = (
        not draft.has_new_wish
        and not draft.is_set_aside
        and {package.code for package in packages} == set(listed)
    )
    everything = on_sale(draft.situation.shelf, draft.situation.today)[:MAX_LISTED]
    return everything if is_asked_again else packages


def take_wish(draft: Draft) -> bool:
    """A wish was told. With a package chosen that still fits, that is said; otherwise what fits is offered."""
    package = draft.package
    if package is None or availability(package, draft.situation.today) is not Availability.OPEN:
        return recommend(draft)
    if not draft.has_new_wish:
        draft.tell(Key.WHAT_ELSE)
        return True
    missed = misfits(draft.journey.preference, package)
    if not missed:
        draft.tell(Key.STILL_FITS, pax=draft.journey.preference.pax)
        return True
    if "seats" in missed:
        draft.tell(Key.ASK_QUOTA, pax=draft.journey.preference.pax, is_enough=False)
    return recommend(draft)


def recommend(draft: Draft) -> bool:
    """The best fitting packages and why; when none fits every wish, the nearest are offered and it is said so."""
    situation, preference = draft.situation, draft.journey.preference
    open_ones = on_sale(situation.shelf, situation.today)
    if not open_ones:
        draft.tell(Key.NO_PACKAGES)
        return True
    fitting = matching(preference, open_ones)
    full = full_then(preference, situation.shelf.packages, situation.today)
    if not fitting and full is not None:
        unavailable(draft, full)
        return True
    advised = advise(draft, fitting) if fitting else unadvised(best(preference, open_ones), open_ones)
    picks = tuple(one.package for one in advised)
    if fitting and _is_before_their_eyes(draft, picks):
        _compare(draft, picks)
    else:
        put_forward(draft, advised, Key.RECOMMEND if fitting else Key.NO_MATCH)
    return True


def put_forward(draft: Draft, advised: tuple[Advised, ...], key: Key) -> None:
    """These packages as a numbered list, each with why; then what is still worth knowing of the customer."""
    preference = draft.journey.preference
    picks = tuple(one.package for one in advised)
    facts: dict[str, Fact] = {"packages": picks, "pax": preference.pax, "budget": preference.budget_idr}
    if key is Key.NO_MATCH:
        facts["months"] = _months_in_vain(draft)
    else:
        facts["reasons"] = tuple(" ".join(one.why) for one in advised)
    draft.tell(key, **facts)
    draft.await_choice(tuple(package.code for package in picks), is_advice=True)
    if key is Key.NO_MATCH or survey.begin(draft):
        return
    ask_more(draft)


def _months_in_vain(draft: Draft) -> str | None:
    """The months that were wished for, as people say them, where nothing at all leaves in them."""
    when = Preference(months=draft.journey.preference.months)
    is_in_vain = when.months and not matching(when, on_sale(draft.situation.shelf, draft.situation.today))
    between = " or " if draft.language == "en" else " atau "
    return between.join(month_name(month, draft.language) for month in when.months) if is_in_vain else None


def _is_before_their_eyes(draft: Draft, picks: tuple[Package, ...]) -> bool:
    """Whether the last numbered list holds these and no others, and nothing new was wished for since. A longer one is what they are chosen
    from; the welcome's has no numbers to answer with.

    Whom we know is told again why each suits: their likes may have put another one first.
    """
    above = draft.situation.awaiting
    listed = above.options if above and above.kind != "preference" else ()
    buyer = draft.situation.buyer
    is_known = buyer is not None and buyer.is_known
    return (
        len(picks) > 1 and not draft.has_new_wish and not is_known and {p.code for p in picks} == set(listed)
    )


def _compare(draft: Draft, picks: tuple[Package, ...]) -> None:
    """The list stands above already: only what tells its packages apart."""
    cheapest = min(picks, key=lambda package: package.price)
    soonest = next((p for p in picks if p.departure_date is not None), picks[0])
    draft.tell(Key.COMPARE, cheapest=cheapest, soonest=soonest, is_one=cheapest == soonest)
    above = draft.situation.awaiting
    draft.await_choice(above.options if above else (), is_advice=True)


def ask_more(draft: Draft) -> None:
    """What is still worth knowing to offer what fits: how many people, and which month."""
    wanted = still_wanted(draft)
    if draft.situation.shelf.trade.plans_trips and any(wanted.values()):
        draft.tell(Key.ASK_MORE, **wanted)


def still_wanted(draft: Draft) -> dict[str, bool]:
    """Which of the two the customer has not told yet, as texts ask for it."""
    preference = draft.journey.preference
    return {
        "asks_pax": preference.pax is None,
        "asks_month": not (preference.months or preference.hijri),
    }


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
