"""What log lines show, and what they must never show."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import HIDDEN, Neighbour, TurnLine, configure_logs, hide_private, log_turns

CONVERSATION = "conv_019a5550001112223334445556abcdef"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a service that logs JSON writes to standard error."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs("json")
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def parsed(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param("628123456789", HIDDEN, id="a phone number"),
        pytest.param("false_628123456789@c.us_3EB0", HIDDEN, id="a number in a WhatsApp id"),
        pytest.param("0812-3456-7890 menelepon", f"{HIDDEN} menelepon", id="a number with dashes"),
        pytest.param("+62 812 3456 789", HIDDEN, id="an international number"),
        pytest.param("kirim ke siti@email.com", f"kirim ke {HIDDEN}", id="an e-mail address"),
        pytest.param("NIK 3201234567890001", f"NIK {HIDDEN}", id="an identity number"),
        pytest.param("123456789:" + "A" * 35, HIDDEN, id="a Telegram token"),
        pytest.param(CONVERSATION, CONVERSATION, id="our own id keeps its digits"),
        pytest.param("UMR_MAR_2027_HEMAT", "UMR_MAR_2027_HEMAT", id="a campaign code"),
        pytest.param("port 8080 since 2026-11-21", "port 8080 since 2026-11-21", id="a date and a port"),
        pytest.param(
            "(Error) [SQL: INSERT]\n[parameters: ('halo saya Siti',)]",
            f"(Error) [SQL: INSERT]\n[parameters: {HIDDEN}]",
            id="the values of a failed statement",
        ),
    ],
)
def test_hides_what_looks_private(value: str, shown: str) -> None:
    assert hide_private(None, "info", {"event": value, "deep": {"list": [value]}}) == {
        "event": shown,
        "deep": {"list": [shown]},
    }


def test_hides_whatever_stands_under_a_private_name() -> None:
    event = {"event": "received", "phone": "812", "text": "halo", "customer_name": "Siti", "body": None}
    assert hide_private(None, "info", event) == {
        "event": "received",
        "phone": HIDDEN,
        "text": HIDDEN,
        "customer_name": HIDDEN,
        "body": None,
    }


def test_writes_one_line_a_turn(lines: io.StringIO) -> None:
    log_turns(
        [
            TurnLine(
                conversation=CONVERSATION,
                status_before="bot",
                status_after="waiting",
                phase="booking",
                because="payment_intent",
                intent="payment_intent",
                milliseconds=1.2345,
            )
        ]
    )
    (line,) = parsed(lines)
    line.pop("timestamp")
    assert line == {
        "event": "turn",
        "logger": "turn",
        "level": "info",
        "conversation": CONVERSATION,
        "before": "bot",
        "after": "waiting",
        "phase": "booking",
        "because": "payment_intent",
        "intent": "payment_intent",
        "milliseconds": 1.2,
    }


def test_libraries_lines_are_hidden_too(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("could not reach %s", "628123456789")
    assert parsed(lines)[0]["event"] == f"could not reach {HIDDEN}"


def test_an_exception_does_not_repeat_what_the_customer_sent(lines: io.StringIO) -> None:
    try:
        raise ValueError("no package for 628123456789")
    except ValueError:
        structlog.get_logger("worker").exception("turn failed", conversation=CONVERSATION)
    assert "628123456789" not in lines.getvalue()
    assert "ValueError: no package for" in lines.getvalue()


def test_requests_of_libraries_are_not_written(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot1:secret/sendMessage")
    assert lines.getvalue() == ""


def test_says_once_that_a_neighbour_is_down_and_once_that_it_is_back(lines: io.StringIO) -> None:
    telegram = Neighbour("Telegram")
    telegram.up()
    telegram.down("does not answer")
    telegram.down("still does not answer")
    telegram.up()
    telegram.up()
    assert [line["event"] for line in parsed(lines)] == ["neighbour is down", "neighbour is back"]
