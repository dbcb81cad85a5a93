"""What a masked reader sees: ends of numbers, never the whole; prices, dates and codes stay readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.masking import (
    mask_account,
    mask_email,
    mask_nik,
    mask_phone,
    mask_text,
    phone_for,
    text_for,
)
from flows.roles import Sight


def test_each_kind_of_number_shows_its_end_and_one_dot_for_each_hidden_digit() -> None:
    assert mask_nik("1271012345670001") == "●●●●●●●●●●●●0001"
    assert mask_phone("081234567890") == "●●●●●●●●●890"
    assert mask_account("1234567890") == "●●●●●●7890"
    assert mask_email("budi@email.com") == "b***@email.com"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("hubungi 081234567890 ya", "hubungi ●●●●●●●●●890 ya", id="mobile"),
        pytest.param("WA +62 812-3456-7890", "WA +●● ●●●-●●●●-●890", id="international, separators stay"),
        pytest.param("0812 3456 7890", "●●●● ●●●● ●890", id="spaces"),
        pytest.param("(061) 4567890", "(●●●) ●●●●890", id="landline"),
        pytest.param("+65 9123 4567", "+●● ●●●● ●567", id="another country"),
        pytest.param("NIK 1271012345670001", "NIK ●●●●●●●●●●●●0001", id="NIK"),
        pytest.param("rek BCA 8210456789 a.n. Budi", "rek BCA ●●●●●●6789 a.n. Budi", id="account"),
        pytest.param("BRI 0123-01-012345-53-8", "BRI ●●●●-●●-●●●●●5-53-8", id="account with dashes"),
        pytest.param("kirim ke budi.s@email.co.id", "kirim ke b***@email.co.id", id="e-mail"),
        pytest.param("62812 3456 7890 dan 0811111222", "●●●●● ●●●● ●890 dan ●●●●●●●222", id="two"),
        pytest.param("0812.345.678.90", "●●●●.●●●.●●8.90", id="dots"),
        pytest.param("812.345.678.901", "●●●.●●●.●●8.901", id="dots without the zero"),
        pytest.param("62.812.345.678", "●●.●●●.●●●.678", id="dots with the country"),
        pytest.param("٠٨١٢٣٤٥٦٧٨٩٠", "●●●●●●●●٧٨٩٠", id="Arabic digits"),
        pytest.param("081234567890123456789", "●●●●●●●●●●●●●●●●●6789", id="too long for a phone"),
    ],
)
def test_numbers_inside_a_text_are_masked(written: str, shown: str) -> None:
    assert mask_text(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "Harga Rp 25.000.000 per orang",
        "Total 1.250.000.000",
        "budget Rp250000000",
        "25000000",
        "berangkat 2027-03-15 jam 10.30",
        "15-03-2027 atau 20/04/2027",
        "UMR_MAR_2027_HEMAT",
        "9 hari, 45 seat, kamar 4 orang",
        "CASE-2027-000042",
    ],
)
def test_prices_dates_and_codes_stay_readable(written: str) -> None:
    assert mask_text(written) == written


@given(st.text(max_size=40), st.integers(10**9, 10**12 - 1), st.text(max_size=40))
def test_no_phone_number_survives_any_surroundings(before: str, subscriber: int, after: str) -> None:
    phone = f"08{subscriber}"
    assert phone not in mask_text(f"{before} {phone} {after}")


def test_sight_decides_what_comes_out() -> None:
    assert phone_for(Sight.FULL, "62812345") == "62812345"
    assert phone_for(Sight.MASKED, "62812345") == "●●●●●345"
    assert phone_for(Sight.NONE, "62812345") is None
    assert text_for(Sight.NONE, "halo") is None
    assert phone_for(Sight.FULL, None) is None
