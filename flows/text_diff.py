"""What is different between two texts? Line by line, side by side, and within a changed line word by word.

>>> [row.kind for row in side_by_side("Halo\\nHarga lama", "Halo\\nHarga baru")]
['same', 'changed']
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "changed", "added", "removed"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
CONTEXT = 3  # Unchanged lines shown around a change.


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line; is_changed: the other side does not have them here."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of both sides. A number is None where that side has no line; numbers count from 1."""

    kind: Kind
    old_number: int | None
    new_number: int | None
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def side_by_side(old: str, new: str) -> tuple[Row, ...]:
    """Every line of both texts, those that belong together beside each other."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return tuple(row for block in matcher.get_opcodes() for row in _rows(block, before, after))


def around_changes(rows: Sequence[Row], context: int = CONTEXT) -> tuple[tuple[Row, ...], ...]:
    """The rows in stretches: each change with the lines around it; what is far from any change is left out."""
    kept = [
        number
        for number in range(len(rows))
        if any(row.kind != "same" for row in rows[max(0, number - context) : number + context + 1])
    ]
    stretches: list[list[Row]] = []
    for place, number in enumerate(kept):
        if place == 0 or number != kept[place - 1] + 1:
            stretches.append([])
        stretches[-1].append(rows[number])
    return tuple(tuple(stretch) for stretch in stretches)


def word_pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, with what differs marked on its side."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    left = [Piece("".join(before[i:j]), tag != "equal") for tag, i, j, _, _ in blocks if i < j]
    right = [Piece("".join(after[i:j]), tag != "equal") for tag, _, _, i, j in blocks if i < j]
    return tuple(left), tuple(right)


def _rows(block: tuple[str, int, int, int, int], before: list[str], after: list[str]) -> Iterator[Row]:
    _, old_from, old_to, new_from, new_to = block
    for step in range(max(old_to - old_from, new_to - new_from)):
        old = old_from + step if old_from + step < old_to else None
        new = new_from + step if new_from + step < new_to else None
        yield _row(old, new, before, after)


def _row(old: int | None, new: int | None, before: list[str], after: list[str]) -> Row:
    numbers = {
        "old_number": None if old is None else old + 1,
        "new_number": None if new is None else new + 1,
    }
    if old is None:
        assert new is not None, "a row has a line on one side at least"
        return Row(kind="added", old=(), new=(Piece(after[new], True),), **numbers)
    if new is None:
        return Row(kind="removed", old=(Piece(before[old], True),), new=(), **numbers)
    if before[old] == after[new]:
        same = (Piece(before[old], False),)
        return Row(kind="same", old=same, new=same, **numbers)
    left, right = word_pieces(before[old], after[new])
    return Row(kind="changed", old=left, new=right, **numbers)
