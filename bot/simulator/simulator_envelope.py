"""What WAHA would have sent: webhook bodies for the built-in simulator, in the shape of WAHA's GOWS engine."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SERVER, DEVICE, READ = 1, 2, 3
ACK_NAMES = {SERVER: "SERVER", DEVICE: "DEVICE", READ: "READ"}
OWN_NUMBER = "6280000000000@c.us"  # The business's own side of every simulated chat; no phone can have it.


def envelope(session: str, event: str, payload: dict[str, Any]) -> dict[str, Any]:  # Any: WAHA's JSON.
    """WAHA's envelope around a payload, as its GOWS engine sends it."""
    return {
        "id": "evt_" + secrets.token_hex(13),
        "timestamp": int(datetime.now(UTC).timestamp() * 1000),
        "event": event,
        "session": session,
        "me": {"id": OWN_NUMBER, "pushName": "Sapa"},
        "payload": payload,
        "engine": "GOWS",
        "environment": {"version": "simulator", "engine": "GOWS", "tier": "CORE"},
    }


def ack_envelope(session: str, chat_id: str, wa_id: str, ack: int) -> dict[str, Any]:  # Any: WAHA's JSON.
    """WhatsApp's word that a message of ours has come so far."""
    return envelope(
        session,
        "message.ack",
        {
            "id": f"true_{chat_id}_{wa_id}",
            "from": chat_id,
            "fromMe": True,
            "ack": ack,
            "ackName": ACK_NAMES[ack],
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that a simulated customer sends: where the engine may fetch it, and what it is."""

    url: str
    mimetype: str
    name: str


def message_envelope(
    session: str, phone: str, wa_id: str, text: str, *, name: str, attachment: Attachment | None = None
) -> dict[str, Any]:  # Any: WAHA's JSON.
    """A customer's message. Times carry fractions, so that quick messages keep their order."""
    chat_id = f"{phone}@c.us"
    media = attachment and {
        "url": attachment.url,
        "filename": attachment.name,
        "mimetype": attachment.mimetype,
    }
    return envelope(
        session,
        "message.any",
        {
            "id": f"false_{chat_id}_{wa_id}",
            "timestamp": round(datetime.now(UTC).timestamp(), 3),
            "from": chat_id,
            "fromMe": False,
            "source": "app",
            "body": text or None,
            "hasMedia": media is not None,
            "media": media,
            "ack": 2,
            "ackName": "DEVICE",
            "location": None,
            "vCards": None,
            "replyTo": None,
            "_data": {"Info": {"PushName": name, "ID": wa_id}},
        },
    )
