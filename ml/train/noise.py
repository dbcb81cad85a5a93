"""How would a hurried thumb have typed this? Deterministic noise for choosing thresholds as sloppy writers need them."""

import random
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from knowledge.lexicon import FOLDER, read_entries

_VOWELS = set("aeiou")
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k",
    "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip
_SHORTEST = 4
SLANG_SHARE = 0.3
TYPO_SHARE = 0.15


def noisy(
    texts: Sequence[str], seed: int, slang_share: float = SLANG_SHARE, typo_share: float = TYPO_SHARE
) -> list[str]:
    """Each text with some words abbreviated or mistyped; the same seed gives the same noise."""
    rng = random.Random(seed)
    return [
        " ".join(_noisy_word(word, rng, slang_share, typo_share) for word in text.split()) for text in texts
    ]


def _noisy_word(word: str, rng: random.Random, slang_share: float, typo_share: float) -> str:
    draw = rng.random()
    if draw < slang_share:
        slang = _slang().get(word.lower())
        if slang:
            return rng.choice(slang)
        return _without_vowels(word, rng) if rng.random() < 1 / 3 else word
    if draw < slang_share + typo_share and len(word) >= _SHORTEST and word.isalpha():
        return _typo(word, rng)
    return word


@cache
def _slang() -> dict[str, list[str]]:
    ways: dict[str, list[str]] = defaultdict(list)
    for written, standard in read_entries(FOLDER / "slang.tsv"):
        ways[standard].append(written)
    return dict(ways)


def _without_vowels(word: str, rng: random.Random) -> str:
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    return (
        word[0]
        + "".join(c for c in word[1:-1] if c.lower() not in _VOWELS or rng.random() < 1 / 3)
        + word[-1]
    )


def _typo(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    match rng.randrange(4):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
        case _:
            near = _NEIGHBOURS.get(word[at].lower())
            return word[:at] + (rng.choice(near) if near else word[at]) + word[at + 1 :]
