"""Which questions ask alike: ways to ask the same go together, questions about the same thing do not."""

import pytest

from ml.serve.likeness import ALIKE, likeness, look_alikes, sort_into_groups, vector_of

ALIKES = [
    ("hotel berapa jauh dari masjid", "jarak hotel ke masjidnya berapa meter kak"),
    ("bisa bawa kucing ga?", "boleh bawa hewan peliharaan seperti kucing"),
    ("bolehkah bawa kursi roda", "kursi roda disediakan tidak"),
    ("anak saya 3 tahun apakah bayar penuh", "harga anak umur 3 tahun berapa"),
    ("bisa cicil pakai kartu kredit", "kartu kredit bisa?"),
    ("vaksin meningitis harus?", "apakah wajib vaksin meningitis min"),
]
OTHERS = [
    ("hotel berapa jauh dari masjid", "hotelnya bintang berapa"),
    ("bisa bawa kucing ga?", "bolehkah bawa kursi roda"),
    ("kalau hamil boleh berangkat?", "anak saya 3 tahun apakah bayar penuh"),
    ("kartu kredit bisa?", "vaksin meningitis harus?"),
    ("", "kartu kredit bisa?"),
]


@pytest.mark.parametrize(("one", "other"), ALIKES)
def test_two_ways_to_ask_the_same_are_alike(one: str, other: str) -> None:
    assert likeness(vector_of(one), vector_of(other)) >= ALIKE


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_two_questions_are_not_alike(one: str, other: str) -> None:
    assert likeness(vector_of(one), vector_of(other)) < ALIKE


def test_messages_join_the_group_they_are_like_or_begin_one_together() -> None:
    known = [(7, "kursi roda disediakan tidak"), (9, "vaksin meningitis harus?")]
    texts = [
        "bolehkah bawa kursi roda",
        "kartu kredit bisa?",
        "wajib vaksin meningitis?",
        "bisa cicil pakai kartu kredit",
    ]
    assert sort_into_groups(known, texts) == ({7: [0], 9: [2]}, [[1, 3]])


def test_groups_stay_as_they_are_whatever_else_is_asked() -> None:
    texts = [text for pair in ALIKES for text in pair]
    _, at_once = sort_into_groups([], texts)
    first_half = list(enumerate(texts[group[0]] for group in at_once))
    joined, new = sort_into_groups(first_half, texts)
    assert new == []
    assert [joined[number] for number in range(len(at_once))] == at_once


def test_two_entries_that_are_nearly_alike_are_found() -> None:
    pairs = look_alikes(["Apakah ada kursi roda?", "Syarat paspor?", "kursi roda ada tidak"], 0.8)
    assert [(one, other) for one, other, _ in pairs] == [(0, 2)]
