"""From a typed arrival to durable rows, and to whoever must act on them next. Returning means: it is on disk.

Messages that arrive together share one transaction, and their turns with them where nothing stands against it; all else is rare and
goes alone. What follows the commit (waking the worker, fetching a file, asking whose LID it is) may be lost in a crash: each is found
again at start or at the next message.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol, assert_never

import structlog

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
from bot.turns.batching import Batcher
from bot.turns.turn_batch import Foreseen, Taken, TurnBatch
from bot.turns.understanding import Words
from flows.domain import Meaning
from storage.database import Connection, Database, DatabaseDown
from storage.notify import Channel, tell
from storage.people.identities import Address
from storage.talks import message_events
from storage.way import inbox
from storage.way.outbox_proof import Ack, Echo, note_ack, note_echo
from storage.way.sessions import note_session

LINGER_SECONDS = (
    0.01  # Nobody notices it, and what a network brings in another order than it was written is put right.
)

log = structlog.get_logger(__name__)


class Turns(Protocol):
    """What reception needs of `worker.Worker`, which answers."""

    def wake(self, conversation_ids: Sequence[str], *said: inbox.Said) -> None: ...
    async def foresee(self, words: Sequence[Words]) -> Foreseen | None: ...
    def follow(self, foreseen: Foreseen, taken: Taken) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Followers:
    """Who is told after the commit. None of them may be needed for a message to be answered in the end."""

    turns: Turns
    file: Callable[[str, InboundMessage], Awaitable[None]]
    lid: Callable[[str, str], Awaitable[None]]
    session: Callable[[SessionNotice], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Stored:
    """is_taken: its turn was taken with it."""

    received: inbox.Received
    is_taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """stale_after zero: nothing is ever stale."""

    database: Database
    followers: Followers
    now: Callable[[], datetime]
    stale_after: timedelta
    messages: Batcher[InboundMessage, _Stored]

    async def take(self, arrival: Arrival) -> None:
        """Makes the arrival durable. Raises DatabaseDown when that is impossible now: WAHA must try again."""
        match arrival:
            case InboundMessage():
                await self._message(arrival)
            case OwnMessage():
                await self._own(arrival)
            case AckNotice():
                await self._ack(arrival)
            case ReactionNotice():
                by = "us" if arrival.from_me else "customer"
                await self.database.write(
                    lambda conn: message_events.react(conn, arrival.target_id, by, arrival.text)
                )
            case EditNotice():
                await self.database.write(
                    lambda conn: message_events.edit(conn, arrival.target_id, arrival.body)
                )
            case RevokeNotice():
                await self.database.write(lambda conn: message_events.revoke(conn, arrival.target_id))
            case SessionNotice():
                await self._session(arrival)
            case OtherEvent():
                now = self.now()
                await self.database.write(
                    lambda conn: inbox.keep_event(conn, arrival.event, arrival.body, now)
                )
            case never:
                assert_never(never)

    async def _message(self, arrival: InboundMessage) -> None:
        stored = await self.messages.submit(arrival)
        received = stored.received
        if stored.is_taken or not received.is_new or received.message_id is None:
            return
        if arrival.file is not None:
            await self.followers.file(received.message_id, arrival)
        if arrival.sender.phone is None and arrival.sender.lid is not None:
            await self.followers.lid(arrival.session, arrival.sender.lid)
        said = inbox.Said(received.message_id, arrival.kind, arrival.body)
        self.followers.turns.wake([received.conversation_id], said)

    async def _own(self, own: OwnMessage) -> None:
        """Our own echo proves a send; anything else from our number is a human typing on the phone."""
        now = self.now()
        address = _address(own.session, own.sender)
        echo = Echo(
            session=own.session,
            bare_id=own.bare_id,
            chat_id=own.sender.chat_id,
            phone=own.sender.phone,
            lid=own.sender.lid,
            kind=own.kind.value,
            body=own.body,
        )

        def job(conn: Connection) -> str | None:
            if note_echo(conn, echo, now):
                return None
            return inbox.take_over_by_phone(conn, address, own.bare_id, own.kind, own.body, own.at, now)

        await self.database.write(job)

    async def _ack(self, ack: AckNotice) -> None:
        now = self.now()
        noted = Ack(session=ack.session, bare_id=ack.bare_id, ack=ack.ack, error=ack.error)
        await self.database.write(lambda conn: note_ack(conn, noted, now))

    async def _session(self, notice: SessionNotice) -> None:
        await self.database.write(
            lambda conn: note_session(conn, notice.session, notice.status, notice.at, notice.facts)
        )
        await self.followers.session(notice)


def reception(
    database: Database, followers: Followers, now: Callable[[], datetime], stale_after: timedelta
) -> Reception:
    """A reception whose messages share transactions."""

    async def receive(arrivals: Sequence[InboundMessage]) -> Sequence[_Stored]:
        moment = now()
        rows = [_new_message(arrival, moment, stale_after) for arrival in arrivals]
        ready = [place for place, row in enumerate(rows) if _can_be_foreseen(arrivals[place], row)]
        foreseen = await followers.turns.foresee([(rows[place].kind, rows[place].body) for place in ready])
        if foreseen is None:
            return await database.write(lambda conn: _receive(conn, rows, moment))
        meanings = dict(zip(ready, foreseen.meanings, strict=True))
        try:
            stored, taken = await database.write(
                lambda conn: _receive_and_take(conn, rows, meanings, foreseen.batch)
            )
        except DatabaseDown:
            raise
        except Exception as error:
            # Whatever hinders a turn must not hinder a message from being stored; the worker meets the fault again, and counts it.
            log.warning("not_taken_at_once", error=type(error).__name__)
            return await database.write(lambda conn: _receive(conn, rows, moment))
        followers.turns.follow(foreseen, taken)
        return stored

    return Reception(
        database=database,
        followers=followers,
        now=now,
        stale_after=stale_after,
        messages=Batcher(receive, down=DatabaseDown, linger_seconds=LINGER_SECONDS),
    )


def _receive(conn: Connection, rows: Sequence[inbox.NewMessage], now: datetime) -> Sequence[_Stored]:
    """Received, and told to the workers of other processes with the same commit."""
    received = inbox.receive(conn, rows, now)
    tell(conn, Channel.TURNS, sorted({item.conversation_id for item in received if item.is_new}))
    return [_Stored(item) for item in received]


def _receive_and_take(
    conn: Connection, rows: Sequence[inbox.NewMessage], meanings: Mapping[int, Meaning], batch: TurnBatch
) -> tuple[Sequence[_Stored], Taken]:
    """Received, and their turns taken, as far as they have meanings, which are by place in the rows. The rest is told to the workers."""
    received = inbox.receive(conn, rows, batch.now)
    said: dict[inbox.Said, Meaning] = {}
    theirs: dict[str, None] = {}
    for place, meaning in meanings.items():
        item = received[place]
        if item.is_new and item.message_id is not None:
            said[inbox.Said(item.message_id, rows[place].kind, rows[place].body)] = meaning
            theirs[item.conversation_id] = None
    taken = batch.take(conn, list(theirs), said)
    stored = [
        _Stored(item, is_taken=taken.outcome is not None and place in meanings)
        for place, item in enumerate(received)
    ]
    left = {one.received.conversation_id for one in stored if one.received.is_new and not one.is_taken}
    tell(conn, Channel.TURNS, sorted(left))
    return stored, taken


def _can_be_foreseen(arrival: InboundMessage, row: inbox.NewMessage) -> bool:
    """Files are fetched and strangers' numbers asked for first; what an outage left is answered together."""
    return arrival.file is None and arrival.sender.phone is not None and not row.is_stale


def _address(session: str, sender: Sender) -> Address:
    return Address(
        session=session,
        chat_id=sender.chat_id,
        phone=sender.phone,
        lid=sender.lid,
        push_name=sender.push_name,
    )


def _new_message(arrival: InboundMessage, now: datetime, stale_after: timedelta) -> inbox.NewMessage:
    facts = dict(arrival.facts)
    if arrival.file is not None:
        facts["file"] = asdict(arrival.file)
    is_old = bool(stale_after) and not arrival.is_flat and now - arrival.at > stale_after
    return inbox.NewMessage(
        address=_address(arrival.session, arrival.sender),
        bare_id=arrival.bare_id,
        kind=arrival.kind,
        body=arrival.body,
        at=arrival.at,
        is_stale=is_old,
        quoted_id=arrival.quoted_id,
        facts=facts,
    )
