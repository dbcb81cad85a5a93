"""What is the root of an Indonesian word ("keberangkatannya" → "berangkat")?

PySastrawi's stemmer with a bounded memory: a word is looked up once, and a message of invented words cannot fill the house.
"""

from functools import cache, lru_cache

_REMEMBERED = 20_000
# Longer strings are no words; the stemmer would try every way to cut them.
_LONGEST = 24


@lru_cache(maxsize=_REMEMBERED)
def stem(word: str) -> str:
    """The root of one lower-case word; what is no word stays as it is.

    >>> stem("keberangkatannya")
    'berangkat'
    """
    if len(word) > _LONGEST or not word.isalpha():
        return word
    root: str = _stemmer().stem(word)
    return root or word


@cache
def _stemmer():  # type: ignore[no-untyped-def]  # PySastrawi ships no types
    # Its dictionary of 30,000 roots takes a tenth of a second to load, which a service without FAQ need not spend.
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return StemmerFactory().create_stemmer()
