"""The pauses before a message leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sending.pacing import Luck, pace

EVEN = Luck(seeing=0.5, typing=0.5, gap=0.5)
TYPED = [
    ("nothing", 0, 1.75),
    ("a greeting", 20, 1.75),
    ("two lines", 54, 4.0),
    ("a paragraph", 81, 6.0),
    ("a list of packages", 600, 7.2),
    ("a novel", 16_000, 7.2),
]


@pytest.mark.parametrize(("characters", "seconds"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED])
def test_typing_takes_as_long_as_the_text_within_bounds(characters: int, seconds: float) -> None:
    assert pace(characters, EVEN).typing == pytest.approx(seconds)


def test_a_picture_is_chosen_not_typed() -> None:
    found = pace(None, EVEN)
    assert (found.before_seen, found.gap) == (1.25, 1.5)
    assert found.typing == pytest.approx(1.4)


LUCK = st.floats(0, 1, exclude_max=True)


@given(
    characters=st.none() | st.integers(0, 70_000), luck=st.builds(Luck, seeing=LUCK, typing=LUCK, gap=LUCK)
)
def test_no_pause_leaves_its_bounds(characters: int | None, luck: Luck) -> None:
    found = pace(characters, luck)
    assert 0.5 <= found.before_seen <= 2.0
    assert 0.8 <= found.typing <= 8.0
    assert 1.0 <= found.gap <= 2.0


@pytest.mark.parametrize("characters", [0, 20, 54, 600, 16_000])
def test_two_pauses_for_the_same_text_differ_with_the_luck(characters: int) -> None:
    first, second = (pace(characters, Luck(seeing=luck, typing=luck, gap=luck)) for luck in (0.1, 0.9))
    assert abs(first.typing - second.typing) > 0.2
