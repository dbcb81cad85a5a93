"""Many turns in one transaction: the worker's own, or the one in which their messages are stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.turns.knowledge_now import Snapshot
from bot.turns.turn import Outcome, TurnRules, take_turns
from flows.domain import Meaning
from storage.database import Connection
from storage.knowledge.knowledge_version import current
from storage.way.inbox import Said
from storage.way.outbox import Offer, OutboxItem, claim_offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a batch: nothing, where the knowledge of this version is newer. claimed is what the sender takes on at once."""

    outcome: Outcome | None
    version: int
    claimed: tuple[OutboxItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnBatch:
    """What turns need besides the database and the meanings. offer None: their words are left to the sender's rounds."""

    snapshot: Snapshot
    rules: TurnRules
    offer: Offer | None
    now: datetime

    def take(
        self, conn: Connection, conversation_ids: Collection[str], meanings: Mapping[Said, Meaning]
    ) -> Taken:
        """At most one turn for each of these conversations, unless the knowledge is newer than the snapshot. Their first words are claimed
        in the same transaction: one less for customers to wait for. Raises whatever a turn raises; then none was taken."""
        version = current(conn)
        if version > self.snapshot.version:
            return Taken(outcome=None, version=version)
        outcome = take_turns(conn, conversation_ids, meanings, self.snapshot, self.rules, self.now)
        claimed = claim_offered(conn, self.offer, outcome.spoke) if self.offer else ()
        return Taken(outcome=outcome, version=version, claimed=claimed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Messages that were understood before they are stored, with all that their turns need. meanings are in the order of asking."""

    meanings: Sequence[Meaning]
    batch: TurnBatch
