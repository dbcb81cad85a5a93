"""Which messages ask alike? The cosine between the roots of their content words and the letters in them.

Nothing is fitted: two messages are always equally like, whatever else was asked meanwhile, so groups stay as they are.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.lexicon import standard_text
from ml.serve.faq import content_words

# Chosen on the table of tests/ml/test_likeness.py: ways to ask the same are .46 alike and more, two questions about hotels .42 at most.
ALIKE = 0.44
# They ask, but say nothing of what is asked.
ASKING = frozenset(["berapa", "boleh", "ada", "tidak", "harus", "wajib", "mau", "perlu", "seperti", "kalau"])
WORD_WEIGHT, LETTERS_WEIGHT = 1.0, 0.35
LETTERS = 4

Vector = Mapping[str, float]


def vector_of(text: str) -> Vector:
    """The text as weights of its words and letter groups; their squares add up to 1, or it is empty."""
    words = content_words(standard_text(text))
    words = [word for word in words if word not in ASKING] or words
    counted: Counter[str] = Counter()
    for word in words:
        counted[word] += WORD_WEIGHT  # type: ignore[assignment]  # Counter counts in fractions as well.
        padded = f"^{word}$"
        for start in range(max(1, len(padded) - LETTERS + 1)):
            counted[f"~{padded[start : start + LETTERS]}"] += LETTERS_WEIGHT  # type: ignore[assignment]  # as above
    length = math.sqrt(sum(weight * weight for weight in counted.values()))
    return {name: weight / length for name, weight in counted.items()} if length else {}


def likeness(one: Vector, other: Vector) -> float:
    """From 0 (nothing in common) to 1 (the same)."""
    small, large = sorted((one, other), key=len)
    return sum(weight * large.get(name, 0.0) for name, weight in small.items())


@dataclass(slots=True)
class Shelves:
    """Texts by key, found by likeness without comparing each with each."""

    _vectors: dict[int, Vector] = field(default_factory=dict)
    _holders: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, key: int, text: str) -> None:
        vector = vector_of(text)
        self._vectors[key] = vector
        for name in vector:
            self._holders[name].append(key)

    def nearest(self, text: str) -> tuple[int, float] | None:
        """The key of the text that is most alike and how much; of equals the one that was added first."""
        scores: dict[int, float] = defaultdict(float)
        for name, weight in vector_of(text).items():
            for key in self._holders.get(name, ()):
                scores[key] += weight * self._vectors[key][name]
        if not scores:
            return None
        return max(scores.items(), key=lambda found: (found[1], -found[0]))


def sort_into_groups(
    known: Iterable[tuple[int, str]], texts: Sequence[str], threshold: float = ALIKE
) -> tuple[dict[int, list[int]], list[list[int]]]:
    """Which texts (by position) join which known group, and which begin new ones together.

    A text is compared with each group's example only, in the order given: a group never drifts away from what it began with.
    """
    shelves = Shelves()
    joined: dict[int, list[int]] = defaultdict(list)
    new: dict[int, list[int]] = {}
    for key, example in known:
        shelves.add(key, example)
    for position, text in enumerate(texts):
        found = shelves.nearest(text)
        if found and found[1] >= threshold:
            (new if found[0] < 0 else joined)[found[0]].append(position)
        else:
            key = -1 - position  # Below zero, where no known group's number is.
            shelves.add(key, text)
            new[key] = [position]
    return dict(joined), list(new.values())


def look_alikes(texts: Sequence[str], threshold: float) -> list[tuple[int, int, float]]:
    """Every two texts (by position) that are more alike than that, the most alike first."""
    vectors = [vector_of(text) for text in texts]
    pairs = [
        (one, other, likeness(vectors[one], vectors[other]))
        for one in range(len(texts))
        for other in range(one + 1, len(texts))
    ]
    return sorted((pair for pair in pairs if pair[2] >= threshold), key=lambda pair: -pair[2])
