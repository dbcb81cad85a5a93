"""What does a message look like to a model? Weighted word and character n-grams, the same in training and in service.

numpy only: a service that understands messages never imports scikit-learn or scipy, which would cost it a second at every start.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.lexicon import standard_text
from knowledge.normalise import normalise, words

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Longer messages carry their meaning in the beginning and the end; both count, the middle is skipped so that cost stays bounded.
MOST_WORDS = 200
# One "word" of a thousand letters is no word; its first letters are enough.
MOST_LETTERS = 40
_CACHED_WORDS = 20_000

CHAR_SIZES = (2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """kind: what is counted; least: an n-gram must stand in so many training texts; weight: the view's share."""

    kind: str
    least: int
    weight: float


DEFAULT_VIEWS = (
    ViewSpec("standard_words", 1, 1.0),
    ViewSpec("standard_chars", 2, 1.0),
    ViewSpec("written_chars", 2, 0.7),
)


def readings(text: str, standard: str | None = None) -> dict[str, list[str]]:
    """The words of a raw message as standard words and as written, each bounded in number and length.

    standard: the message's standard text where it is already known.
    """
    standard = standard_text(text) if standard is None else standard
    return {"standard": bounded_words(standard), "written": bounded_words(normalise(text))}


def bounded_words(text: str) -> list[str]:
    found = [word[:MOST_LETTERS] for word in words(text)]
    half = MOST_WORDS // 2
    return found if len(found) <= MOST_WORDS else found[:half] + found[-half:]


def word_grams(spoken: Sequence[str]) -> list[str]:
    """Words and pairs of neighbours."""
    return [*spoken, *(f"{left} {right}" for left, right in pairwise(spoken))]


def char_grams(word: str) -> list[str]:
    """Runs of 2 to 5 characters of one word with a blank at both ends."""
    padded = f" {word} "
    return [
        padded[start : start + size] for size in CHAR_SIZES for start in range(max(1, len(padded) - size + 1))
    ]


class TextView:
    """One way of counting: its n-grams with column numbers, and how much each weighs."""

    def __init__(self, spec: ViewSpec, grams: Sequence[str], idf: Floats) -> None:
        self.spec, self.idf = spec, idf
        self.grams = grams
        self._columns = {gram: column for column, gram in enumerate(grams)}
        self._by_word: dict[str, tuple[list[int], int]] = {}

    @property
    def size(self) -> int:
        return len(self.idf)

    def row(self, reading: dict[str, list[str]]) -> tuple[Ints, Floats, float]:
        """Columns, values of length `weight`, and the share of n-grams that training knew."""
        columns, total = self._lookup(reading)
        if not columns:
            return np.empty(0, np.int64), np.empty(0, np.float32), 0.0
        counts = Counter(columns)
        found = np.fromiter(counts, np.int64, len(counts))
        values = np.fromiter(counts.values(), np.float32, len(counts))
        values = (1 + np.log(values)) * self.idf[found]
        return found, values * np.float32(self.spec.weight / np.sqrt(values @ values)), len(columns) / total

    def _lookup(self, reading: dict[str, list[str]]) -> tuple[list[int], int]:
        source, _, kind = self.spec.kind.partition("_")
        spoken = reading[source]
        if kind == "words":
            grams = word_grams(spoken)
            return [self._columns[gram] for gram in grams if gram in self._columns], len(grams)
        columns: list[int] = []
        total = 0
        for word in spoken:
            known, count = self._word(word)
            columns += known
            total += count
        return columns, total

    def _word(self, word: str) -> tuple[list[int], int]:
        cached = self._by_word.get(word)
        if cached is None:
            grams = char_grams(word)
            cached = [self._columns[gram] for gram in grams if gram in self._columns], len(grams)
            if len(self._by_word) < _CACHED_WORDS:
                self._by_word[word] = cached
        return cached


@dataclass(frozen=True, slots=True)
class Row:
    """One message as the models see it. known: share of its n-grams seen in training, over all views."""

    columns: Ints
    values: Floats
    known: float


class TextFeatures:
    """All views side by side as one vector."""

    def __init__(self, views: Sequence[TextView]) -> None:
        self.views = tuple(views)
        self.size = sum(view.size for view in views)

    def row(self, reading: dict[str, list[str]]) -> Row:
        columns: list[Ints] = []
        values: list[Floats] = []
        known = 0.0
        offset = 0
        for view in self.views:
            found, weights, share = view.row(reading)
            columns.append(found + offset)
            values.append(weights)
            known += share
            offset += view.size
        return Row(np.concatenate(columns), np.concatenate(values), known / len(self.views))

    def to_plain(self) -> list[dict[str, Any]]:  # Any: what joblib stores is plain containers and arrays
        """Plain containers, so that an artifact holds no class of ours."""
        return [
            {
                "kind": v.spec.kind,
                "least": v.spec.least,
                "weight": v.spec.weight,
                "grams": list(v.grams),
                "idf": v.idf,
            }
            for v in self.views
        ]

    @classmethod
    def from_plain(cls, plain: Iterable[dict[str, Any]]) -> "TextFeatures":  # Any: see to_plain
        return cls(
            [TextView(ViewSpec(p["kind"], p["least"], p["weight"]), p["grams"], p["idf"]) for p in plain]
        )


def fit_features(
    messages: Sequence[dict[str, list[str]]], specs: Sequence[ViewSpec] = DEFAULT_VIEWS
) -> TextFeatures:
    """Views whose n-grams and weights come from these readings."""
    return TextFeatures([_fit_view(spec, messages) for spec in specs])


def _fit_view(spec: ViewSpec, messages: Sequence[dict[str, list[str]]]) -> TextView:
    source, _, kind = spec.kind.partition("_")
    grams_of: Callable[[Sequence[str]], Iterable[str]] = word_grams if kind == "words" else _all_char_grams
    seen: Counter[str] = Counter()
    for reading in messages:
        seen.update(set(grams_of(reading[source])))
    grams = sorted(gram for gram, count in seen.items() if count >= spec.least)
    counts = np.array([seen[gram] for gram in grams], np.float32)
    return TextView(spec, grams, (np.log((1 + len(messages)) / (1 + counts)) + 1).astype(np.float32))


def _all_char_grams(spoken: Sequence[str]) -> Iterable[str]:
    return (gram for word in set(spoken) for gram in char_grams(word))
