"""What did this webhook body turn out to be? WAHA's envelope of every engine, or the flat form, into one typed arrival.

Parsing knows nothing of the database and never answers anybody. A valid envelope that we do not act on is an OtherEvent; a body in
neither form raises UnreadableBody, and nothing else is ever raised.
"""

from datetime import UTC, datetime, timedelta, tzinfo

from bot.json_fields import (
    Json,
    UnreadableBody,
    clean_json,
    loose_object,
    loose_text,
    number,
    object_at,
    read_object,
    text,
)
from bot.receiving.arrivals import (
    AckNotice,
    Arrival,
    EditNotice,
    InboundMessage,
    OtherEvent,
    OwnMessage,
    ReactionNotice,
    RevokeNotice,
    Sender,
    SessionNotice,
)
from bot.receiving.webhook_chat import MessageKey, bare_id, chat_of, person_digits, read_key, read_sender
from bot.receiving.webhook_content import cut, read_content, words
from flows.domain import MessageKind
from flows.phone import phone_digits

__all__ = ["UnreadableBody", "arrival_of_message", "parse"]

NEITHER_FORM = (
    "The body is neither WAHA's event envelope {event, session, payload}"
    " nor the flat form {from, body, timestamp, message_id}."
)
NO_TIME = "`timestamp` is no time. Send `2025-01-25 10:30:00`, ISO 8601, or Unix seconds."
NO_ID = "`message_id` is missing. Send what names this message alone: a repeat of it is known by that."
NO_PHONE = "`from` is no phone number. Send digits with country code, such as 62812…."
MAX_SESSION = 54  # WAHA's own limit.
MAX_EVENT, MAX_STATUS = 60, 40  # Our columns.
KEPT_BODY_BYTES = 65_536  # A larger event that we do not act on is counted without its body.
MILLISECONDS_FROM = (
    100_000_000_000  # As seconds the year 5138, as milliseconds 1973: no message lies in between.
)
CLOCKS_DIFFER = timedelta(minutes=5)  # WAHA's machine and ours, without anything being wrong.
ACKS = {"ERROR": -1, "PENDING": 0, "SERVER": 1, "DEVICE": 2, "READ": 3, "PLAYED": 4}


def parse(raw: bytes, default_session: str, timezone: tzinfo, received_at: datetime | None = None) -> Arrival:
    """The arrival in raw. received_at stands in where a body names no time; timezone reads flat times without offset."""
    now = received_at or datetime.now(UTC)
    body = read_object(raw)
    if "event" in body:
        return _envelope(body, default_session, now, is_small=len(raw) <= KEPT_BODY_BYTES)
    if "from" in body and ("body" in body or "message_id" in body):
        return _flat(body, default_session, timezone, now)
    raise UnreadableBody(NEITHER_FORM)


def arrival_of_message(payload: Json, session: str, received_at: datetime) -> Arrival:
    """The same for one message of WAHA's chat history, which comes without an envelope."""
    envelope = {"event": "message.any", "session": session, "payload": payload}
    return _message(envelope, payload, session, received_at)


def _envelope(body: Json, default_session: str, now: datetime, is_small: bool) -> Arrival:
    event = text(body["event"], "event")
    if not event or not event.strip() or "payload" not in body:
        raise UnreadableBody(NEITHER_FORM)
    session = text(body.get("session"), "session") or default_session
    if len(session) > MAX_SESSION:
        raise UnreadableBody(f"`session` has {len(session)} characters; WAHA allows {MAX_SESSION}.")
    reader = _READERS.get(event)
    if reader is None:
        return _other(event, body if is_small else {})
    payload = object_at(body["payload"], "payload")
    if payload is None:
        raise UnreadableBody("`payload` is null where an object is expected.")
    return reader(body, payload, session, _moment(body.get("timestamp"), now))


