"""Answering: questions first, courtesies after, and then back to where the talk was.

Budi: hotelnya jauh? visanya sudah termasuk?  → both are answered, then brochure and itinerary follow
Budi: kantornya di mana ya?                   → address and map, then "mau saya jelaskan fasilitasnya?" again
"""

from dataclasses import replace

from flows.advice import keep
from flows.calling import unanswered
from flows.cheaper import (
    PRICE_QUESTIONS,
    compared_with,
    finds_dear,
    is_told,
    tell_cheaper,
    tell_cheapest,
    wants_cheaper,
)
from flows.domain import FaqHit, Phase
from flows.draft import Draft
from flows.hearing import SOCIAL, Said
from flows.journey import event_for
from flows.leading import lead_back
from flows.offering import await_wish, recommend, selection, still_wanted
from flows.packages import Availability, availability
from flows.questions import LISTED_WITHOUT_PACKAGE, SURE_FAQ, answer, is_question
from flows.reply_keys import Key

MAX_ANSWERS = 3  # Answers in one message; more questions than that in one breath are read by nobody.
SAME_QUESTION = 0.9  # As good as word for word.
FROM_ROWS_ONLY = frozenset({"ask_packages", "ask_brochure"})
FITTING_FAQ = 0.5  # An FAQ entry that fits at all is better than an answer that says nothing.
# A wish asks nothing in form; an entry must fit it better to be told beside what is offered.
FITS_A_WISH = 0.6
ASKS_FOR_A_LIST = frozenset({"ask_packages", "ask_recommendation", "give_preference"})
# A row answers these in general ("the price is …"); an entry that fits too answers what was meant ("… of a child").
ABOUT_ROWS = frozenset({"ask_price", "ask_schedule", "ask_hotel", "ask_flight", "ask_inclusions"})
# Without a package: "which one do you mean?"
ANSWERED_BY_WHICH = frozenset({"ask_itinerary", "ask_inclusions"})
TOLD_BY_ONE_LIST = ASKS_FOR_A_LIST | {"ask_price", "ask_schedule"}


def questions(draft: Draft, said: Said) -> bool:
    """Answers every question of the turn; a question that nothing answers asks for a human."""
    asked = _asked(draft, said)
    if not asked:
        return False
    draft.because(asked[0])
    draft.journey = replace(draft.journey, asked=_remembered(draft.journey.asked, asked))
    if _knows_nothing(draft, said) and set(asked) <= ASKS_FOR_A_LIST:
        welcome(draft)
        return True
    draft.greet_first()
    missing = [ask for ask in asked[:MAX_ANSWERS] if not answered(draft, ask, said)]
    learn_more(draft, tuple(said.asks), affirms=False)
    if missing:
        unanswered(draft)
    else:
        lead_back(draft)
    return True


def _asked(draft: Draft, said: Said) -> list[str]:
    asked = [ask for ask in said.asks if is_question(ask)]
    if draft.chosen_by is not None:
        return [ask for ask in asked if ask not in draft.covered]
    if not asked:
        return ["give_preference"] if draft.has_new_wish else []
    return asked if draft.package is not None else _lists_last(_with_one_list(draft, asked), said)


def _with_one_list(draft: Draft, asked: list[str]) -> list[str]:
    """Price, date and choice of packages, asked in one breath, are one list that tells them all."""
    together = [ask for ask in asked if ask in TOLD_BY_ONE_LIST]
    if len(together) < 2:
        return asked
    is_wish = draft.has_new_wish or "ask_recommendation" in together
    one = "give_preference" if is_wish else "ask_packages"
    return list(dict.fromkeys(one if ask in TOLD_BY_ONE_LIST else ask for ask in asked))


def _lists_last(asked: list[str], said: Said) -> list[str]:
    """What is answered in words comes before the list to choose from, which the customer is to answer."""
    written = {hit.intent for hit in said.faq}
    in_words = [ask for ask in asked if ask not in LISTED_WITHOUT_PACKAGE or ask in written]
    return [*in_words, *(ask for ask in asked if ask not in in_words)]


