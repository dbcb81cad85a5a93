"""From the outbox to WhatsApp: one message after the other in each conversation, many conversations at once.

One loop writes down what became of the last messages and claims the next ones, in one transaction (`_round`, read it first); meanwhile
the claimed ones are on their way. Whatever happens to this process, each row says in the database how far it came.
"""

import asyncio
import contextlib
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.sending.doubts import Doubt, DoubtRules, Doubts, Finding
from bot.sending.human_pace import HumanPace
from bot.sending.id_stock import IdStock
from bot.sending.orphans import Orphans
from bot.sending.outgoing_media import OutgoingMedia
from bot.sending.postman import Postman
from bot.sending.send_verdicts import given_up, proven, verdict_of
from bot.sending.session_pauses import SessionPauses
from bot.whatsapp import Outcome, Refused, Sent, WhatsApp
from storage.database import Database, DatabaseDown
from storage.way.outbox import Claimer, Offer, OutboxItem, Scope, SendState, Verdict, claim, has_due
from storage.way.outbox_heads import Head
from storage.way.outbox_round import Round, RoundResult, carry_out

log = structlog.get_logger(__name__)

HINTS = 500  # Conversations named in one query; more wait for the next round.
DATABASE_PAUSE_SECONDS = 1.0
LINGER_SECONDS = 0.005  # Nobody notices it, and messages that leave together share one transaction.


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderOptions:
    """is_paced: like a person, otherwise at once. limit: messages on their way together (paced: conversations being typed in).

    grace and media_proof: see doubts.py. scan_seconds: how often rows are looked for that fell due by themselves.
    """

    session: str = "default"
    is_paced: bool = False
    limit: int = 128
    scan_seconds: float = 1.0
    grace: timedelta = timedelta(seconds=5)
    media_proof: timedelta = timedelta(seconds=60)
    worker_id: str = field(default_factory=lambda: f"sender_{secrets.token_hex(8)}")


