"""The lexicon: files that people can mend, read once, and what they make of a message."""

from pathlib import Path

import pytest

from knowledge.lexicon import FOLDER, read_entries, standard_text
from knowledge.normalise import normalise, tidy, words
from knowledge.numbers import read_bare_number, read_number

FILES = sorted(FOLDER.glob("*.tsv"))
FEWEST = 400


def test_holds_enough_words_of_every_origin() -> None:
    assert len(FILES) == 14
    assert sum(len(read_entries(path)) for path in FILES) >= FEWEST


def test_no_word_stands_for_two_things() -> None:
    written = [word for path in FILES for word, _ in read_entries(path)]
    assert len(written) == len(set(written))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_sorted_and_changes_something(path: Path) -> None:
    entries = read_entries(path)
    assert entries == sorted(entries)
    assert all(word != standard for word, standard in entries)


def test_a_row_without_two_words_is_named(tmp_path: Path) -> None:
    path = tmp_path / "slang.tsv"
    path.write_text("word\tstandard\nyg\tyang\nbrp\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"slang\.tsv row 3"):
        read_entries(path)


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("piro regane?", "berapa harganya?"),
        ("Hrgnya brp kak", "harganya berapa kak"),
        ("how much for two people", "berapa harga untuk dua orang"),
        ("pangaosna sabaraha", "harganya berapa"),
        ("bara haragonyo", "berapa harganya"),
        ("pacak dak nyicil", "bisa tidak cicil"),
        ("barapa haraganya", "berapa harganya"),
        ("ka'bah", "kabah"),
        ("25jt, 30.000.000", "25juta, 30.000.000"),
        ("👍🏽", "iya"),
        ("🙏🙏", "terima kasih"),
        ("harga dong 🙏", "harga dong 🙏"),
        ("🦖", "🦖"),
    ],
)
def test_brings_words_into_one_standard(written: str, standard: str) -> None:
    assert standard_text(written) == standard


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("BANGEEET", "banget"),
        ("masing2", "masing masing"),
        ("orang2nya", "orang orangnya"),
        ("umroh2027", "umroh2027"),
        ("lihat https://contoh.example/a?b=1 ya", "lihat   ya"),
        ("ＨＡＬＯ", "halo"),
        ("a\x00b", "a b"),
        ("ha\u200blo", "halo"),
    ],
)
def test_takes_typing_habits_out(written: str, plain: str) -> None:
    assert normalise(written) == plain


def test_keeps_case_where_only_characters_are_tidied() -> None:
    assert tidy("Ka’bah ２０２７") == "Ka'bah 2027"


def test_splits_words_without_apostrophes() -> None:
    assert words("ka'bah, jum'at?") == ["kabah", "jumat"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("tiga puluh lima", 35), ("dua belas", 12), ("seratus dua puluh", 120), ("dua lima", 25), ("sebelas", 11), ("40", 40),
        ("tiga puluh", 30), ("dua ratus lima puluh", 250), ("sepuluh", 10), ("kucing", None), ("", None), ("1" * 50, None),
    ],
)  # fmt: skip
def test_reads_numbers_in_words(written: str, number: int | None) -> None:
    assert read_number(written) == number


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("2", 2), (" 2. ", 2), ("no 2", 2), ("nomor 3", 3), ("yang nomor satu", 1), ("pilih 2", 2), ("dua", 2), ("2️⃣", 2), ("opsi 1", 1),
        ("2 orang", None), ("30 juta", None), ("081234567890", None), ("", None), ("umroh 2027", None),
    ],
)  # fmt: skip
def test_reads_a_message_that_is_only_a_number(message: str, number: int | None) -> None:
    assert read_bare_number(standard_text(message)) == number
