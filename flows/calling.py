"""When a human must come: complaints, wishes to talk to somebody, wishes to pay, and what the bot does not understand.

Siti: mau bicara sama orangnya langsung   → waiting, customer_request
Siti: DP berapa?                          → booking, waiting, payment_intent, a lead
Siti: seragam saya salah ukuran!          → a case, waiting, complaint
"""

from flows import complaint as complaints
from flows.decision import Fact, LeadDraft
from flows.domain import HandoverReason, Phase
from flows.draft import Draft
from flows.hearing import Said
from flows.journey import event_for
from flows.left_waiting import says_paid
from flows.offering import await_wish, offer, selection
from flows.packages import Availability, availability
from flows.reply_keys import Key
from flows.summary import summarise

# Words; whoever wrote so many asked something, and a mere welcome would pass over it.
A_SENTENCE = 3


def complaint(draft: Draft, said: Said) -> bool:
    """Opens a case (once) and asks for a human; nothing is sold in this reply."""
    if not said.has("complaint"):
        return False
    draft.because("complaint")
    is_new_case = not draft.situation.has_open_case
    if is_new_case:
        draft.case = complaints.draft(said.text)
    if not draft.ask_human(HandoverReason.COMPLAINT, Key.HANDOVER_COMPLAINT) and is_new_case:
        draft.tell(Key.COMPLAINT_NOTED)
    return True


def human(draft: Draft, said: Said) -> bool:
    if not said.has("request_human"):
        return False
    draft.because("request_human")
    draft.ask_human(HandoverReason.CUSTOMER_REQUEST, Key.HANDOVER_HUMAN)
    return True


def payment(draft: Draft, said: Said) -> bool:
    """The journey reaches booking, a lead with a summary is made, and a human is asked for at once.

    With no package chosen it is early: the packages are listed softly, so that the human begins with a choice made.
    """
    if not said.has("payment_intent"):
        return False
    draft.because("payment_intent")
    draft.high_intent = True
    moved = draft.advance("want_to_pay", "payment_intent")
    is_asked = _ask_for_payment(draft, said, moved=moved)
    if moved or is_asked:
        make_lead(draft, said)
    return True


def _ask_for_payment(draft: Draft, said: Said, *, moved: bool) -> bool:
    """Asks for a human. Where one is asked for already, only what is sure is said, and only the first time."""
    package = draft.package
    is_on_sale = package is not None and availability(package, draft.situation.today) is Availability.OPEN
    packages = () if package is not None else selection(draft)
    facts: dict[str, Fact] = {} if is_on_sale else {"packages": packages}
    key = Key.HANDOVER_PAYMENT_EARLY if packages else Key.HANDOVER_PAYMENT
    if says_paid(said.text):
        key, facts = Key.HANDOVER_PAID, {"packages": packages}
    is_asked = draft.ask_human(HandoverReason.PAYMENT_INTENT, key, **facts)
    if moved and not is_asked and key is not Key.HANDOVER_PAID:
        draft.tell(Key.PAYMENT_NOTED, **facts)
    if packages and (moved or is_asked):
        offer(draft, packages)
    return is_asked


def follow_phase(draft: Draft, said: Said) -> None:
    """The phase while a human talks: it moves as the table says, silently; a wish to pay still leaves a lead."""
    event = event_for(
        said.asks, has_package=draft.package is not None, was_greeted=True, affirms_details=False
    )
    moved = draft.advance(event, said.intent or "human_holds")
    if said.has("payment_intent"):
        draft.high_intent = True
        if moved:
            make_lead(draft, said)


def make_lead(draft: Draft, said: Said) -> None:
    draft.lead = LeadDraft(
        phase=draft.journey.phase,
        interested_package=draft.journey.package_code,
        summary=summarise(draft.told()),
        confidence=said.confidence,
    )


def refresh_lead(draft: Draft, said: Said) -> None:
    """A booking customer who now chooses a package: the lead that waits for a human learns which one."""
    is_booking = draft.journey.phase is Phase.BOOKING and draft.situation.journey is not None
    changed = is_booking and draft.chosen_by is not None and draft.journey.package_code != draft.chosen_before
    if changed and draft.lead is None:
        make_lead(draft, said)


def not_understood(draft: Draft, said: Said) -> bool:
    """The bot asks back once, offering choices; the second time in a row a human is asked for."""
    draft.because("not_understood")
    is_first = draft.situation.is_new and not draft.is_waiting
    packages = selection(draft)
    is_unclear = len(said.text.split()) >= A_SENTENCE
    facts: dict[str, Fact] = {"is_unclear": is_unclear} if is_first else {}
    is_asked_back = draft.miss(Key.WELCOME if is_first else Key.CLARIFY, packages=packages, **facts)
    if is_asked_back and is_first:
        await_wish(draft, packages)
    elif is_asked_back:
        draft.expect("clarify")
    return True


def unanswered(draft: Draft) -> None:
    """Understood as a question, but nothing we know answers it: a human at once."""
    draft.because("no_answer_known")
    draft.ask_human(HandoverReason.COMPLEX_QUESTION, Key.HANDOVER_UNKNOWN)
