"""Who is served next, and when somebody has enough."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.assignment import FAIR_SHARE, InQueue, refuse_another, serving_order
from flows.domain import Priority

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def waits(name: str, minutes: int, priority: Priority = Priority.NORMAL) -> InQueue:
    return InQueue(conversation_id=name, priority=priority, asked_at=NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("queue", "served"),
    [
        pytest.param([waits("ani", 5), waits("citra", 90)], ["citra", "ani"], id="longest waiting first"),
        pytest.param(
            [waits("citra", 90), waits("budi", 5, Priority.HIGH)], ["budi", "citra"], id="urgent before long"
        ),
        pytest.param(
            [waits("budi", 5, Priority.HIGH), waits("dewi", 9, Priority.HIGH)],
            ["dewi", "budi"],
            id="among the urgent, the longest",
        ),
        pytest.param([], [], id="nobody"),
    ],
)
def test_the_order_of_service(queue: list[InQueue], served: list[str]) -> None:
    assert [item.conversation_id for item in serving_order(queue)] == served


def test_nobody_takes_more_than_a_fair_share() -> None:
    assert refuse_another(FAIR_SHARE - 1) is None
    refusal = refuse_another(FAIR_SHARE)
    assert refusal is not None
    assert str(FAIR_SHARE) in refusal.sentence
