"""How people read times and numbers."""

from datetime import UTC, date, datetime

import pytest

from flows.wording import list_day_words, list_moment_words, phone_words

TODAY = date(2027, 3, 15)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        pytest.param(datetime(2027, 3, 15, 14, 5, tzinfo=UTC), "14.05", id="today the clock is enough"),
        pytest.param(
            datetime(2027, 3, 1, 9, 0, tzinfo=UTC), "Sen 1 Mar 09.00", id="this year, weekday and clock"
        ),
        pytest.param(datetime(2026, 11, 21, 9, 0, tzinfo=UTC), "21 Nov 2026", id="another year, no clock"),
    ],
)
def test_a_moment_in_a_list_is_as_long_as_it_must_be(moment: datetime, words: str) -> None:
    assert list_moment_words(moment, TODAY, "id") == words


def test_a_day_names_its_weekday() -> None:
    assert list_day_words(TODAY, "id") == "Sen 15 Mar 2027"
    assert list_day_words(TODAY, "en") == "Mon 15 Mar 2027"


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        ("6281234567890", "+62 812-3456-7890"),
        ("62812345678", "+62 812-3456-78"),
        ("●●●●●●●●●●890", "●●●●●●●●●●890"),
        ("60123456789", "60123456789"),
    ],
)
def test_a_number_reads_as_people_write_it(phone: str, words: str) -> None:
    assert phone_words(phone) == words
