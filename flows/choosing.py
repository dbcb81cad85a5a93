"""A package is chosen: by a code from an ad, a number from our list, its name, or a month that only one fits."""

import re
from dataclasses import replace

from flows.choice import (
    at_an_end,
    called,
    first_known,
    first_unknown,
    is_cheapest_meant,
    is_soonest_meant,
    named,
    names_an_end,
    of_the_kind,
    pointed_at,
    singled_out,
)
from flows.decision import Awaiting, Fact
from flows.domain import Package, Phase, Preference
from flows.draft import Draft
from flows.hearing import Said
from flows.journey import DETAIL_QUESTIONS, TOLD_BY_GREETING
from flows.offering import selection, unavailable
from flows.packages import Availability, availability, misfits, on_sale
from flows.preference import merge, with_pax
from flows.questions import SURE_FAQ, is_question
from flows.reply_keys import Key

# What the introduction of a package answers by itself.
COVERED = frozenset({"ask_price", "ask_schedule", "ask_packages", "give_preference", "ask_recommendation"})
PRICE = "ask_price"
# Whoever asks for "the cheapest" or "the earliest" of something else means no package.
ABOUT_CHOICE = TOLD_BY_GREETING | {
    *(
        "ask_packages",
        "ask_recommendation",
        "give_preference",
        "ask_discount",
        "payment_intent",
        "affirm",
        "deny",
    ),
}
# "Ganti Oktober aja": another month is meant instead of the chosen package.
SWITCHES = re.compile(r"\b(?:ganti\w*|pindah\w*|geser\w*|tukar\w*|switch|change|instead)\b", re.IGNORECASE)
ABOUT_ONE = DETAIL_QUESTIONS | TOLD_BY_GREETING | {"payment_intent"}
# "Yang Maret berapa?" when January is chosen: a month beside these asks about other trips. Beside payment it says when money comes.
ABOUT_TRIPS = (DETAIL_QUESTIONS - {"ask_payment_terms"}) | COVERED | {"ask_quota"}


def note_wishes(draft: Draft, said: Said) -> None:
    """Remembers people, month, year and budget; a bare number answers "berapa orang?"."""
    preference = draft.journey.preference
    for wish in said.wishes:
        preference = merge(preference, wish)
    awaiting = draft.situation.awaiting
    counts_people = draft.situation.shelf.trade.plans_trips
    is_pointing = pointed_at(awaiting, said.text, said.number) is not None
    if counts_people and awaiting is not None and awaiting.kind == "preference" and not is_pointing:
        preference = with_pax(preference, said.number)
    draft.has_new_wish = preference != draft.journey.preference
    if draft.has_new_wish:
        draft.journey = replace(draft.journey, preference=preference)


def note_code(draft: Draft) -> None:
    """The first ad that brought this journey is remembered; later codes are only logged."""
    code = first_known(draft.situation.heard)
    if code and draft.journey.campaign_code is None:
        draft.journey = replace(draft.journey, campaign_code=code.canonical)


def follow_code(draft: Draft) -> None:
    """A known code sets the package in any phase, also while a human talks."""
    code = first_known(draft.situation.heard)
    package = draft.situation.shelf.package(code.canonical) if code else None
    if package is not None:
        if draft.journey.phase is Phase.PAID:
            draft.begin_journey("new_purchase")
        draft.choose(package)


def begin_again_after_paid(draft: Draft, said: Said) -> None:
    """After `paid`, a known code, a named package or a buying wish starts the next journey."""
    if draft.journey.phase is not Phase.PAID:
        return
    if first_known(draft.situation.heard) or named(draft.situation) or said.is_buying:
        draft.begin_journey("new_purchase")


def choose(draft: Draft, said: Said) -> None:
    """Finds the package that this turn is about and takes it into the journey."""
    shelf = draft.situation.shelf
    if not shelf.trade.plans_trips:
        draft.called = frozenset(package.code for package in called(shelf.packages, said.text))
    package, how = _meant(draft, said)
    if package is None:
        draft.is_set_aside = _means_others(draft, said)
        return
    draft.chosen_by, draft.chosen_before = how, draft.journey.package_code
    draft.choose(package)
    draft.because(f"package_by_{how}")


def _meant(draft: Draft, said: Said) -> tuple[Package | None, str]:
    situation, shelf = draft.situation, draft.situation.shelf
    code = first_known(situation.heard)
    if code:
        return shelf.package(code.canonical), "code"
    if draft.beside:
        return None, ""
    pointed = shelf.package(pointed_at(situation.awaiting, said.text, said.number))
    if pointed and not _counts_people(situation.awaiting, said):
        return pointed, "number"
    called = named(situation)
    if len(called) == 1:
        return called[0], "name"
    end = _at_an_end(draft, said)
    if end is not None and not called:
        return end, "list_end"
    is_asked = situation.awaiting is not None and situation.awaiting.kind == "choice"
    offered = situation.awaiting.options if situation.awaiting and is_asked else ()
    if len(offered) == 1 and (said.has("affirm") or ABOUT_ONE & set(said.asks)) and not draft.has_new_wish:
        return shelf.package(offered[0]), "offer"
    is_switch = draft.package is not None and SWITCHES.search(said.text) is not None
    if _names_a_month(said) and (is_switch or ABOUT_ONE & set(said.asks)):
        return _by_month(draft), "month"
    return None, ""