def _message(body: Json, payload: Json, session: str, now: datetime) -> Arrival:
    key = read_key(payload.get("id"))
    from_me = _is_from_me(payload, key)
    sender = read_sender(chat_of(payload, key, from_me), payload, loose_object(body, "me"), from_me)
    if sender is None:
        return _chat_without_person(body, payload, key, from_me)
    content = read_content(payload)
    if content.is_notice:
        return _other(f"{body['event']}/notice", {})
    at = _moment(payload.get("timestamp"), now)
    if from_me:
        return OwnMessage(
            session=session,
            bare_id=key.bare_id,
            sender=sender,
            kind=content.kind,
            body=content.body,
            at=at,
            source=loose_text(payload.get("source")),
        )
    return InboundMessage(
        session=session,
        bare_id=key.bare_id,
        sender=sender,
        kind=content.kind,
        body=content.body,
        at=at,
        file=content.file,
        quoted_id=bare_id(loose_object(payload, "replyTo").get("id")),
        facts=content.facts,
    )


def _ack(body: Json, payload: Json, session: str, _now: datetime) -> Arrival:
    key = read_key(payload.get("id"))
    from_me = _is_from_me(payload, key)
    chat = chat_of(payload, key, from_me)
    value = number(payload.get("ack"))
    ack = ACKS.get(loose_text(payload.get("ackName")) or "") if value is None else int(value)
    if ack is None or ack not in ACKS.values() or not from_me or person_digits(chat) is None:
        return _other(f"{body['event']}/unused", body)
    error = loose_object(payload, "error").get("code")
    return AckNotice(
        session=session,
        bare_id=key.bare_id,
        chat_id=chat,
        ack=ack,
        error=None if error is None else str(clean_json(error))[:MAX_STATUS],
    )


def _reaction(body: Json, payload: Json, session: str, now: datetime) -> Arrival:
    reaction = object_at(payload.get("reaction"), "payload.reaction") or {}
    key = read_key(payload.get("id"))
    from_me = _is_from_me(payload, key)
    sender = read_sender(chat_of(payload, key, from_me), payload, loose_object(body, "me"), from_me)
    target = bare_id(reaction.get("messageId"))
    if sender is None or target is None:
        return _other(f"{body['event']}/unused", {})
    return ReactionNotice(
        session=session,
        target_id=target,
        sender=sender,
        text=(text(reaction.get("text"), "payload.reaction.text") or "")[:MAX_STATUS],
        from_me=from_me,
        at=_moment(payload.get("timestamp"), now),
    )


def _edit(body: Json, payload: Json, session: str, _now: datetime) -> Arrival:
    key = read_key(payload.get("id"))
    from_me = _is_from_me(payload, key)
    sender = read_sender(chat_of(payload, key, from_me), payload, loose_object(body, "me"), from_me)
    protocol = loose_object(payload, "_data", "message", "protocolMessage")
    # WEBJS keeps the message's own id when its text is edited; the others name the edited one apart.
    edited = payload.get("editedMessageId") or loose_object(protocol, "key").get("id")
    target = bare_id(edited) or key.bare_id
    if sender is None:
        return _other(f"{body['event']}/unused", {})
    kept, _ = cut(text(payload.get("body"), "payload.body") or "")
    return EditNotice(session=session, target_id=target, sender=sender, body=kept, from_me=from_me)


def _revoke(body: Json, payload: Json, session: str, _now: datetime) -> Arrival:
    after = object_at(payload.get("after"), "payload.after") or {}
    before = object_at(payload.get("before"), "payload.before") or {}
    # after.id names the act of revoking, never the revoked message.
    target = bare_id(payload.get("revokedMessageId")) or bare_id(before.get("id"))
    whole = after or before
    if target is None or bare_id(whole.get("id")) is None:
        return _other(f"{body['event']}/unused", {})
    key = read_key(whole.get("id"))
    from_me = _is_from_me(whole, key)
    if person_digits(chat_of(whole, key, from_me)) is None:
        return _other(f"{body['event']}/unused", {})
    return RevokeNotice(session=session, target_id=target, from_me=from_me)


def _session(body: Json, payload: Json, session: str, now: datetime) -> Arrival:
    status = text(payload.get("status"), "payload.status")
    if not status:
        raise UnreadableBody("`payload.status` is missing. WAHA names WORKING, SCAN_QR_CODE, STOPPED…")
    environment = loose_object(body, "environment")
    facts = {
        "data": loose_object(payload, "data"),
        "version": environment.get("version"),
        "engine": body.get("engine"),
        "me": loose_object(body, "me"),
    }
    name = loose_text(payload.get("name")) or session
    return SessionNotice(
        session=name if len(name) <= MAX_SESSION else session,
        status=status[:MAX_STATUS],
        at=now,
        facts=clean_json({name: fact for name, fact in facts.items() if fact}),
    )


