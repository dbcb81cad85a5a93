"""In which language does a customer plainly write?"""

import pytest

from knowledge.language import read_language

WRITTEN: list[tuple[str, str | None]] = [
    ("berapa harganya?", "id"),
    ("How much is it?", "en"),
    ("how much", "en"),
    ("Are meals included?", "en"),
    ("Is this agency officially registered?", "en"),
    ("Could I get the office address?", "en"),
    ("What's the baggage allowance?", "en"),
    ("I want to book now, how do I pay?", "en"),
    ("Four people, sometime in October please", "en"),
    ("my budget only 27 mio sis", "en"),
    ("thank you", "en"),
    ("piro regane mas", "id"),
    ("Pangaosna sabaraha?", "id"),
    ("Bara haragonyo uni", "id"),
    ("pinten nggih", "id"),
    ("macam mane nak daftar", "id"),
    ("brp hrgnya kak", "id"),
    ("aku tuh bingung which is better yang mana", "id"),
    ("price list dong kak", "id"),
    ("kirim flyer", "id"),
    ("hotelnya walking distance ga?", "id"),
    ("so far so good sih, tapi mau tanya dulu", "id"),
    ("ok", None),
    ("oke", "id"),
    ("hi", None),
    ("VIP", None),
    ("👍", None),
    ("2", None),
    ("", None),
    ("السلام عليكم", None),
    ("كم سعر العمرة؟", None),
    ("Assalamualaikum", None),
    ("transfer", None),
    ("price?", None),
]


@pytest.mark.parametrize(("text", "language"), WRITTEN, ids=[text or "empty" for text, _ in WRITTEN])
def test_tells_the_language_only_when_it_is_plain(text: str, language: str | None) -> None:
    assert read_language(text) == language
