"""Whom is this event about? Message ids, chats, and the phone behind a LID, in every engine's shape.

The chat is the second part of the message id: WEBJS swaps `from` and `to` for own messages, NOWEB and GOWS do not.
"""

from dataclasses import dataclass

from bot.json_fields import Json, UnreadableBody, loose_object, loose_text, text
from bot.receiving.arrivals import Sender

MAX_ID = 120  # The inbox's column; WhatsApp's own ids have 20 to 32 characters.
# What WAHA takes as a chat id; also keeps `0@c.us`, WhatsApp's own notices, out.
MIN_DIGITS, MAX_DIGITS = 5, 20
# WhatsApp's assistant writes from this number; two machines must not talk to each other.
META_AI = "13135550002@c.us"
ID_PARTS = 3  # {fromMe}_{chat}_{ID}, with _{participant} in groups.


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKey:
    """What WhatsApp calls a message. chat is as in the id (`62…@c.us`, `…@lid`, `…@g.us`), "" where the id does not name it."""

    from_me: bool | None
    chat: str
    bare_id: str


def read_key(value: object, name: str = "payload.id") -> MessageKey:
    """The parts of `false_62…@c.us_3EB0…`; a bare id stands alone. Raises UnreadableBody for what cannot be an id."""
    if isinstance(value, dict):  # WEBJS keeps the id as an object inside `_data`, some answers show it so.
        value = value.get("_serialized") or value.get("id")
    found = (text(value, name) or "").strip()
    parts = found.split("_")
    if len(parts) >= ID_PARTS and parts[0] in ("true", "false"):
        key = MessageKey(from_me=parts[0] == "true", chat=parts[1], bare_id=parts[2])
    else:
        key = MessageKey(from_me=None, chat="", bare_id=found)
    if not key.bare_id or len(key.bare_id) > MAX_ID or any(letter.isspace() for letter in key.bare_id):
        raise UnreadableBody(f"`{name}` is no message id. WAHA sends `false_62…@c.us_3EB0…`.")
    return key


def bare_id(value: object) -> str | None:
    """The bare id inside value, None where there is none to be found. For parts nobody promises."""
    if value is None:
        return None
    try:
        return read_key(value).bare_id
    except UnreadableBody:
        return None


def chat_of(payload: Json, key: MessageKey, from_me: bool) -> str:
    """The chat's id as WAHA writes it: from the message id, else from the side that is not us."""
    other = payload.get("to") if from_me and payload.get("to") else payload.get("from")
    return _written(key.chat or loose_text(other) or loose_text(payload.get("chatId")) or "")


def read_sender(chat: str, payload: Json, me: Json, from_me: bool) -> Sender | None:
    """Who is on the other side of chat; None for groups, channels, statuses, WhatsApp's own notices and our own number."""
    digits = person_digits(chat)
    ours = {person_digits(_written(loose_text(me.get(part)) or "")) for part in ("id", "lid")}
    if digits is None or digits in ours:
        return None
    phone, lid = (None, digits) if chat.endswith("@lid") else (digits, None)
    for alternative in _alternatives(payload, from_me):
        other = person_digits(alternative)
        if other is None or other in ours:
            continue
        if alternative.endswith("@lid"):
            lid = lid or other
        else:
            phone = phone or other
    return Sender(chat_id=chat, phone=phone, lid=lid, push_name=None if from_me else _push_name(payload))


def person_digits(chat: str) -> str | None:
    """The digits of a person's chat (`…@c.us`, `…@lid`); None for every other kind of chat."""
    user, _, server = chat.partition("@")
    if server not in ("c.us", "lid") or chat == META_AI:
        return None
    return user if user.isascii() and user.isdigit() and MIN_DIGITS <= len(user) <= MAX_DIGITS else None


def _written(chat: str) -> str:
    """`62…:12@s.whatsapp.net` → `62…@c.us`: one spelling, without the device."""
    user, _, server = chat.strip().partition("@")
    return f"{user.partition(':')[0]}@{'c.us' if server == 's.whatsapp.net' else server}" if server else chat


def _alternatives(payload: Json, from_me: bool) -> list[str]:
    """The other address of the same chat, where the engine tells it: LID beside a phone, or a phone beside a LID."""
    key = loose_object(payload, "_data", "key")
    info = loose_object(payload, "_data", "Info")
    # In GOWS the sender of an own message is us; the customer is then the recipient.
    gows = info.get("RecipientAlt") if from_me else info.get("SenderAlt")
    found = (key.get("remoteJidAlt"), key.get("senderPn"), key.get("senderLid"), gows)
    return [_written(written) for written in map(loose_text, found) if written]


# Signs that turn the direction of what follows, by which a name could make the words beside it read backwards.
TURNS_TEXT_AROUND = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _push_name(payload: Json) -> str | None:
    data = loose_object(payload, "_data")
    name = data.get("pushName") or loose_object(data, "Info").get("PushName") or data.get("notifyName")
    found = (loose_text(name) or "").translate(TURNS_TEXT_AROUND).strip()
    return found[:200] or None  # 200: the customer's name column.
