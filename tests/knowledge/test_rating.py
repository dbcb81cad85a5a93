"""Which satisfaction does a message give, and when does it speak of something else?"""

import pytest

from knowledge.lexicon import standard_text
from knowledge.rating import read_rating

GIVEN = [
    ("5", 5),
    ("empat", 4),
    ("bintang 5 deh", 5),
    ("lima bintang", 5),
    ("⭐⭐⭐⭐", 4),
    ("4/5", 4),
    ("4 dari 5 kak", 4),
    ("nilai 2", 2),
    ("3 dong", 3),
    ("puas banget kak, 5", 5),
    ("sangat puas", 5),
    ("kurang puas", 2),
    ("5 stars", 5),
    ("saya kasih 4 ya", 4),
]
SOMETHING_ELSE = [
    "10",
    "0",
    "hotel bintang 5 ya?",
    "5 orang",
    "yang nomor 2",
    "dua orang bulan maret",
    "hotelnya apa",
    "puas-puasin ziarah ke mana aja",
    "⭐ hotelnya berapa",
    "terima kasih",
    "",
]


@pytest.mark.parametrize(("text", "rating"), GIVEN, ids=[text for text, _ in GIVEN])
def test_reads_a_rating_in_digits_words_and_stars(text: str, rating: int) -> None:
    assert read_rating(standard_text(text)) == rating


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_reads_no_rating_where_something_else_is_said(text: str) -> None:
    assert read_rating(standard_text(text)) is None
