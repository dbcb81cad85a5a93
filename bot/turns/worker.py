"""Which conversation is taken next: the loop that turns waiting messages into turns, in order, each once.

The inbox table is the truth; this loop only knows which conversations to look at. Whoever receives a message whose turn was not taken
with it wakes it, the scan at start and after doubt finds what nobody woke it for. Conversations are taken in batches; a batch that fails
is taken again one by one, so that poison hurts only its own conversation. This is the single place where what a turn raises is counted.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.logs import TurnLine, log_turns
from bot.turns.knowledge_now import KnowledgeNow, Snapshot
from bot.turns.turn import Outcome, TurnRules, next_items
from bot.turns.turn_batch import Foreseen, Taken, TurnBatch
from bot.turns.understanding import Understander, Words
from storage.database import Connection, Database, DatabaseDown
from storage.way import inbox
from storage.way.outbox import Offer, OutboxItem
from storage.way.poison import park_conversation

BATCH = 64  # Conversations of one batch; understanding is cheapest a message from here on.
AT_ONCE = 32  # Messages that are answered while they are stored; of more, storing some beside answering others gets further.
ATTEMPTS = 3  # A turn that failed so often is set aside for a human.
LINGER_SECONDS = 0.01  # Nobody notices it, and conversations that are woken together share one transaction.
DOWN_SECONDS = 1.0  # How long to leave a database alone that does not answer.

log = structlog.get_logger(__name__)

# What waits in a conversation, as far as it is known; nothing: it must be looked up.
Ready = dict[str, tuple[inbox.Said, ...]]


class Outlet(Protocol):
    """What turns need of `sender.Sender`, which brings their words to WhatsApp."""

    def wake(self, conversation_ids: Iterable[str]) -> None: ...
    async def offer(self, conversations: int) -> Offer | None: ...
    def take(self, offer: Offer, items: Sequence[OutboxItem]) -> None: ...


@dataclass(slots=True, kw_only=True)
class Worker:
    """Drains conversations. scan_seconds is how often undone rows are looked for."""

    database: Database
    knowledge: KnowledgeNow
    understander: Understander
    rules: TurnRules
    now: Callable[[], datetime]
    sender: Outlet
    wake_alerts: Callable[[], None]
    scan_seconds: float
    _ready: Ready = field(default_factory=dict)
    _later: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: bool = False
    _is_running: bool = False

    def wake(self, conversation_ids: Iterable[str], *said: inbox.Said) -> None:
        """Something waits in these conversations: this, where it is known; otherwise it is looked up."""
        for conversation_id in conversation_ids:
            self._ready[conversation_id] = (*self._ready.get(conversation_id, ()), *said)
        self._bell.set()

    async def foresee(self, words: Sequence[Words]) -> Foreseen | None:
        """What messages mean that are about to be stored, so that their turns can be taken in the transaction that stores them. None:
        they are to be stored, and taken by `run`, which also finds out what is wrong with them."""
        if not self._is_running or self.rules.burst or not 0 < len(words) <= AT_ONCE:
            return None
        try:
            snapshot = await self.knowledge.at_hand()
            meanings = await self.understander.words(words, snapshot)
        except Exception as error:
            log.warning("not_foreseen", error=type(error).__name__)
            return None
        return Foreseen(meanings=meanings, batch=await self._batch(snapshot, len(words)))

    def follow(self, foreseen: Foreseen, taken: Taken) -> None:
        """What was foreseen is durable: its words go on their way."""
        self._follow(self._sent_off(foreseen.batch, taken))

    async def run(self) -> None:
        """Takes turns until cancelled."""
        self._is_running = True
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._scan_forever(), name="scan")
                group.create_task(self._take_forever(), name="turns")
        finally:
            self._is_running = False

    async def settle(self) -> None:
        """Returns when nothing is waiting any more that can be taken now: for tests and for the terminal chat."""
        self.wake(await self.database.read(inbox.waiting_conversations))
        while self._ready or self._later or self._busy:
            if self._ready and not self._busy:
                await self._take_ready()
            else:
                await asyncio.sleep(0.005)

    async def _scan_forever(self) -> None:
        while True:
            try:
                self.wake(await self.database.read(inbox.waiting_conversations))
            except DatabaseDown as error:
                log.warning("database_down", detail=str(error))
            await asyncio.sleep(self.scan_seconds)

    async def _take_forever(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            await asyncio.sleep(LINGER_SECONDS)
            while self._ready:
                await self._take_ready()

    async def _take_ready(self) -> None:
        self._busy = True
        batch = {
            conversation_id: self._ready.pop(conversation_id) for conversation_id in list(self._ready)[:BATCH]
        }
        try:
            await self._attempt(batch)
        finally:
            self._busy = False

    async def _attempt(self, batch: Ready) -> None:
        try:
            self._follow(await self._turns(batch))
        except DatabaseDown as error:
            log.warning("database_down", detail=str(error))
            self._come_back(dict.fromkeys(batch, DOWN_SECONDS))
        except Exception as error:
            if len(batch) > 1:
                for conversation_id, said in batch.items():
                    await self._attempt({conversation_id: said})
            else:
                await self._count_failure(next(iter(batch)), error)

    async def _turns(self, batch: Ready) -> Outcome:
        """Understood by the knowledge at hand, unless it turns out to have changed; then once more by the newest."""
        known = batch | await self._looked_up([ready for ready, said in batch.items() if not said])
        outcome, version = await self._understood(known, await self.knowledge.at_hand())
        while outcome is None:
            outcome, version = await self._understood(known, await self.knowledge.snapshot(version))
        return outcome

    async def _looked_up(self, conversation_ids: Sequence[str]) -> Ready:
        if not conversation_ids:
            return {}
        waiting = await self.database.read(lambda conn: inbox.waiting(conn, conversation_ids))
        return {
            conversation_id: tuple(item.said for item in waiting.get(conversation_id, ()))
            for conversation_id in conversation_ids
        }

    async def _understood(self, known: Ready, snapshot: Snapshot) -> tuple[Outcome | None, int]:
        """The turns, and the version of the knowledge; no turns where it is newer than the snapshot."""
        meanings = await self.understander.understand(
            [one for said in known.values() for one in said], snapshot
        )
        conversation_ids = [conversation_id for conversation_id, said in known.items() if said]
        if not conversation_ids:
            return Outcome(), snapshot.version
        batch = await self._batch(snapshot, len(conversation_ids))
        taken = await self.database.write(lambda conn: batch.take(conn, conversation_ids, meanings))
        return (None if taken.outcome is None else self._sent_off(batch, taken)), taken.version

    async def _batch(self, snapshot: Snapshot, conversations: int) -> TurnBatch:
        offer = await self.sender.offer(conversations)
        return TurnBatch(snapshot=snapshot, rules=self.rules, offer=offer, now=self.now())

    def _sent_off(self, batch: TurnBatch, taken: Taken) -> Outcome:
        """Hands what was claimed to the sender; what is left is to be followed."""
        if batch.offer:
            self.sender.take(batch.offer, taken.claimed)
        outcome = taken.outcome or Outcome()
        return replace(outcome, spoke=outcome.spoke - {item.conversation_id for item in taken.claimed})

    def _follow(self, outcome: Outcome) -> None:
        if outcome.spoke:
            self.sender.wake(sorted(outcome.spoke))
        if any(turn.decision.alerts for turn in outcome.taken):
            self.wake_alerts()
        self.wake(outcome.again)
        self._come_back(outcome.later)
        log_turns(
            TurnLine(
                conversation=turn.thread.conversation_id,
                status_before=turn.thread.status.value,
                status_after=turn.decision.status.value,
                phase=turn.decision.journey.phase.value,
                because=turn.decision.because,
                intent=turn.decision.intent,
                milliseconds=turn.milliseconds,
            )
            for turn in outcome.taken
        )

    def _come_back(self, later: Mapping[str, float]) -> None:
        loop = asyncio.get_running_loop()
        for conversation_id, seconds in later.items():
            if conversation_id not in self._later:
                self._later[conversation_id] = loop.call_later(seconds, self._return_to, conversation_id)

    def _return_to(self, conversation_id: str) -> None:
        self._later.pop(conversation_id, None)
        self.wake([conversation_id])

    async def _count_failure(self, conversation_id: str, error: Exception) -> None:
        """Poison: counted apart from the turn's own transaction; set aside after a few attempts, and a human is asked for."""
        log.error("turn_failed", conversation=conversation_id, error=type(error).__name__, exc_info=error)
        now = self.now()

        def job(conn: Connection) -> bool:
            items = inbox.waiting(conn, [conversation_id]).get(conversation_id, ())
            ids = [item.inbox_id for item in next_items(items, self.rules.burst)]
            if not ids or inbox.count_attempt(conn, ids) < ATTEMPTS:
                return bool(ids)
            inbox.park(conn, ids)
            park_conversation(conn, conversation_id, type(error).__name__, now)
            return True

        try:
            if await self.database.write(job):
                self._come_back({conversation_id: DOWN_SECONDS / 10})
        except DatabaseDown:
            self._come_back({conversation_id: DOWN_SECONDS})


@dataclass(slots=True)
class TurnsWhenReady:
    """A worker that there is once its models are loaded, if this process has one at all. Until then messages are stored, and its first
    scan finds them."""

    worker: Worker | None = None

    def wake(self, conversation_ids: Iterable[str], *said: inbox.Said) -> None:
        if self.worker is not None:
            self.worker.wake(conversation_ids, *said)

    async def foresee(self, words: Sequence[Words]) -> Foreseen | None:
        return await self.worker.foresee(words) if self.worker is not None else None

    def follow(self, foreseen: Foreseen, taken: Taken) -> None:
        assert self.worker is not None, "it foresaw this"
        self.worker.follow(foreseen, taken)
