"""How far did a message of ours get? One word from what the outbox knows and what WhatsApp acknowledged.

waiting → sent (✓) → delivered (✓✓) → read (blue ✓✓); failed (!) and dropped (never sent, a human was faster) stand apart
"""

from enum import StrEnum

ERROR, DEVICE, READ = -1, 2, 3  # WhatsApp's own numbers of an acknowledgement.


class Tick(StrEnum):
    CLOCK = "clock"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNSURE = "unsure"
    DROPPED = "dropped"


def tick_of(send_state: str | None, ack: int | None) -> Tick:
    """send_state is None for what was typed on the business's phone or answered elsewhere: it is out already."""
    if ack is not None and ack >= DEVICE:
        return Tick.READ if ack >= READ else Tick.DELIVERED
    if send_state == "failed" or ack == ERROR:
        return Tick.FAILED
    if send_state == "dropped":
        return Tick.DROPPED
    if send_state in ("waiting", "sending"):
        return Tick.CLOCK
    return Tick.UNSURE if send_state == "unknown" else Tick.SENT
