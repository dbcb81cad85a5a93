"""What does a message look like to a model? Weighted word and character n-grams, the same in training and in service.

numpy only: a service that understands messages never imports scikit-learn or scipy, which would cost it a second at every start.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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

_SAME_SOUND = (("dh", "d"), ("kh", "k"), ("sy", "s"), ("ph", "f"), ("v", "f"), ("z", "s"))
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiouy]")


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """kind: what is counted; least: an n-gram must stand in so many training texts; weight: the view's share."""

    kind: str
    least: int
    weight: float


# Words come first: the neighbour index stands on them. Weights chosen by leaving voices out, see ml/README.md.
DEFAULT_VIEWS = (
    ViewSpec("standard_words", 1, 0.7),
    ViewSpec("skeleton_words", 1, 1.0),
    ViewSpec("standard_chars", 2, 1.0),
)


Reading = Mapping[str, list[str]]


def readings(text: str) -> Reading:
    """The words of a raw message as standard words and as their skeletons, bounded in number and length."""
    return read_standard(standard_text(text))


def plain_readings(text: str) -> Reading:
    """The words of a raw message without the lexicon, for languages that it does not serve."""
    return read_standard(normalise(text))


def read_standard(standard: str) -> Reading:
    """The same for a message already in standard words."""
    spoken = bounded_words(standard)
    return {"standard": spoken, "skeleton": [skeleton(word) for word in spoken]}


@lru_cache(maxsize=_CACHED_WORDS)
def skeleton(word: str) -> str:
    """A word's consonants: "jadwal", "jdwl" and "jadual" are alike to someone who skips vowels or mistypes one.

    >>> skeleton("jadwal"), skeleton("jdwl"), skeleton("iya")
    ('jdwl', 'jdwl', 'i')
    """
    for written, sounds in _SAME_SOUND:
        word = word.replace(written, sounds)
    word = _REPEATED.sub(r"\1", word)
    return word[:1] + _VOWELS.sub("", word[1:])


def bounded_words(text: str) -> list[str]:
    found = [word[:MOST_LETTERS] for word in words(text)]
    half = MOST_WORDS // 2
    return found if len(found) <= MOST_WORDS else found[:half] + found[-half:]


def word_grams(spoken: Sequence[str]) -> list[str]:
    """Words and pairs of neighbours."""
    return [*spoken, *(f"{left} {right}" for left, right in pairwise(spoken))]


@lru_cache(maxsize=_CACHED_WORDS)
def char_grams(word: str) -> tuple[str, ...]:
    """Runs of 2 to 5 characters of one word with a blank at both ends."""
    padded = f" {word} "
    return tuple(
        padded[start : start + size] for size in CHAR_SIZES for start in range(max(1, len(padded) - size + 1))
    )


@dataclass(frozen=True, slots=True)
class Block:
    """Several messages as sparse rows. owners: the row of each entry; starts: int array (n + 1,) into the entries; no row is empty.

    Each view's part of a row has the length of the view's weight. known: float array (n,), the share of n-grams that training knew.
    """

    owners: Ints
    columns: Ints
    values: Floats
    starts: Ints
    known: Floats

    def __len__(self) -> int:
        return len(self.known)


class TextView:
    """One way of counting: its n-grams with column numbers, and how much each weighs."""

    def __init__(self, spec: ViewSpec, grams: Sequence[str], idf: Floats) -> None:
        self.spec, self.grams, self.idf = spec, grams, idf
        self.source, _, self._kind = spec.kind.partition("_")
        self._columns = {gram: column for column, gram in enumerate(grams)}
        self._by_word: dict[str, tuple[list[int], int]] = {}

    @property
    def size(self) -> int:
        return len(self.idf)

    def lookup(self, spoken: list[str]) -> tuple[list[int], int]:
        """The column of each known n-gram, repeats included, and how many n-grams there are in all."""
        if self._kind == "words":
            grams = word_grams(spoken)
            column_of = self._columns.get
            return [column for gram in grams if (column := column_of(gram)) is not None], len(grams)
        columns: list[int] = []
        total = 0
        for word in spoken:
            known, count = self._by_word.get(word) or self._word(word)
            columns += known
            total += count
        return columns, total

    def _word(self, word: str) -> tuple[list[int], int]:
        grams = char_grams(word)
        found = [self._columns[gram] for gram in grams if gram in self._columns], len(grams)
        if len(self._by_word) < _CACHED_WORDS:
            self._by_word[word] = found
        return found


