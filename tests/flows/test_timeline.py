"""How a story is parted into pages: nothing that happened at one moment is lost between two of them."""

from datetime import timedelta

import pytest

from flows.timeline import Happening, whole_moments
from tests.people import NOW


def _at(*minutes_ago: int) -> list[Happening]:
    return [
        Happening(kind="message", key=str(place), at=NOW - timedelta(minutes=ago), facts={})
        for place, ago in enumerate(minutes_ago)
    ]


@pytest.mark.parametrize(
    ("minutes_ago", "shown", "before"),
    [
        pytest.param((), 0, None, id="nothing"),
        pytest.param((1, 2, 3), 3, None, id="all fit"),
        pytest.param((1, 2, 3, 4), 3, 3, id="the next begins behind the last"),
        pytest.param((1, 2, 3, 3), 2, 2, id="a moment is not parted"),
        pytest.param((1, 3, 3, 3), 1, 1, id="nor one of three"),
        pytest.param((3, 3, 3, 3), 3, 3, id="one that fills the page is shown as far as it goes"),
    ],
)
def test_a_page_ends_where_a_moment_does(
    minutes_ago: tuple[int, ...], shown: int, before: int | None
) -> None:
    found = _at(*minutes_ago)
    page, older = whole_moments(found, 3)
    assert list(page) == found[:shown]
    assert older == (None if before is None else NOW - timedelta(minutes=before))
