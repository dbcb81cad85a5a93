"""What came in. Receiving is one short transaction: after it the message is durable, before it nothing happened.

A message is the same message when session, direction and bare WhatsApp id are the same, whatever address it came under; a repeat leaves
no trace. Nothing here decides what a message means.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Connection
from sqlalchemy import bindparam, distinct, func, insert, select, update

from flows.domain import MessageKind
from flows.roles import Actor
from storage.complaints.case_clocks import human_answered
from storage.dialect import insert_new, written
from storage.many import Many
from storage.people.identities import Address, Thread, resolve
from storage.prepared import Prepared
from storage.tables import Conversation, EventCount, Handover, InboxRow, Message, new_id

PHONE = Actor(name="phone")  # Whoever typed on the business's own phone.
MAX_KEPT_EVENT = 64_000  # Characters of an unused event's body that are kept for people to look at.


# Written once: building a statement costs more than running it where every message asks for it.
_IS_WAITING = InboxRow.state == written("waiting")
_WAITING = Prepared(
    select(
        InboxRow.id, InboxRow.conversation_id, InboxRow.message_id, InboxRow.kind, InboxRow.body,
        InboxRow.facts, InboxRow.is_stale, InboxRow.at, InboxRow.received_at, InboxRow.attempts,
    )
    .where(InboxRow.conversation_id.in_(bindparam("conversations", expanding=True)), _IS_WAITING)
    .order_by(InboxRow.at, InboxRow.id)
)  # fmt: skip
_FINISH = Many(update(InboxRow).where(InboxRow.id == bindparam("row")).values(state="done"))
_TOUCH = Many(
    update(Conversation)
    .where(Conversation.id == bindparam("conversation"))
    .values(last_message_at=bindparam("latest"))
)
_NEW_MESSAGE = Many(insert(Message))
_NEW_IN_INBOX = Many(insert(InboxRow), skips_known=True)
_KEPT = Prepared(
    select(InboxRow.message_id).where(
        InboxRow.session.in_(bindparam("sessions", expanding=True)),
        InboxRow.from_me == bindparam("from_me"),
        InboxRow.bare_id.in_(bindparam("bare_ids", expanding=True)),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A customer's message as parsed at the door. facts hold what is not text (location, file notice); at is WhatsApp's time."""

    address: Address
    bare_id: str
    kind: MessageKind
    body: str
    at: datetime
    is_stale: bool = False
    quoted_id: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # Any: small JSON, as stored.


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """is_new False: a repeat, already there. message_id is the row that holds the message either way, if it is known."""

    conversation_id: str
    is_new: bool
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a message, which are understood before its turn. A message that was edited meanwhile has others."""

    message_id: str
    kind: MessageKind
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One message that awaits its turn."""

    inbox_id: int
    conversation_id: str
    message_id: str
    kind: MessageKind
    body: str
    facts: dict[str, Any]  # Any: as stored.
    is_stale: bool
    at: datetime
    received_at: datetime
    attempts: int

    @property
    def said(self) -> Said:
        return Said(self.message_id, self.kind, self.body)


def receive(conn: Connection, messages: Sequence[NewMessage], now: datetime) -> list[Received]:
    """One result a message, in order. New ones wait for their turn from here on."""
    if not messages:
        return []
    threads = resolve(conn, [message.address for message in messages], now)
    # The first of equal ones in this very batch counts; the unique index decides among everybody's. Ids are given in the order of
    # arrival, because that is the order in which people read.
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for message in messages:
        key = _key(message)
        if key not in rows:
            rows[key] = _inbox_row(message, threads[message.address], now)
    inserted = _insert_inbox(conn, list(rows.values()))
    new = [
        (message, rows[_key(message)])
        for message in _first_of_each(messages)
        if rows[_key(message)]["message_id"] in inserted
    ]
    if new:
        _NEW_MESSAGE.run(conn, [_message_row(message, row) for message, row in new])
        _touch(conn, new)
    seen: set[str] = set()
    return [_received(threads[message.address], rows[_key(message)], inserted, seen) for message in messages]


def _key(message: NewMessage) -> tuple[str, str]:
    return (message.address.session, message.bare_id)


def _first_of_each(messages: Sequence[NewMessage]) -> list[NewMessage]:
    first: dict[tuple[str, str], NewMessage] = {}
    for message in messages:
        first.setdefault(_key(message), message)
    return list(first.values())


def _received(thread: Thread, row: dict[str, Any], inserted: Collection[str], seen: set[str]) -> Received:
    is_new = row["message_id"] in inserted and row["message_id"] not in seen
    seen.add(row["message_id"])
    return Received(
        conversation_id=thread.conversation_id,
        is_new=is_new,
        message_id=row["message_id"] if is_new else None,
    )


def _inbox_row(message: NewMessage, thread: Thread, now: datetime) -> dict[str, Any]:
    return {
        "session": message.address.session,
        "from_me": False,
        "bare_id": message.bare_id,
        "conversation_id": thread.conversation_id,
        "message_id": new_id("msg"),
        "kind": message.kind.value,
        "body": message.body,
        "facts": message.facts,
        "is_stale": message.is_stale,
        "at": message.at,
        "received_at": now,
        "state": "waiting",
        "attempts": 0,
    }


def _insert_inbox(conn: Connection, rows: list[dict[str, Any]]) -> set[str]:
    """The message ids of the rows that were not there yet: where a row was, it has kept its own."""
    given = {row["message_id"] for row in rows}
    if _NEW_IN_INBOX.run(conn, rows) == len(rows):
        return given
    named = {"sessions": {row["session"] for row in rows}, "bare_ids": [row["bare_id"] for row in rows]}
    kept = {row.message_id for row in _KEPT.all(conn, from_me=rows[0]["from_me"], **named)}
    return kept & given


