"""What each shape of answer means for the message that was sent."""

import json

import pytest

from bot.waha.waha_answers import message_id, outcome
from bot.whatsapp import Doubtful, Outcome, Refused, Sent, TryLater

SUCCESSES = {
    "gows": {"id": "true_6281234567890@c.us_3EB0A1", "_data": {}},
    "gows without its id": {"_data": {"Info": {"ID": "3EB0A1"}}},
    "webjs": {"id": {"fromMe": True, "_serialized": "true_6281234567890@c.us_3EB0A1"}},
    "webjs in data": {"_data": {"id": {"_serialized": "true_6281234567890@c.us_3EB0A1"}}},
    "noweb": {"key": {"remoteJid": "6281234567890@s.whatsapp.net", "id": "3EB0A1"}, "status": "PENDING"},
    "bare": {"id": "3EB0A1"},
}


@pytest.mark.parametrize("answer", SUCCESSES.values(), ids=SUCCESSES.keys())
def test_the_id_is_found_in_each_engines_answer(answer: dict[str, object]) -> None:
    assert message_id(answer) == "3EB0A1"
    assert outcome(201, json.dumps(answer).encode(), {}) == Sent(wa_id="3EB0A1")


@pytest.mark.parametrize("raw", [b"", b"true", b"[]", b'{"id": 5}', b"{", b"[" * 100_000])
def test_a_success_without_a_readable_id_was_sent_all_the_same(raw: bytes) -> None:
    assert outcome(201, raw, {}) == Sent(wa_id=None)


def plain(message: object) -> dict[str, object]:
    return {"message": message, "error": "Error", "statusCode": 422}


def exception(message: str) -> dict[str, object]:
    request = {"body": {"chatId": "6281463463463@c.us", "text": "rahasia 463 timelock"}}
    return {
        "statusCode": 500,
        "exception": {"message": message, "name": "Error", "stack": ""},
        "request": request,
    }


ERRORS: list[tuple[str, int, object, type[Outcome], bool]] = [
    ("key refused", 401, plain("Unauthorized"), TryLater, True),
    ("key without this right", 403, plain("Forbidden"), TryLater, True),
    ("no such session", 404, plain("Session not found"), TryLater, True),
    (
        "session not ready",
        422,
        {"error": "…", "session": "default", "status": "SCAN_QR_CODE", "expected": []},
        TryLater,
        True,
    ),
    ("session missing", 422, {"error": "…", "session": "default"}, TryLater, True),
    ("session not ready in words", 422, plain(["Session status is not as expected"]), TryLater, True),
    ("too many", 429, plain("Too Many Requests"), TryLater, True),
    ("a proxy's pause", 503, None, TryLater, True),
    ("a proxy's redirect", 308, None, TryLater, True),
    ("error 463", 500, exception("server returned error 463"), TryLater, False),
    ("timelock in words", 500, exception("Reachout timelock is active"), TryLater, False),
    ("bad request", 400, plain(["chatId must be a string"]), Refused, False),
    ("cannot be processed", 422, plain("The file cannot be read"), Refused, False),
    ("too large", 413, None, Refused, False),
    ("an old Core", 422, plain("The feature is available only in Plus version"), Refused, False),
    ("any other fault, whatever it echoes", 500, exception("Request timed out"), Doubtful, False),
    ("a fault without a body", 500, None, Doubtful, False),
    ("a gateway's fault", 502, None, Doubtful, False),
    ("a gateway's time-out", 504, None, Doubtful, False),
    ("request timed out", 408, None, Doubtful, False),
]


@pytest.mark.parametrize(
    ("status", "answer", "kind", "is_wide"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_each_error_says_what_may_be_done_next(
    status: int, answer: object, kind: type[Outcome], is_wide: bool
) -> None:
    found = outcome(status, b"" if answer is None else json.dumps(answer).encode(), {})
    assert isinstance(found, kind)
    assert getattr(found, "is_session_wide", False) is is_wide


def test_error_463_holds_back_one_chat_for_a_good_while() -> None:
    found = outcome(500, json.dumps(exception("463")).encode(), {})
    assert isinstance(found, TryLater)
    assert found.is_timelock
    assert found.pause_seconds == 900


@pytest.mark.parametrize("status", [400, 401, 422, 500, 502])
def test_no_reason_repeats_what_was_to_be_said(status: int) -> None:
    body = exception("could not send rahasia to 6281463463463") | plain("rahasia to 6281463463463")
    found = outcome(status, json.dumps(body).encode(), {})
    assert not isinstance(found, Sent)
    assert "rahasia" not in found.reason
    assert "628146" not in found.reason


PAUSES = [
    ("7", 7.0),
    ("0", 0.0),
    ("-3", 0.0),
    ("99999", 3_600.0),
    ("soon", None),
    ("", None),
    ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
]


@pytest.mark.parametrize(("header", "pause"), PAUSES, ids=[row[0] or "none" for row in PAUSES])
def test_retry_after_is_kept_in_both_of_its_forms(header: str, pause: float | None) -> None:
    found = outcome(429, b"", {"Retry-After": header})
    assert isinstance(found, TryLater)
    assert found.pause_seconds == pause