def _counts_people(awaiting: Awaiting | None, said: Said) -> bool:
    """ "Yang 2 orang" answers how many people, where that was asked."""
    was_asked = awaiting is not None and awaiting.kind == "preference"
    return was_asked and any(wish.pax for wish in said.wishes)


def _at_an_end(draft: Draft, said: Said) -> Package | None:
    """What "yang paling murah" means: of the last list, or of all that can be had where there was none. What is chosen already stays."""
    if set(said.asks) - ABOUT_CHOICE or not names_an_end(said.text):
        return None
    shelf, awaiting = draft.situation.shelf, draft.situation.awaiting
    listed = tuple(p for code in (awaiting.options if awaiting else ()) if (p := shelf.package(code)))
    offered = listed if len(listed) > 1 else of_the_kind(selection(draft), said.text, shelf.trade.plans_trips)
    end = at_an_end(offered, said.text)
    return None if end == draft.package else end


def _means_others(draft: Draft, said: Said) -> bool:
    """Whether the chosen package is not what this message asks about: it leaves in another month, or lasts longer. Its price would be
    a wrong one."""
    chosen = draft.package
    if chosen is None or draft.beside or not ABOUT_TRIPS & set(said.asks):
        return False
    told = Preference()
    for wish in said.wishes:
        told = merge(told, wish)
    return bool(misfits(replace(told, pax=None, budget_idr=None), chosen))


def _names_a_month(said: Said) -> bool:
    return any(wish.months or wish.month or wish.hijri for wish in said.wishes)


def _by_month(draft: Draft) -> Package | None:
    current = draft.package
    only = singled_out(draft.journey.preference, draft.situation.shelf, draft.situation)
    if only is None or (current and _departs_in(current, draft)):
        return None
    return only


def _departs_in(package: Package, draft: Draft) -> bool:
    departs = package.departure_date
    return departs is not None and departs.month in draft.journey.preference.months


def present(draft: Draft, said: Said) -> bool:
    """Introduces a package that was just chosen, unless only something else about it was asked. True when the introduction answers
    everything that was asked."""
    package = draft.package
    if draft.chosen_by is None or package is None:
        return False
    if availability(package, draft.situation.today) is not Availability.OPEN:
        draft.because("package_not_on_sale")
        draft.greet_first()
        unavailable(draft, package)
        return True
    remaining = [ask for ask in said.asks if is_question(ask) and ask not in covered(draft, said)]
    is_new_to_them = draft.chosen_by == "month" and said.has("give_preference")
    if draft.chosen_by == "code" or is_new_to_them or not set(remaining) - {PRICE}:
        _introduce(draft, package, said)
        draft.covered = covered(draft, said)
        # A question that only staff's own entry understands is no less asked.
        is_left = not said.asks and _is_written(said)
        return not remaining and not is_left
    # Nothing was introduced, so the price that was asked beside is still to be told.
    draft.covered = COVERED - TOLD_BY_GREETING
    return False


def covered(draft: Draft, said: Said) -> frozenset[str]:
    """What the introduction leaves nothing to say about. It names one person's price: several want to hear theirs together, and who asks
    what staff wrote about (a child's price) wants to hear that."""
    pax = draft.journey.preference.pax
    return COVERED - {PRICE} if _is_written(said) or (pax and pax > 1) else COVERED


def _is_written(said: Said) -> bool:
    return bool(said.faq) and said.faq[0].score >= SURE_FAQ


def _introduce(draft: Draft, package: Package, said: Said) -> None:
    key = _introduction(draft, package)
    if key is not Key.GREET_PACKAGE:
        draft.greet_first()
    facts: dict[str, Fact] = {"returning": not draft.situation.is_new}
    if key is Key.PACKAGE_INTRO and draft.chosen_by == "list_end":
        facts |= {"is_cheapest": is_cheapest_meant(said.text), "is_soonest": is_soonest_meant(said.text)}
    draft.tell(key, **facts)
    draft.picture(package)
    draft.expect_beside_list("details")


def _introduction(draft: Draft, package: Package) -> Key:
    if draft.starts_journey and draft.chosen_by == "code":
        return Key.GREET_PACKAGE
    return Key.PACKAGE_AGAIN if draft.chosen_before == package.code else Key.PACKAGE_INTRO


def unknown_code(draft: Draft, said: Said) -> bool:
    """A code that nothing on sale has: a general answer, with what comes nearest."""
    code = first_unknown(draft.situation.heard)
    if code is None or draft.chosen_by is not None:
        return False
    draft.because("unknown_code")
    shelf, today = draft.situation.shelf, draft.situation.today
    candidates = [shelf.package(name) for name in code.nearest]
    open_ones = on_sale(shelf, today)
    near = tuple(p for p in candidates if p is not None and p in open_ones) or selection(draft)[:3]
    draft.greet_first()
    draft.tell(Key.UNKNOWN_CODE, written=code.written, packages=near)
    draft.await_choice(tuple(package.code for package in near))
    return not any(is_question(ask) for ask in said.asks)
