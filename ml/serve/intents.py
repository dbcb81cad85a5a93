"""Which intent does a message have, how sure are we, and is it something we have no business with?

numpy only and free of state: the same model serves every thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.domain import IntentScore
from knowledge.pack import OUT_OF_SCOPE
from ml.text_features import Floats, Row, TextFeatures, readings

Decisions = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """ranking: every class with its calibrated confidence, best first, out_of_scope among them.

    top is the best class other than out_of_scope with its confidence.
    """

    ranking: tuple[IntentScore, ...]
    top: IntentScore


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentModel:
    """A linear model over text features.

    weights: float array (features, classes); bias: (classes,); temperature: divides decisions of the in-scope classes before the
    softmax; gate: logistic weights over `gate_signals`, its last entry the bias: how likely the message is out of scope.
    """

    features: TextFeatures
    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    temperature: float
    gate: Floats

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """One judgement for each raw message."""
        return [self.judge_row(self.features.row(readings(text))) for text in texts]

    def judge_standard(self, text: str, standard: str) -> Judgement:
        """The same for a message whose standard text is already known."""
        return self.judge_row(self.features.row(readings(text, standard)))

    def judge_row(self, row: Row) -> Judgement:
        decisions = self.decide(row)
        return self.judge_decisions(decisions, row.known)

    def decide(self, row: Row) -> Decisions:
        """The raw decision value of each class."""
        return np.asarray(row.values @ self.weights[row.columns] + self.bias, np.float32)

    def judge_decisions(self, decisions: Decisions, known: float) -> Judgement:
        outside = self.classes.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.classes else None
        chances = in_scope_chances(decisions, outside, self.temperature)
        if outside is not None:
            signals = gate_signals(decisions[None, :], np.array([known], np.float32), outside)[0]
            out = 1 / (1 + np.exp(-(signals @ self.gate[:-1] + self.gate[-1])))
            chances = chances * (1 - out)
            chances[outside] = out
        order = np.argsort(-chances)
        ranking = tuple(IntentScore(name=self.classes[i], confidence=float(chances[i])) for i in order)
        return Judgement(ranking=ranking, top=next(score for score in ranking if score.name != OUT_OF_SCOPE))

    def to_plain(self) -> dict[str, Any]:  # Any: what joblib stores is plain containers and arrays
        return {
            "features": self.features.to_plain(),
            "classes": list(self.classes),
            "weights": self.weights,
            "bias": self.bias,
            "temperature": self.temperature,
            "gate": self.gate,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "IntentModel":  # Any: see to_plain
        features = TextFeatures.from_plain(plain["features"])
        return cls(
            features=features,
            classes=tuple(plain["classes"]),
            weights=np.ascontiguousarray(plain["weights"], np.float32),
            bias=plain["bias"],
            temperature=plain["temperature"],
            gate=plain["gate"],
        )


def in_scope_chances(decisions: Decisions, outside: int | None, temperature: float) -> Decisions:
    """Softmax over the in-scope classes; the out-of-scope column is 0."""
    scaled = decisions.astype(np.float64) / temperature
    if outside is not None:
        scaled[outside] = -np.inf
    chances = np.exp(scaled - scaled.max())
    return np.asarray(chances / chances.sum(), np.float32)


def gate_signals(decisions: Decisions, known: Floats, outside: int) -> Floats:
    """What tells a foreign message: (n, 4) of the background's decision, the best intent's, its lead over the second, known share."""
    inside = np.sort(np.delete(decisions, outside, axis=1), axis=1)
    best, second = inside[:, -1], inside[:, -2]
    return np.stack([decisions[:, outside], best, best - second, known], axis=1).astype(np.float32)
