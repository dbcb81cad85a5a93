"""Which FAQ entries answer a message, if any?

Kernel ridge regression over the cosine of stemmed, stop-word-free text features: one small linear system, solved anew in tens of
milliseconds whenever staff edit an entry. Precision first: a wrong FAQ answer is worse than a human's.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from flows.domain import FaqHit
from knowledge.lexicon import standard_text
from ml.text_features import Floats, Row, TextFeatures, ViewSpec, bounded_words, fit_features

RIDGE = 0.3
# Chosen on the ranker's own check sentences, see ml/README.md: the score a first hit needs, and how near a second must be.
MIN_SCORE = 0.5
NEAR_SECOND = 0.1
MOST_HITS = 3
MOST_STEMMED_WORDS = 60

_VIEWS = (ViewSpec("standard_words", 1, 1.0), ViewSpec("standard_chars", 1, 1.0))
_STOP_WORDS = frozenset(
    ["yang", "dan", "di", "ke", "dari", "untuk", "dengan", "ini", "itu", "saya", "aku", "kami", "kita", "anda", "kamu", "ya", "kak", "min", "admin", "dong", "sih", "deh", "kok", "nih", "pak", "bu", "bapak", "ibu", "mas", "mbak", "mau", "tanya", "apa", "apakah", "bisa", "tolong", "mohon", "adalah", "akan", "juga", "saja", "lagi", "kalau", "jadi", "pada", "oleh", "para", "begitu", "nya", "kah", "lah", "pun"]
)


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
    """kernel rows are the written questions, dual the solved weights: float arrays (questions, features) and (questions, entries)."""

    entries: tuple[FaqEntry, ...]
    features: TextFeatures
    questions: Floats
    dual: Floats
    owner: tuple[int, ...]

    def rank(self, text: str) -> list[tuple[FaqEntry, float]]:
        """Every entry with its score (about 0 to 1), best first."""
        scores = self._scores(self.features.row(_reading(text)))
        return [(self.entries[i], float(scores[i])) for i in np.argsort(-scores)]

    def hits(self, text: str) -> tuple[FaqHit, ...]:
        """The entries sure enough to be answered with, best first; often none."""
        ranked = self.rank(text)[:MOST_HITS]
        if not ranked or ranked[0][1] < MIN_SCORE:
            return ()
        best = ranked[0][1]
        near = [(entry, score) for entry, score in ranked if score >= max(MIN_SCORE, best - NEAR_SECOND)]
        return tuple(
            FaqHit(faq_id=e.id, question=e.question, answer=e.answer, score=min(1.0, s)) for e, s in near
        )

    def _scores(self, row: Row) -> Floats:
        cosine = (
            self.questions[:, row.columns] @ row.values / sum(v.spec.weight**2 for v in self.features.views)
        )
        return np.asarray(cosine @ self.dual, np.float32)


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
    found = [_reading(text) for _, text in written]
    features = fit_features(found, _VIEWS)
    questions = np.zeros((len(written), features.size), np.float32)
    for at, reading in enumerate(found):
        row = features.row(reading)
        questions[at, row.columns] = row.values
    kernel = questions @ questions.T / sum(view.weight**2 for view in _VIEWS)
    wanted = np.zeros((len(written), len(entries)), np.float32)
    wanted[np.arange(len(written)), [number for number, _ in written]] = 1
    dual = np.linalg.solve(kernel + RIDGE * np.eye(len(written), dtype=np.float32), wanted).astype(np.float32)
    return FaqRanker(
        entries=tuple(entries),
        features=features,
        questions=questions,
        dual=dual,
        owner=tuple(n for n, _ in written),
    )


def _reading(text: str) -> dict[str, list[str]]:
    spoken = bounded_words(standard_text(text))[:MOST_STEMMED_WORDS]
    content = [_stem(word) for word in spoken if word not in _STOP_WORDS]
    return {"standard": content or spoken}


_stemming = threading.Lock()
_SUFFIX = re.compile(r"(?:nya|kah|lah|ku|mu)$")


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return _SUFFIX.sub("", word) if len(word) > 5 else word
