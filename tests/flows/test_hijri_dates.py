"""Dates known from the calendar on the wall, and wishes by Hijri month that no package's name holds."""

from datetime import date

import pytest

from flows.domain import Preference
from flows.hijri_dates import hijri_month
from flows.packages import matching
from tests.flows.situations import ALL, HEMAT, RAMADHAN, VIP


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2024, 3, 12), "ramadhan"),
        (date(2024, 4, 10), "syawal"),
        (date(2025, 3, 1), "ramadhan"),
        (date(2025, 6, 27), "muharram"),
        (date(2026, 5, 27), "dzulhijjah"),
        (date(2027, 2, 7), "syaban"),
        (date(2027, 2, 9), "ramadhan"),
        (date(2027, 3, 10), "syawal"),
    ],
)
def test_a_day_falls_into_its_hijri_month(day: date, month: str) -> None:
    assert hijri_month(day) == month


def test_what_leaves_in_the_month_fits_whatever_it_is_called() -> None:
    assert matching(Preference(hijri="syawal"), ALL) == (HEMAT, VIP)
    assert matching(Preference(hijri="ramadhan"), ALL) == (RAMADHAN,)
