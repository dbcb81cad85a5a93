"""What stands beside a message of ours."""

import pytest

from flows.ticks import Tick, tick_of


@pytest.mark.parametrize(
    ("send_state", "ack", "tick"),
    [
        pytest.param("waiting", None, Tick.CLOCK, id="in the outbox"),
        pytest.param("sending", None, Tick.CLOCK, id="on its way"),
        pytest.param("sent", 0, Tick.SENT, id="given to WhatsApp"),
        pytest.param("sent", 1, Tick.SENT, id="on the server"),
        pytest.param("sent", 2, Tick.DELIVERED, id="on the phone"),
        pytest.param("sent", 3, Tick.READ, id="read"),
        pytest.param("sent", 4, Tick.READ, id="a voice message played"),
        pytest.param("failed", None, Tick.FAILED, id="refused by WAHA"),
        pytest.param("sent", -1, Tick.FAILED, id="given back by WhatsApp"),
        pytest.param("failed", 3, Tick.READ, id="read all the same"),
        pytest.param("unknown", None, Tick.UNSURE, id="nobody knows"),
        pytest.param("dropped", None, Tick.DROPPED, id="the gate said no"),
        pytest.param(None, None, Tick.SENT, id="typed on the phone"),
    ],
)
def test_one_word_for_how_far_it_got(send_state: str | None, ack: int | None, tick: Tick) -> None:
    assert tick_of(send_state, ack) is tick
