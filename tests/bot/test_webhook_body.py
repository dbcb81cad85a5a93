"""What a webhook body turns into: recorded bodies of every kind, the flat form, broken ones, and anything at all."""

import contextlib
import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.receiving.arrivals import (
    AckNotice,
    Arrival,
    EditNotice,
    InboundMessage,
    OtherEvent,
    OwnMessage,
    ReactionNotice,
    RevokeNotice,
    SessionNotice,
)
from bot.receiving.webhook_body import UnreadableBody, arrival_of_message, parse
from flows.domain import MessageKind

PAYLOADS = Path(__file__).parent.parent / "payloads" / "waha"
JAKARTA = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def recorded(name: str) -> dict[str, Any]:  # Any: WAHA's JSON.
    body: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return body


def read(body: object) -> Arrival:
    return parse(json.dumps(body).encode(), "default", JAKARTA, NOON)


def message(**changes: Any) -> InboundMessage:  # Any: broken values on purpose.
    body = recorded("message.text")
    body["payload"] |= changes
    arrival = read(body)
    assert isinstance(arrival, InboundMessage)
    return arrival


RECORDED_KINDS = [
    ("message.text", MessageKind.TEXT, "Halo kak, mau order"),
    ("message.any.same_message", MessageKind.TEXT, "Halo kak, mau order"),
    ("message.lid_sender", MessageKind.TEXT, "Ada stok?"),
    ("message.reply_quoted", MessageKind.TEXT, "Yang ini"),
    ("message.list_response", MessageKind.TEXT, "Paket A\nRp10.000"),
    ("message.location", MessageKind.LOCATION, ""),
    ("message.contact_vcard", MessageKind.CONTACT, ""),
    ("message.image_media_ok", MessageKind.IMAGE, "bukti transfer"),
    ("message.image_media_failed", MessageKind.IMAGE, "bukti transfer"),
    ("message.document_media_ok", MessageKind.DOCUMENT, ""),
    ("message.voice_media_failed", MessageKind.VOICE, ""),
    ("derived.message.media_s3", MessageKind.IMAGE, "caption"),
    ("derived.message.media_not_downloaded_by_config", MessageKind.VIDEO, ""),
    ("derived.GOWS.message.lid", MessageKind.TEXT, "Halo"),
    ("derived.WEBJS.message.lid", MessageKind.TEXT, "Halo"),
]


@pytest.mark.parametrize(("name", "kind", "body"), RECORDED_KINDS, ids=[row[0] for row in RECORDED_KINDS])
def test_a_customers_message_is_read_from_every_recorded_body(
    name: str, kind: MessageKind, body: str
) -> None:
    arrival = read(recorded(name))
    assert isinstance(arrival, InboundMessage)
    assert (arrival.kind, arrival.body, arrival.session, arrival.is_flat) == (kind, body, "default", False)


OTHER_EVENTS = [
    ("message.group", "message/g.us"),
    ("call.received", "call.received"),
]


@pytest.mark.parametrize(("name", "event"), OTHER_EVENTS, ids=[row[0] for row in OTHER_EVENTS])
def test_what_gets_no_answer_is_an_other_event(name: str, event: str) -> None:
    arrival = read(recorded(name))
    assert isinstance(arrival, OtherEvent)
    assert arrival.event == event


def test_message_and_message_any_of_one_message_are_the_same_arrival() -> None:
    assert read(recorded("message.text")) == read(recorded("message.any.same_message"))


SENDERS = [
    ("message.text", ("6281234567890@c.us", "6281234567890", None)),
    ("message.lid_sender", ("123456789012345@lid", "6281234567890", "123456789012345")),
    ("derived.GOWS.message.lid", ("123456789012345@lid", "6281234567890", "123456789012345")),
    ("derived.WEBJS.message.lid", ("123456789012345@lid", None, "123456789012345")),
]