def _knows_nothing(draft: Draft, said: Said) -> bool:
    """Somebody new who named neither a wish nor a package, and asks nothing that staff wrote about: the welcome says it all. Whoever looks
    for the cheapest is told it."""
    is_blank = draft.situation.is_new and draft.package is None and draft.journey.preference.is_empty
    buyer = draft.situation.buyer
    is_stranger = (buyer is None or not buyer.is_known) and not wants_cheaper(said.text)
    # Trips are planned by month and people, which the welcome asks for; of goods three can be recommended to anybody.
    is_advised = "ask_recommendation" in said.asks and not draft.situation.shelf.trade.plans_trips
    return (
        is_blank
        and is_stranger
        and not is_advised
        and not draft.is_waiting
        and not draft.say
        and not said.faq
    )


def _remembered(before: tuple[str, ...], asked: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(ask for ask in before if ask not in asked), *asked)))


def answered(draft: Draft, ask: str, said: Said) -> bool:
    """Answers one question from rows or from what staff wrote; False when neither knows."""
    hits = _fitting_first([hit for hit in said.faq if hit.intent in (None, ask)], ask)
    if ask in ASKS_FOR_A_LIST and draft.has_new_wish:
        return _wish_and_question(draft, ask, hits)
    if ask in PRICE_QUESTIONS and wants_cheaper(said.text):
        return _lower_price(draft, said)
    enough = FITTING_FAQ if _is_vague(draft, ask) else SURE_FAQ
    sure = next((hit for hit in hits if hit.score >= enough and _is_to_the_point(hit, ask)), None)
    if sure is not None and (ask not in FROM_ROWS_ONLY or sure.score >= SAME_QUESTION):
        return _tell_entries(draft, sure, hits)
    if ask in draft.situation.shelf.triggers.always_human and draft.situation.shelf.triggers.enabled:
        return False
    fitting = next((hit for hit in hits if hit.score >= FITTING_FAQ and _is_to_the_point(hit, ask)), None)
    if not answer(draft, ask):
        return _tell_written(draft, ask, said, hits)
    if fitting is not None and ask in ABOUT_ROWS:
        _tell_faq(draft, fitting)
    return True


def _wish_and_question(draft: Draft, ask: str, hits: list[FaqHit]) -> bool:
    """ "Maret, lima orang, ibu saya sepuh, ada kursi roda?": what staff wrote of the one, then what suits the other."""
    is_wish = ask == "give_preference"
    asked_beside = [hit for hit in hits if hit.of_piece or (is_wish and hit.score >= FITS_A_WISH)]
    if asked_beside:
        _tell_entries(draft, asked_beside[0], asked_beside)
    return answer(draft, ask)


def _tell_written(draft: Draft, ask: str, said: Said, hits: list[FaqHit]) -> bool:
    """What staff wrote; to whom the price is too high also what costs less."""
    entries = [*hits, *_in_general(draft, ask, said)]
    is_told = bool(entries) and _tell_entries(draft, entries[0], entries)
    if ask == "ask_discount" and finds_dear(said.text):
        return tell_cheaper(draft) or is_told
    return is_told


def _lower_price(draft: Draft, said: Said) -> bool:
    """What costs less. Where nothing does, that is said, and which discounts there are; where nothing was named yet, all prices."""
    if is_told(draft) or tell_cheaper(draft):
        return True
    if compared_with(draft) is None:
        return answer(draft, "ask_price")
    tell_cheapest(draft)
    for hit in _in_general(draft, "ask_discount", said)[:1]:
        _tell_faq(draft, hit)
    return True


def _in_general(draft: Draft, ask: str, said: Said) -> list[FaqHit]:
    """The usual answer, unless it was the last thing said already: who asks on wants to hear more than that."""
    if ask not in draft.situation.shelf.trade.one_answer or ask in draft.asked_before[-1:]:
        return []
    return [hit for hit in said.usual_answers if hit.intent == ask]


def _fitting_first(hits: list[FaqHit], ask: str) -> list[FaqHit]:
    """An entry that surely asks something else comes last, unless it is word for word what was asked."""
    return sorted(hits, key=lambda hit: hit.score < SAME_QUESTION and hit.asks not in (None, ask))


def _is_to_the_point(hit: FaqHit, ask: str) -> bool:
    """An entry that fits so-so, and surely asks something else, is another's: "isinya apa saja" is not "di mana isi pulsa"."""
    return hit.score >= SURE_FAQ or hit.asks in (None, ask) or ask not in ABOUT_ROWS


