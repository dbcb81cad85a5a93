"""Phone numbers as people write them."""

import pytest

from flows.phone import phone_digits

WRITTEN = [
    ("6281234567890", "6281234567890", "with country code"),
    ("+62 812-3456-7890", "6281234567890", "international, decorated"),
    ("0062 812 3456 7890", "6281234567890", "dialled abroad"),
    ("0812.3456.7890", "6281234567890", "as dialled at home"),
    ("81234567890", "6281234567890", "zero left out"),
    ("+62 (0) 812 3456 7890", "6281234567890", "trunk zero kept"),
    ("\u202a+62 812\u20113456\u20117890\u202c", "6281234567890", "copied out of a contact"),
    ("(061) 4567890", "62614567890", "a landline in Medan"),
    ("+65 8123 4567", "6581234567", "Singapore"),
    ("+81 90 1234 5678", "819012345678", "Japan, whose code begins like an Indonesian mobile"),
    ("08123", None, "too short"),
    ("1234567890123456", None, "too long"),
    ("0", None, "a zero"),
    ("", None, "nothing"),
    ("budi", None, "letters"),
    ("６２８１２３４５６７８", None, "digits of another script"),
    ("62812+345678", None, "a plus inside"),
    ("+0812345678", None, "no country"),
]


@pytest.mark.parametrize(("written", "digits"), [row[:2] for row in WRITTEN], ids=[row[2] for row in WRITTEN])
def test_a_number_is_its_digits_with_country_code(written: str, digits: str | None) -> None:
    assert phone_digits(written) == digits