@pytest.mark.parametrize(("name", "address"), SENDERS, ids=[row[0] for row in SENDERS])
def test_the_chat_is_kept_as_addressed_and_the_phone_read_beside_it(
    name: str, address: tuple[str, str | None, str | None]
) -> None:
    arrival = read(recorded(name))
    assert isinstance(arrival, InboundMessage)
    sender = arrival.sender
    assert (sender.chat_id, sender.phone, sender.lid) == address
    assert sender.push_name == "Budi"


def test_a_name_cannot_turn_the_words_beside_it_around() -> None:
    body = recorded("message.text")
    body["payload"]["_data"] = {"notifyName": "\u202e\u2067 idub\u202c "}
    arrival = read(body)
    assert isinstance(arrival, InboundMessage)
    assert arrival.sender.push_name == "idub"


@pytest.mark.parametrize(
    "name", ["message.any.fromMe_phone", "message.any.fromMe_api", "derived.WEBJS.message.any.fromMe"]
)
def test_an_own_message_belongs_to_the_customers_chat_in_every_engine(name: str) -> None:
    arrival = read(recorded(name))
    assert isinstance(arrival, OwnMessage)
    assert arrival.sender.chat_id == "6281234567890@c.us"
    assert arrival.sender.push_name is None


def test_our_own_address_is_never_taken_for_the_customers() -> None:
    body = recorded("message.any.fromMe_phone")
    body["payload"]["id"] = "true_123456789012345@lid_3EB0AAAA0007"
    body["payload"]["_data"]["key"]["remoteJidAlt"] = "6281100000000@s.whatsapp.net"
    arrival = read(body)
    assert isinstance(arrival, OwnMessage)
    assert (arrival.sender.phone, arrival.sender.lid) == (None, "123456789012345")


def test_a_note_to_self_is_no_conversation() -> None:
    body = recorded("message.any.fromMe_phone")
    body["payload"]["id"] = "true_6281100000000@c.us_3EB0AAAA0007"
    assert isinstance(read(body), OtherEvent)


@pytest.mark.parametrize(
    "chat",
    [
        "120363041234567890@g.us",
        "status@broadcast",
        "123@broadcast",
        "1203630@newsletter",
        "1@meta.ai",
        "0@c.us",
        "13135550002@c.us",
    ],
)
def test_chats_without_a_person_are_never_answered(chat: str) -> None:
    body = recorded("message.any.same_message")
    body["payload"] |= {"id": f"false_{chat}_3EB0AAAA0001", "from": chat}
    arrival = read(body)
    assert isinstance(arrival, OtherEvent)
    assert arrival.body == {}


def test_the_files_address_name_and_trouble_are_told() -> None:
    document = read(recorded("message.document_media_ok"))
    failed = read(recorded("message.image_media_failed"))
    assert isinstance(document, InboundMessage)
    assert isinstance(failed, InboundMessage)
    assert document.file is not None
    assert failed.file is not None
    assert (document.file.name, document.file.mimetype) == ("invoice 1.pdf", "application/pdf")
    assert document.file.url == "http://127.0.0.1:39137/api/files/default/3EB0MEDIA002.pdf"
    assert (failed.file.url, failed.file.error) == (None, "TypeError: fetch failed")


def test_a_reply_names_the_message_it_quotes() -> None:
    arrival = read(recorded("message.reply_quoted"))
    assert isinstance(arrival, InboundMessage)
    assert arrival.quoted_id == "3EB0BOT0001"


def test_a_webjs_location_never_turns_its_picture_into_words() -> None:
    place = {"latitude": -6.2, "longitude": "106.8", "description": "Monas"}
    arrival = message(location=place, body="/9j/4AAQSkZJRgABAQAAAQABAAD")
    assert (arrival.kind, arrival.body) == (MessageKind.LOCATION, "")
    assert arrival.facts["location"] == {"latitude": -6.2, "longitude": 106.8, "name": "Monas", "address": ""}


MEDIA_KINDS = [
    ("image/jpeg", MessageKind.IMAGE),
    ("image/webp", MessageKind.STICKER),
    ("audio/ogg; codecs=opus", MessageKind.VOICE),
    ("audio/mp4", MessageKind.VOICE),
    ("video/mp4", MessageKind.VIDEO),
    ("application/pdf", MessageKind.DOCUMENT),
    ("application/zip", MessageKind.DOCUMENT),
]