def _is_vague(draft: Draft, ask: str) -> bool:
    """A "wish" without any wish in it, or a question whose answer would only be "which package?"."""
    if ask == "give_preference":
        return not draft.has_new_wish
    return draft.package is None and ask in ANSWERED_BY_WHICH


def _tell_entries(draft: Draft, best: FaqHit, hits: list[FaqHit]) -> bool:
    """This entry and, in the order asked, those that answer other pieces of the message."""
    asked_beside = [hit for hit in hits if hit is best or (best.of_piece and hit.of_piece)]
    return all(_tell_faq(draft, hit) for hit in asked_beside[:MAX_ANSWERS])


def _tell_faq(draft: Draft, hit: FaqHit) -> bool:
    if not any(say.facts.get("faq_id") == hit.faq_id for say in draft.say):
        answer = hit.answer_en if draft.language == "en" and hit.answer_en else hit.answer
        draft.tell(Key.FAQ, answer=answer, faq_id=hit.faq_id)
    return True


def from_faq(draft: Draft, said: Said) -> bool:
    """No question was understood, but an entry that staff wrote fits: that is an answer, also to what sounds like a mere "boleh"."""
    is_social = set(said.asks) <= SOCIAL and bool(said.faq) and said.faq[0].score >= SURE_FAQ
    if not said.faq or (said.asks and not is_social):
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
    if said.asks_leave:
        draft.tell(Key.ASK_AWAY)
        draft.keep_awaiting()
        return True
    {"greeting": _greet_again, "affirm": _affirm, "deny": _deny, "thanks": _thanks, "goodbye": _goodbye}[
        social
    ](draft)
    return True


def welcome(draft: Draft) -> None:
    _welcome(draft, Key.WELCOME)


def _welcome(draft: Draft, key: Key) -> None:
    packages = selection(draft)
    draft.tell(key, packages=packages)
    await_wish(draft, packages)
    if draft.awaiting is not None:
        draft.awaiting = replace(draft.awaiting, welcomed_on=draft.situation.today)


def _greet_again(draft: Draft) -> None:
    """ "P", "p", "woi" are one greeting: the list that the first was answered with is not sent three times."""
    if draft.package is None or not (draft.has_package_on_sale or draft.journey.phase is Phase.PAID):
        before = draft.situation.awaiting
        if before is None or before.welcomed_on != draft.situation.today:
            _welcome(draft, Key.WELCOME_BACK)
        else:
            draft.tell(Key.ASK_AWAY)
            draft.keep_awaiting()
        return
    draft.tell(Key.GREETING_AGAIN)
    draft.keep_awaiting()


def _affirm(draft: Draft) -> None:
    awaiting = draft.situation.awaiting
    kind = awaiting.kind if awaiting else None
    if kind == "choice":
        draft.tell(Key.ASK_WHICH)
        draft.keep_awaiting()
    elif draft.journey.phase is Phase.PAID:
        draft.tell(Key.OKAY)
    elif draft.package is not None and (kind == "details" or draft.journey.phase is Phase.LEADS):
        _tell_details(draft)
    elif draft.package is not None:
        draft.tell(Key.WHAT_ELSE)
    elif draft.journey.preference.is_empty:
        draft.tell(Key.REMIND_PREFERENCE, **still_wanted(draft))
        draft.expect("preference")
    else:
        recommend(draft)


def _tell_details(draft: Draft) -> None:
    draft.tell(Key.DETAILS)
    draft.expect_beside_list("list")
    if learn_more(draft, ("affirm",), affirms=True):
        draft.tell(Key.ANYTHING_ELSE)


def _deny(draft: Draft) -> None:
    """No to what was offered; a list stays before their eyes, so its numbers keep their meaning."""
    draft.tell(Key.DENY_OK)
    awaiting = draft.situation.awaiting
    if awaiting is not None and len(awaiting.options) > 1:
        draft.keep_awaiting()


def _thanks(draft: Draft) -> None:
    draft.tell(Key.THANKS)
    draft.keep_awaiting()


def _goodbye(draft: Draft) -> None:
    """Whoever may be about to leave is asked to stay in touch, and nothing is sold to them."""
    draft.tell(Key.GOODBYE_WARM if keep(draft) else Key.GOODBYE)
    draft.keep_awaiting()
