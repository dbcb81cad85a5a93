"""How good is the understanding on people it never met? The binding figures, each with its floor."""

from collections.abc import Sequence

import pytest

from flows.domain import Meaning
from knowledge.pack import OUT_OF_SCOPE
from ml.serve.understanding import Understanding, Vocabulary
from ml.train.figures import Answer, answered_share, calibration_error, f1_of, macro_f1, refused_share
from tests.ml.heldout import ACCEPTANCE, Labelled, acceptance, held_out

MACRO_F1, FLOOR_OF_AN_INTENT = 0.80, 0.70
ANSWERED, REFUSED, CALIBRATION = 0.92, 0.80, 0.08
ACCEPTANCE_F1 = 0.90
HEARD_AS_BOTH, TAKEN_FOR_TWO = 0.80, 0.02
PAIRED_WITH, FEWEST_PAIRS = 5, 200  # Four questions of an intent stand together, so the fifth is another.
FEWEST_IN_SCOPE, FEWEST_FOREIGN = 300, 200
ALONE_EVERY = 20  # Of hundreds.


def understood(model: Understanding, rows: Sequence[Labelled]) -> list[Meaning]:
    return list(model.understand([row.text for row in rows], Vocabulary()))


def answers_to(rows: Sequence[Labelled], meanings: Sequence[Meaning]) -> list[Answer]:
    return [
        Answer(meant=row.intent, taken=str(meaning.intent), confidence=meaning.confidence)
        for row, meaning in zip(rows, meanings, strict=True)
    ]


@pytest.fixture(scope="module")
def meanings(model: Understanding) -> list[Meaning]:
    """What strangers' messages are taken to mean, in their order: each by itself, whoever stands beside it."""
    return understood(model, held_out())


@pytest.fixture(scope="module")
def answers(meanings: list[Meaning]) -> list[Answer]:
    return answers_to(held_out(), meanings)


def test_there_are_enough_strangers_to_judge_by() -> None:
    intents = [row.intent for row in held_out()]
    assert len(intents) - intents.count(OUT_OF_SCOPE) >= FEWEST_IN_SCOPE
    assert intents.count(OUT_OF_SCOPE) >= FEWEST_FOREIGN


@pytest.mark.parametrize("voice", sorted({row.voice for row in held_out()}))
def test_understands_a_stranger(answers: list[Answer], voice: str) -> None:
    own = [answer for row, answer in zip(held_out(), answers, strict=True) if row.voice == voice]
    assert macro_f1(own) >= MACRO_F1


def test_a_message_means_the_same_whoever_stands_beside_it(
    model: Understanding, meanings: list[Meaning]
) -> None:
    for row, meaning in list(zip(held_out(), meanings, strict=True))[::ALONE_EVERY]:
        (alone,) = understood(model, [row])
        assert (alone.intent, alone.asks) == (meaning.intent, meaning.asks)
        assert alone.confidence == pytest.approx(meaning.confidence)


def test_no_intent_is_left_behind(answers: list[Answer]) -> None:
    assert {intent: score for intent, score in f1_of(answers).items() if score < FLOOR_OF_AN_INTENT} == {}


def test_answers_strangers_questions(answers: list[Answer]) -> None:
    assert answered_share(answers) >= ANSWERED


def test_does_not_answer_what_is_none_of_its_business(answers: list[Answer]) -> None:
    assert refused_share(answers) >= REFUSED


@pytest.fixture(scope="module")
def questions(model: Understanding, answers: list[Answer]) -> list[Labelled]:
    """Strangers' questions that are understood when they stand alone."""
    asked = zip(held_out(), answers, strict=True)
    return [row for row, answer in asked if model.pack.is_question(row.intent) and answer.taken == row.intent]


def test_hardly_any_single_question_is_taken_for_two(model: Understanding, meanings: list[Meaning]) -> None:
    rows = zip(held_out(), meanings, strict=True)
    alone = [len(meaning.asks) for row, meaning in rows if model.pack.is_question(row.intent)]
    assert sum(count > 1 for count in alone) / len(alone) <= TAKEN_FOR_TWO


@pytest.mark.parametrize("joint", ["? ", ", ", " & ", " dan ", " sama ", " terus ", "\n"])
def test_hears_both_of_two_questions_that_it_understands_alone(
    model: Understanding, questions: list[Labelled], joint: str
) -> None:
    pairs = [
        (one, other)
        for one, other in zip(questions, questions[PAIRED_WITH:], strict=False)
        if one.voice == other.voice and one.intent != other.intent
    ]
    joined = [one.text.rstrip(" ?.!") + joint + other.text for one, other in pairs]
    heard = [set(meaning.asks) for meaning in model.understand(joined, Vocabulary())]
    both = [{one.intent, other.intent} <= asks for (one, other), asks in zip(pairs, heard, strict=True)]
    assert len(pairs) > FEWEST_PAIRS
    assert sum(both) / len(both) >= HEARD_AS_BOTH


def test_is_as_sure_as_it_is_right(answers: list[Answer]) -> None:
    assert calibration_error(answers) <= CALIBRATION


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="the acceptance sample does not lie beside the project")
def test_passes_the_acceptance_sample(model: Understanding) -> None:
    assert macro_f1(answers_to(acceptance(), understood(model, acceptance()))) >= ACCEPTANCE_F1
