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
    spoken = words(normalise(text))[:_MOST_WORDS]
    english = sum(word in _words("english") for word in spoken)
    proofs = {word for word in spoken if word in _words("english") and word not in _words("neutral")}
    indonesian = sum(_is_indonesian(word) for word in spoken)
    if len(spoken) < _SHORT:
        is_english = len(proofs) >= _FEWEST_PROOFS and bool(proofs & _words("unmistakable_english"))
        return "id" if indonesian else "en" if is_english else None
    is_mostly_english = english >= 2 * indonesian and 3 * english >= len(spoken)
    if len(proofs) >= _FEWEST_PROOFS and (is_mostly_english or not indonesian):
        return "en"
    if not indonesian and proofs & _words("unmistakable_english"):
        return "en"
    return "id" if indonesian else None


def _is_indonesian(word: str) -> bool:
    """Whether the word belongs to the archipelago: a common word, or a regional or slang word for one."""
    if word in _words("indonesian"):
        return True
    if word in _words("neutral") or word in _words("english") or word in _english_lexicon():
        return False
    standard = default_lexicon().single.get(word, "")
    return any(part in _words("indonesian") for part in standard.split())


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset((FOLDER / f"{name}.txt").read_text(encoding="utf-8").split())


@cache
def _english_lexicon() -> frozenset[str]:
    return frozenset(word for word, _ in read_entries(LEXICON / "english.tsv"))
