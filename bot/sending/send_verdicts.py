"""What does an outcome mean for the row in the outbox? A pure table, and the back-off."""

from datetime import datetime, timedelta
from typing import assert_never

from bot.whatsapp import Doubtful, Outcome, Refused, Sent, TryLater
from storage.way.outbox import OutboxItem, SendState, Verdict

FIRST_BACKOFF_SECONDS, LAST_BACKOFF_SECONDS = 2.0, 300.0
JITTER = 0.2  # So that many messages refused together do not come again together.
UNPROVEN = "Nobody knows whether it went out: WhatsApp shows neither the message nor a receipt."


def verdict_of(item: OutboxItem, outcome: Outcome, now: datetime, luck: float) -> Verdict | None:
    """None: the outcome is doubtful, and the row stays as it is until something proves it. luck: in [0, 1)."""
    match outcome:
        case Sent(wa_id=wa_id):
            # Where WAHA named no id, the echo or ack will; the pre-made one need not be it.
            return Verdict(item=item, state=SendState.SENT, wa_id=wa_id)
        case TryLater(reason=reason, is_session_wide=True):
            # The session's pause holds it back, so that it is due at once when the session works again.
            return Verdict(item=item, state=SendState.WAITING, reason=reason)
        case TryLater(reason=reason, pause_seconds=seconds):
            pause = backoff_seconds(item.attempts, luck) if seconds is None else seconds
            not_before = now + timedelta(seconds=pause)
            return Verdict(
                item=item, state=SendState.WAITING, reason=reason, not_before=not_before, is_own_fault=True
            )
        case Refused(reason=reason):
            return Verdict(item=item, state=SendState.FAILED, reason=reason)
        case Doubtful():
            return None
        case _:
            assert_never(outcome)


def proven(item: OutboxItem, wa_id: str | None) -> Verdict:
    """A doubtful send that went out after all."""
    return Verdict(item=item, state=SendState.SENT, wa_id=wa_id)


def given_up(item: OutboxItem) -> Verdict:
    """A doubtful send that nothing proves and that may not go again."""
    return Verdict(item=item, state=SendState.UNKNOWN, reason=UNPROVEN)


def backoff_seconds(attempts: int, luck: float) -> float:
    """2, 4, 8… seconds, 5 minutes at most, each a fifth longer or shorter."""
    pause = min(FIRST_BACKOFF_SECONDS * 2.0 ** min(attempts, 20), LAST_BACKOFF_SECONDS)
    return pause * (1 - JITTER + 2 * JITTER * luck)
