"""Which months and year does a message name?

Works on standard text with the campaign codes already taken out. "Awal tahun" and "akhir tahun" are
the months that people mean by them; "libur sekolah" is a different one in every province: no guess.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from knowledge.hijri import NEGATION, read_hijri
from knowledge.numbers import NUMBER, read_number

_PLAIN_NAMES = (
    "januari january jan",
    "februari february pebruari feb peb",
    "maret march mar",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agt agu ags aug",
    "september sep sept",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
# Hurried spellings, understood in a sentence but never in a campaign code: "never a typo in the month".
_HURRIED = {"janu": 1, "febr": 2, "febuari": 2, "mrt": 3, "aprl": 4, "agust": 8, "agus": 8, "okto": 10}
CODE_MONTHS: dict[str, int] = {
    name: number for number, names in enumerate(_PLAIN_NAMES, start=1) for name in names.split()
}
MONTHS = CODE_MONTHS | _HURRIED
# These are also ordinary words; they are months only beside something that speaks of dates.
_DOUBTFUL = {"jan", "mar", "may", "des", "dec", "jun", "agus", "sep", "mrt", "janu", "okto"}

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = re.compile(rf"({NEGATION})?(?<![^\W_])({_NAME})(?:nya|an)?(?![^\W_])")
_WORD = re.compile(r"[^\W_]+")
_MONTH_WORDS = frozenset(name + ending for name in MONTHS for ending in ("", "nya", "an"))
_DIGIT = re.compile(r"\d")
_NOT_COUNTED = r"(?! *(?:hari|orang|tahun|x\b|kali|juta|jt|lagi|minggu|anak|bulan))"
_NUMBERED = re.compile(rf"({NEGATION})?\b(?:bulan|bln)(?: ke)? ?-?({NUMBER})\b{_NOT_COUNTED}")
_NUMERIC_DATE = re.compile(r"(?<![\d/.-])\d{1,2}[/.-](\d{1,2})[/.-]((?:20)?\d{2})(?![\d/.-])")
_MONTH_OF_YEAR = re.compile(r"(?<![\d/.-])(0?[1-9]|1[0-2])/(20[2-4]\d)(?![\d/.-])")
_SHORT_DATE = re.compile(r"\b(?:tanggal|tgl) \d{1,2}[/-](\d{1,2})(?![\d/-])")
_YEAR = re.compile(
    r"(?<![\d.,/-])(20[2-4]\d)(?:an)?(?!\d|[.,]\d{3}|/\d)(?! *(?:orang|m\b|hijriah|h\b))"
    r"|\btahun '?([23]\d)\b(?! *(?:tahun|-an|ke atas))"
)
_NEXT_MONTH = re.compile(r"\bbulan depan\b")
# "Awal tahun depan": what people mean by the parts of a year.
_PART_OF_YEAR = re.compile(
    rf"({NEGATION})?\b(awal|pertengahan|tengah|akhir|early|start|beginning|end|mid)(?:[ -](?:dari|itu|of|the))*[ -]tahun\b"
)
_MID_YEAR = (6, 7)
_PARTS = dict.fromkeys(("awal", "early", "start", "beginning"), (1, 2, 3)) | dict.fromkeys(
    ("akhir", "end"), (11, 12)
)
_UNTIL = re.compile(r" *(?:-|s/d|s\.d\.?|sd|sampai|hingga|to|until|through)+ *(?:dengan )?(?:bulan )?")

# What stands beside a doubtful month when it is one.
_BESIDE = re.compile(
    r"(?:bulan|bln|tanggal|tgl|awal|akhir|pertengahan|tengah|sekitar|antara|atau|dan|sebelum|sesudah|habis|early|mid|late|"
    r"pada|di|by|untuk|umroh|paket|berangkat|tahun|next|pas|yang|dari|since|in|on|of|\d{1,2})[ ,/-]*$"
)
_AFTER = re.compile(r"[ ,/-]*(?:20\d\d|'?\d{2}\b|tahun|depan|ini|atau|dan|or|-|sampai|to\b|nanti)")
_OPENS = re.compile(r"(?:^|[,;.] *)$")
_CLOSES = re.compile(r" *(?:$|[,;.?/]|akhir|awal|sudah|masih|penuh)")
# "May I", "may we" and "jan larang tenan" are no months.
_NOT_A_MONTH = re.compile(
    r" +(?:saya|kami|i|we|boleh|allah|god|be|not|larang|mahal|murah|have|lupa|lupo|sampai)\b"
)
# A lone "may" is more often the English verb, a lone "sep" a hurried "sip".
_NEVER_ALONE = {"may", "sep"}
_FEW_WORDS = 3
_NEAR = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWords:
    """months in the order named, without repeats; year only if said; hijri as `hijri.py` spells it."""

    months: tuple[int, ...] = ()
    year: int | None = None
    hijri: str | None = None


def read_calendar(text: str, today: date | None = None) -> CalendarWords:
    """What a standard text says of months and years; today is only needed for "bulan depan".

    >>> read_calendar("maret atau april 2027").months
    (3, 4)
    """
    has_digit = _DIGIT.search(text) is not None
    found = sorted([*_named(text), *_numbered(text, has_digit=has_digit), *_coming(text, today)])
    if not found and "tahun" in text:
        found = list(_part_of_year(text))
    months = tuple(dict.fromkeys(month for _, month in found if 1 <= month <= 12))
    return CalendarWords(months=months, year=_year(text) if has_digit else None, hijri=read_hijri(text))


def _named(text: str) -> Iterator[tuple[int, int]]:
    """Place and number of each month called by name; "Januari sampai April" names the months between too."""
    if _MONTH_WORDS.isdisjoint(_WORD.findall(text)):
        return  # Most messages name no month, and looking for one's beginning at every letter is slow.
    found = list(_MONTH.finditer(text))
    are_sure = any(match.group(2) not in _DOUBTFUL for match in found)
    sure = [m for m in found if m.group(2) not in _DOUBTFUL or _is_month(text, m, beside_month=are_sure)]
    for match in sure:
        if not match.group(1):
            yield match.start(), MONTHS[match.group(2)]
    for left, right in pairwise(sure):
        if _UNTIL.fullmatch(text[left.end() : right.start()]) and not left.group(1):
            yield from (
                (left.end(), month) for month in _between(MONTHS[left.group(2)], MONTHS[right.group(2)])
            )


def _between(first: int, last: int) -> list[int]:
    return [(first + ahead - 1) % 12 + 1 for ahead in range(1, (last - first) % 12)]


def _is_month(text: str, match: re.Match[str], *, beside_month: bool) -> bool:
    before, after = (
        text[max(0, match.start() - _NEAR) : match.start()],
        text[match.end() : match.end() + _NEAR],
    )
    if _NOT_A_MONTH.match(after):
        return False
    if beside_month or _BESIDE.search(before) or _AFTER.match(after):
        return True
    # Alone between commas: "2 orang, mrt, budget 30"; or saying little else: "brosur mar dong".
    stands_alone = bool(_OPENS.search(before) and _CLOSES.match(after)) or len(text.split()) <= _FEW_WORDS
    return stands_alone and match.group(2) not in _NEVER_ALONE


def _numbered(text: str, *, has_digit: bool) -> Iterator[tuple[int, int]]:
    """ "Bulan 3", "bulan dua belas", "12/03/2027", "3/2027", "tanggal 5/6"."""
    for match in _NUMBERED.finditer(text) if "bulan" in text or "bln" in text else ():
        if not match.group(1):
            yield match.start(), read_number(match.group(2)) or 0
    if not has_digit:
        return
    for match in (
        *_NUMERIC_DATE.finditer(text),
        *_MONTH_OF_YEAR.finditer(text),
        *_SHORT_DATE.finditer(text),
    ):
        yield match.start(), int(match.group(1))


def _coming(text: str, today: date | None) -> Iterator[tuple[int, int]]:
    if today is not None and "depan" in text and (match := _NEXT_MONTH.search(text)):
        yield match.start(), today.month % 12 + 1


def _part_of_year(text: str) -> Iterator[tuple[int, int]]:
    match = _PART_OF_YEAR.search(text)
    if match and not match.group(1):
        yield from ((match.start(), month) for month in _PARTS.get(match.group(2), _MID_YEAR))


def _year(text: str) -> int | None:
    for match in _NUMERIC_DATE.finditer(text):
        if 1 <= int(match.group(1)) <= 12:
            return int(match.group(2)) % 100 + 2000
    if of_year := _MONTH_OF_YEAR.search(text):
        return int(of_year.group(2))
    said = _YEAR.search(text)
    return None if said is None else int(said.group(1) or 2000 + int(said.group(2)))
