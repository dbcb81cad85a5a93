"""Whatever stands in a JSON body or a CSV becomes the same numbers, and nothing that cannot be read becomes a number."""

import math
from pathlib import Path

import pytest

from ml.columns import Column, as_day, as_number, as_word
from ml.telco import fault_of, with_derived
from ml.train.openmp import WANTED, renamed
from ml.train.table import counts_rows, learn_column, names_rows


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5.0),
        ("5", 5.0),
        (" 5.5 ", 5.5),
        ("1e3", 1000.0),
        (True, 1.0),
        ("False", 0.0),
        ("-2", -2.0),
        ("12,5", 12.5),
        ("0,125", 0.125),
        ("1.250.000", 1_250_000.0),
        ("1.250,75", 1250.75),
        ("1,250.75", 1250.75),
        ("Rp 25.000", 25_000.0),
        ("Rp25.000,-", 25_000.0),
        ("IDR 1.500,50", 1500.5),
        ("75%", 0.75),
        ("7,5 %", 0.075),
        ("1.234", 1.234),
    ],
)
def test_numbers_are_read_however_they_are_written(value: object, number: float) -> None:
    assert as_number(value) == number


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "-",
        "n/a",
        "NaN",
        math.nan,
        math.inf,
        "inf",
        10**400,
        "lima",
        [],
        {},
        "1.2.3",
        "12,",
        "%",
        "Rp",
        "1e999",
        "2027-01-31",
        "1,2,3",
    ],
)
def test_what_is_no_number_is_missing(value: object) -> None:
    assert math.isnan(as_number(value))


@pytest.mark.parametrize(
    ("value", "word"), [("Yes", "yes"), (" YES ", "yes"), (1, "1"), (1.0, "1"), (True, "true")]
)
def test_categories_are_the_same_however_they_are_written(value: object, word: str) -> None:
    assert as_word(value) == word


def test_a_missing_number_is_the_usual_one_only_where_training_saw_none_missing() -> None:
    whole, holed = learn_column("a", ["1", "2", "3"]), learn_column("a", ["1", " ", "3"])
    assert whole.number("") == 2.0
    assert math.isnan(holed.number(""))


def test_blanks_among_numbers_leave_a_column_of_numbers() -> None:
    assert learn_column("TotalCharges", [*["29.85"] * 20, " "]).words is None


def test_rare_categories_are_other() -> None:
    column = learn_column("brand", [*["A"] * 9, *["B"] * 9, "C"])
    assert column.words == ("a", "b")
    assert column.number("C") == column.number("never seen") == 2.0


@pytest.mark.parametrize(
    ("name", "values", "is_name"),
    [
        ("customerID", [f"A-{at}" for at in range(60)], True),
        ("customer_id", [str(at) for at in range(60)], True),
        ("nama", [f"Orang {at}" for at in range(60)], True),
        ("catatan", [f"bebas {at}" for at in range(60)], True),
        ("tenure", [str(at) for at in range(60)], False),
        ("city", ["Medan", "Binjai"] * 30, False),
        ("empty", [""] * 60, True),
        ("branch_id", ["1", "2"] * 30, False),
        ("amount_paid", [str(at * 1000) for at in range(60)], False),
        ("No HP", [f"0812{at:08d}" for at in range(60)], True),
        ("mulai", [f"2026-{1 + at // 28:02d}-{1 + at % 28:02d}" for at in range(60)], False),
    ],
)
def test_columns_that_name_rows_are_left_out(name: str, values: list[str], is_name: bool) -> None:
    assert names_rows(name, values) is is_name


def test_the_two_engineered_figures_are_made_where_their_parts_are_there() -> None:
    row = with_derived({"avg_data_usage_gb": "6", "pct_video_usage": 0.5, "monthly_spend": 90_000})
    assert row["video_data_intensity"] == 3.0
    assert "spend_per_call_unit" not in row
    assert with_derived({"monthly_spend": 90_000, "avg_call_duration": 8})["spend_per_call_unit"] == 10_000.0


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("sms_freq", "", "is empty"),
        ("sms_freq", "lima", "'lima' is no finite number"),
        ("sms_freq", "inf", "'inf' is no finite number"),
        ("monthly_spend", "-1", "'-1' is negative"),
        ("travel_score", "1.2", "'1.2' is no share between 0 and 1"),
        ("plan_type", " ", "is empty"),
        ("plan_type", "Hybrid", None),
        ("travel_score", "1", None),
    ],
)
def test_an_impossible_value_is_told(name: str, value: str, fault: str | None) -> None:
    assert fault_of(name, value) == fault


def test_the_borrowed_openmp_bears_the_name_that_is_asked_for_and_nothing_else_changes() -> None:
    before = b"\x7fELF..\0libgomp-e985bcbb.so.1.0.0\0libc.so.6\0"
    after = renamed(before)
    assert len(after) == len(before)
    assert f"\0{WANTED}\0".encode() in after
    assert after.replace(WANTED.encode(), b"").replace(b"\0", b"") == b"\x7fELF..libc.so.6"


def test_a_machine_without_openmp_takes_the_copy_that_scikit_learn_brings(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = (
        "import ctypes, ml.train.openmp as openmp\n"
        "openmp._load_copy()\n"
        "ctypes.CDLL('libgomp.so.1')\n"
        "maps = open('/proc/self/maps').read()\n"
        "print([line.split()[-2:] for line in maps.splitlines() if 'libgomp' in line][0])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "sapa-openmp-" in done.stdout


def test_a_column_of_numbers_knows_every_value() -> None:
    assert Column(name="a").knows(3)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("0001-01-02", 2.0),
        ("0001-01-02 10:30", 2.0),
        ("02/01/0001", 2.0),
        ("2-1-0001", 2.0),
        ("31/31/2027", math.nan),
        (20270131, math.nan),
        (None, math.nan),
        ("besok", math.nan),
    ],
)
def test_days_are_read_as_people_and_programs_write_them(value: object, day: float) -> None:
    assert as_day(value) == pytest.approx(day, nan_ok=True)


def test_a_column_of_dates_is_one_of_days() -> None:
    column = learn_column("mulai", ["2027-01-01", "2027-01-03", "05/01/2027", "2027-01-07"])
    assert column.is_day
    assert column.number("2027-01-04") - column.number("01/01/2027") == 3
    assert column.number("") == column.typical


def test_numbers_of_rows_are_told_from_figures() -> None:
    assert counts_rows([str(at) for at in range(1, 61)])
    assert counts_rows([at * 7 for at in range(60)])
    assert not counts_rows([at % 59 for at in range(60)])
    assert not counts_rows([at * 1000 for at in range(60)][::-1])
    assert not counts_rows([at / 2 for at in range(60)])
