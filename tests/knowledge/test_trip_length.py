"""Which days are a trip's length, and which are something else's."""

import pytest

from knowledge.lexicon import standard_text
from knowledge.trip_length import read_days


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("ada yang 12 hari ga?", 12),
        ("yg 9 hr ada?", 9),
        ("12 hari ada?", 12),
        ("paket 9 hari berapa kak", 9),
        ("paketnya yang dua belas hari dong", 12),
        ("umrohnya 12 hari aja", 12),
        ("pengen yang lebih lama, 12 hari gitu", 12),
        ("do you have a 12-day package?", 12),
        ("any 9 days package?", 9),
        ("durasinya 16 hari ada?", 16),
        ("2 hari lagi saya kabari", None),
        ("ada waktu 12 hari kerja", None),
        ("umroh 9 hari lagi berangkat", None),
        ("cuti saya cuma 10 hari", None),
        ("ada 3 hari di madinah?", None),
        ("berapa hari di makkah", None),
        ("yang 900 hari", None),
        ("lunas 45 hari sebelum berangkat ya?", None),
        ("maret 2 orang", None),
    ],
)
def test_a_trips_length_is_told_from_other_days(said: str, days: int | None) -> None:
    assert read_days(standard_text(said)) == days
