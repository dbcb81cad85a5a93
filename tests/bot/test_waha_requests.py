"""Nothing leaves that WAHA would answer with a 500."""

from typing import Any, get_args

import pytest

from bot.waha.waha_requests import NotSendable, send_body
from bot.whatsapp import Outgoing, SendCall
from tests.fake_waha.contract import problems

BUDI = "6281234567890@c.us"
PICTURE = {"mimetype": "image/jpeg", "url": "https://example.com/a.jpg", "filename": "a.jpg"}
PDF = {"mimetype": "application/pdf", "data": "JVBERi0=", "filename": "brosur.pdf"}
GOOD: dict[SendCall, dict[str, Any]] = {  # Any: payloads are JSON.
    "sendText": {"text": "Assalamu'alaikum 🙏"},
    "sendImage": {"file": PICTURE, "caption": "Paket Hemat"},
    "sendFile": {"file": PDF},
    "sendVideo": {"file": {"mimetype": "video/mp4", "url": "https://example.com/v.mp4"}, "caption": ""},
    "sendLocation": {"latitude": -6.2, "longitude": 106, "title": "Kantor"},
}


def outgoing(
    call: SendCall, payload: dict[str, Any], chat_id: str = BUDI, session: str = "default"
) -> Outgoing:
    return Outgoing(session=session, chat_id=chat_id, call=call, payload=payload, premade_id="3EB0ABC")


@pytest.mark.parametrize("call", get_args(SendCall))
def test_every_kind_of_send_keeps_to_wahas_contract(call: SendCall) -> None:
    body = send_body(outgoing(call, GOOD[call]))
    assert problems("POST", f"/api/{call}", {}, body) == []


def test_only_texts_and_places_carry_the_id_made_before() -> None:
    carrying = {
        call for call in get_args(SendCall) if send_body(outgoing(call, GOOD[call])).get("id") == "3EB0ABC"
    }
    assert carrying == {"sendText", "sendLocation"}


BROKEN: dict[str, tuple[SendCall, dict[str, Any]]] = {
    "empty text": ("sendText", {"text": "  \n"}),
    "no text": ("sendText", {}),
    "text of a broken type": ("sendText", {"text": 5}),
    "endless text": ("sendText", {"text": "a" * 65_537}),
    "no file": ("sendImage", {"caption": "Paket"}),
    "file of a broken type": ("sendImage", {"file": "a.jpg"}),
    "file without type": ("sendFile", {"file": {"url": "https://example.com/a.pdf"}}),
    "file without content": ("sendFile", {"file": {"mimetype": "application/pdf"}}),
    "file with address and content": ("sendFile", {"file": PDF | {"url": "https://example.com/a.pdf"}}),
    "file with our own relative address": ("sendFile", {"file": PICTURE | {"url": "/media/m1/a.jpg"}}),
    "file with a data address": (
        "sendFile",
        {"file": PDF | {"data": "data:application/pdf;base64,JVBERi0="}},
    ),
    "empty file": ("sendFile", {"file": PDF | {"data": ""}}),
    "file name of a broken type": ("sendFile", {"file": PDF | {"filename": 3}}),
    "endless caption": ("sendImage", {"file": PICTURE, "caption": "a" * 1_025}),
    "caption of a broken type": ("sendImage", {"file": PICTURE, "caption": ["a"]}),
    "place without title": ("sendLocation", {"latitude": 1, "longitude": 2}),
    "place in words": ("sendLocation", {"latitude": "-6.2", "longitude": 106.8, "title": "Kantor"}),
    "a truth for a latitude": ("sendLocation", {"latitude": True, "longitude": 106.8, "title": "Kantor"}),
    "off the map": ("sendLocation", {"latitude": 90.1, "longitude": 106.8, "title": "Kantor"}),
    "not a number": ("sendLocation", {"latitude": 0, "longitude": float("nan"), "title": "Kantor"}),
}


@pytest.mark.parametrize(("call", "payload"), BROKEN.values(), ids=BROKEN.keys())
def test_what_waha_cannot_take_is_refused_in_words_without_the_content(
    call: SendCall, payload: dict[str, Any]
) -> None:
    with pytest.raises(NotSendable, match=r"\w+ .*\.") as refusal:
        send_body(outgoing(call, payload))
    assert "Paket" not in str(refusal.value)


@pytest.mark.parametrize(
    "chat_id",
    [
        "",
        "6281234567890",
        "+6281234567890@c.us",
        "6281234567890@s.whatsapp.net",
        "120363041234567890@g.us",
        "status@broadcast",
        "62812@c.us\n",
    ],
)
def test_only_persons_are_written_to(chat_id: str) -> None:
    with pytest.raises(NotSendable, match="person"):
        send_body(outgoing("sendText", {"text": "Halo"}, chat_id=chat_id))


@pytest.mark.parametrize("session", ["", "a/b", "s" * 55])
def test_a_session_has_wahas_letters(session: str) -> None:
    with pytest.raises(NotSendable, match="session"):
        send_body(outgoing("sendText", {"text": "Halo"}, session=session))
