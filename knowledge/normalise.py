"""How does a customer's message read once typing habits are taken out?

Pure text in, pure text out, in time linear to the length. It never translates (the lexicon does) and never drops a word.
"""

import re
import unicodedata

# Zero-width and direction marks are invisible; a variation selector, keycap or skin tone only decorates a digit or emoji.
_INVISIBLE = re.compile(
    "[\U0001f3fb-\U0001f3ff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_APOSTROPHE = re.compile("[\u2018\u2019\u02bc\u02bb`\u00b4]")
_DASH = re.compile("[\u2010-\u2015\u2212]")
_LINK = re.compile(r"https?://\S+|www\.\S+")
_STRETCHED = re.compile(r"([^\W\d_])\1\1+")
_DOUBLED_BY_TWO = re.compile(r"\b([^\W\d_]{2,})2(?=[^\W\d_]|\b)(?!\d)")
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*")


def tidy(text: str) -> str:
    """The same text in one spelling of characters: compatibility forms folded, invisible marks gone, case kept.

    >>> tidy("Ka\u2019bah\u200b \uff12\uff10\uff12\uff17")
    "Ka'bah 2027"
    """
    if text.isascii() and text.isprintable() and "`" not in text:
        return text  # As most are: nothing below finds anything in it.
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _DASH.sub("-", _APOSTROPHE.sub("'", _CONTROL.sub(" ", text)))


def normalise(text: str) -> str:
    """Lower case without stretched letters, number suffixes or link addresses.

    >>> normalise("Bangeeet MASING2 kak")
    'banget masing masing kak'
    """
    text = _LINK.sub(" ", tidy(text).lower())
    text = _STRETCHED.sub(r"\1", text)
    return _DOUBLED_BY_TWO.sub(r"\1 \1", text) if "2" in text else text


def words(text: str) -> list[str]:
    """The words of a normalised text in order, apostrophes inside a word dropped.

    >>> words("ka'bah, jum'at?")
    ['kabah', 'jumat']
    """
    found: list[str] = _WORD.findall(text)
    return [word.replace("'", "") for word in found] if "'" in text else found
