"""Which words does a text hold, for searching? Case, accents and punctuation fall away, so that "Café-nya" is found by "cafe".

A search word is the beginning of a word: "umr" finds "umroh".
"""

import re
import unicodedata

MOST_TERMS = 6  # More words narrow nothing that six have not.
SHORTEST = 2
_BETWEEN = re.compile(r"[^\w]+|_", re.UNICODE)


def folded(text: str) -> str:
    """The text's words, each after one space: ` cafe nya`."""
    plain = text.casefold()
    if not plain.isascii():  # Most is ASCII, which has neither accents nor other ways to be written.
        whole = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in whole if not unicodedata.combining(letter))
    return "".join(f" {word}" for word in _BETWEEN.split(plain) if word)


def terms_of(sought: str) -> tuple[str, ...]:
    """What to look for; empty when nothing of use was typed."""
    terms = dict.fromkeys(term for term in folded(sought).split() if len(term) >= SHORTEST)
    return tuple(terms)[:MOST_TERMS]


def holds(words: str, terms: tuple[str, ...]) -> bool:
    """Whether every term begins one of these folded words."""
    return all(f" {term}" in words for term in terms)
