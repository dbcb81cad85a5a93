"""Which numbers a browser of the simulator owns: only those that we signed for it."""

import pytest

from bot.simulator_page.numbers import MOST, NUMBER, name_of, new_number, read, sign


def test_numbers_are_never_a_persons_phone() -> None:
    assert all(NUMBER.fullmatch(new_number()) for _ in range(50))


@pytest.mark.parametrize(
    ("cookie", "secret"),
    [
        pytest.param(sign(("6280012345678",), "ours"), "theirs", id="signed with another secret"),
        pytest.param("6280012345678.0000", "ours", id="signature made up"),
        pytest.param(sign(("6280012345678",), "ours").replace("6280012345678", "6280099999999"), "ours", id="number swapped"),
        pytest.param(sign(("6281234567890",), "ours"), "ours", id="a real person's number"),
        pytest.param(None, "ours", id="no cookie"),
    ],
)  # fmt: skip
def test_a_cookie_that_is_not_ours_opens_no_chat(cookie: str | None, secret: str) -> None:
    assert read(cookie, secret) == ()


def test_a_browser_keeps_its_newest_numbers() -> None:
    numbers = tuple(f"62800{number:08d}" for number in range(MOST + 3))
    assert read(sign(numbers, "ours"), "ours") == numbers[-MOST:]


def test_a_number_keeps_its_name() -> None:
    assert name_of("6280012345678") == name_of("6280012345678")
