"""Which FAQ entries answer a message, if any?

Ridge regression on the cosines between stemmed questions without stop words: one small linear system, solved anew in tens of
milliseconds whenever staff edit an entry. Precision first: a wrong FAQ answer is worse than a human's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from flows.domain import FaqHit
from knowledge.lexicon import standard_text
from knowledge.stems import stem
from ml.text_features import Block, Floats, Reading, TextFeatures, ViewSpec, bounded_words, fit_features

# Chosen on the check sentences of tests/data/faq, see ml/README.md.
RIDGE = 0.3
MIN_SCORE = 0.45
NEAR_SECOND = 0.1
MOST_HITS = 3
# A question says what it is about in so many words; the rest of a long message would only blur it.
MOST_WORDS = 60

_VIEWS = (ViewSpec("content_words", 1, 1.0), ViewSpec("content_chars", 2, 1.0))
# Words that say nothing of what a question is about.
_STOP_WORDS = frozenset((Path(__file__).parent / "faq_stop_words.txt").read_text(encoding="utf-8").split())


class FaqEntry(Protocol):
    """One question with its answer, as staff wrote it; variants are further ways to ask it."""

    @property
    def id(self) -> int: ...
    @property
    def question(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def variants(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqRanker:
    """weights: float array (features, entries); a message's score is its features times these."""

    entries: tuple[FaqEntry, ...]
    features: TextFeatures
    weights: Floats

    def rank(self, texts: Sequence[str]) -> list[list[tuple[FaqEntry, float]]]:
        """For each message every entry with its score (about 0 to 1), best first."""
        return [
            [(self.entries[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")]
            for scores in self._scores([standard_text(text) for text in texts])
        ]

    def hits(self, standards: Sequence[str]) -> list[tuple[FaqHit, ...]]:
        """For each standard text the entries sure enough to be answered with, best first; often none."""
        return [self._hits(scores) for scores in self._scores(standards)] if standards else []

    def _hits(self, scores: Floats) -> tuple[FaqHit, ...]:
        best = float(scores.max())
        if best < MIN_SCORE:
            return ()
        least = max(MIN_SCORE, best - NEAR_SECOND)
        near = [i for i in np.argsort(-scores, kind="stable")[:MOST_HITS] if scores[i] >= least]
        return tuple(_hit(self.entries[i], float(scores[i])) for i in near)

    def _scores(self, standards: Sequence[str]) -> Floats:
        block = self.features.block([_reading(text) for text in standards])
        return np.add.reduceat(
            self.weights[block.columns] * _scaled(block)[:, None], block.starts[:-1], axis=0
        )


def fit_faq(entries: Sequence[FaqEntry]) -> FaqRanker | None:
    """A ranker over these entries, or None when there are none."""
    written = [
        (number, text)
        for number, e in enumerate(entries)
        for text in (e.question, *e.variants)
        if text.strip()
    ]
    if not written:
        return None
    found = [_reading(standard_text(text)) for _, text in written]
    features = fit_features(found, _VIEWS)
    block = features.block(found)
    questions = np.zeros((len(written), features.size), np.float32)
    questions[block.owners, block.columns] = _scaled(block)
    wanted = np.zeros((len(written), len(entries)), np.float32)
    wanted[np.arange(len(written)), [number for number, _ in written]] = 1
    kernel = questions @ questions.T + RIDGE * np.eye(len(written), dtype=np.float32)
    return FaqRanker(
        entries=tuple(entries), features=features, weights=questions.T @ np.linalg.solve(kernel, wanted)
    )


def _scaled(block: Block) -> Floats:
    """Values such that a row's product with itself is 1."""
    return block.values / np.float32(np.sqrt(sum(view.weight**2 for view in _VIEWS)))


def _hit(entry: FaqEntry, score: float) -> FaqHit:
    return FaqHit(faq_id=entry.id, question=entry.question, answer=entry.answer, score=min(1.0, score))


def _reading(standard: str) -> Reading:
    spoken = bounded_words(standard)[:MOST_WORDS]
    return {"content": [stem(word) for word in spoken if word not in _STOP_WORDS] or spoken}