@pytest.mark.parametrize(("mimetype", "kind"), MEDIA_KINDS, ids=[row[0] for row in MEDIA_KINDS])
def test_the_kind_of_a_file_is_its_mimetypes(mimetype: str, kind: MessageKind) -> None:
    assert message(hasMedia=True, media={"url": None, "mimetype": mimetype}, body=None).kind is kind


def test_a_files_name_holds_no_letter_that_turns_the_rest_around() -> None:
    sent = {
        "url": "http://waha/f",
        "mimetype": "application/x-msdownload",
        "filename": "kuitansi\u202efdp.exe",
    }
    file = message(hasMedia=True, media=sent, body=None).file
    assert file is not None
    assert file.name == "kuitansifdp.exe"


RAW_ONLY = [
    ("noweb sticker", {"message": {"stickerMessage": {}}}, True, MessageKind.STICKER),
    ("webjs voice note", {"type": "ptt"}, True, MessageKind.VOICE),
    (
        "wrapped picture",
        {"message": {"viewOnceMessageV2": {"message": {"imageMessage": {}}}}},
        True,
        MessageKind.IMAGE,
    ),
    ("nothing known", {}, True, MessageKind.DOCUMENT),
    ("noweb poll", {"message": {"pollCreationMessageV3": {"name": "Pilih"}}}, False, MessageKind.UNSUPPORTED),
    ("webjs poll", {"type": "poll_creation"}, False, MessageKind.UNSUPPORTED),
    ("order", {"message": {"orderMessage": {}}}, False, MessageKind.UNSUPPORTED),
    ("nothing at all", {}, False, MessageKind.UNSUPPORTED),
    (
        "button",
        {"message": {"buttonsResponseMessage": {"selectedDisplayText": "Ya"}}},
        False,
        MessageKind.TEXT,
    ),
    (
        "disappearing text",
        {"Message": {"ephemeralMessage": {"message": {"extendedTextMessage": {"text": "Ya"}}}}},
        False,
        MessageKind.TEXT,
    ),
]


@pytest.mark.parametrize(
    ("data", "has_media", "kind"), [row[1:] for row in RAW_ONLY], ids=[row[0] for row in RAW_ONLY]
)
def test_where_waha_says_nothing_the_raw_message_tells_the_kind(
    data: dict[str, Any],  # Any: the engine's JSON.
    has_media: bool,
    kind: MessageKind,
) -> None:
    arrival = message(body=None, hasMedia=has_media, media=None, _data=data)
    assert arrival.kind is kind
    assert arrival.body == ("Ya" if kind is MessageKind.TEXT else "")


@pytest.mark.parametrize(
    "data",
    [
        {"type": "e2e_notification"},
        {"type": "ciphertext"},
        {"message": {"protocolMessage": {"type": 3}, "messageContextInfo": {}}},
        {"message": {"reactionMessage": {"text": "👍"}}},
    ],
    ids=["encryption notice", "not yet readable", "protocol", "reaction"],
)
def test_what_nobody_wrote_is_not_answered(data: dict[str, Any]) -> None:  # Any: the engine's JSON.
    body = recorded("message.text")
    body["payload"] |= {"body": None, "_data": data}
    arrival = read(body)
    assert isinstance(arrival, OtherEvent)
    assert arrival.event == "message/notice"


def test_a_long_text_is_kept_to_sixteen_thousand_characters_and_flagged() -> None:
    assert message(body="a" * 4_000).facts == {}
    assert message(body="a" * 4_001).facts == {"length": 4_001}
    cut = message(body="a" * 20_000)
    assert (len(cut.body), cut.facts) == (16_000, {"length": 20_000})


def test_nul_and_lone_surrogates_are_taken_out_and_other_letters_kept() -> None:
    assert message(body="ha\x00lo \ud83d 🙏 مرحبا").body == "halo  🙏 مرحبا"


