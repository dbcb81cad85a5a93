"""Which satisfaction, 1 to 5, does a message give when it was asked for?

Works on standard text. Whether it was asked for at all is the flow's question.
"""

import re

from knowledge.numbers import NUMBER, read_number

LEAST, MOST = 1, 5
_STAR = "⭐🌟★"
_FEW_WORDS = 8
_AROUND = (
    "bintang|nilai|nilainya|skor|rating|ratingnya|angka|beri|kasih|saya|kami|dari|untuk|pelayanannya|pelayanan|sangat|sekali|banget|puas|"
    "kurang|cukup|belum|tidak|deh|dong|ya|kak|bu|pak|mbak|mas|min|terima|saja|aja|lah|of|out|stars?|admin|adminnya|bagus|mantap|oke|iya"
)
_OUT_OF = re.compile(r"(?:/|\bdari|\bout of|\bof) ?5\b")
_ONLY_AROUND = re.compile(rf"(?:[\W_]|\b(?:{_AROUND})\b)*")
_NUMBER = re.compile(rf"\b{NUMBER}\b")
# The question itself calls 1 "belum puas" and 5 "sangat puas".
_WORDS: tuple[tuple[str, int], ...] = (
    (r"(?:sangat|amat) puas|puas (?:sekali|banget|bgt)|very satisfied", 5),
    (r"(?:tidak|belum) puas|(?:sangat )?(?:unsatisfied)", 1),
    (r"kurang puas", 2),
    (r"cukup puas", 3),
    (r"puas|satisfied", 4),
)


def read_rating(text: str) -> int | None:
    """The rating that a standard text gives and nothing besides, or None.

    >>> read_rating("bintang 5 deh"), read_rating("4/5"), read_rating("hotel bintang 5 ya?")
    (5, 4, None)
    """
    stars = sum(text.count(star) for star in _STAR)
    if stars:
        return stars if stars <= MOST and _is_nothing_else(text) else None
    if len(text.split()) > _FEW_WORDS or "?" in text:
        return None
    bare = _OUT_OF.sub(" ", text)
    numbers = [read_number(match.group()) for match in _NUMBER.finditer(bare)]
    if numbers:
        only = numbers[0] if len(numbers) == 1 and _is_nothing_else(_NUMBER.sub(" ", bare)) else None
        return only if only is not None and LEAST <= only <= MOST else None
    if not _is_nothing_else(text):
        return None
    return next((value for words, value in _WORDS if re.search(rf"\b(?:{words})\b", text)), None)


def _is_nothing_else(text: str) -> bool:
    return bool(_ONLY_AROUND.fullmatch(text))
