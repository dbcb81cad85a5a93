"""How good are these answers? Macro-F1, escalation, calibration: the figures that cards and reports state."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.pack import OUT_OF_SCOPE

ECE_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One judged message: what it means, what the model took it for, and how sure it was."""

    meant: str
    taken: str
    confidence: float


def f1_of(answers: Sequence[Answer]) -> dict[str, float]:
    """F1 of each intent that occurs among the meant ones."""
    scores: dict[str, float] = {}
    for intent in sorted({answer.meant for answer in answers}):
        hit = sum(1 for a in answers if a.meant == intent == a.taken)
        wrong = sum(1 for a in answers if (a.meant == intent) != (a.taken == intent))
        scores[intent] = 2 * hit / (2 * hit + wrong) if hit else 0.0
    return scores


def macro_f1(answers: Sequence[Answer]) -> float:
    return float(np.mean(list(f1_of(answers).values()))) if answers else 0.0


def answered_share(answers: Sequence[Answer]) -> float:
    """Of messages in scope, how many are answered at all."""
    inside = [a for a in answers if a.meant != OUT_OF_SCOPE]
    return sum(a.taken != OUT_OF_SCOPE for a in inside) / len(inside) if inside else 0.0


def refused_share(answers: Sequence[Answer]) -> float:
    """Of messages out of scope, how many are not answered as if understood."""
    outside = [a for a in answers if a.meant == OUT_OF_SCOPE]
    return sum(a.taken == OUT_OF_SCOPE for a in outside) / len(outside) if outside else 0.0


def calibration_error(answers: Sequence[Answer]) -> float:
    """Expected calibration error over ten bins of equal mass."""
    ordered = sorted(answers, key=lambda a: a.confidence)
    bins = [part for part in np.array_split(np.arange(len(ordered)), ECE_BINS) if len(part)]
    gaps = [
        abs(
            sum(ordered[i].meant == ordered[i].taken for i in part) - sum(ordered[i].confidence for i in part)
        )
        for part in bins
    ]
    return float(sum(gaps) / len(ordered)) if ordered else 0.0