TIMES = [
    ("seconds", 1795220081, datetime(2026, 11, 21, 0, 14, 41, tzinfo=UTC)),
    ("fractional", 1795220081.5, datetime(2026, 11, 21, 0, 14, 41, 500000, tzinfo=UTC)),
    ("string", "1795220081", datetime(2026, 11, 21, 0, 14, 41, tzinfo=UTC)),
    ("milliseconds", 1795220081000, datetime(2026, 11, 21, 0, 14, 41, tzinfo=UTC)),
    ("missing", None, datetime.fromtimestamp(1795220081.990, UTC)),
    ("nonsense", "kemarin", datetime.fromtimestamp(1795220081.990, UTC)),
    ("long to come", 4102444800, datetime.fromtimestamp(1795220081.990, UTC)),
    ("beyond the calendar", 1e300, datetime.fromtimestamp(1795220081.990, UTC)),
]


@pytest.mark.parametrize(("written", "at"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES])
def test_a_message_has_whatsapps_time_else_the_envelopes(written: object, at: datetime) -> None:
    assert message(timestamp=written).at == at


def test_keys_that_waha_leaves_out_are_not_missed() -> None:
    body = {"event": "message", "payload": {"id": "false_6281234567890@c.us_3EB0AAAA0001", "body": "Halo"}}
    arrival = read(body)
    assert isinstance(arrival, InboundMessage)
    assert (arrival.session, arrival.sender.phone, arrival.at) == ("default", "6281234567890", NOON)


def test_an_acknowledgement_names_the_message_and_how_far_it_came() -> None:
    assert read(recorded("message.ack.read")) == AckNotice(
        session="default", bare_id="3EB0BOT0001", chat_id="6281234567890@c.us", ack=3
    )


def test_an_acknowledgement_of_error_carries_whatsapps_code() -> None:
    arrival = read(recorded("derived.message.ack.error_463_post_2026.7"))
    assert isinstance(arrival, AckNotice)
    assert (arrival.ack, arrival.error) == (-1, "463")


def test_an_acknowledgement_without_number_is_read_by_its_name_or_left() -> None:
    body = recorded("message.ack.read")
    body["payload"] |= {"ack": None, "ackName": "DEVICE"}
    by_name = read(body)
    body["payload"] |= {"ackName": "UNKNOWN"}
    assert isinstance(by_name, AckNotice)
    assert by_name.ack == 2
    assert isinstance(read(body), OtherEvent)


def test_acknowledgements_in_groups_are_left() -> None:
    body = recorded("message.ack.read")
    body["payload"]["id"] = "true_120363041234567890@g.us_3EB0BOT0001_6281234567890@c.us"
    assert isinstance(read(body), OtherEvent)
    assert isinstance(read(body | {"event": "message.ack.group"}), OtherEvent)


def test_a_reaction_names_the_message_it_is_about() -> None:
    arrival = read(recorded("message.reaction"))
    assert isinstance(arrival, ReactionNotice)
    assert (arrival.target_id, arrival.text, arrival.from_me) == ("3EB0BOT0001", "👍", False)


def test_an_edit_names_the_edited_message_and_its_new_words() -> None:
    arrival = read(recorded("message.edited"))
    assert isinstance(arrival, EditNotice)
    assert (arrival.target_id, arrival.body) == ("3EB0AAAA0001", "Halo kak, mau pesan 2")


def test_a_revocation_names_the_revoked_message_not_the_act() -> None:
    assert read(recorded("message.revoked")) == RevokeNotice(
        session="default", target_id="3EB0AAAA0001", from_me=False
    )


def test_a_session_says_its_state_and_a_reachout_timelock() -> None:
    qr = read(recorded("session.status.scan_qr"))
    locked = read(recorded("derived.session.status.working_reachout_timelock_2026.7.2"))
    assert isinstance(qr, SessionNotice)
    assert isinstance(locked, SessionNotice)
    assert (qr.session, qr.status, locked.status) == ("default", "SCAN_QR_CODE", "WORKING")
    assert locked.facts["data"]["reachoutTimelock"]["isActive"] is True


