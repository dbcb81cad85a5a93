"""Answering: questions first, courtesies after, and then back to where the talk was.

Budi: hotelnya jauh? visanya sudah termasuk?  → both are answered, then brochure and itinerary follow
Budi: kantornya di mana ya?                   → address and map, then "mau saya jelaskan fasilitasnya?" again
"""

from dataclasses import replace

from flows.calling import unanswered
from flows.domain import FaqHit, Phase
from flows.draft import Draft
from flows.hearing import SOCIAL, Said
from flows.journey import event_for
from flows.packages import Availability, availability
from flows.questions import answer, is_question, recommend, selection
from flows.reply_keys import Key

MAX_ANSWERS = 3  # Answers in one message; more questions than that in one breath are read by nobody.
SURE_FAQ = (
    0.75  # An FAQ entry this sure is more exact than the general answer ("harga anak" against "harga").
)


def questions(draft: Draft, said: Said) -> bool:
    """Answers every question of the turn; a question that nothing answers asks for a human."""
    asked = [ask for ask in said.asks if is_question(ask)]
    if draft.chosen_by is not None:
        asked = [ask for ask in asked if ask not in draft.covered]
    if not asked and draft.has_new_wish and not draft.chosen_by:
        asked = ["give_preference"]
    if not asked:
        return False
    draft.because(asked[0])
    draft.journey = replace(draft.journey, asked=_remembered(draft.journey.asked, asked))
    draft.greet_first()
    missing = [ask for ask in asked[:MAX_ANSWERS] if not _answered(draft, ask, said)]
    learn_more(draft, tuple(said.asks), affirms=False)
    if missing:
        unanswered(draft)
    else:
        lead_back(draft)
    return True


def _remembered(before: tuple[str, ...], asked: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(ask for ask in before if ask not in asked), *asked)))


def _answered(draft: Draft, ask: str, said: Said) -> bool:
    sure = next((hit for hit in said.faq if hit.score >= SURE_FAQ), None)
    if sure is not None and ask not in ("give_preference", "ask_packages", "ask_brochure"):
        return _tell_faq(draft, sure)
    if ask in draft.situation.shelf.triggers.always_human and draft.situation.shelf.triggers.enabled:
        return False
    if answer(draft, ask):
        return True
    return _tell_faq(draft, said.faq[0]) if said.faq else False


def _tell_faq(draft: Draft, hit: FaqHit) -> bool:
    if not any(say.facts.get("faq_id") == hit.faq_id for say in draft.say):
        draft.tell(Key.FAQ, answer=hit.answer, faq_id=hit.faq_id)
    return True


def from_faq(draft: Draft, said: Said) -> bool:
    """No intent was sure, but an entry that staff wrote fits: that is an answer."""
    if not said.faq or said.asks:
        return False
    draft.because("faq")
    draft.greet_first()
    _tell_faq(draft, said.faq[0])
    lead_back(draft)
    return True


def learn_more(draft: Draft, intents: tuple[str, ...], *, affirms: bool) -> bool:
    """Moves to interest where the phase table says so; the package's papers follow, once."""
    package = draft.package
    is_on_sale = package is not None and availability(package, draft.situation.today) is Availability.OPEN
    was_greeted = draft.chosen_by is None and package is not None
    event = event_for(
        tuple(intent for intent in intents if intent != "payment_intent"),
        has_package=is_on_sale,
        was_greeted=was_greeted,
        affirms_details=affirms,
    )
    if event is None or package is None:
        return False
    draft.advance(event, intents[0] if intents else "affirm")
    is_announced = any(say.key in (Key.ASK_BROCHURE, Key.ASK_ITINERARY) for say in draft.say)
    if draft.journey.phase in (Phase.INTEREST, Phase.BOOKING) and draft.papers(package) and not is_announced:
        draft.tell(Key.PAPERS)
    return True


def lead_back(draft: Draft) -> None:
    """After an answer, back to where the talk was; a human's queue is not talked into more."""
    is_pointing = draft.awaiting is not None and draft.awaiting.kind != "details"
    if draft.is_waiting or is_pointing:
        return
    if draft.situation.is_new and draft.package is None:
        draft.tell(Key.ASK_PREFERENCE, packages=selection(draft))
        draft.expect("preference")
        return
    before = draft.situation.awaiting
    if draft.package is not None and draft.journey.phase is Phase.LEADS:
        draft.tell(Key.REMIND_DETAILS)
        draft.expect("details")
    elif draft.package is not None:
        draft.tell(Key.ANYTHING_ELSE)
        draft.awaiting = None
    elif before is not None and before.kind == "choice":
        draft.tell(Key.REMIND_CHOICE)
        draft.awaiting = before
    else:
        draft.tell(Key.REMIND_PREFERENCE)
        draft.expect("preference")


def courtesy(draft: Draft, said: Said) -> bool:
    """Greeting, yes, no, thanks and goodbye, when nothing else was said."""
    social = next((ask for ask in said.asks if ask in SOCIAL), None)
    if social is None:
        return False
    draft.because(social)
    if draft.is_waiting:
        draft.keep_awaiting()
        return True
    if draft.situation.is_new and social != "goodbye":
        welcome(draft)
        return True
    {"greeting": _greet_again, "affirm": _affirm, "deny": _deny, "thanks": _thanks, "goodbye": _goodbye}[
        social
    ](draft)
    return True


def welcome(draft: Draft) -> None:
    draft.tell(Key.WELCOME, packages=selection(draft))
    draft.expect("preference")


def _greet_again(draft: Draft) -> None:
    if draft.package is None:
        draft.tell(Key.WELCOME_BACK, packages=selection(draft))
        draft.expect("preference")
        return
    draft.tell(Key.GREETING_AGAIN)
    draft.keep_awaiting()


def _affirm(draft: Draft) -> None:
    awaiting = draft.situation.awaiting
    kind = awaiting.kind if awaiting else None
    if kind == "choice":
        draft.tell(Key.ASK_WHICH)
        draft.keep_awaiting()
    elif draft.package is not None and (kind == "details" or draft.journey.phase is Phase.LEADS):
        _tell_details(draft)
    elif draft.package is not None:
        draft.tell(Key.WHAT_ELSE)
    elif draft.journey.preference.is_empty:
        draft.tell(Key.REMIND_PREFERENCE)
        draft.expect("preference")
    else:
        recommend(draft)


def _tell_details(draft: Draft) -> None:
    draft.tell(Key.DETAILS)
    if learn_more(draft, ("affirm",), affirms=True):
        draft.tell(Key.ANYTHING_ELSE)


def _deny(draft: Draft) -> None:
    draft.tell(Key.DENY_OK)


def _thanks(draft: Draft) -> None:
    draft.tell(Key.THANKS)
    draft.keep_awaiting()


def _goodbye(draft: Draft) -> None:
    draft.tell(Key.GOODBYE)
    draft.keep_awaiting()
