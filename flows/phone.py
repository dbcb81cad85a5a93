"""Which digits does a phone number as people write it stand for? Indonesian unless the number says otherwise."""

import re

COUNTRY = "62"
MIN_DIGITS, MAX_DIGITS = 8, 15  # E.164 allows 15; no country reaches a subscriber with fewer than 8.
NATIONAL_MIN, NATIONAL_MAX = 9, 12  # Indonesian mobile numbers without the leading 0: 8xx plus 6 to 9 digits.
# The invisible marks are what copying a number out of a chat or a contact adds.
_DECORATION = re.compile(r"[\s\-.()/\u2010-\u2015\u202a-\u202e\u2066-\u2069\u200b-\u200f]")


def phone_digits(written: str) -> str | None:
    """The digits with country code ("0812-3456" → "62812…"), or None when no phone number can be meant.

    `+62 812…`, `0062812…`, `0812…`, `812…` and `62812…` are the same number; other countries need their code.
    """
    bare = _DECORATION.sub("", written)
    is_international = bare.startswith("+")
    digits = bare.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if digits.startswith("00"):
        digits, is_international = digits[2:], True
    if not is_international:
        digits = _with_country(digits)
    digits = _without_trunk_zero(digits)
    return digits if MIN_DIGITS <= len(digits) <= MAX_DIGITS and digits[0] != "0" else None


def _with_country(digits: str) -> str:
    if digits.startswith("0"):
        return COUNTRY + digits[1:]
    if digits.startswith("8") and NATIONAL_MIN <= len(digits) <= NATIONAL_MAX:
        return COUNTRY + digits
    return digits


def _without_trunk_zero(digits: str) -> str:
    """`+62 0812…` keeps the zero that is only dialled inside the country; nobody is reachable under it."""
    return COUNTRY + digits[3:] if digits.startswith(COUNTRY + "0") else digits
