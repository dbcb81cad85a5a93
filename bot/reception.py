"""From a typed arrival to durable rows, and to whoever must act on them next. Returning means: it is on disk.

Messages that arrive together share one transaction; everything else is rare and goes alone. What follows the commit (waking the worker,
fetching a file, asking whose LID it is) may be lost in a crash: each is found again at start or at the next message.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from bot.arrivals import (
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
from bot.batching import Batcher
from storage import inbox, message_events
from storage.database import Connection, Database, DatabaseDown
from storage.identities import Address
from storage.notify import Channel, tell
from storage.outbox_proof import Ack, Echo, note_ack, note_echo
from storage.sessions import note_session

LINGER_SECONDS = 0.004


class WakesTurns(Protocol):
    def __call__(self, conversation_ids: Sequence[str], *said: inbox.Said) -> None:
        """Something waits in these conversations: this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followers:
    """Who is told after the commit. None of them may be needed for a message to be answered in the end."""

    turn: WakesTurns
    file: Callable[[str, InboundMessage], Awaitable[None]]
    lid: Callable[[str, str], Awaitable[None]]
    session: Callable[[SessionNotice], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """stale_after zero: nothing is ever stale."""

    database: Database
    followers: Followers
    now: Callable[[], datetime]
    stale_after: timedelta
    messages: Batcher[InboundMessage, inbox.Received]

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
        received = await self.messages.submit(arrival)
        if not received.is_new or received.message_id is None:
            return
        if arrival.file is not None:
            await self.followers.file(received.message_id, arrival)
        if arrival.sender.phone is None and arrival.sender.lid is not None:
            await self.followers.lid(arrival.session, arrival.sender.lid)
        said = inbox.Said(received.message_id, arrival.kind, arrival.body)
        self.followers.turn([received.conversation_id], said)

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

    async def receive(arrivals: Sequence[InboundMessage]) -> Sequence[inbox.Received]:
        moment = now()
        rows = [_new_message(arrival, moment, stale_after) for arrival in arrivals]
        return await database.write(lambda conn: _receive(conn, rows, moment))

    return Reception(
        database=database,
        followers=followers,
        now=now,
        stale_after=stale_after,
        messages=Batcher(receive, down=DatabaseDown, linger_seconds=LINGER_SECONDS),
    )


def _receive(conn: Connection, rows: Sequence[inbox.NewMessage], now: datetime) -> Sequence[inbox.Received]:
    """Received, and told to the workers of other processes with the same commit."""
    received = inbox.receive(conn, rows, now)
    tell(conn, Channel.TURNS, sorted({item.conversation_id for item in received if item.is_new}))
    return received


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