_READERS = {
    "message": _message,
    "message.any": _message,
    "message.ack": _ack,
    "message.reaction": _reaction,
    "message.edited": _edit,
    "message.revoked": _revoke,
    "session.status": _session,
}


def _flat(body: Json, session: str, timezone: tzinfo, now: datetime) -> Arrival:
    written = body["from"]
    if isinstance(written, int) and not isinstance(written, bool):
        written = str(written)
    sender = _flat_sender((text(written, "from") or "").strip())
    if sender is None:
        return _other("flat/no person", {})
    message_id = body.get("message_id")
    if message_id in (None, ""):
        raise UnreadableBody(NO_ID)
    key = read_key(str(message_id) if type(message_id) is int else message_id, "message_id")
    content = words(text(body.get("body"), "body") or "")
    if content.kind is not MessageKind.TEXT:
        raise UnreadableBody("`body` is empty. The flat form carries text only.")
    return InboundMessage(
        session=session,
        bare_id=key.bare_id,
        sender=sender,
        kind=content.kind,
        body=content.body,
        at=_flat_moment(body.get("timestamp"), timezone, now),
        is_flat=True,
        facts=content.facts,
    )


def _flat_sender(written: str) -> Sender | None:
    """The person behind `from`; None for groups, channels and statuses. Raises UnreadableBody for no usable address."""
    user, at, server = written.partition("@")
    if server == "lid" and person_digits(written):
        return Sender(chat_id=written, phone=None, lid=user)
    if at and server not in ("c.us", "s.whatsapp.net"):
        if server in ("g.us", "broadcast", "newsletter", "meta.ai"):
            return None
        raise UnreadableBody(NO_PHONE)
    phone = phone_digits(user.partition(":")[0])
    if phone is None:
        raise UnreadableBody(NO_PHONE)
    return Sender(chat_id=f"{phone}@c.us", phone=phone, lid=None)


def _flat_moment(value: object, timezone: tzinfo, now: datetime) -> datetime:
    if value is None:
        return now
    if number(value) is not None:
        return _not_yet_to_come(_moment(value, None), now)
    try:
        found = datetime.fromisoformat((text(value, "timestamp") or "").strip())
        return _not_yet_to_come(
            (found if found.tzinfo else found.replace(tzinfo=timezone)).astimezone(UTC), now
        )
    except (ValueError, OverflowError) as error:
        raise UnreadableBody(NO_TIME) from error


def _moment(value: object, fallback: datetime | None) -> datetime:
    """A time from seconds or milliseconds; fallback where there is none, and UnreadableBody where there is no fallback."""
    seconds = number(value)
    if seconds is not None and seconds > MILLISECONDS_FROM:
        seconds /= 1000
    try:
        if seconds is not None and seconds > 0:
            found = datetime.fromtimestamp(seconds, UTC)
            return found if fallback is None else _not_yet_to_come(found, fallback)
    except (ValueError, OverflowError, OSError):
        pass
    if fallback is None:
        raise UnreadableBody(NO_TIME)
    return fallback


def _not_yet_to_come(found: datetime, now: datetime) -> datetime:
    """now in place of a time that nobody can have written at: such a message would stand below all later ones for good."""
    return now if found > now + CLOCKS_DIFFER else found


def _is_from_me(payload: Json, key: MessageKey) -> bool:
    value = payload.get("fromMe")
    if value is None:
        return bool(key.from_me)
    if isinstance(value, bool):
        return value
    raise UnreadableBody("`payload.fromMe` is no boolean.")


def _chat_without_person(body: Json, payload: Json, key: MessageKey, from_me: bool) -> OtherEvent:
    """A group, channel, status or note to self, counted by its kind; what was said there is not ours to keep."""
    server = chat_of(payload, key, from_me).partition("@")[2] or "unknown chat"
    return _other(f"{body['event']}/{server}", {})


def _other(event: str, body: Json) -> OtherEvent:
    return OtherEvent(event=event.strip()[:MAX_EVENT], body=clean_json(body))
