"""How are amounts, days and times written for people, in Indonesian and in English? Words only, no rule of the business."""

from datetime import date, datetime

from flows.domain import Language

WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: dict[Language, tuple[str, ...]] = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_AND: dict[Language, str] = {"id": "dan", "en": "and"}


def rupiah(amount: int) -> str:
    """`Rp 25.000.000`, the same in both languages because the money is Indonesian."""
    return "Rp " + f"{amount:,}".replace(",", ".")


def weekday_name(day: date, language: Language) -> str:
    return WEEKDAYS[language][day.weekday()]


def month_name(month: int, language: Language) -> str:
    """The name of month 1 to 12."""
    return MONTHS[language][month - 1]


def day_words(day: date, language: Language) -> str:
    """`15 Maret 2027`; the order is the same in both languages."""
    return f"{short_day_words(day, language)} {day.year}"


def short_day_words(day: date, language: Language) -> str:
    """`15 Maret`, for days whose year nobody doubts."""
    return f"{day.day} {month_name(day.month, language)}"


def clock_words(local: datetime, language: Language) -> str:
    """`08.00 WIB` or `08:00 WIB`: hours, minutes and the zone's own short name."""
    zone = local.tzname() or ""
    # Zones without a name of their own call themselves "+08"; "GMT+08" is what people recognise.
    zone = f"GMT{zone}" if zone[:1] in ("+", "-") else zone
    return f"{local:{'%H.%M' if language == 'id' else '%H:%M'}} {zone}".strip()


def moment_words(local: datetime) -> str:
    """`21 Nov 14.05 WIB`, short enough for a list that staff read."""
    return f"{local.day} {month_name(local.month, 'id')[:3]} {clock_words(local, 'id')}"


def list_moment_words(local: datetime, today: date, language: Language) -> str:
    """`14.05` today, `Sen 21 Nov 14.05` this year, `21 Nov 2025` before: as much as a reader of a list needs."""
    clock = f"{local:{'%H.%M' if language == 'id' else '%H:%M'}}"
    month = month_name(local.month, language)[:3]
    if local.date() == today:
        return clock
    if local.year != today.year:
        return f"{local.day} {month} {local.year}"
    return f"{weekday_name(local, language)[:3]} {local.day} {month} {clock}"


def list_day_words(day: date, language: Language) -> str:
    """`Sen 21 Nov 2027`."""
    return f"{weekday_name(day, language)[:3]} {day.day} {month_name(day.month, language)[:3]} {day.year}"


def phone_words(phone: str) -> str:
    """`6281234567890` as `+62 812-3456-7890`; what is masked or foreign stays as it is."""
    if not phone.isascii() or not phone.isdigit() or not phone.startswith("62"):
        return phone
    rest = phone[2:]
    parts = [rest[:3], *(rest[at : at + 4] for at in range(3, len(rest), 4))]
    return f"+62 {'-'.join(part for part in parts if part)}"


def enumerate_words(words: tuple[str, ...], language: Language) -> str:
    """`a`, `a dan b`, `a, b dan c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {_AND[language]} {words[-1]}"
