"""Which standard Indonesian word does a regional, slang, abbreviated or English word stand for?

The words themselves stand in `lexicon/*.tsv`, one file per origin, so that a speaker can read and mend them without touching code.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.normalise import normalise

FOLDER = Path(__file__).parent / "lexicon"
HEADER = "word\tstandard"

_WORD = re.compile(r"([^\W\d_]+(?:'[^\W\d_]+)*)")
_SAYS_SOMETHING = re.compile(r"[^\W_]")
_LONGEST_PHRASE = 4


@dataclass(frozen=True, slots=True)
class Lexicon:
    """single: word to standard; phrases: first word to its phrases, longest first, each with its standard."""

    single: Mapping[str, str]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]

    def standardise(self, text: str) -> str:
        """A normalised text with every known word or phrase replaced; spacing, digits and punctuation stay.

        >>> default_lexicon().standardise("piro regane?")
        'berapa harganya?'
        """
        parts = _WORD.split(text)  # What stands between words at the even places, the words at the odd ones.
        if "'" in text:
            parts[1::2] = [word.replace("'", "") for word in parts[1::2]]
        out: list[str] = []
        done = 0
        for place in range(1, len(parts), 2):
            if place < done:  # Within a phrase.
                continue
            standard, length = self._at(parts, place)
            out += (parts[place - 1], standard)
            done = place + 2 * length - 1
        return "".join(out) + parts[-1]

    def _at(self, parts: list[str], place: int) -> tuple[str, int]:
        """What stands for the word at this place, or for the phrase that begins with it, and how many words that is."""
        word = parts[place]
        for phrase, standard in self.phrases.get(word, ()):
            end = place + 2 * len(phrase) - 1
            if tuple(parts[place:end:2]) == phrase and not "".join(parts[place + 1 : end : 2]).strip("- "):
                return standard, len(phrase)
        return self.single.get(word, word), 1


@cache
def default_lexicon() -> Lexicon:
    """The lexicon of this folder, read once."""
    return make_lexicon([pair for path in sorted(FOLDER.glob("*.tsv")) for pair in read_entries(path)])


def make_lexicon(pairs: list[tuple[str, str]]) -> Lexicon:
    """A lexicon of (word or phrase, standard) pairs; the first pair of a word stands."""
    single: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for written, standard in pairs:
        parts = tuple(written.replace("'", "").split())
        if len(parts) == 1:
            single.setdefault(parts[0], standard)
        else:
            phrases.setdefault(parts[0], []).append((parts, standard))
    by_length = {first: tuple(sorted(some, key=lambda p: -len(p[0]))) for first, some in phrases.items()}
    return Lexicon(single=single, phrases=by_length)


def read_entries(path: Path) -> list[tuple[str, str]]:
    """The (word, standard) pairs of one file; a row that is not two filled columns stops with its number."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != HEADER:
        raise ValueError(f"{path.name} must begin with the columns word and standard.")
    entries = [_entry(path, number, line) for number, line in enumerate(lines[1:], start=2)]
    # All at once: the service waits for thousands of words at each start.
    together = "\n".join(written for written, _ in entries)
    if normalise(together) != together:
        number, written = next(
            (number, word) for number, (word, _) in enumerate(entries, start=2) if normalise(word) != word
        )
        raise _misspelt(path, number, written)
    return entries


def _entry(path: Path, number: int, line: str) -> tuple[str, str]:
    columns = line.split("\t")
    if len(columns) != 2 or not all(column.strip() for column in columns):
        raise ValueError(f"{path.name} row {number} must hold a word and its standard word, found: {line!r}")
    written = columns[0]
    if len(written.split()) > _LONGEST_PHRASE:
        raise _misspelt(path, number, written)
    return written, columns[1]


def _misspelt(path: Path, number: int, written: str) -> ValueError:
    return ValueError(
        f"{path.name} row {number} must be up to {_LONGEST_PHRASE} words in normalised spelling: {written!r}"
    )


def standard_text(text: str) -> str:
    """A raw message, normalised and in standard words: what models and entity readers look at.

    >>> standard_text("Piro?"), standard_text("👍🏽")
    ('berapa?', 'iya')
    """
    return in_standard_words(normalise(text))


def in_standard_words(plain: str) -> str:
    """The same for a message that is normalised already."""
    return default_lexicon().standardise(plain) if _SAYS_SOMETHING.search(plain) else _in_words(plain)


def _in_words(gestures: str) -> str:
    """What a message of nothing but emoji says; beside words they only decorate and are left alone."""
    said = (default_lexicon().single.get(sign) for sign in gestures)
    return " ".join(dict.fromkeys(word for word in said if word)) or gestures


@cache
def lexicon_hash() -> str:
    """Short hash of all lexicon files: a model trained with other words must not be used with these."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.tsv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
