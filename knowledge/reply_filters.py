"""What can a reply text do with a fact besides showing it? Amounts, dates, lists of packages; every filter is bounded.

    {{ package.price|rupiah }}         → Rp 25.000.000
    {{ package.departure_date|tanggal }} → 15 Maret 2027
    {{ packages|daftar }}              → 1. *Umroh Maret 2027 Hemat* — Rp 25.000.000, 15 Maret 2027, 9 hari

A filter given nothing gives nothing. One given the wrong kind of value raises TypeError, and the pack's own text is used instead.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any, TypeVar

from jinja2 import pass_context
from jinja2.runtime import Context

from flows.domain import Language, Package, WorkingFrame
from flows.wording import WEEKDAYS, day_words, enumerate_words, month_name, rupiah

Filter = Callable[..., str | int]
T = TypeVar("T")

MAX_ITEMS = 12  # Lines of one list in a chat message; more are a wall.
QUOTE_LENGTH = 40  # What a customer typed is repeated no longer than this.
MARKUP = re.compile(r"[*~`\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")

_WORDS: dict[str, dict[Language, tuple[str, str]]] = {
    "day": {"id": ("hari", "hari"), "en": ("day", "days")},
    "seat": {"id": ("kursi", "kursi"), "en": ("seat", "seats")},
    "person": {"id": ("orang", "orang"), "en": ("person", "people")},
}
_SAYINGS: dict[str, dict[Language, str]] = {
    "seats_left": {"id": "sisa {seats}", "en": "{seats} left"},
    "available": {"id": "masih tersedia", "en": "still available"},
    "no_hotel": {"id": "belum ada keterangan hotel", "en": "no hotel given yet"},
    "no_airline": {"id": "belum ada keterangan maskapai", "en": "no airline given yet"},
    "no_date": {"id": "tanggal belum ditentukan", "en": "date not set yet"},
    "in_budget": {"id": "sesuai budget {budget}", "en": "within the budget of {budget}"},
    "over_budget": {"id": "{over} di atas budget", "en": "{over} above the budget"},
    "enough": {"id": "{seats} cukup untuk {people}", "en": "{seats} left, enough for {people}"},
    "too_few": {"id": "sisa {seats}, belum cukup untuk {people}", "en": "{seats} left, too few for {people}"},
    "others": {"id": "{count} lainnya", "en": "{count} more"},
}


def filters(language: Language, zone: tzinfo) -> dict[str, Filter]:
    """Every filter that a text in this language may use, by name; times are in the zone."""
    in_language: dict[str, Filter] = {
        name: partial(each, language=language) for name, each in _IN_LANGUAGE.items()
    }
    zone_name = datetime(2027, 1, 1, tzinfo=zone).tzname() or ""
    # partial() hides the mark that hands a filter the context, so it is put on again.
    with_wishes: Filter = pass_context(partial(_daftar_cocok, language=language))
    hours: Filter = partial(jam, language=language, zone_name=zone_name)
    return {**_PLAIN, **in_language, "jam": hours, "daftar_cocok": with_wishes}


def _typed(value: object, kind: type[T], name: str) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"the filter {name} cannot use {type(value).__name__}")
    return value


def _listed(value: object, kind: type[T], name: str) -> tuple[T, ...]:
    return tuple(_typed(item, kind, name) for item in _typed(value, tuple, name)) if value else ()


def _counted(count: int, word: str, language: Language) -> str:
    return f"{count} {_WORDS[word][language][count != 1]}"


def _say(saying: str, language: Language, **words: str) -> str:
    return _SAYINGS[saying][language].format(**words)


def jumlah(value: object) -> int:
    """How many items a list has."""
    return len(_typed(value, tuple, "jumlah")) if value else 0


def uang(value: object) -> str:
    """An amount as `Rp 25.000.000`."""
    return "" if value is None else rupiah(_typed(value, int, "rupiah"))


def kutip(value: object) -> str:
    """What somebody typed, in quotation marks: one line, no formatting signs, at most 40 characters."""
    words = " ".join(MARKUP.sub(" ", _typed(value, str, "kutip")).split()) if value else ""
    short = words if len(words) <= QUOTE_LENGTH else words[: QUOTE_LENGTH - 1].rstrip() + "…"
    return f"“{short}”" if short else ""


def bullets(value: object, count: int = MAX_ITEMS) -> str:
    """A list of words as lines with a bullet, at most 12 of them or as many as given."""
    return "\n".join(f"• {item}" for item in _listed(value, str, "bullets")[:count])


def tanggal(value: object, *, language: Language) -> str:
    """A day as `15 Maret 2027`."""
    return "" if value is None else day_words(_typed(value, date, "tanggal"), language)


def bulan(value: object, *, language: Language) -> str:
    """The month of a day, or of a number from 1 to 12, as `Maret`."""
    if value is None:
        return ""
    number = value.month if isinstance(value, date) else _typed(value, int, "bulan")
    if number not in range(1, 13):
        raise TypeError(f"the filter bulan cannot use {number}")
    return month_name(number, language)


def hari(value: object, *, language: Language) -> str:
    """A number of days as `9 hari`."""
    return "" if value is None else _counted(_typed(value, int, "hari"), "day", language)


def kursi(value: object, *, language: Language) -> str:
    """A number of seats as `5 kursi`."""
    return "" if value is None else _counted(_typed(value, int, "kursi"), "seat", language)


def orang(value: object, *, language: Language) -> str:
    """A number of people as `4 orang`."""
    return "" if value is None else _counted(_typed(value, int, "orang"), "person", language)


def deret(value: object, count: int = MAX_ITEMS, *, language: Language) -> str:
    """A list of words in one line: `visa, tiket dan makan`; what is beyond the count is only counted."""
    words = _listed(value, str, "deret")
    if len(words) > count + 1:
        words = (*words[:count], _say("others", language, count=str(len(words) - count)))
    return enumerate_words(words, language)


def _numbered(lines: list[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _about(package: Package, language: Language) -> str:
    """Price, day and length, as far as they are known."""
    known = [rupiah(package.price)]
    if package.departure_date is not None:
        known.append(day_words(package.departure_date, language))
    if package.duration_days is not None:
        known.append(_counted(package.duration_days, "day", language))
    return ", ".join(known)


def _line(package: Package, language: Language) -> str:
    return f"*{package.name}* — {_about(package, language)}"


def _price_line(package: Package, language: Language) -> str:
    day = package.departure_date
    when = "" if day is None else f" ({day_words(day, language)})"
    return f"*{package.name}* — {rupiah(package.price)}{when}"


def _schedule_line(package: Package, language: Language) -> str:
    day = package.departure_date
    when = _say("no_date", language) if day is None else day_words(day, language)
    days = package.duration_days
    length = "" if days is None else f", {_counted(days, 'day', language)}"
    return f"*{package.name}* — {when}{length}"


def _quota_line(package: Package, language: Language) -> str:
    left = package.quota_left
    if left is None:
        return f"*{package.name}* — {_say('available', language)}"
    seats = _say("seats_left", language, seats=_counted(left, "seat", language))
    return f"*{package.name}* — {seats}"


def _hotel_line(package: Package, language: Language) -> str:
    hotels = [
        f"{city}: {hotel}"
        for city, hotel in (("Makkah", package.hotel_makkah), ("Madinah", package.hotel_madinah))
        if hotel
    ]
    return f"*{package.name}* — {' · '.join(hotels) or _say('no_hotel', language)}"


def _flight_line(package: Package, language: Language) -> str:
    return f"*{package.name}* — {package.airline or _say('no_airline', language)}"


def _packages(value: object, name: str) -> tuple[Package, ...]:
    return _listed(value, Package, name)[:MAX_ITEMS]


def daftar(value: object, *, language: Language) -> str:
    """Packages as a numbered list with price, day and length."""
    return _numbered([_line(package, language) for package in _packages(value, "daftar")])


def daftar_butir(value: object, *, language: Language) -> str:
    """Packages as `daftar`, with bullets instead of numbers: where no number is asked for."""
    return "\n".join(f"• {_line(package, language)}" for package in _packages(value, "daftar_butir"))


def daftar_harga(value: object, *, language: Language) -> str:
    """Packages as a numbered list of prices."""
    return _numbered([_price_line(package, language) for package in _packages(value, "daftar_harga")])


def daftar_jadwal(value: object, *, language: Language) -> str:
    """Packages as a numbered list of departures."""
    return _numbered([_schedule_line(package, language) for package in _packages(value, "daftar_jadwal")])


def daftar_kursi(value: object, *, language: Language) -> str:
    """Packages as a numbered list of seats left."""
    return _numbered([_quota_line(package, language) for package in _packages(value, "daftar_kursi")])


def daftar_hotel(value: object, *, language: Language) -> str:
    """Packages as a numbered list of hotels."""
    return _numbered([_hotel_line(package, language) for package in _packages(value, "daftar_hotel")])


def daftar_pesawat(value: object, *, language: Language) -> str:
    """Packages as a numbered list of airlines."""
    return _numbered([_flight_line(package, language) for package in _packages(value, "daftar_pesawat")])


def _daftar_cocok(context: Context, value: object, *, language: Language) -> str:
    """Packages as `daftar`, each with how it meets the number of people and the budget that the customer told."""
    pax, budget = context.get("pax"), context.get("budget")
    lines = []
    for package in _packages(value, "daftar_cocok"):
        reasons = ", ".join(_reasons(package, pax, budget, language))
        lines.append(
            _line(package, language) + (f"\n   {reasons[:1].upper()}{reasons[1:]}" if reasons else "")
        )
    return _numbered(lines)


def _reasons(package: Package, pax: object, budget: object, language: Language) -> list[str]:
    reasons = []
    if isinstance(budget, int):
        over = package.price - budget
        amounts = {"budget": rupiah(budget), "over": rupiah(over)}
        reasons.append(_say("over_budget" if over > 0 else "in_budget", language, **amounts))
    if isinstance(pax, int) and package.quota_left is not None:
        words = {
            "seats": _counted(package.quota_left, "seat", language),
            "people": _counted(pax, "person", language),
        }
        reasons.append(_say("enough" if package.quota_left >= pax else "too_few", language, **words))
    return reasons


def jam(value: object, *, language: Language, zone_name: str) -> str:
    """Working hours as `Senin–Jumat 08.00–17.00, Sabtu 08.00–13.00 WIB`."""
    frames = _listed(value, WorkingFrame, "jam")
    by_day: dict[int, str] = {}
    for frame in sorted(frames, key=lambda frame: (frame.weekday, frame.opens)):
        stretch = f"{_clock(frame.opens, language)}–{_clock(frame.closes, language)}"
        by_day[frame.weekday] = f"{by_day[frame.weekday]} & {stretch}" if frame.weekday in by_day else stretch
    runs: list[list[int]] = []
    for day, stretch in by_day.items():
        if runs and runs[-1][-1] == day - 1 and by_day[day - 1] == stretch:
            runs[-1].append(day)
        else:
            runs.append([day])
    zone_name = f"GMT{zone_name}" if zone_name[:1] in ("+", "-") else zone_name
    words = ", ".join(f"{_days(run, language)} {by_day[run[0]]}" for run in runs)
    return f"{words} {zone_name}".strip() if words else ""


def _days(run: list[int], language: Language) -> str:
    names = WEEKDAYS[language]
    if len(run) == 1:
        return names[run[0]]
    return f"{names[run[0]]}–{names[run[-1]]}"


def _clock(minutes: int, language: Language) -> str:
    return f"{minutes // 60:02}{'.' if language == 'id' else ':'}{minutes % 60:02}"


_PLAIN: dict[str, Filter] = {"rupiah": uang, "kutip": kutip, "bullets": bullets, "jumlah": jumlah}
_IN_LANGUAGE: dict[str, Filter] = {
    each.__name__: each
    for each in (
        *(tanggal, bulan, hari, kursi, orang, deret),
        *(daftar, daftar_butir, daftar_harga, daftar_jadwal, daftar_kursi, daftar_hotel, daftar_pesawat),
    )
}
_DESCRIBED: dict[str, Callable[..., Any]] = {  # Any: filters differ in what they are given.
    **_PLAIN,
    **_IN_LANGUAGE,
    "daftar_cocok": _daftar_cocok,
    "jam": jam,
}

# What each filter does, in a sentence, for whoever writes texts; the names are all there are.
FILTERS: Mapping[str, str] = {name: each.__doc__ or "" for name, each in sorted(_DESCRIBED.items())}
# The filters that take a number, from 1 to MAX_ITEMS.
WITH_COUNT = frozenset({"bullets", "deret"})
