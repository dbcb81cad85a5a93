"""Which months, year and Hijri month does a message name?

Works on standard text with the campaign codes already taken out. "Akhir tahun" and "libur sekolah" are not months: no guess.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "januari january jan janu",
        "februari february pebruari febuari feb peb febr",
        "maret march mar mrt",
        "april apr aprl",
        "mei may",
        "juni june jun",
        "juli july jul",
        "agustus august agt agu ags aug agust agus",
        "september sep sept",
        "oktober october okt oct okto",
        "november nopember nov nop",
        "desember december des dec",
    ),
    start=1,
):
    MONTHS.update(dict.fromkeys(_names.split(), _number))
# A code's month is one of the plain names and their three letters; "never a typo in the month".
CODE_MONTHS: dict[str, int] = {
    name: number
    for name, number in MONTHS.items()
    if name not in {"janu", "febr", "febuari", "mrt", "aprl", "agust", "agus", "okto"}
}
# These are also ordinary words; they are months only beside something that speaks of dates.
_DOUBTFUL = {"jan", "mar", "may", "des", "dec", "jun", "agus", "sep", "mrt", "janu", "okto"}

HIJRI_MONTHS = {
    "muharram": r"muharr?am|suro",
    "safar": r"saff?ar|sapar",
    "rabiul awal": r"rabi'?ul? ?(?:ul )?aww?al|maulid|mulud",
    "rabiul akhir": r"rabi'?ul? ?(?:ul )?(?:akhir|tsani)",
    "jumadil awal": r"jumad(?:il|al|a al)? ?(?:ula|aww?al)",
    "jumadil akhir": r"jumad(?:il|al|a al)? ?(?:akhir|tsani(?:yah)?)",
    "rajab": r"rajab|rejeb",
    "syaban": r"s[yh]a'?ban|ruwah",
    "ramadhan": r"r[ao]m?[ao]d[hl]?[ao]n|puasa|poso",
    "syawal": r"s[yh]?aww?al",
    "dzulqaidah": r"d?zh?ul ?[qk]a'?i?'?dah",
    "dzulhijjah": r"d?zh?ul ?hijj?ah",
}
# These words mean the month only after the word for month; alone they are something else.
_NEEDS_MONTH_WORD = r"safar|saffar|suro|sapar|maulid|mulud|ruwah|puasa|poso"
_NEGATION = r"(?:jangan|selain|bukan|kecuali|except|not|tidak mau)(?: (?:yang|di|pas|bulan)){0,2} "

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = re.compile(rf"({_NEGATION})?(?<![^\W_])({_NAME})(?:nya|an)?(?![^\W_])")
_NUMBERED = re.compile(
    r"\b(?:bulan|bln)(?: ke)? ?-?(\d{1,2})\b(?! *(?:hari|orang|tahun|x|kali|juta|jt|lagi))"
)
_NUMERIC_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-]((?:20)?\d{2})(?![\d/.-])")
_SHORT_DATE = re.compile(r"\b(?:tanggal|tgl) (\d{1,2})[/-](\d{1,2})(?![\d/-])")
_YEAR = re.compile(
    r"(?<![\d.,/-])(20[2-4]\d)(?:an)?(?![\d]|[.,]\d{3}|/\d)(?! *(?:orang|m\b|hijriah|h\b))|\btahun '?([23]\d)\b(?! *(?:tahun|-an))"
)
_RANGE_WORD = re.compile(r" *(?:-|s/d|sd|sampai|hingga|sampai dengan|to|until|through) *(?:bulan |dengan )?")
_BESIDE = re.compile(
    r"(?:bulan|bln|tanggal|tgl|awal|akhir|pertengahan|tengah|sekitar|antara|atau|dan|sebelum|sesudah|habis|in|early|mid|late|"
    r"pada|di|by|untuk|umroh|paket|berangkat|tahun|this|next|pas|yang|dari|since|on|of|\d{1,2})[ ,/-]*$"
)
_AFTER = re.compile(r"[ ,/-]*(?:20\d\d|'?\d{2}\b|tahun|depan|ini|atau|dan|or|-|sampai|to\b|nanti)")
# "May I", "may we" and "Jan larang tenan" are no months.
_NOT_A_MONTH = re.compile(r" +(?:saya|kami|i|we|boleh|allah|god|be|not|larang|mahal|murah|have)\b")
_NEXT_MONTH = re.compile(r"\bbulan (?:depan|ngarep|hareup)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWords:
    """months in the order named, without repeats; year only if said; hijri in its usual spelling here."""

    months: tuple[int, ...] = ()
    year: int | None = None
    hijri: str | None = None


def read_calendar(text: str, today: date | None = None) -> CalendarWords:
    """What a standard text says of months and years; today is only needed for "bulan depan".

    >>> read_calendar("maret atau april 2027").months
    (3, 4)
    """
    dates = [m for m in _NUMERIC_DATE.finditer(text) if 1 <= int(m.group(2)) <= 12]
    named = _named_months(text)
    numbered = [(m.start(), int(m.group(1))) for m in _NUMBERED.finditer(text) if 1 <= int(m.group(1)) <= 12]
    numbered += [(m.start(), int(m.group(2))) for m in dates]
    numbered += [
        (m.start(), int(m.group(2))) for m in _SHORT_DATE.finditer(text) if 1 <= int(m.group(2)) <= 12
    ]
    if today is not None and (soon := _NEXT_MONTH.search(text)):
        numbered.append((soon.start(), today.month % 12 + 1))
    months = tuple(dict.fromkeys(month for _, month in sorted(named + numbered)))
    return CalendarWords(months=months, year=_year(text, dates), hijri=_hijri(text))


def _named_months(text: str) -> list[tuple[int, int]]:
    found = list(_MONTH.finditer(text))
    sure = [m for m in found if m.group(2) not in _DOUBTFUL or _is_month(text, m, others=len(found) > 1)]
    months = [(m.start(), MONTHS[m.group(2)]) for m in sure if not m.group(1)]
    for left, right in pairwise(sure):
        if _RANGE_WORD.fullmatch(text[left.end() : right.start()]) and not left.group(1):
            months += [
                (left.end(), month) for month in _between(MONTHS[left.group(2)], MONTHS[right.group(2)])
            ]
    return months


def _between(first: int, last: int) -> list[int]:
    step = (last - first) % 12
    return [(first + ahead - 1) % 12 + 1 for ahead in range(1, step)]


def _is_month(text: str, match: re.Match[str], *, others: bool) -> bool:
    after = text[match.end() : match.end() + 12]
    if _NOT_A_MONTH.match(after):
        return False
    before = text[max(0, match.start() - 16) : match.start()]
    alone = len(text.split()) <= 3 and match.group(2) != "may"
    return alone or others or bool(_BESIDE.search(before)) or bool(_AFTER.match(after))


def _year(text: str, dates: list[re.Match[str]]) -> int | None:
    for match in dates:
        year = int(match.group(3))
        return year if year > 100 else 2000 + year
    said = _YEAR.search(text)
    if said is None:
        return None
    return int(said.group(1)) if said.group(1) else 2000 + int(said.group(2))


_HIJRI = [
    (name, re.compile(rf"({_NEGATION})?((?:bulan|bln|akhir bulan) )?\b({pattern})(?:nya)?\b"))
    for name, pattern in HIJRI_MONTHS.items()
]


def _hijri(text: str) -> str | None:
    first: tuple[int, str] | None = None
    for name, pattern in _HIJRI:
        for match in pattern.finditer(text):
            if match.group(1) or (not match.group(2) and re.fullmatch(_NEEDS_MONTH_WORD, match.group(3))):
                continue
            first = min(first, (match.start(3), name)) if first else (match.start(3), name)
    return first[1] if first else None
