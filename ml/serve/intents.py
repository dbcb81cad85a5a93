"""Which intent does a message have, how sure are we, and is it something we have no business with?

numpy only and free of state: the same model serves every thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.domain import IntentScore
from knowledge.pack import OUT_OF_SCOPE
from ml.serve.neighbours import Neighbours
from ml.text_features import Block, Floats, Reading, TextFeatures

# Messages weighed at once; more would only cost memory.
BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """classes with their calibrated confidences (chances, summing to 1), out_of_scope among them.

    top: the best class other than out_of_scope. foreign: how likely the message is out of scope, 0 to 1.
    """

    classes: tuple[str, ...]
    chances: Floats
    top: IntentScore
    foreign: float

    @property
    def ranking(self) -> tuple[IntentScore, ...]:
        """Every class, best first."""
        order = np.argsort(-self.chances, kind="stable")
        names = [self.classes[i] for i in order.tolist()]
        return tuple(map(IntentScore, names, self.chances[order].tolist()))

    def share(self, name: str) -> float:
        """How likely this intent is, given that the message is in scope."""
        return float(self.chances[self.classes.index(name)]) / max(1 - self.foreign, 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of n messages before any threshold.

    decisions: float array (n, classes); signals: (n, 6), what tells a foreign message.
    """

    decisions: Floats
    signals: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """The fitted separation of classes. weights: float array (features, classes); bias: (classes,)."""

    features: TextFeatures
    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    neighbours: Neighbours

    @property
    def outside(self) -> int | None:
        return self.classes.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.classes else None

    def weigh(self, messages: Sequence[Reading]) -> Evidence:
        """The evidence about these messages."""
        parts = [self._weigh(messages[at : at + BATCH]) for at in range(0, len(messages), BATCH)]
        return Evidence(
            decisions=np.concatenate([part.decisions for part in parts]),
            signals=np.concatenate([part.signals for part in parts]),
        )

    def _weigh(self, messages: Sequence[Reading]) -> Evidence:
        block = self.features.block(messages)
        products = self.weights[block.columns] * block.values[:, None]
        decisions = np.add.reduceat(products, block.starts[:-1], axis=0) + self.bias
        return Evidence(decisions=decisions, signals=self._signals(block, decisions))

    def _signals(self, block: Block, decisions: Floats) -> Floats:
        """The background's decision, the best intent's, its lead over the second, known share, nearness within and outside."""
        outside = self.outside
        inside = decisions.copy()
        if outside is not None:
            inside[:, outside] = -np.inf
        inside.sort(axis=1)
        background = np.zeros(len(block)) if outside is None else decisions[:, outside]
        best = inside[:, -1]
        told = [background, best, best - inside[:, -2], block.known, *self.neighbours.nearness(block).T]
        return np.stack(told, axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """temperature divides in-scope decisions before the softmax; gate: logistic weights over the signals, the bias last."""

    temperature: float
    gate: Floats

    def judge(self, evidence: Evidence, classes: tuple[str, ...]) -> list[Judgement]:
        """The evidence as confidences that hold on average."""
        outside = classes.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in classes else None
        chances = in_scope_chances(evidence.decisions, outside, self.temperature)
        best = chances.argmax(axis=1).tolist()
        foreign = np.zeros(len(chances))
        if outside is not None:
            foreign = 1 / (1 + np.exp(-(evidence.signals @ self.gate[:-1] + self.gate[-1])))
            chances = chances * (1 - foreign[:, None])
            chances[:, outside] = foreign
        return [
            Judgement(
                classes=classes,
                chances=chances[i],
                top=IntentScore(name=classes[top], confidence=float(chances[i, top])),
                foreign=float(foreign[i]),
            )
            for i, top in enumerate(best)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentModel:
    """A linear model over text features with calibrated confidences."""

    linear: Linear
    calibration: Calibration

    @property
    def classes(self) -> tuple[str, ...]:
        return self.linear.classes

    def judge(self, messages: Sequence[Reading]) -> list[Judgement]:
        """One judgement for each message, all in one pass."""
        return self.calibration.judge(self.linear.weigh(messages), self.classes) if messages else []

    def to_plain(self) -> dict[str, Any]:  # Any: what joblib stores is plain containers and arrays
        """Plain containers and arrays only, so that an artifact holds no class of ours."""
        return {
            "features": self.linear.features.to_plain(),
            "classes": list(self.linear.classes),
            "weights": self.linear.weights,
            "bias": self.linear.bias,
            "neighbours": self.linear.neighbours.to_plain(),
            "temperature": self.calibration.temperature,
            "gate": self.calibration.gate,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "IntentModel":  # Any: see to_plain
        linear = Linear(
            features=TextFeatures.from_plain(plain["features"]),
            classes=tuple(plain["classes"]),
            weights=plain["weights"],
            bias=plain["bias"],
            neighbours=Neighbours.from_plain(plain["neighbours"]),
        )
        return cls(
            linear=linear, calibration=Calibration(temperature=plain["temperature"], gate=plain["gate"])
        )


def settle(judgement: Judgement, most_foreign: float, least: float) -> tuple[str, float]:
    """What the message is taken for, and how sure that is."""
    if judgement.foreign > most_foreign or judgement.top.confidence < least:
        return OUT_OF_SCOPE, max(judgement.foreign, 1 - judgement.top.confidence)
    return judgement.top.name, judgement.top.confidence


def in_scope_chances(decisions: Floats, outside: int | None, temperature: float) -> Floats:
    """(n, classes): softmax over the in-scope classes; the out-of-scope column is 0."""
    scaled = decisions.astype(np.float64) / temperature
    if outside is not None:
        scaled[:, outside] = -np.inf
    chances = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float32)
