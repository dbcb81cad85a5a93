"""Did this turn leave a question without a good answer? Then marketing sees it, and writes one.

"bisa bawa kucing ga?"  → "Saya tanyakan ke rekan saya"  → complex_question
"""

from enum import StrEnum

from flows.decision import Decision
from flows.domain import HandoverReason
from flows.reply_keys import Key

# An FAQ entry that answered with a lower score than this may well have been the wrong one; the rules are sure from .65 on.
WEAK_SCORE = 0.65
NOT_UNDERSTOOD = "not_understood"  # The rule's name in `flows/calling.py`.


class Unanswered(StrEnum):
    """Which way a question went without a good answer."""

    LOW_CONFIDENCE = "low_confidence"
    COMPLEX_QUESTION = "complex_question"
    OUT_OF_SCOPE = "out_of_scope"
    WEAK_ANSWER = "weak_answer"


def why_unanswered(decision: Decision, faq_score: float | None) -> Unanswered | None:
    """The way it went, None when the turn answered well. faq_score: the best score of an FAQ entry for what was heard."""
    reason = decision.handover.reason if decision.handover else None
    if reason is HandoverReason.LOW_CONFIDENCE:
        return Unanswered.LOW_CONFIDENCE
    if reason is HandoverReason.COMPLEX_QUESTION:
        return Unanswered.COMPLEX_QUESTION
    if NOT_UNDERSTOOD in decision.rules:
        return Unanswered.OUT_OF_SCOPE
    answered = any(say.key == Key.FAQ for say in decision.say)
    if answered and faq_score is not None and faq_score < WEAK_SCORE:
        return Unanswered.WEAK_ANSWER
    return None
