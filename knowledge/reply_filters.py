"""What can a reply text do with a fact besides showing it? Amounts, days, words in a row; every filter is bounded.

    {{ package.price|rupiah }}            → Rp 25.000.000
    {{ package.departure_date|tanggal }}  → 15 Maret 2027
    {{ company.hours|jam }}               → Senin–Jumat 08.00–17.00, Sabtu 08.00–13.00 WIB

A filter given nothing gives nothing. One given the wrong kind of value raises TypeError, and the pack's own text is used instead.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from flows.domain import Language, WorkingFrame
from flows.wording import WEEKDAYS, day_words, enumerate_words, month_name, rupiah
from knowledge.language import read_language
from knowledge.reply_lists import (
    daftar,
    daftar_banding,
    daftar_butir,
    daftar_cocok,
    daftar_harga,
    daftar_hotel,
    daftar_jadwal,
    daftar_kursi,
    daftar_pesawat,
)
from knowledge.reply_words import MAX_ITEMS, counted, listed, say, typed

Filter = Callable[..., str | int]

QUOTE_LENGTH = 40  # What a customer typed is repeated no longer than this.
# Formatting signs, control characters, and the invisible ones that turn the reading direction around.
_MARKUP = re.compile(r"[*~`\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


def filters(language: Language, zone: tzinfo) -> dict[str, Filter]:
    """Every filter that a text in this language may use, by name; times are in the zone."""
    in_language: dict[str, Filter] = {
        name: partial(each, language=language) for name, each in _IN_LANGUAGE.items()
    }
    # partial() hides the mark that hands a filter the context, so it is put on here.
    in_context: dict[str, Filter] = {
        name: pass_context(partial(each, language=language)) for name, each in _IN_CONTEXT.items()
    }
    hours: Filter = partial(jam, language=language, zone_name=_zone_name(zone))
    return {**_PLAIN, **in_language, **in_context, "jam": hours}


def jumlah(value: object) -> int:
    """How many items a list has."""
    return len(typed(value, tuple, "jumlah")) if value else 0


def uang(value: object) -> str:
    """An amount as `Rp 25.000.000`."""
    return "" if value is None else rupiah(typed(value, int, "rupiah"))


def kutip(value: object) -> str:
    """What somebody typed, in quotation marks: one line, no formatting signs, at most 40 characters."""
    words = " ".join(_MARKUP.sub(" ", typed(value, str, "kutip")).split()) if value else ""
    short = words if len(words) <= QUOTE_LENGTH else words[: QUOTE_LENGTH - 1].rstrip() + "…"
    return f"“{short}”" if short else ""


def bahasa(value: object) -> str:
    """The language that a text of staff's is plainly written in: `id` or `en`, nothing where it cannot be told."""
    return (read_language(typed(value, str, "bahasa")) or "") if value else ""


def bullets(value: object, count: int = MAX_ITEMS) -> str:
    """A list of words as lines with a bullet, at most 12 of them or as many as given."""
    return "\n".join(f"• {item}" for item in listed(value, str, "bullets")[:count])


def tanggal(value: object, *, language: Language) -> str:
    """A day as `15 Maret 2027`."""
    return "" if value is None else day_words(typed(value, date, "tanggal"), language)


def bulan(value: object, *, language: Language) -> str:
    """The month of a day, or of a number from 1 to 12, as `Maret`."""
    if value is None:
        return ""
    number = value.month if isinstance(value, date) else typed(value, int, "bulan")
    if number not in range(1, 13):
        raise TypeError(f"the filter bulan cannot use {number}")
    return month_name(number, language)


def hari(value: object, *, language: Language) -> str:
    """A number of days as `9 hari`."""
    return "" if value is None else counted(typed(value, int, "hari"), "day", language)


def kursi(value: object, *, language: Language) -> str:
    """A number of seats as `5 kursi`."""
    return "" if value is None else counted(typed(value, int, "kursi"), "seat", language)


