"""How a question moves a journey: the contract's phase table, as a table.

Budi: UMR_MAR_2027_HEMAT      → leads (the greeting tells price, departure and duration)
Budi: hotelnya di mana?       → interest
Budi: DP berapa?              → booking
"""

from flows.decision import Journey, PhaseStep
from flows.domain import Phase, Preference
from flows.machine import next_phase

# With a package chosen these ask to know more about it.
DETAIL_QUESTIONS = frozenset(
    {
        "ask_hotel",
        "ask_itinerary",
        "ask_flight",
        "ask_inclusions",
        "ask_brochure",
        "ask_payment_terms",
    }
)
# The greeting has told these; asked again after it, they are interest too.
TOLD_BY_GREETING = frozenset({"ask_price", "ask_schedule", "ask_quota"})
# After `paid` these begin a new purchase.
BUYING = frozenset({"payment_intent", "ask_packages", "ask_recommendation", "give_preference"})


def event_for(
    intents: tuple[str, ...], *, has_package: bool, was_greeted: bool, affirms_details: bool
) -> str | None:
    """The journey event that these intents mean, None when the phase stays: payment outranks everything."""
    if "payment_intent" in intents:
        return "want_to_pay"
    if not has_package:
        return None
    if affirms_details or DETAIL_QUESTIONS & set(intents):
        return "learn_more"
    return "learn_more" if was_greeted and TOLD_BY_GREETING & set(intents) else None


def forward(phase: Phase, event: str | None, trigger: str) -> PhaseStep | None:
    """The step that the event makes from this phase, None when it makes none."""
    target = next_phase(phase, event) if event else None
    return PhaseStep(from_phase=phase, to_phase=target, trigger=trigger) if target else None


def begin(previous: Journey | None) -> Journey:
    """A new purchase: it begins at leads and keeps only how many usually travel together."""
    pax = previous.preference.pax if previous else None
    return Journey(preference=Preference(pax=pax))
