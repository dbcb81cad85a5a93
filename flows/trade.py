"""In what does a talk of one trade go otherwise than a talk of another? What a pack may set, with the travel trade's as default.

Budi (a traveller): kami berempat, Maret   → people and a month are wishes
Andi (a phone user): buat Maret 2 orang    → neither is: nobody travels, only the budget counts
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flows.domain import Entities

# What the numbers of the clarifying question mean, in its order.
CLARIFIED: Mapping[int, tuple[str, ...]] = {
    1: ("ask_price", "ask_schedule"),
    2: ("ask_hotel", "ask_inclusions"),
    3: ("payment_intent",),
    4: ("request_human",),
}
# Every way of asking for these has the same answer; requirements differ from question to question.
ONE_ANSWER = frozenset({"ask_discount", "ask_refund", "ask_testimonial"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """plans_trips: people, months and years are wishes. one_answer: questions whose usual FAQ entry answers every way of asking.
    stands_for: an intent of this trade that is handled as another ("report_fraud" as "complaint")."""

    plans_trips: bool = True
    one_answer: frozenset[str] = ONE_ANSWER
    stands_for: Mapping[str, str] = field(default_factory=dict)
    clarified: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: CLARIFIED)

    def wish(self, entities: Entities) -> Entities:
        """Of what a message names, what is a wish in this trade."""
        if self.plans_trips:
            return entities
        return replace(entities, pax=None, month=None, months=(), year=None, hijri=None, days=None)