def orang(value: object, *, language: Language) -> str:
    """A number of people as `4 orang`."""
    return "" if value is None else counted(typed(value, int, "orang"), "person", language)


def sebut(context: Context, value: object, *, language: Language) -> str:
    """A package by its name, and as `paket ini` when the same message has named it before."""
    if not value:
        return ""
    if context.get("is_named"):
        return say("this", language)
    return f"*{typed(value, MappingProxyType, 'sebut')['name']}*"


def deret(value: object, count: int = MAX_ITEMS, *, language: Language) -> str:
    """A list of words in one line: `visa, tiket dan makan`; what is beyond the count is only counted."""
    words = listed(value, str, "deret")
    if len(words) > count + 1:
        words = (*words[:count], say("others", language, count=str(len(words) - count)))
    return enumerate_words(words, language)


def jam(value: object, *, language: Language, zone_name: str) -> str:
    """Working hours as `Senin–Jumat 08.00–17.00, Sabtu 08.00–13.00 WIB`."""
    return _hours(listed(value, WorkingFrame, "jam"), language, zone_name)


@lru_cache(maxsize=64)  # They change once a year, and every answer about the office tells them.
def _hours(frames: tuple[WorkingFrame, ...], language: Language, zone_name: str) -> str:
    times = _times_by_day(frames, language)
    runs: list[list[int]] = []
    for day, words in times.items():
        if runs and runs[-1][-1] == day - 1 and times[day - 1] == words:
            runs[-1].append(day)
        else:
            runs.append([day])
    spoken = ", ".join(f"{_days(run, language)} {times[run[0]]}" for run in runs)
    return f"{spoken} {zone_name}".strip() if spoken else ""


def _times_by_day(frames: tuple[WorkingFrame, ...], language: Language) -> dict[int, str]:
    times: dict[int, str] = {}
    for frame in sorted(frames, key=lambda frame: (frame.weekday, frame.opens)):
        stretch = f"{_clock(frame.opens, language)}–{_clock(frame.closes, language)}"
        times[frame.weekday] = f"{times[frame.weekday]} & {stretch}" if frame.weekday in times else stretch
    return times


def _days(run: list[int], language: Language) -> str:
    first, last = WEEKDAYS[language][run[0]], WEEKDAYS[language][run[-1]]
    return first if len(run) == 1 else f"{first}–{last}"


def _zone_name(zone: tzinfo) -> str:
    name = datetime(2027, 1, 1, tzinfo=zone).tzname() or ""  # Any day: Indonesia's zones know no summer time.
    return f"GMT{name}" if name[:1] in ("+", "-") else name


def _clock(minutes: int, language: Language) -> str:
    return f"{minutes // 60:02}{'.' if language == 'id' else ':'}{minutes % 60:02}"


_PLAIN: dict[str, Filter] = {
    "rupiah": uang,
    "kutip": kutip,
    "bullets": bullets,
    "jumlah": jumlah,
    "bahasa": bahasa,
}
_IN_LANGUAGE: dict[str, Filter] = {
    each.__name__: each
    for each in (
        *(tanggal, bulan, hari, kursi, orang, deret),
        *(daftar, daftar_banding, daftar_butir, daftar_harga, daftar_jadwal),
        *(daftar_kursi, daftar_hotel, daftar_pesawat),
    )
}
_IN_CONTEXT: dict[str, Filter] = {"sebut": sebut, "daftar_cocok": daftar_cocok}
_DESCRIBED: dict[str, Callable[..., Any]] = {  # Any: filters differ in what they are given.
    **_PLAIN,
    **_IN_LANGUAGE,
    **_IN_CONTEXT,
    "jam": jam,
}

# What each filter does, in a sentence, for whoever writes texts; the names are all there are.
FILTERS: Mapping[str, str] = {name: each.__doc__ or "" for name, each in sorted(_DESCRIBED.items())}
# The filters that take a number, from 1 to MAX_ITEMS.
WITH_COUNT = frozenset({"bullets", "deret"})
