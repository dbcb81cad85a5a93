"""Which WhatsApp sessions wait as a whole, and for how long? When one send says that nothing can leave, the others need not ask.

After each pause one message tries; when it gets through, all follow. Held in memory: a worker that starts anew simply tries. Staff are
told once an outage, through `notes` that the sender's next transaction carries.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.whatsapp import Outcome, Sent, TryLater
from storage.moments.alerts import NewAlert, raise_alert
from storage.way.outages import begin_outage, end_outage
from storage.way.outbox_round import Job

log = structlog.get_logger(__name__)

PAUSES_SECONDS = (
    1.0,
    2.0,
    4.0,
    8.0,
    15.0,
    30.0,
)  # WAHA restarts in seconds; a log-in waits for a person anyway.
NOT_READY = ("STOPPED", "FAILED", "SCAN_QR_CODE", "PASSKEY_REQUIRED")


@dataclass(slots=True)
class _Pause:
    until: datetime
    failures: int


class SessionPauses:
    """The pauses of one worker, and what is to be written about them."""

    def __init__(self) -> None:
        self.notes: list[Job] = []
        self._pauses: dict[str, _Pause] = {}

    def waiting(self, now: datetime) -> frozenset[str]:
        """Sessions of which nothing may be tried now."""
        return frozenset(session for session, pause in self._pauses.items() if pause.until > now)

    def trying(self, now: datetime) -> frozenset[str]:
        """Sessions whose pause is over: one message may try."""
        return frozenset(session for session, pause in self._pauses.items() if pause.until <= now)

    def heed(self, session: str, outcome: Outcome, now: datetime) -> bool:
        """What the outcome of one send means for the others of its session; True when they may all follow now."""
        match outcome:
            case Sent():
                return self.end(session)
            case TryLater(reason=reason, is_session_wide=True):
                self.begin(session, reason, now, outcome.pause_seconds)
            case TryLater(reason=reason, is_timelock=True):
                self._restricted(session, reason, now)
        return False

    def told(self, session: str, status: str, now: datetime) -> None:
        """WAHA's own word on its session."""
        if status == "WORKING":
            self.end(session)
        elif status in NOT_READY:
            self.begin(session, f"The WhatsApp session is not ready ({status}). Run: sapa waha status", now)

    def begin(self, session: str, reason: str, now: datetime, seconds: float | None = None) -> None:
        """Nothing of the session leaves for now. Messages that failed while under way together count as one failure."""
        pause = self._pauses.get(session)
        if pause is not None and pause.until > now:
            return
        failures = pause.failures if pause else 0
        backoff = PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)]
        until = now + timedelta(seconds=backoff if seconds is None else seconds)
        self._pauses[session] = _Pause(until=until, failures=failures + 1)
        if pause is None:
            log.warning("whatsapp_waits", session=session, reason=reason)
            self.notes.append(lambda conn: begin_outage(conn, session, reason, now))

    def end(self, session: str) -> bool:
        """Messages of the session leave again; whether they had been waiting."""
        if self._pauses.pop(session, None) is None:
            return False
        log.info("whatsapp_is_back", session=session)
        self.notes.append(lambda conn: end_outage(conn, session))
        return True

    def _restricted(self, session: str, reason: str, now: datetime) -> None:
        alert = NewAlert(
            kind="account_restricted",
            dedupe_key=f"account_restricted:{session}:{now:%Y-%m-%d}",
            facts={"session": session, "reason": reason},
        )
        self.notes.append(lambda conn: raise_alert(conn, alert, now))
