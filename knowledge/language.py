"""In which language does a customer plainly write: Indonesian (regional languages included), English, or no telling?

No evidence gives None, so that the conversation's language stays as it is. Slang and English trade words prove nothing. The words that
prove something stand in `languages/*.txt`.
"""

from functools import cache
from pathlib import Path

from flows.domain import Language
from knowledge.lexicon import FOLDER as LEXICON
from knowledge.lexicon import default_lexicon, read_entries
from knowledge.normalise import normalise, words

FOLDER = Path(__file__).parent / "languages"

# "id below four words; never switch on one short message": ML.md 1.5.
_SHORT = 4
# A sentence is English with so many proofs and either nothing Indonesian, or twice as many English words and a third of it English.
_FEWEST_PROOFS = 2
_MOST_WORDS = 200


def read_language(text: str) -> Language | None:
    """id, en, or None when the message shows neither.

    >>> read_language("How much is it?"), read_language("berapa harganya?"), read_language("ok")
    ('en', 'id', None)
    """
    return language_of(normalise(text))


def language_of(plain: str) -> Language | None:
    """The same for a message that is normalised already."""
    spoken = words(plain)[:_MOST_WORDS]
    in_english = [word for word in spoken if word in _words("english")]
    english = len(in_english)
    proofs = set(in_english) - _words("neutral")
    indonesian = len([word for word in spoken if word in _indonesian()])
    if len(spoken) < _SHORT:
        is_english = len(proofs) >= _FEWEST_PROOFS and bool(proofs & _words("unmistakable_english"))
        return "id" if indonesian else "en" if is_english else None
    is_mostly_english = english >= 2 * indonesian and 3 * english >= len(spoken)
    if len(proofs) >= _FEWEST_PROOFS and (is_mostly_english or not indonesian):
        return "en"
    if not indonesian and proofs & _words("unmistakable_english"):
        return "en"
    return "id" if indonesian else None


@cache
def _indonesian() -> frozenset[str]:
    """The words that belong to the archipelago: common words, and regional or slang words for one."""
    common = _words("indonesian")
    elsewhere = _words("neutral") | _words("english") | _english_lexicon()
    single = default_lexicon().single
    regional = {word for word, standard in single.items() if not common.isdisjoint(standard.split())}
    return common | (regional - elsewhere)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset((FOLDER / f"{name}.txt").read_text(encoding="utf-8").split())


@cache
def _english_lexicon() -> frozenset[str]:
    return frozenset(word for word, _ in read_entries(LEXICON / "english.tsv"))
