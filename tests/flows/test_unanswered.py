"""Which turns leave a question without a good answer."""

from dataclasses import replace

import pytest

from flows.decision import Decision, HandoverDraft, Journey, Say
from flows.domain import HandoverReason, Priority
from flows.reply_keys import Key
from flows.unanswered import WEAK_SCORE, Unanswered, why_unanswered

TOLD = Decision(because="questions", rules=("questions",), journey=Journey())
ANSWERED = replace(TOLD, say=(Say(key=Key.FAQ),))


def handed(reason: HandoverReason) -> Decision:
    return replace(TOLD, handover=HandoverDraft(reason=reason, priority=Priority.NORMAL, notes=""))


@pytest.mark.parametrize(
    ("decision", "score", "expected"),
    [
        pytest.param(handed(HandoverReason.LOW_CONFIDENCE), None, Unanswered.LOW_CONFIDENCE, id="two misses"),
        pytest.param(handed(HandoverReason.COMPLEX_QUESTION), None, Unanswered.COMPLEX_QUESTION, id="no answer"),
        pytest.param(replace(TOLD, rules=("package", "not_understood")), None, Unanswered.OUT_OF_SCOPE, id="asked back"),
        pytest.param(ANSWERED, WEAK_SCORE - 0.01, Unanswered.WEAK_ANSWER, id="answered, but hardly sure"),
        pytest.param(ANSWERED, WEAK_SCORE, None, id="answered for sure"),
        pytest.param(TOLD, 0.3, None, id="answered from rows, whatever the FAQ thinks"),
        pytest.param(handed(HandoverReason.PAYMENT_INTENT), None, None, id="wants to pay"),
        pytest.param(handed(HandoverReason.COMPLAINT), None, None, id="complains"),
    ],
)  # fmt: skip
def test_a_turn_without_a_good_answer_says_which_way_it_went(
    decision: Decision, score: float | None, expected: Unanswered | None
) -> None:
    assert why_unanswered(decision, score) is expected