class TextFeatures:
    """All views side by side as one vector."""

    def __init__(self, views: Sequence[TextView]) -> None:
        self.views = tuple(views)
        self.offsets = np.cumsum([0, *(view.size for view in views)])
        self.size = int(self.offsets[-1])
        self._idf = np.concatenate([view.idf for view in views])
        self._weights = np.array([view.spec.weight for view in views])

    def block(self, messages: Sequence[Reading]) -> Block:
        """These messages as rows, in one pass of numpy over all of them."""
        keys, known = self._keys(messages)
        found, counts = _counted(keys)
        owners, columns = np.divmod(found, self.size)
        values = (1 + np.log(counts.astype(np.float32))) * self._idf[columns]
        view = np.searchsorted(self.offsets, columns, side="right") - 1
        part = owners * len(self.views) + view
        squares = np.bincount(part, values * values, len(messages) * len(self.views))
        # The first entry of each row only keeps it from being empty.
        values = np.where(columns == 0, 0.0, values)
        values = values * self._weights[view] / np.sqrt(np.maximum(squares[part], 1e-12))
        starts = np.searchsorted(owners, np.arange(len(messages) + 1))
        return Block(owners, columns, values.astype(np.float32), starts, known)

    def _keys(self, messages: Sequence[Reading]) -> tuple[Ints, Floats]:
        """One number for each n-gram: row times size plus column; and the known share of each row."""
        columns: list[int] = []
        counts: list[int] = []
        shares: list[float] = []
        for reading in messages:
            for view in self.views:
                found, total = view.lookup(reading[view.source])
                columns += found
                counts.append(len(found))
                shares.append(len(found) / total / len(self.views) if total else 0.0)
        rows = np.arange(len(messages)) * self.size
        begins = np.add.outer(rows, self.offsets[:-1]).ravel()
        keys = np.array(columns, np.int64) + np.repeat(begins, counts)
        known = np.array(shares, np.float32).reshape(len(messages), len(self.views)).sum(axis=1)
        return np.concatenate([keys, rows]), known

    def to_plain(self) -> list[dict[str, Any]]:  # Any: what joblib stores is plain containers and arrays
        """Plain containers, so that an artifact holds no class of ours; the same training gives the same bytes."""
        return [
            {
                "kind": v.spec.kind,
                "least": v.spec.least,
                "weight": v.spec.weight,
                "grams": "\n".join(v.grams),
                "idf": v.idf,
            }
            for v in self.views
        ]

    @classmethod
    def from_plain(cls, plain: Iterable[dict[str, Any]]) -> "TextFeatures":  # Any: see to_plain
        return cls(
            [
                TextView(ViewSpec(p["kind"], p["least"], p["weight"]), p["grams"].split("\n"), p["idf"])
                for p in plain
            ]
        )


def _counted(keys: Ints) -> tuple[Ints, Ints]:
    """Each key once, in order, and how often it stands there: numpy.unique in half the time, since most batches are small."""
    keys = np.sort(keys)
    begins = np.concatenate(([True], keys[1:] != keys[:-1])).nonzero()[0]
    return keys[begins], np.concatenate((begins[1:], [len(keys)])) - begins


def fit_features(messages: Sequence[Reading], specs: Sequence[ViewSpec] = DEFAULT_VIEWS) -> TextFeatures:
    """Views whose n-grams and weights come from these readings."""
    return TextFeatures([_fit_view(spec, messages) for spec in specs])


def _fit_view(spec: ViewSpec, messages: Sequence[Reading]) -> TextView:
    source, _, kind = spec.kind.partition("_")
    grams_of: Callable[[Sequence[str]], Iterable[str]] = word_grams if kind == "words" else _all_char_grams
    seen = Counter(gram for reading in messages for gram in set(grams_of(reading[source])))
    # No text holds the empty n-gram: the first column of all pads rows in which nothing is known.
    grams = ["", *sorted(gram for gram, count in seen.items() if count >= spec.least)]
    counts = np.array([seen[gram] for gram in grams], np.float32)
    return TextView(spec, grams, (np.log((1 + len(messages)) / (1 + counts)) + 1).astype(np.float32))


def _all_char_grams(spoken: Sequence[str]) -> Iterable[str]:
    return (gram for word in set(spoken) for gram in char_grams(word))