def _message_row(message: NewMessage, row: dict[str, Any]) -> dict[str, Any]:
    details = dict(message.facts)
    if message.quoted_id:
        details["quoted_id"] = message.quoted_id
    return {
        "id": row["message_id"],
        "conversation_id": row["conversation_id"],
        "direction": "in",
        "author": "customer",
        "kind": row["kind"],
        "body": message.body or None,
        "at": message.at,
        "position": 0,
        "wa_id": message.bare_id,
        "answers": [],
        "details": details,
    }


def _touch(conn: Connection, new: Sequence[tuple[NewMessage, dict[str, Any]]]) -> None:
    latest: dict[str, datetime] = {}
    for message, row in new:
        conversation_id = row["conversation_id"]
        latest[conversation_id] = max(message.at, latest.get(conversation_id, message.at))
    _TOUCH.run(
        conn,
        [{"conversation": conversation_id, "latest": at} for conversation_id, at in sorted(latest.items())],
    )


def waiting_conversations(conn: Connection, limit: int = 10_000) -> list[str]:
    """Conversations in which something awaits its turn, those that wait longest first: the scan at start and after doubt."""
    rows = conn.execute(
        select(InboxRow.conversation_id)
        .where(_IS_WAITING)
        .group_by(InboxRow.conversation_id)
        .order_by(func.min(InboxRow.id))
        .limit(limit)
    )
    return [row.conversation_id for row in rows]


def waiting(conn: Connection, conversation_ids: Collection[str]) -> dict[str, tuple[Waiting, ...]]:
    """What awaits its turn, by conversation, in WhatsApp's order: time first, then order of arrival."""
    rows = _WAITING.all(conn, conversations=conversation_ids)
    found: dict[str, list[Waiting]] = {}
    for row in rows:
        found.setdefault(row.conversation_id, []).append(_waiting(row))
    return {conversation_id: tuple(items) for conversation_id, items in found.items()}


def _waiting(row: Any) -> Waiting:  # Any: a row of _WAITING.
    return Waiting(
        inbox_id=row.id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        kind=MessageKind(row.kind),
        body=row.body,
        facts=row.facts,
        is_stale=row.is_stale,
        at=row.at,
        received_at=row.received_at,
        attempts=row.attempts,
    )


def finish(conn: Connection, inbox_ids: Collection[int]) -> None:
    """These messages had their turn."""
    _FINISH.run(conn, [{"row": inbox_id} for inbox_id in inbox_ids])


def count_attempt(conn: Connection, inbox_ids: Collection[int]) -> int:
    """Notes that a turn with these messages failed, apart from that turn's own transaction; answers how often by now."""
    conn.execute(update(InboxRow).where(InboxRow.id.in_(inbox_ids)).values(attempts=InboxRow.attempts + 1))
    return conn.scalar(select(func.max(InboxRow.attempts)).where(InboxRow.id.in_(inbox_ids))) or 0


def park(conn: Connection, inbox_ids: Collection[int]) -> None:
    """Poison: these messages are set aside for a human, so that they cannot spin."""
    conn.execute(update(InboxRow).where(InboxRow.id.in_(inbox_ids)).values(state="parked"))


def take_over_by_phone(
    conn: Connection,
    address: Address,
    bare_id: str,
    kind: MessageKind,
    body: str,
    at: datetime,
    now: datetime,
) -> str | None:
    """Somebody typed on the business's own phone: a human holds this conversation from now on.

    Answers the conversation, or None when this very message was already known. What the bot had prepared is dropped at the send gate.
    """
    thread = resolve(conn, [address], now)[address]
    row = _inbox_row(NewMessage(address=address, bare_id=bare_id, kind=kind, body=body, at=at), thread, now)
    row |= {"from_me": True, "state": "done"}
    if not _insert_inbox(conn, [row]):
        return None
    conn.execute(
        insert(Message).values(
            id=row["message_id"],
            conversation_id=thread.conversation_id,
            direction="out",
            author="phone",
            kind=kind.value,
            body=body or None,
            at=at,
            wa_id=bare_id,
            answers=[],
            details={},
        )
    )
    conn.execute(
        update(Conversation)
        .where(Conversation.id == thread.conversation_id)
        .values(status="human", last_staff_at=now, last_message_at=at, awaiting=None, misses=0)
    )
    conn.execute(
        update(Handover)
        .where(
            Handover.conversation_id == thread.conversation_id,
            Handover.ended_at.is_(None),
            Handover.claimed_at.is_(None),
        )
        .values(claimed_at=now)
    )
    human_answered(conn, thread.conversation_id, PHONE, now)
    return thread.conversation_id


def keep_event(conn: Connection, event: str, body: dict[str, Any], now: datetime) -> None:
    """Counts an event that we know of but do not use, and keeps the last one for people to look at."""
    kept = body if len(str(body)) <= MAX_KEPT_EVENT else {"cut": str(body)[:MAX_KEPT_EVENT]}
    name = event[:60]
    conn.execute(insert_new(conn, EventCount), [{"event": name, "count": 0, "last_body": {}, "last_at": now}])
    conn.execute(
        update(EventCount)
        .where(EventCount.event == name)
        .values(count=EventCount.count + 1, last_body=kept, last_at=now)
    )


def depth(conn: Connection) -> dict[str, int]:
    """How much waits: for metrics and readiness."""
    row = conn.execute(
        select(func.count(), func.count(distinct(InboxRow.conversation_id))).where(_IS_WAITING)
    ).one()
    return {"messages": row[0], "conversations": row[1]}
