"""Is a human there now, and if not, when will one answer? So that the customer is never promised what nobody keeps.

    Customer (Saturday night): saya mau daftar
    Bot: ... Tim kami akan menjawab lusa (Senin) pukul 08.00 WIB.

A frame belongs to the day on which it opens; one that closes at or before its opening runs past midnight. A holiday takes away the
frames that open on it. Holidays are looked up by the caller; nothing here knows a calendar or a clock.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from flows.domain import Language, WorkingFrame
from flows.wording import clock_words, day_words, short_day_words, weekday_name

MINUTES_A_DAY = 24 * 60
# The longest closure of the year, Lebaran with its collective leave, is about two weeks. Whoever does not open within two months
# has hours that cannot be right, and nothing is promised on them.
HORIZON_DAYS = 60
NO_HOLIDAYS: frozenset[date] = frozenset()

_TODAY: dict[Language, str] = {"id": "hari ini", "en": "today"}
_TOMORROW: dict[Language, str] = {"id": "besok", "en": "tomorrow"}
_AFTER_TOMORROW: dict[Language, str] = {"id": "lusa", "en": "the day after tomorrow"}
_ON: dict[Language, str] = {"id": "hari", "en": "on"}
_AT: dict[Language, str] = {"id": "pukul", "en": "at"}


def is_open(
    hours: Collection[WorkingFrame], local: datetime, holidays: Collection[date] = NO_HOLIDAYS
) -> bool:
    """Whether staff answer at this local moment. False without hours: unknown is not open."""
    yesterday = local.date() - timedelta(days=1)
    near = (
        stretch for day in (yesterday, local.date()) for stretch in _stretches(hours, day, local, holidays)
    )
    return any(opens <= local < closes for opens, closes in near)


def next_opening(
    hours: Collection[WorkingFrame], local: datetime, holidays: Collection[date] = NO_HOLIDAYS
) -> datetime | None:
    """The first opening after this local moment, in the same zone; None when there is none within two months."""
    for ahead in range(HORIZON_DAYS + 1):
        day = local.date() + timedelta(days=ahead)
        later = [opens for opens, _ in _stretches(hours, day, local, holidays) if opens > local]
        if later:
            return min(later)
    return None


def answer_time_words(
    hours: Collection[WorkingFrame],
    local: datetime,
    holidays: Collection[date] = NO_HOLIDAYS,
    language: Language = "id",
) -> str | None:
    """When a human will answer, as the customer reads it: `besok (Senin) pukul 08.00 WIB`.

    None means that there is nothing to tell: staff are there now, or the hours are not known and nothing may be promised.
    """
    if is_open(hours, local, holidays):
        return None
    opening = next_opening(hours, local, holidays)
    return None if opening is None else opening_words(opening, local.date(), language)


def opening_words(opening: datetime, today: date, language: Language) -> str:
    """An opening as seen from today; only days further off than the day after tomorrow need their date."""
    return f"{_day(opening.date(), today, language)} {_AT[language]} {clock_words(opening, language)}"


def _day(day: date, today: date, language: Language) -> str:
    weekday = weekday_name(day, language)
    match (day - today).days:
        case 0:
            return _TODAY[language]
        case 1:
            return f"{_TOMORROW[language]} ({weekday})"
        case 2:
            return f"{_AFTER_TOMORROW[language]} ({weekday})"
    written = short_day_words(day, language) if day.year == today.year else day_words(day, language)
    return f"{_ON[language]} {weekday}, {written},"


def _stretches(
    hours: Collection[WorkingFrame], day: date, local: datetime, holidays: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    """The frames that open on this day, as moments in the zone of `local`."""
    if day in holidays:
        return
    midnight = datetime.combine(day, time(), local.tzinfo)
    for frame in hours:
        if frame.weekday == day.weekday():
            closes = frame.closes if frame.closes > frame.opens else frame.closes + MINUTES_A_DAY
            yield midnight + timedelta(minutes=frame.opens), midnight + timedelta(minutes=closes)