def test_an_unknown_event_of_a_valid_envelope_is_kept_for_people() -> None:
    arrival = read({"event": "label.upsert", "session": "default", "payload": {"name": "VIP\x00"}})
    assert arrival == OtherEvent(
        event="label.upsert", body={"event": "label.upsert", "session": "default", "payload": {"name": "VIP"}}
    )


FLAT: dict[str, object] = {
    "from": "6281234567890",
    "body": "UMR_MAR_2025_HEMAT",
    "timestamp": "2025-01-25 10:30:00",
    "message_id": "wamid.xxx",
}


def test_the_flat_form_is_a_message_that_is_never_stale() -> None:
    arrival = read(FLAT)
    assert isinstance(arrival, InboundMessage)
    assert (arrival.bare_id, arrival.body, arrival.is_flat) == ("wamid.xxx", "UMR_MAR_2025_HEMAT", True)
    assert (arrival.sender.chat_id, arrival.sender.phone) == ("6281234567890@c.us", "6281234567890")
    assert arrival.at == datetime(2025, 1, 25, 3, 30, tzinfo=UTC)


FLAT_ADDRESSES = [
    ("+62 812-3456-7890", "6281234567890"),
    ("081234567890", "6281234567890"),
    ("81234567890", "6281234567890"),
    ("006281234567890", "6281234567890"),
    ("+62 0812 3456 7890", "6281234567890"),
    ("6281234567890@c.us", "6281234567890"),
    ("6281234567890:3@s.whatsapp.net", "6281234567890"),
    (6281234567890, "6281234567890"),
    ("+1 (212) 555-0123", "12125550123"),
]


@pytest.mark.parametrize(("written", "phone"), FLAT_ADDRESSES, ids=[str(row[0]) for row in FLAT_ADDRESSES])
def test_a_flat_address_is_read_as_people_write_it(written: object, phone: str) -> None:
    arrival = read(FLAT | {"from": written})
    assert isinstance(arrival, InboundMessage)
    assert arrival.sender.phone == phone


FLAT_TIMES = [
    ("2025-01-25T10:30:00+07:00", datetime(2025, 1, 25, 3, 30, tzinfo=UTC)),
    ("2025-01-25T10:30:00Z", datetime(2025, 1, 25, 10, 30, tzinfo=UTC)),
    (1737801000, datetime(2025, 1, 25, 10, 30, tzinfo=UTC)),
    ("1737801000", datetime(2025, 1, 25, 10, 30, tzinfo=UTC)),
    (1737801000000, datetime(2025, 1, 25, 10, 30, tzinfo=UTC)),
    (NOON.timestamp() + 60, datetime(2026, 11, 21, 12, 1, tzinfo=UTC)),  # Two machines' clocks.
    ("2999-01-01 00:00:00", NOON),
    (4102444800, NOON),
    (None, NOON),
]


@pytest.mark.parametrize(("written", "at"), FLAT_TIMES, ids=[str(row[0]) for row in FLAT_TIMES])
def test_a_flat_time_may_be_local_iso_or_unix(written: object, at: datetime) -> None:
    arrival = read(FLAT | {"timestamp": written})
    assert isinstance(arrival, InboundMessage)
    assert arrival.at == at


def test_a_full_message_id_in_the_flat_form_is_the_same_message() -> None:
    arrival = read(FLAT | {"message_id": "false_6281234567890@c.us_3EB0AAAA0001"})
    assert isinstance(arrival, InboundMessage)
    assert arrival.bare_id == "3EB0AAAA0001"


def test_a_flat_group_message_gets_no_answer() -> None:
    assert isinstance(read(FLAT | {"from": "120363041234567890@g.us"}), OtherEvent)


