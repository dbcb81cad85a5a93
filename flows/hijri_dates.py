"""Which month of the Islamic calendar does a date fall into? By the tabular calendar, which differs from what is sighted by a day at most.

Budi: habis lebaran ada?   → what leaves in Syawal, whatever the package is called
"""

from datetime import date

HIJRI_MONTHS = (
    *("muharram", "safar", "rabiul awal", "rabiul akhir", "jumadil awal", "jumadil akhir"),
    *("rajab", "syaban", "ramadhan", "syawal", "dzulqaidah", "dzulhijjah"),
)
# 30 tabular years hold 11 leap days; the calendar begins on 19 July 622 (proleptic Gregorian).
_EPOCH = date(622, 7, 19).toordinal()
_DAYS_OF_CYCLE, _YEARS_OF_CYCLE = 10_631, 30


def hijri_month(day: date) -> str:
    """The month's name, spelled as wishes spell it.

    >>> hijri_month(date(2027, 2, 20)), hijri_month(date(2027, 3, 15))
    ('ramadhan', 'syawal')
    """
    days = day.toordinal() - _EPOCH
    year = (_YEARS_OF_CYCLE * days + 10_646) // _DAYS_OF_CYCLE
    of_year = days - _first_day(year)
    return HIJRI_MONTHS[min(of_year * 2 // 59, len(HIJRI_MONTHS) - 1)]


def _first_day(year: int) -> int:
    """How many days after the epoch a year begins."""
    return (year - 1) * 354 + (3 + 11 * year) // _YEARS_OF_CYCLE
