"""What to answer and what to do: from a situation to a decision, without touching anything.

The rules below are asked in order; the first that settles the turn ends it. Read them as the contract's section 4, top to bottom.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flows import calling, choosing, liking, serving, side_by_side, surveying, unreadable
from flows.complaint import draft as draft_case
from flows.decision import Decision, Situation
from flows.domain import Consent, HandoverReason, Language, Meaning, Status
from flows.draft import Draft
from flows.hearing import Said, listen
from flows.journey import begin
from flows.machine import next_status
from flows.questions import is_question
from flows.reply_keys import Key

RATING_HOURS = 24  # Contract: a 1–5 within 24 hours after a closed handover is a rating, nothing else.

SHORT_THANKS = 3  # Words; "thank you so much for explaining" is plain English.

Rule = Callable[[Draft, Said], bool]


def decide(situation: Situation) -> Decision:
    """The decision for these messages in this situation; the same input always gives the same decision."""
    said = listen(situation)
    draft = _begin(situation, said)
    for rule in RULES:
        if rule(draft, said):
            break
    return draft.freeze()


def _begin(situation: Situation, said: Said) -> Draft:
    language = _language(situation)
    shelf = situation.shelf.spoken(language)
    draft = Draft(
        situation=situation if shelf is situation.shelf else replace(situation, shelf=shelf),
        language=language,
        status=_status(situation),
        journey=situation.journey or begin(None),
        high_intent=situation.high_intent,
        reason=situation.handover_reason,
        priority=situation.priority,
        intent=said.intent,
        confidence=said.confidence,
        is_salam=said.is_salam,
    )
    if situation.journey is None:
        draft.begin_journey("first_message")
    return draft


def _language(situation: Situation) -> Language:
    """The last language that a message plainly was in; otherwise the conversation's. Everybody says "thank you" now and then."""
    spoken = [
        item.meaning.language
        for item in situation.heard
        if item.meaning.language and (situation.is_new or not _is_mere_thanks(item.meaning))
    ]
    return spoken[-1] if spoken else situation.language


def _is_mere_thanks(meaning: Meaning) -> bool:
    return meaning.intent == "thanks" and len(meaning.text.split()) <= SHORT_THANKS


def _status(situation: Situation) -> Status:
    """Held by a human who stayed away too long, it lapses back to the bot at this message."""
    last = situation.last_human_at
    limit = timedelta(hours=situation.human_idle_hours)
    is_away = last is not None and situation.now - last >= limit
    lapsed = next_status(situation.status, "lapse") if is_away else None
    return lapsed or situation.status


def rate(draft: Draft, said: Said) -> bool:
    """1–5 after a closed handover is the rating that was asked for; the conversation stays as it is."""
    asked = draft.situation.rating_asked_at
    is_fresh = asked is not None and draft.situation.now - asked <= timedelta(hours=RATING_HOURS)
    awaiting = draft.situation.awaiting
    is_pointing = awaiting is not None and awaiting.kind in ("choice", "preference", "clarify", "survey")
    if not is_fresh or is_pointing or draft.status is Status.HUMAN or said.rating is None:
        return False
    draft.because("rating")
    draft.rating = said.rating
    draft.tell(Key.RATING_THANKS)
    return True


def consent(draft: Draft, said: Said) -> bool:
    """STOP is obeyed whoever holds the conversation, and confirmed once; a question beside it is still answered."""
    if said.has("opt_out"):
        return _change_consent(draft, said, Consent.WITHDRAWN, Key.OPTED_OUT)
    if said.has("opt_in"):
        return _change_consent(draft, said, Consent.GRANTED, Key.OPTED_IN)
    return False


def _change_consent(draft: Draft, said: Said, value: Consent, key: Key) -> bool:
    draft.because("opt_out" if value is Consent.WITHDRAWN else "opt_in")
    draft.misses = draft.situation.misses
    draft.keep_awaiting()
    if draft.situation.consent is not value:
        draft.consent = value
        if draft.status is not Status.HUMAN:
            draft.tell(key)
    return not any(is_question(ask) for ask in said.asks)


