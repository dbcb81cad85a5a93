"""Two texts side by side: which lines belong together, and which words of a line differ."""

import pytest

from flows.text_diff import around_changes, side_by_side, word_pieces


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        pytest.param("a\nb", "a\nb", ["same", "same"], id="nothing changed"),
        pytest.param("Harga lama", "Harga baru", ["changed"], id="one word"),
        pytest.param("a", "a\nb", ["same", "added"], id="a line more"),
        pytest.param("a\nb\nc", "a\nc", ["same", "removed", "same"], id="a line less"),
        pytest.param("", "a", ["added"], id="the first text"),
        pytest.param("a\nb", "c", ["changed", "removed"], id="two lines become one"),
        pytest.param("", "", [], id="nothing at all"),
    ],
)
def test_lines_that_belong_together_stand_side_by_side(old: str, new: str, kinds: list[str]) -> None:
    rows = side_by_side(old, new)
    assert [row.kind for row in rows] == kinds
    assert [row.old_number for row in rows if row.old_number] == list(range(1, len(old.splitlines()) + 1))
    assert [row.new_number for row in rows if row.new_number] == list(range(1, len(new.splitlines()) + 1))


def test_only_the_words_that_differ_are_marked() -> None:
    old, new = word_pieces("Harga Rp 25.000.000 per orang", "Harga Rp 24.000.000 per jamaah")
    assert [piece.text for piece in old if piece.is_changed] == ["25", "orang"]
    assert [piece.text for piece in new if piece.is_changed] == ["24", "jamaah"]
    assert "".join(piece.text for piece in new) == "Harga Rp 24.000.000 per jamaah"


def test_lines_far_from_any_change_are_left_out() -> None:
    lines = [str(number) for number in range(30)]
    new = [*lines[:10], "baru", *lines[11:25], "lagi", *lines[26:]]
    stretches = around_changes(side_by_side("\n".join(lines), "\n".join(new)), context=1)
    assert [[row.new_number for row in stretch] for stretch in stretches] == [[10, 11, 12], [25, 26, 27]]
    assert around_changes(side_by_side("a", "a")) == ()