FLAT_BROKEN: dict[str, dict[str, object]] = {
    "letters for a phone": {"from": "budi"},
    "too short": {"from": "0812"},
    "another address": {"from": "budi@example.com"},
    "phone missing": {"from": None},
    "phone of a broken type": {"from": ["6281234567890"]},
    "a truth for a phone": {"from": True},
    "body missing": {"body": None},
    "body empty": {"body": " \x00"},
    "body of a broken type": {"body": 5},
    "id missing": {"message_id": None},
    "id empty": {"message_id": ""},
    "id of a broken type": {"message_id": {"a": 1}},
    "no time": {"timestamp": "kemarin"},
    "time of a broken type": {"timestamp": []},
    "time before all times": {"timestamp": "0001-01-01T00:00:00+23:00"},
    "time beyond all times": {"timestamp": 1e40},
}
TEXT_BODY = recorded("message.text")
BROKEN = {
    "no json": b"{",
    "no utf-8": b'{"from": "\xff"}',
    "an array": b"[]",
    "a number": b"1",
    "nothing": b"",
    "not a number": b'{"event": "x", "payload": NaN}',
    "too deep": b"[" * 100_000,
    "a huge number": b'{"event": "x", "payload": ' + b"9" * 5_000 + b"}",
    "neither form": b'{"hello": "world"}',
    "event without payload": b'{"event": "message"}',
    "event of a broken type": b'{"event": {}, "payload": {}}',
    "empty event": b'{"event": " ", "payload": {}}',
    "session of a broken type": b'{"event": "message", "session": 1, "payload": {}}',
    "endless session": json.dumps({"event": "message", "session": "s" * 55, "payload": {}}).encode(),
    "payload of a broken type": b'{"event": "message", "payload": "halo"}',
    "payload null": b'{"event": "message", "payload": null}',
    **{
        f"{name} of a broken type": json.dumps(TEXT_BODY | {"payload": TEXT_BODY["payload"] | {name: value}}).encode()
        for name, value in {
            "id": 7, "body": {}, "location": "Monas", "media": "foto.jpg", "vCards": "BEGIN", "fromMe": "no",
        }.items()
    },
    "no id": json.dumps(TEXT_BODY | {"payload": {"body": "Halo"}}).encode(),
    "endless id": json.dumps(TEXT_BODY | {"payload": {"id": "A" * 121}}).encode(),
    "reaction of a broken type": json.dumps(
        recorded("message.reaction") | {"payload": {"id": "false_6281234567890@c.us_A", "reaction": "👍"}}
    ).encode(),
    "status missing": b'{"event": "session.status", "payload": {"name": "default"}}',
    **{
        f"flat {name}": json.dumps(FLAT | changes).encode()
        for name, changes in FLAT_BROKEN.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_body_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(UnreadableBody, match=r"\w+ .*\."):
        parse(raw, "default", JAKARTA, NOON)


def test_a_message_out_of_the_history_reads_like_one_from_the_webhook() -> None:
    from_webhook = read(recorded("message.text"))
    assert arrival_of_message(recorded("message.text")["payload"], "default", NOON) == from_webhook


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ALL_RECORDED = [
    body
    for body in (json.loads(path.read_text()) for path in sorted(PAYLOADS.glob("*.json")))
    if "event" in body
]


def paths(value: object, so_far: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [so_far] if so_far else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += paths(item, (*so_far, key))
    return found


@st.composite
def a_recorded_body_with_one_part_replaced(draw: st.DrawFn) -> object:
    body = copy.deepcopy(draw(st.sampled_from(ALL_RECORDED)))
    *way, last = draw(st.sampled_from(paths(body)))
    part = body
    for key in way:
        part = part[key]
    part[last] = draw(JSON)
    return body


@settings(max_examples=400, deadline=None)
@given(
    body=JSON
    | st.dictionaries(st.sampled_from([*FLAT, "event", "payload", "session"]), JSON)
    | a_recorded_body_with_one_part_replaced()
)
def test_any_json_is_an_arrival_or_the_one_error_and_can_be_stored(body: object) -> None:
    try:
        arrival = parse(json.dumps(body).encode("utf-8", "surrogatepass"), "default", JAKARTA, NOON)
    except UnreadableBody:
        return
    repr(arrival).encode("utf-8")
    kept = json.dumps(getattr(arrival, "facts", None) or getattr(arrival, "body", ""), allow_nan=False)
    assert "\\u0000" not in kept


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_an_arrival_or_the_one_error(raw: bytes) -> None:
    with contextlib.suppress(UnreadableBody):
        assert parse(raw, "default", JAKARTA, NOON)
