"""How do packages stand in a chat message as a list? One filter for each question that a list answers.

    {{ packages|daftar }}        → 1. *Umroh Maret 2027 Hemat* — Rp 25.000.000, 15 Maret 2027, 9 hari
    {{ packages|daftar_kursi }}  → 1. *Umroh Maret 2027 Hemat* — sisa 5 kursi

Numbered where the customer may answer with a number, with bullets where a number would mean something else.
"""

from jinja2.runtime import Context

from flows.domain import Language, Package
from flows.wording import day_words, rupiah
from knowledge.reply_words import MAX_ITEMS, counted, has_saying, listed, say

FEATURES_BESIDE = 4  # Of each package in a comparison; its whole list comes with its details.


def numbered(lines: list[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _about(package: Package, language: Language) -> str:
    """Price, day and length, as far as they are known."""
    known = [rupiah(package.price)]
    if package.departure_date is not None:
        known.append(day_words(package.departure_date, language))
    if package.duration_days is not None:
        known.append(counted(package.duration_days, "day", language))
    return ", ".join(known)


def _line(package: Package, language: Language) -> str:
    return f"*{package.name}* — {_about(package, language)}"


def _price_line(package: Package, language: Language) -> str:
    day = package.departure_date
    when = "" if day is None else f" ({day_words(day, language)})"
    return f"*{package.name}* — {rupiah(package.price)}{when}"


def _schedule_line(package: Package, language: Language) -> str:
    day = package.departure_date
    when = say("no_date", language) if day is None else day_words(day, language)
    days = package.duration_days
    length = "" if days is None else f", {counted(days, 'day', language)}"
    return f"*{package.name}* — {when}{length}"


def _quota_line(package: Package, language: Language) -> str:
    left = package.quota_left
    if left is None:
        return f"*{package.name}* — {say('available', language)}"
    seats = say("seats_left", language, seats=counted(left, "seat", language))
    return f"*{package.name}* — {seats}"


def _hotel_line(package: Package, language: Language) -> str:
    hotels = "".join(
        f"\n   {city}: {hotel}"
        for city, hotel in (("Makkah", package.hotel_makkah), ("Madinah", package.hotel_madinah))
        if hotel
    )
    return f"*{package.name}*{hotels or ' — ' + say('no_hotel', language)}"


def _flight_line(package: Package, language: Language) -> str:
    return f"*{package.name}* — {package.airline or say('no_airline', language)}"


def _packages(value: object, name: str) -> tuple[Package, ...]:
    return listed(value, Package, name)[:MAX_ITEMS]


def daftar(value: object, *, language: Language) -> str:
    """Packages as a numbered list with price, day and length."""
    return numbered([_line(package, language) for package in _packages(value, "daftar")])


def daftar_butir(value: object, *, language: Language) -> str:
    """Packages as `daftar`, with bullets instead of numbers: where no number is asked for."""
    return "\n".join(f"• {_line(package, language)}" for package in _packages(value, "daftar_butir"))


def daftar_harga(value: object, *, language: Language) -> str:
    """Packages as a numbered list of prices."""
    return numbered([_price_line(package, language) for package in _packages(value, "daftar_harga")])


def daftar_jadwal(value: object, *, language: Language) -> str:
    """Packages as a numbered list of departures."""
    return numbered([_schedule_line(package, language) for package in _packages(value, "daftar_jadwal")])


def daftar_kursi(value: object, *, language: Language) -> str:
    """Packages as a numbered list of seats left."""
    return numbered([_quota_line(package, language) for package in _packages(value, "daftar_kursi")])


def daftar_hotel(value: object, *, language: Language) -> str:
    """Packages as a numbered list of hotels."""
    return numbered([_hotel_line(package, language) for package in _packages(value, "daftar_hotel")])


def daftar_pesawat(value: object, *, language: Language) -> str:
    """Packages as a numbered list of airlines."""
    return numbered([_flight_line(package, language) for package in _packages(value, "daftar_pesawat")])


def daftar_banding(value: object, *, language: Language) -> str:
    """Packages as `daftar`, each with what tells it apart: hotels, flight, what is special about it."""
    return numbered([_beside_line(package, language) for package in _packages(value, "daftar_banding")])


def _beside_line(package: Package, language: Language) -> str:
    hotels = [
        f"{city}: {hotel}"
        for city, hotel in (("Makkah", package.hotel_makkah), ("Madinah", package.hotel_madinah))
        if hotel
    ]
    special = ", ".join(package.features[:FEATURES_BESIDE])
    return "\n   ".join(filter(None, (_line(package, language), *hotels, package.airline, special)))


def daftar_cocok(context: Context, value: object, *, language: Language) -> str:
    """Packages as `daftar`, each with how it meets the number of people and the budget that the customer told, and why it is advised."""
    pax, budget = context.get("pax"), context.get("budget")
    why = listed(context.get("reasons") or (), str, "daftar_cocok")
    lines = []
    for at, package in enumerate(_packages(value, "daftar_cocok")):
        told = _told(why[at] if at < len(why) else "", language)
        reasons = ", ".join([*_reasons(package, pax, budget, language), *told])
        lines.append(
            _line(package, language) + (f"\n   {reasons[:1].upper()}{reasons[1:]}" if reasons else "")
        )
    return numbered(lines)


def _told(why: str, language: Language) -> list[str]:
    """What the rules call `usual_price together`, in the customer's words."""
    return [say(saying, language) for word in why.split() if has_saying(saying := f"because_{word}")]


def _reasons(package: Package, pax: object, budget: object, language: Language) -> list[str]:
    reasons = []
    if isinstance(budget, int):
        over = package.price - budget
        amounts = {"budget": rupiah(budget), "over": rupiah(over)}
        saying = "over_budget" if over > 0 else "in_budget"
        reasons.append(
            say(f"{saying}_each" if isinstance(pax, int) and pax > 1 else saying, language, **amounts)
        )
    if isinstance(pax, int) and package.quota_left is not None:
        words = {
            "seats": counted(package.quota_left, "seat", language),
            "people": counted(pax, "person", language),
        }
        reasons.append(say("enough" if package.quota_left >= pax else "too_few", language, **words))
    return reasons
