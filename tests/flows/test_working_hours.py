"""Who is told what about the hours of humans: tables of hours, moments and promises."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from flows.domain import Language, WorkingFrame
from flows.working_hours import answer_time_words, is_open, next_opening

JAKARTA, MAKASSAR, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")
SINGAPORE = ZoneInfo("Asia/Singapore")


def frame(weekday: int, opens: str, closes: str) -> WorkingFrame:
    minutes = [int(clock[:2]) * 60 + int(clock[3:]) for clock in (opens, closes)]
    return WorkingFrame(weekday=weekday, opens=minutes[0], closes=minutes[1])


OFFICE = (
    *(frame(day, "08:00", "12:00") for day in range(5)),
    *(frame(day, "13:00", "17:00") for day in range(5)),
    frame(5, "08:00", "12:00"),
)
NIGHT_DESK = tuple(frame(day, "20:00", "02:00") for day in range(7))
AROUND_THE_CLOCK = tuple(frame(day, "00:00", "24:00") for day in range(7))
NEW_YEAR = {date(2027, 1, 1)}


def at(written: str, zone: ZoneInfo = JAKARTA) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        pytest.param(OFFICE, "2027-03-15 08:00", True, id="the minute of opening counts"),
        pytest.param(OFFICE, "2027-03-15 07:59", False, id="one minute before opening"),
        pytest.param(OFFICE, "2027-03-15 12:00", False, id="the minute of closing does not count"),
        pytest.param(OFFICE, "2027-03-15 12:30", False, id="the midday break between two frames"),
        pytest.param(OFFICE, "2027-03-15 16:59", True, id="the second frame of the day"),
        pytest.param(OFFICE, "2027-03-20 11:00", True, id="a short Saturday"),
        pytest.param(OFFICE, "2027-03-20 13:00", False, id="Saturday after noon"),
        pytest.param(OFFICE, "2027-03-21 10:00", False, id="Sunday"),
        pytest.param(OFFICE, "2027-01-01 10:00", False, id="a Friday that is a holiday"),
        pytest.param(NIGHT_DESK, "2027-03-15 01:30", True, id="past midnight, in yesterday's frame"),
        pytest.param(NIGHT_DESK, "2027-03-15 02:00", False, id="the end of yesterday's frame"),
        pytest.param(NIGHT_DESK, "2027-01-02 01:30", False, id="the night that would begin on a holiday"),
        pytest.param(AROUND_THE_CLOCK, "2027-03-15 00:00", True, id="midnight between two whole days"),
        pytest.param((), "2027-03-15 10:00", False, id="unknown hours are not open"),
    ],
)
def test_says_whether_staff_are_there(hours: tuple[WorkingFrame, ...], moment: str, expected: bool) -> None:
    assert is_open(hours, at(moment), NEW_YEAR) is expected


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        pytest.param(OFFICE, "2027-03-15 06:00", "2027-03-15 08:00", id="this morning"),
        pytest.param(OFFICE, "2027-03-15 12:15", "2027-03-15 13:00", id="after the break"),
        pytest.param(OFFICE, "2027-03-15 17:00", "2027-03-16 08:00", id="tomorrow"),
        pytest.param(OFFICE, "2027-03-20 12:00", "2027-03-22 08:00", id="over the weekend"),
        pytest.param(OFFICE, "2026-12-31 18:00", "2027-01-02 08:00", id="over a holiday to Saturday"),
        pytest.param(NIGHT_DESK, "2027-03-15 03:00", "2027-03-15 20:00", id="the coming night"),
    ],
)
def test_finds_the_next_opening(hours: tuple[WorkingFrame, ...], moment: str, expected: str) -> None:
    assert next_opening(hours, at(moment), NEW_YEAR) == at(expected)


def test_promises_nothing_when_no_day_is_ever_worked() -> None:
    every_day_off = {date.fromordinal(at("2027-03-15 00:00").toordinal() + ahead) for ahead in range(80)}
    assert next_opening(OFFICE, at("2027-03-15 06:00"), every_day_off) is None
    assert answer_time_words(OFFICE, at("2027-03-15 06:00"), every_day_off) is None


@pytest.mark.parametrize(
    ("moment", "zone", "language", "expected"),
    [
        pytest.param("2027-03-15 09:00", JAKARTA, "id", None, id="open now"),
        pytest.param("2027-03-15 06:00", JAKARTA, "id", "hari ini pukul 08.00 WIB", id="later today"),
        pytest.param("2027-03-14 22:00", JAKARTA, "id", "besok (Senin) pukul 08.00 WIB", id="tomorrow"),
        pytest.param("2027-03-20 21:00", JAKARTA, "id", "lusa (Senin) pukul 08.00 WIB", id="after tomorrow"),
        pytest.param(
            "2027-03-24 18:00",
            JAKARTA,
            "id",
            "hari Selasa, 30 Maret, pukul 08.00 WIB",
            id="after a long closure",
        ),
        pytest.param(
            "2026-12-30 18:00",
            JAKARTA,
            "id",
            "hari Sabtu, 2 Januari 2027, pukul 08.00 WIB",
            id="next year is named",
        ),
        pytest.param("2027-03-14 22:00", MAKASSAR, "id", "besok (Senin) pukul 08.00 WITA", id="central"),
        pytest.param("2027-03-14 22:00", JAYAPURA, "id", "besok (Senin) pukul 08.00 WIT", id="eastern"),
        pytest.param("2027-03-14 22:00", SINGAPORE, "id", "besok (Senin) pukul 08.00 GMT+08", id="abroad"),
        pytest.param("2027-03-15 06:00", JAKARTA, "en", "today at 08:00 WIB", id="English, today"),
        pytest.param(
            "2027-03-14 22:00", JAKARTA, "en", "tomorrow (Monday) at 08:00 WIB", id="English, tomorrow"
        ),
        pytest.param(
            "2027-03-24 18:00", JAKARTA, "en", "on Tuesday, 30 March, at 08:00 WIB", id="English, further off"
        ),
    ],
)
def test_tells_when_a_human_will_answer(
    moment: str, zone: ZoneInfo, language: Language, expected: str | None
) -> None:
    holidays = {date(2026, 12, 31), *NEW_YEAR, *(date(2027, 3, day) for day in range(25, 30))}
    assert answer_time_words(OFFICE, at(moment, zone), holidays, language) == expected


def test_tells_nothing_when_the_hours_are_not_known() -> None:
    assert answer_time_words((), at("2027-03-15 06:00")) is None
