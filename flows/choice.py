"""Which package is meant: by code, by number or end of the list we offered, by its name, or because only one fits what was said."""

import re
from datetime import date

from flows.decision import Awaiting, Shelf, Situation
from flows.domain import CodeMention, Heard, Package, Preference
from flows.packages import matching, on_sale

ORDINALS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            ("pertama", "kesatu", "first", "siji", "paling atas"),
            ("kedua", "second", "kaping loro"),
            ("ketiga", "third", "katelu"),
            ("keempat", "fourth"),
            ("kelima", "fifth"),
            ("keenam", "sixth"),
        ),
        start=1,
    )
    for word in words
}
LAST = frozenset({"terakhir", "last", "paling bawah"})
# "no 2", "yang nomor 3", "pilih 1", "opsi 2": a number that points into a list, in a short message.
POINTED = re.compile(
    r"\b(?:no|nomor|nomer|number|pilih|pilihan|opsi|option|paket|yang|yg)\.?\s*(?:ke-?\s*)?(\d)\b"
)
_APART = re.compile(r"\bke[ -](?=(?:satu|dua|tiga|empat|lima|enam)\b)")  # "Yang ke dua" is "yang kedua".
# "Selain hemat ada apa lagi?" names a package in order to leave it.
SET_ASIDE = re.compile(
    r"\b(?:selain|kecuali|bukan yang|jangan yang|other than|besides|except|apart from)\b", re.IGNORECASE
)
# "Yang paling murah aja", "the earliest one": an end of the list, by what its packages differ in. "Hotel yang paling dekat" is none.
CHEAPEST = re.compile(
    r"\b(?:paling (?:murah|murce|mirah|hemat|ekonomis|ringan)|termurah|terhemat|(?:yang|yg|nu|sing|nan) (?:murah|murce|mirah)|cheapest)\b"
)
SOONEST = re.compile(
    r"\b(?:paling (?:cepat|cepet|awal)|tercepat|paling dekat (?:tanggal|jadwal|waktu)\w*|soonest|earliest)\b"
)
DEAREST = re.compile(r"\b(?:paling (?:mahal|mewah)|termahal|termewah|most (?:expensive|luxurious))\b")
# Words that call no goods in particular.
OF_ANYTHING = frozenset({"paket", "produk", "program", "package", "product"})
SHORT = 6  # Words; a longer message with a number in it is not pointing at a list.


def first_known(heard: tuple[Heard, ...]) -> CodeMention | None:
    """The first campaign code that we know, over all messages of the turn."""
    return next((code for item in heard for code in item.meaning.codes if code.canonical), None)


def first_unknown(heard: tuple[Heard, ...]) -> CodeMention | None:
    return next((code for item in heard for code in item.meaning.codes if not code.canonical), None)


def pointed_at(awaiting: Awaiting | None, text: str, number: int | None) -> str | None:
    """The option that "2", "nomor 2", "yang kedua" or "yang terakhir" points at; None when nothing was offered or meant."""
    if awaiting is None or not awaiting.options:
        return None
    if awaiting.kind == "list" and text.strip().isdigit():
        return None  # Long after the list a bare number may mean anything; "nomor 2" still points.
    if awaiting.kind == "preference":
        number = None  # A bare number says how many people.
    index = number if number is not None else _spoken_number(text.lower(), len(awaiting.options))
    return awaiting.options[index - 1] if index and 1 <= index <= len(awaiting.options) else None


def is_cheapest_meant(text: str) -> bool:
    return CHEAPEST.search(text.lower()) is not None


def is_soonest_meant(text: str) -> bool:
    return SOONEST.search(text.lower()) is not None


def of_the_kind(packages: tuple[Package, ...], text: str, plans_trips: bool) -> tuple[Package, ...]:
    """Among which the cheapest is to be found: all trips, but of goods only what the text calls by a word of its name ("laptop")."""
    return packages if plans_trips else called(packages, text)


def called(packages: tuple[Package, ...], text: str) -> tuple[Package, ...]:
    """The goods that the text calls by a word of their names: "mau buka tabungan" calls three, "paket apa saja" none."""
    words = set(re.findall(r"[^\W\d_]{4,}", text.lower())) - OF_ANYTHING
    return tuple(package for package in packages if words & set(package.name.lower().split()))


def names_an_end(text: str) -> bool:
    """Whether a short text calls for the cheapest, the dearest or the soonest of something."""
    said = text.lower()
    is_short = len(said.split()) <= SHORT
    return is_short and any(end.search(said) for end in (CHEAPEST, DEAREST, SOONEST))


def at_an_end(offered: tuple[Package, ...], text: str) -> Package | None:
    """The package at the end of these that a short "yang paling murah aja" means; None where there is no choice or no such word."""
    said = text.lower()
    if len(offered) < 2 or not names_an_end(said):
        return None
    if is_cheapest_meant(said):
        return min(offered, key=lambda package: package.price)
    if DEAREST.search(said):
        return max(offered, key=lambda package: package.price)
    return min(offered, key=lambda package: (package.departure_date or date.max, package.price))


def _spoken_number(text: str, count: int) -> int | None:
    if len(text.split()) > SHORT:
        return None
    text = _APART.sub("ke", text)
    if any(word in text for word in LAST):
        return count
    for word, number in ORDINALS.items():
        if re.search(rf"\b{word}\b", text):
            return number
    pointed = POINTED.search(text)
    return int(pointed.group(1)) if pointed else None


def named(situation: Situation) -> tuple[Package, ...]:
    """The packages that the messages call by name, in the shelf's order; names that fit several are left to the list."""
    codes = {
        code
        for item in situation.heard
        if item.meaning.named_packages and not SET_ASIDE.search(item.meaning.text)
        for code in item.meaning.named_packages
    }
    return tuple(p for p in situation.shelf.packages if p.code in codes)


def singled_out(preference: Preference, shelf: Shelf, situation: Situation) -> Package | None:
    """The one open package that fits a month that was just named; None when none or several do."""
    if not (preference.months or preference.hijri):
        return None
    only_when = Preference(months=preference.months, year=preference.year, hijri=preference.hijri)
    fitting = matching(only_when, on_sale(shelf, situation.today))
    return fitting[0] if len(fitting) == 1 else None
