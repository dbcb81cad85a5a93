"""Which whole number do these Indonesian words or digits say?

Works on standard text (`lexicon.standard_text`), where English and regional number words are already Indonesian.
"""

import re
from dataclasses import dataclass

UNITS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
}  # fmt: skip
_WHOLE = {"sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1_000, **UNITS}
_SCALES = {"belas": 1, "puluh": 10, "puluhan": 10, "ratus": 100, "ratusan": 100}
_ALONE = _SCALES | {"belas": 10} | _WHOLE

# Nine digits hold every count a customer may mean; longer digit strings are phone or card numbers.
_MOST_DIGITS = 9
# "Seratus dua puluh tiga juta empat ratus lima puluh ribu" has nine; a longer run is no number, and would cost time.
_MOST_WORDS = 9
_DIGITS = re.compile(r"\d+")
NUMBER_WORD = "|".join(
    sorted((*_WHOLE, "belas", "puluhan", "puluh", "ratusan", "ratus"), key=len, reverse=True)
)
# One number as written in a sentence: digits, or number words in a row.
NUMBER = rf"(?:\d{{1,{_MOST_DIGITS}}}|(?:{NUMBER_WORD})(?:[ -]+(?:{NUMBER_WORD})){{0,{_MOST_WORDS - 1}}})"


@dataclass(slots=True)
class _Sum:
    total: int = 0
    last: int | None = None


def read_number(written: str) -> int | None:
    """The number that these words or digits say, or None when they say none.

    >>> read_number("tiga puluh lima"), read_number("40"), read_number("dua lima")
    (35, 40, 25)
    """
    if written.isalpha():
        return _ALONE.get(written)
    if _DIGITS.fullmatch(written):
        return int(written) if len(written) <= _MOST_DIGITS else None
    state = _Sum()
    parts = written.replace("-", " ").split()
    if not parts or any(part not in _WHOLE and part not in _SCALES for part in parts):
        return None
    for part in parts:
        _add(state, part)
    return state.total + (state.last or 0)


def _add(state: _Sum, part: str) -> None:
    if part == "belas":
        state.last = (state.last or 0) + 10
    elif part in _SCALES:
        state.total += (state.last or 1) * _SCALES[part]
        state.last = None
    elif state.last is not None and state.last in UNITS.values() and part in UNITS:
        # "dua lima juta" is how people say 25.
        state.last = state.last * 10 + UNITS[part]
    else:
        state.total += state.last or 0
        state.last = _WHOLE[part]


def read_bare_number(text: str) -> int | None:
    """The number a standard text consists of ("2.", "nomor 2", "dua"), or None when it says anything else.

    >>> read_bare_number("nomor 2"), read_bare_number("2 orang")
    (2, None)
    """
    bare = re.fullmatch(rf"\W*(?:(?:yang )?(?:nomor|no|opsi|pilihan|pilih)\.? *)*({NUMBER})\W*", text)
    return read_number(bare.group(1)) if bare else None