def hold_tongue(draft: Draft, said: Said) -> bool:
    """A human is talking: the bot says nothing, and only keeps up with what is wanted, for staff and for its own return."""
    if draft.status is not Status.HUMAN:
        return False
    draft.because("human_holds")
    choosing.follow_code(draft)
    choosing.note_wishes(draft, said)
    choosing.note_code(draft)
    calling.follow_phase(draft, said)
    return True


def reopen(draft: Draft, _said: Said) -> bool:
    """The customer writes again after the end: the bot serves, in the last phase."""
    if draft.status is Status.CLOSED:
        draft.status = next_status(Status.CLOSED, "reopen") or Status.BOT
        draft.because("reopened")
    if draft.status is Status.BOT and draft.situation.status is not Status.BOT:
        draft.reason = None
    return False


def late(draft: Draft, said: Said) -> bool:
    """An old message gets one reply that says so. What needs a human still gets one; the phase stays."""
    if not unreadable.all_stale(draft.situation.heard):
        return False
    draft.because("late")
    draft.tell(Key.LATE)
    reasons = (
        ("complaint", HandoverReason.COMPLAINT),
        ("request_human", HandoverReason.CUSTOMER_REQUEST),
        ("payment_intent", HandoverReason.PAYMENT_INTENT),
    )
    reason = next((reason for intent, reason in reasons if said.has(intent)), None)
    if said.has("complaint") and not draft.situation.has_open_case:
        draft.case = draft_case(said.text)
    if reason:
        draft.ask_human(reason, None)
    return True


def take_in(draft: Draft, said: Said) -> bool:
    """Wishes, codes and the package that is meant, before anything is answered."""
    choosing.begin_again_after_paid(draft, said)
    choosing.note_wishes(draft, said)
    choosing.note_code(draft)
    draft.beside = side_by_side.find(draft, said)
    choosing.choose(draft, said)
    calling.refresh_lead(draft, said)
    return False


def human(draft: Draft, said: Said) -> bool:
    """A wish to talk to somebody ends the turn; questions beside it are answered as far as they can be, so that they need not wait."""
    if said.has("request_human"):
        _answer_beside(draft, said)
    return calling.human(draft, said)


def pay(draft: Draft, said: Said) -> bool:
    """A wish to pay ends the turn; questions beside it are answered first."""
    if not said.has("payment_intent"):
        return False
    is_another = draft.chosen_by is not None and draft.journey.package_code != draft.chosen_before
    if is_another and choosing.present(draft, said):
        draft.awaiting = None
    else:
        _answer_beside(draft, said)
    return calling.payment(draft, said)


def _answer_beside(draft: Draft, said: Said) -> None:
    """What was asked beside it. Whoever wants to pay for nothing in particular is shown a list at the end; one is enough."""
    is_listed = said.has("payment_intent") and draft.package is None
    told = serving.ASKS_FOR_A_LIST if is_listed else frozenset()
    for ask in [ask for ask in said.asks if is_question(ask) and ask not in told][: serving.MAX_ANSWERS]:
        serving.answered(draft, ask, said)


def present(draft: Draft, said: Said) -> bool:
    return choosing.present(draft, said)


def compare(draft: Draft, said: Said) -> bool:
    """Sets packages side by side; what else was asked is answered before them. A code's package is introduced first."""
    if not draft.beside:
        return False
    draft.because("side_by_side")
    if draft.chosen_by is not None:
        choosing.present(draft, said)
    else:
        draft.greet_first()
    others = [ask for ask in said.asks if is_question(ask) and ask not in side_by_side.TOLD]
    missing = [ask for ask in others[: serving.MAX_ANSWERS] if not serving.answered(draft, ask, said)]
    serving.learn_more(draft, tuple(said.asks), affirms=False)
    side_by_side.tell(draft)
    if missing:
        calling.unanswered(draft)
    return True


RULES: tuple[Rule, ...] = (
    rate,
    consent,
    hold_tongue,
    reopen,
    late,
    unreadable.receive_files,
    unreadable.ask_for_words,
    surveying.answer,
    liking.take,
    take_in,
    calling.complaint,
    human,
    pay,
    compare,
    present,
    choosing.unknown_code,
    serving.questions,
    serving.from_faq,
    serving.courtesy,
    calling.not_understood,
)