class Sender:
    """One worker's sender. `run` it in a task; `wake` it when something was put into the outbox.

    media None: the WhatsApp at hand finds files itself, as the simulator does. counts: messages by what became of them.
    """

    def __init__(
        self,
        database: Database,
        whatsapp: WhatsApp,
        options: SenderOptions,
        *,
        media: OutgoingMedia | None = None,
        clock: Callable[[], datetime] = utc_now,
        human_pace: HumanPace | None = None,
    ) -> None:
        self.options = options
        self.counts: Counter[SendState] = Counter()
        self._database = database
        self._whatsapp = whatsapp
        self._clock = clock
        self._postman = Postman(whatsapp, media)
        self._human_pace = human_pace or HumanPace(whatsapp)
        rules = DoubtRules(worker_id=options.worker_id, grace=options.grace, media_proof=options.media_proof)
        self._doubts = Doubts(database, whatsapp, rules)
        self._pauses = SessionPauses()
        self._orphans = Orphans(database, options.worker_id)
        self._tasks: asyncio.TaskGroup | None = None
        self._is_closing = False
        self._is_draining = False
        self._is_database_down = False
        # What the next round is to do.
        self._ring = asyncio.Event()
        self._wanted: dict[str, None] = {}
        self._is_scan_due = True
        self._verdicts: list[Verdict] = []
        self._ids = IdStock(lambda: whatsapp.premade_id(options.session))
        # What goes on meanwhile. A message is flying from its claim until its verdict is written down; a conversation (here with its
        # session) is served at human pace from the first pause until its message has landed.
        self._flying: dict[int, OutboxItem] = {}
        self._served: dict[str, str] = {}
        self._clearing: set[int] = set()
        self._rest = asyncio.Event()
        self._resters = 0

    def wake(self, conversation_ids: Iterable[str]) -> None:
        """Something may leave in these conversations."""
        self._wanted.update(dict.fromkeys(conversation_ids))
        self._ring.set()

    def session_changed(self, session: str, status: str) -> None:
        """WAHA told of its session: what waited goes out at once when it works, and nothing is tried when it does not."""
        self._pauses.told(session, status, self._clock())
        self._scan()

    async def offer(self, conversations: int) -> Offer | None:
        """What so many turns may claim for this sender in their own transaction; `take` what they did. None: leave it to the rounds."""
        under_way = len(self._flying) - len(self._verdicts)
        # Half of the room is for those who wait already.
        room = min((self.options.limit - under_way) // 2, conversations)
        is_ready = self._tasks is not None and self._orphans.is_shown_alive and not self._is_closing
        if not is_ready or self.options.is_paced or room <= 0:
            return None
        ids = await self._ids.take(room)
        now = self._clock()
        return Offer(
            who=Claimer(worker_id=self.options.worker_id, now=now, limit=room),
            premade_ids=ids,
            not_sessions=frozenset(self._pauses.waiting(now) | self._pauses.trying(now)),
        )

    def take(self, offer: Offer, items: Sequence[OutboxItem]) -> None:
        """On their way: what was claimed under the offer. Ids that were not needed serve others."""
        self._send_off(items, offer.premade_ids)

    async def run(self) -> None:
        """Sends until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._watch(), name="sender-watch")
                await self._pump()
        finally:
            self._tasks = None
            await self._orphans.let_go()

    async def drain(self) -> None:
        """Returns when nothing is due any more, whether or not `run` goes on elsewhere. For tests and commands: faults of ours raise."""
        if self._tasks is not None:
            await self._until_rest()
            return
        self._is_draining = True
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(self.run())
            await self._until_rest()
            running.cancel()
        self._is_draining = False

    async def close(self, seconds: float = 10.0) -> None:
        """Claims nothing more, and gives what is on its way some seconds to land. Cancel `run` afterwards."""
        self._is_closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._until_rest()

    def _scan(self) -> None:
        self._is_scan_due = True
        self._ring.set()

    async def _until_rest(self) -> None:
        self._resters += 1
        try:
            self._rest.clear()
            self._orphans.look_soon()
            self._ring.set()
            await self._rest.wait()
        finally:
            self._resters -= 1

    async def _pump(self) -> None:
        while True:
            await self._ring.wait()
            await asyncio.sleep(LINGER_SECONDS)
            self._ring.clear()
            try:
                await self._round()
            except DatabaseDown as error:
                if not self._is_database_down:
                    log.warning("sender_waits_for_database", reason=str(error))
                await self._hold_on(is_database_down=True)
            except Exception:
                if self._is_draining:
                    raise
                log.exception("sender_round_failed")
                self._let_go_of_the_round()
                await self._hold_on(is_database_down=False)
            else:
                self._is_database_down = False

    def _let_go_of_the_round(self) -> None:
        """A fault of ours in one round must not silence everybody. Rows whose verdict is lost come back as orphans."""
        for verdict in self._verdicts:
            self._flying.pop(verdict.item.id, None)
        self._verdicts.clear()
        self._pauses.notes.clear()

    async def _hold_on(self, is_database_down: bool) -> None:
        self._is_database_down = is_database_down
        await asyncio.sleep(DATABASE_PAUSE_SECONDS)
        self._scan()

    async def _watch(self) -> None:
        """Rings when something has fallen due by itself, so that an idle sender costs one small read a second."""
        while True:
            await asyncio.sleep(self.options.scan_seconds)
            now = self._clock()
            if self._doubts.due(now) or self._orphans.are_due(now):
                self._ring.set()
            with contextlib.suppress(DatabaseDown):
                if await self._is_anything_due(now):
                    self._scan()

    async def _is_anything_due(self, now: datetime) -> bool:
        asleep = self._pauses.waiting(now)
        return await self._database.read(lambda conn: has_due(conn, now, asleep))

    async def _round(self) -> None:
        """Write down, claim, send: the verdicts so far and the next claims in one transaction, then the claimed on their way."""
        now = self._clock()
        if self._orphans.are_due(now):
            for item in await self._orphans.found(self._flying.keys() | self._doubts.ids(), now):
                self._doubts.begin(item, now)
        self._look_into_doubts(now)
        plan = await self._next_round(now)
        if plan.verdicts or plan.notes or plan.scopes:
            result = await self._database.write(lambda conn: carry_out(conn, plan))
            self._written_down(plan)
            self._take_off(plan, result)
        if self._resters and self._is_at_rest(now):
            self._rest.set()

    async def _next_round(self, now: datetime) -> Round:
        scopes = () if self._is_closing else self._scopes(now)
        only_look = self.options.is_paced
        ids = await self._ids.take(0 if only_look else sum(limit for limit, _ in scopes))
        return Round(
            worker_id=self.options.worker_id,
            now=now,
            verdicts=tuple(self._verdicts),
            notes=tuple(self._pauses.notes),
            scopes=scopes,
            premade_ids=ids,
            only_look=only_look,
        )

    def _scopes(self, now: datetime) -> tuple[tuple[int, Scope], ...]:
        """What to ask for: as much as there is room for, of sessions that work; one message of a session that is to be tried.

        What is asked for counts as looked at from here on, so that a wake during the transaction is not lost. A round that fails
        is followed by a scan.
        """
        landed = len(self._verdicts)
        room = self.options.limit - (
            len(self._served) if self.options.is_paced else len(self._flying) - landed
        )
        if room <= 0:
            return ()
        # Conversations being served are still due in the database and would otherwise take the places of others.
        limit = self.options.limit if self.options.is_paced else room
        trying = self._pauses.trying(now)
        asleep = self._pauses.waiting(now) | trying
        scopes: list[tuple[int, Scope]] = []
        if self._is_scan_due or self._resters:
            self._is_scan_due = False
            self._wanted.clear()
            scopes.append((limit, Scope(not_sessions=asleep)))
        elif self._wanted:
            hints = list(self._wanted)[:HINTS]
            for conversation_id in hints:
                del self._wanted[conversation_id]
            # One message a conversation is claimed; whoever reaches the limit is told that there may be more.
            scopes.append((min(limit, len(hints) + 1), Scope(conversation_ids=hints, not_sessions=asleep)))
        if trying:
            under_way = {item.session for item in self._flying.values()} | set(self._served.values())
            scopes += [(1, Scope(only_session=session)) for session in trying - under_way]
        return tuple(scopes)

    def _written_down(self, plan: Round) -> None:
        """The plan is durable: forget what it carried, keep what came in while it was being written."""
        del self._verdicts[: len(plan.verdicts)]
        del self._pauses.notes[: len(plan.notes)]
        for verdict in plan.verdicts:
            self._flying.pop(verdict.item.id, None)
            self.counts[verdict.state] += 1
        if plan.verdicts and self._pauses.trying(plan.now):
            self._scan()  # The one that tried has landed; the next may try.

    def _take_off(self, plan: Round, result: RoundResult) -> None:
        assert self._tasks is not None, "only `run` makes rounds"
        self._send_off(result.items, plan.premade_ids)
        for head in result.heads:
            if head.conversation_id not in self._served:
                self._served[head.conversation_id] = head.session
                self._tasks.create_task(self._serve(head))
        if result.is_more:
            self._scan()

    def _send_off(self, items: Sequence[OutboxItem], ids: tuple[str, ...]) -> None:
        assert self._tasks is not None, "only while it runs is anything claimed"
        self._ids.give_back(ids, {item.premade_id for item in items})
        for item in items:
            self._flying[item.id] = item
            self._tasks.create_task(self._fly(item))

    def _is_at_rest(self, now: datetime) -> bool:
        going_on = self._flying or self._served or self._clearing or self._verdicts or self._pauses.notes
        to_do = (self._is_scan_due or self._wanted) and not self._is_closing
        return not going_on and not to_do and not self._doubts.due(now)

    async def _fly(self, item: OutboxItem) -> None:
        self._land(item, await self._postman.bring(item))

    async def _serve(self, head: Head) -> None:
        """A conversation's next message at human pace. It is claimed after the pauses: the gate is asked at the last moment."""
        try:
            await self._human_pace.before(head)
            item = None if self._is_closing else await self._claim_one(head)
            if item is not None:
                await self._fly(item)
        except DatabaseDown:
            self._is_scan_due = True
        finally:
            self._served.pop(head.conversation_id, None)
            self.wake([head.conversation_id])

    async def _claim_one(self, head: Head) -> OutboxItem | None:
        premade_id = await self._whatsapp.premade_id(head.session)
        now = self._clock()
        who = Claimer(worker_id=self.options.worker_id, now=now, limit=1)
        scope = Scope(conversation_ids=[head.conversation_id], not_sessions=self._pauses.waiting(now))
        claimed = await self._database.write(lambda conn: claim(conn, who, iter([premade_id]), scope))
        for item in claimed.items:
            self._flying[item.id] = item
        return claimed.items[0] if claimed.items else None

    def _land(self, item: OutboxItem, outcome: Outcome) -> None:
        now = self._clock()
        self._is_scan_due |= self._pauses.heed(item.session, outcome, now)
        verdict = verdict_of(item, outcome, now, random.random())
        if verdict is not None:
            self._verdicts.append(verdict)
        else:
            log.warning(
                "send_in_doubt", outbox_id=item.id, call=item.call, reason=getattr(outcome, "reason", "")
            )
            self._doubts.begin(item, now)
            self._flying.pop(item.id, None)
        self.wake([item.conversation_id])

    def _look_into_doubts(self, now: datetime) -> None:
        assert self._tasks is not None, "only `run` makes rounds"
        for doubt in self._doubts.due(now):
            if doubt.item.id not in self._clearing:
                self._clearing.add(doubt.item.id)
                self._tasks.create_task(self._clear_up(doubt))

    async def _clear_up(self, doubt: Doubt) -> None:
        item = doubt.item
        try:
            match await self._doubts.look_into(doubt, self._clock()):
                case Finding.SETTLED:
                    self._doubts.end(item)
                case Finding.PROVEN:
                    self._conclude(doubt, proven(item, doubt.wa_id))
                case Finding.GIVE_UP:
                    self._conclude(doubt, given_up(item))
                case Finding.AGAIN:
                    await self._try_again(doubt)
                case Finding.NOT_YET:
                    pass
        except DatabaseDown:
            doubt.due = self._clock() + timedelta(seconds=DATABASE_PAUSE_SECONDS)
        finally:
            self._clearing.discard(item.id)
            self.wake([item.conversation_id])

    async def _try_again(self, doubt: Doubt) -> None:
        """The same message under the same id. Whatever is not a clear answer leaves the first try as doubtful as it was."""
        item = doubt.item
        outcome = await self._postman.bring(item)
        self._is_scan_due |= self._pauses.heed(item.session, outcome, self._clock())
        match outcome:
            case Sent(wa_id=wa_id):
                self._conclude(doubt, proven(item, wa_id))
            case Refused():
                self._conclude(doubt, given_up(item))

    def _conclude(self, doubt: Doubt, verdict: Verdict) -> None:
        self._flying[doubt.item.id] = doubt.item
        self._verdicts.append(verdict)
        self._doubts.end(doubt.item)
