"""Which month of the Islamic calendar does a message name?

Works on standard text. "Habis lebaran" is the month that the feast opens; feast days by themselves are days, not months: no guess.
"""

import re

# Javanese and Sundanese month names among them; "bulan Maulid" and "bulan puasa" are what people say.
_SPELLINGS = {
    "muharram": r"muharr?am|suro",
    "safar": r"saff?ar|sapar",
    "rabiul awal": r"rabi'?ul? ?(?:ul )?aww?al|maulid|mulud",
    "rabiul akhir": r"rabi'?ul? ?(?:ul )?(?:akhir|tsani)",
    "jumadil awal": r"jumad(?:il|al|a al)? ?(?:ula|aww?al)",
    "jumadil akhir": r"jumad(?:il|al|a al)? ?(?:akhir|tsani(?:yah)?)",
    "rajab": r"r[ae]j[ae]b",
    "syaban": r"s[yh]a'?ban|ruwah",
    "ramadhan": r"r[ao]m[ao]d[hl]?[ao]n|puasa|poso",
    "syawal": r"s[yh]?aww?al",
    "dzulqaidah": r"(?:d?z|dh)ul ?[qk]a'?i?'?dah",
    "dzulhijjah": r"(?:d?z|dh)ul ?hijj?ah",
}
# These words mean the month only after the word for month; alone they are something else.
_NEEDS_MONTH_WORD = re.compile(r"saff?ar|suro|sapar|maulid|mulud|ruwah|puasa|poso")
# "Selain Ramadhan" does not ask for Ramadhan.
NEGATION = r"(?:jangan|selain|bukan|kecuali|except|not|tidak mau)(?: (?:yang|di|pas|bulan)){0,2} "

_AFTER_THE_FEAST = re.compile(
    r"\b(?:habis|setelah|sesudah|selepas|after) (?:hari raya )?(?:lebaran|idul ?fitri|hari raya|eid)\b(?! (?:haji|qurban|kurban|adha))"
)

_HIJRI = re.compile(
    rf"({NEGATION})?((?:bulan|bln) )?\b(?:"
    + "|".join(f"(?P<{name.replace(' ', '_')}>{spelling})" for name, spelling in _SPELLINGS.items())
    + r")(?:nya)?\b"
)
# Whether any name stands there at all; what stands before it is looked at only then.
_ANY_NAME = re.compile(rf"\b(?:{'|'.join(_SPELLINGS.values())})(?:nya)?\b")


def read_hijri(text: str) -> str | None:
    """The first Hijri month that a standard text asks for, in the spelling of this file.

    >>> read_hijri("pas bulan puasa ada?"), read_hijri("boleh sambil puasa?")
    ('ramadhan', None)
    """
    for match in _HIJRI.finditer(text) if _ANY_NAME.search(text) else ():
        name = str(match.lastgroup)
        is_clear = match.group(2) or not _NEEDS_MONTH_WORD.fullmatch(match.group(name))
        if is_clear and not match.group(1):
            return name.replace("_", " ")
    return "syawal" if _AFTER_THE_FEAST.search(text) else None
