"""Which FAQ entries answer a message, if any?

Ridge regression on the cosines between stemmed questions without stop words: one small linear system, solved anew in tens of
milliseconds whenever staff edit an entry. Precision first: a wrong FAQ answer is worse than a human's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from flows.domain import FaqHit
from knowledge.lexicon import standard_text
from knowledge.stems import stem
from ml.text_features import Block, Floats, Reading, TextFeatures, ViewSpec, bounded_words, fit_features

# Chosen on tests/data/faq, see ml/README.md. An answer names its subject too, but counts for less than the questions.
RIDGE = 0.3
RIDGE_OF_ANSWERS = 2.0
MIN_SCORE = 0.5
NEAR_SECOND = 0.1
MOST_HITS = 3
WORD_FOR_WORD = 1.0
# A question says what it is about in so many words; the rest of a long message would only blur it.
MOST_WORDS = 60

_VIEWS = (ViewSpec("content_words", 1, 1.0), ViewSpec("content_chars", 1, 1.0))
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
    @property
    def answer_en(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One sentence that speaks for an entry; the larger the ridge, the less it counts."""

    entry: int
    text: str
    ridge: float
    is_question: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqRanker:
    """weights: float array (features, entries); a message's score is its features times these.

    written: by the standard words of every question which entries ask it so. Who writes one of them word for word means that entry,
    however many others are about the same.
    """

    entries: tuple[FaqEntry, ...]
    features: TextFeatures
    weights: Floats
    written: Mapping[str, tuple[int, ...]]

    def rank(self, texts: Sequence[str]) -> list[list[tuple[FaqEntry, float]]]:
        """For each message every entry with its score (about 0 to 1), best first."""
        return [
            [(self.entries[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")]
            for scores in self._scores([standard_text(text) for text in texts])
        ]

    def sure(self, text: str) -> frozenset[int]:
        """The ids of the entries sure enough to be answered with."""
        return frozenset(hit.faq_id for hit in self.hits([standard_text(text)])[0])

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
        scores: Floats = np.add.reduceat(
            self.weights[block.columns] * _scaled(block)[:, None], block.starts[:-1], axis=0
        )
        for row, text in enumerate(standards):
            scores[row, list(self.written.get(_words(text), ()))] = WORD_FOR_WORD
        return scores


def fit_faq(entries: Sequence[FaqEntry]) -> FaqRanker | None:
    """A ranker over these entries, or None when there are none."""
    lines = [line for number, entry in enumerate(entries) for line in _lines(number, entry)]
    if not lines:
        return None
    found = [_reading(standard_text(line.text)) for line in lines]
    features = fit_features(found, _VIEWS)
    block = features.block(found)
    written = np.zeros((len(lines), features.size), np.float32)
    written[block.owners, block.columns] = _scaled(block)
    wanted = np.zeros((len(lines), len(entries)), np.float32)
    wanted[np.arange(len(lines)), [line.entry for line in lines]] = 1
    kernel = written @ written.T + np.diag(np.array([line.ridge for line in lines], np.float32))
    return FaqRanker(
        entries=tuple(entries),
        features=features,
        weights=written.T @ np.linalg.solve(kernel, wanted),
        written=_as_written(lines),
    )


def _as_written(lines: Sequence[_Line]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for line in lines:
        if line.is_question:
            words = _words(standard_text(line.text))
            found[words] = (*found.get(words, ()), line.entry)
    return found


def _words(standard: str) -> str:
    """Word for word means without what stands between the words."""
    return " ".join(bounded_words(standard))


def _lines(number: int, entry: FaqEntry) -> list[_Line]:
    asked = [text for text in (entry.question, *entry.variants) if text.strip()]
    questions = [_Line(entry=number, text=text, ridge=RIDGE) for text in asked]
    answer = _Line(entry=number, text=entry.answer, ridge=RIDGE_OF_ANSWERS, is_question=False)
    return [*questions, answer] if questions and entry.answer.strip() else questions


def _scaled(block: Block) -> Floats:
    """Values such that a row's product with itself is 1."""
    return block.values / np.float32(np.sqrt(sum(view.weight**2 for view in _VIEWS)))


def _hit(entry: FaqEntry, score: float) -> FaqHit:
    return FaqHit(
        faq_id=entry.id,
        question=entry.question,
        answer=entry.answer,
        answer_en=entry.answer_en,
        score=min(1.0, score),
    )


def _reading(standard: str) -> Reading:
    return {"content": content_words(standard)}


def content_words(standard: str) -> list[str]:
    """The roots of the words that say what a standard text is about; all its words where none does."""
    spoken = bounded_words(standard)[:MOST_WORDS]
    return [stem(word) for word in spoken if word not in _STOP_WORDS] or spoken
