"""Did it go out? What is asked about a send whose outcome nobody knows, and what may be done about it.

In this order: an echo or ack may have settled it already; WhatsApp's own history may show it; then a text or place goes out once more
under the same id, which WhatsApp takes for the same message. A file has no such id: without proof it stays unknown, and staff look.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.sending.postman import outgoing_of
from bot.whatsapp import WhatsApp
from storage.database import Database
from storage.way.outbox import OutboxItem, SendState
from storage.way.outbox_proof import is_taken, may_go_again, state_of

MEDIA_CALLS = ("sendImage", "sendFile", "sendVideo")
LONGEST_WAIT = timedelta(seconds=60)
MEDIA_LOOKS = 6  # How often a file is looked for before it is given up.


class Finding(Enum):
    """SETTLED: an echo, an ack or another worker was faster. AGAIN: it may be sent once more now. GIVE_UP: it stays unknown."""

    SETTLED = auto()
    PROVEN = auto()
    NOT_YET = auto()
    AGAIN = auto()
    GIVE_UP = auto()


@dataclass(slots=True, kw_only=True)
class Doubt:
    """A send in doubt. due: when to look next; tries: how often it was looked for; wa_id: once it is proven."""

    item: OutboxItem
    since: datetime
    due: datetime
    tries: int = 0
    wa_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtRules:
    """grace: before a text goes again. media_proof: how long a file may wait for its proof."""

    worker_id: str
    grace: timedelta
    media_proof: timedelta


class Doubts:
    """The doubtful sends of one worker."""

    def __init__(self, database: Database, whatsapp: WhatsApp, rules: DoubtRules) -> None:
        self._database = database
        self._whatsapp = whatsapp
        self._rules = rules
        self._doubts: dict[int, Doubt] = {}

    def ids(self) -> set[int]:
        """The outbox rows in doubt."""
        return set(self._doubts)

    def begin(self, item: OutboxItem, now: datetime) -> None:
        """From now on this send is looked for. A doubt that goes on keeps its beginning."""
        self._doubts.setdefault(item.id, Doubt(item=item, since=now, due=now))

    def end(self, item: OutboxItem) -> None:
        self._doubts.pop(item.id, None)

    def due(self, now: datetime) -> list[Doubt]:
        return [doubt for doubt in self._doubts.values() if doubt.due <= now]

    async def look_into(self, doubt: Doubt, now: datetime) -> Finding:
        """What is known by now; sets when to look again. Raises DatabaseDown."""
        item = doubt.item
        state, worker = await self._database.read(lambda conn: state_of(conn, item.id))
        if state is not SendState.SENDING or worker != self._rules.worker_id:
            return Finding.SETTLED
        if await self._is_in_history(doubt):
            return Finding.PROVEN
        doubt.tries += 1
        if item.call in MEDIA_CALLS:
            doubt.due = now + self._rules.media_proof / MEDIA_LOOKS
            return Finding.GIVE_UP if now - doubt.since >= self._rules.media_proof else Finding.NOT_YET
        if now - doubt.since < self._rules.grace:
            doubt.due = doubt.since + self._rules.grace
            return Finding.NOT_YET
        # Each further round waits longer: something is wrong with WAHA, and haste does not mend it.
        doubt.due = now + min(self._rules.grace * 2**doubt.tries, LONGEST_WAIT)
        worker_id = self._rules.worker_id
        may_go = await self._database.write(lambda conn: may_go_again(conn, item.id, worker_id))
        return Finding.AGAIN if may_go else Finding.SETTLED

    async def _is_in_history(self, doubt: Doubt) -> bool:
        item = doubt.item
        proof = await self._whatsapp.prove(outgoing_of(item), item.claimed_at)
        if not proof.was_sent:
            return False
        doubt.wa_id = wa_id = proof.wa_id
        if wa_id is None:
            return True
        # An older message with the same words proves nothing about this one.
        belongs_elsewhere: bool = await self._database.read(
            lambda conn: is_taken(conn, wa_id, item.message_id)
        )
        return not belongs_elsewhere
