"""What may leave now? Claiming rows of the outbox, and writing down what became of them.

Order inside a conversation is a property of one query: only its oldest unsent row can be claimed, and a row that is being sent holds
the later ones back. Whether the bot may still speak is asked here, in the transaction that claims (the send gate). Nothing here sends.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, select, text, update
from sqlalchemy.orm import aliased

from storage.many import Many
from storage.moments.alerts import NewAlert, raise_alert
from storage.prepared import Prepared
from storage.tables import Conversation, Message, OutboxRow

HELD_BY_HUMAN = "human"
MAX_REASON = 500  # Characters of a reason; longer ones are nobody's reading.


class SendState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """A claimed message. premade_id is WhatsApp's id for it, the same at every try; attempts counts its own failures."""

    id: int
    conversation_id: str
    message_id: str
    session: str
    chat_id: str
    call: str
    payload: dict[str, Any]  # Any: JSON as stored.
    premade_id: str
    attempts: int
    claimed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimer:
    """Who claims, when, and how many at most."""

    worker_id: str
    now: datetime
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which rows are asked for. conversation_ids None: any. not_sessions: sessions that wait as a whole; only_session: just this one."""

    conversation_ids: Collection[str] | None = None
    not_sessions: Collection[str] = ()
    only_session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """items may be sent now. dropped says that the gate refused something, so that rows behind it may have become due."""

    items: tuple[OutboxItem, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a sender will take on at once: as much as `who` says, under these ids, of sessions that work."""

    who: Claimer
    premade_ids: tuple[str, ...]
    not_sessions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of an item. wa_id with SENT, not_before with WAITING; is_own_fault counts as an attempt."""

    item: OutboxItem
    state: SendState
    wa_id: str | None = None
    not_before: datetime | None = None
    reason: str | None = None
    is_own_fault: bool = False


EVERYTHING = Scope()


def claim(conn: Connection, who: Claimer, premade_ids: Iterator[str], scope: Scope = EVERYTHING) -> Claim:
    """The oldest due row of each conversation, now marked as being sent by `who`, unless a human holds the conversation."""
    rows = due_rows(conn, who, scope, is_locking=True)
    held = {row.conversation_id for row in rows if row.by_bot and row.status == HELD_BY_HUMAN}
    dropped = drop(conn, held) if held else 0
    items = tuple(_item(row, premade_ids, who) for row in rows if row.conversation_id not in held)
    if items:
        claimer = {"worker": who.worker_id, "now": who.now}
        _CLAIM.run(conn, [{"row": item.id, "new_premade_id": item.premade_id, **claimer} for item in items])
    return Claim(items=items, dropped=dropped)


def claim_offered(
    conn: Connection, offer: Offer, conversation_ids: Collection[str]
) -> tuple[OutboxItem, ...]:
    """What these conversations have to say first, claimed for the sender who offered to bring it."""
    if not conversation_ids:
        return ()
    scope = Scope(conversation_ids=conversation_ids, not_sessions=offer.not_sessions)
    return claim(conn, offer.who, iter(offer.premade_ids), scope).items


def has_due(conn: Connection, now: datetime, not_sessions: Collection[str] = ()) -> bool:
    """Whether anything could be claimed now: one cheap look, so that an idle service writes nothing."""
    query = (
        select(OutboxRow.id)
        .where(_unsent("outbox"), OutboxRow.state == SendState.WAITING, OutboxRow.not_before <= now)
        .where(OutboxRow.session.notin_(not_sessions))
        .limit(1)
    )
    return conn.scalar(query) is not None


def drop(conn: Connection, conversation_ids: Collection[str]) -> int:
    """What the bot still wanted to say in these conversations is never said; how much that was. The record keeps it, marked."""
    dropped = conn.execute(
        update(OutboxRow)
        .where(OutboxRow.conversation_id.in_(conversation_ids), OutboxRow.state == SendState.WAITING)
        .where(OutboxRow.by_bot)
        .values(state=SendState.DROPPED)
        .returning(OutboxRow.message_id)
    )
    message_ids = list(dropped.scalars())
    note_details(conn, message_ids, {"dropped": True})
    return len(message_ids)


def settle(conn: Connection, worker_id: str, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Writes the verdicts down, many in a few statements. A row that an echo or ack has settled meanwhile stays as it is."""
    by_state: dict[SendState, list[Verdict]] = {}
    for verdict in verdicts:
        by_state.setdefault(verdict.state, []).append(verdict)
    if sent := by_state.get(SendState.SENT):
        _mark(conn, _SENT, worker_id, sent, now)
        _note_ids(conn, sent)
    if waiting := by_state.get(SendState.WAITING):
        _mark(conn, _GIVEN_BACK, worker_id, waiting)
    for state, kind in ((SendState.FAILED, "send_failed"), (SendState.UNKNOWN, "send_unknown")):
        if ended := by_state.get(state):
            _mark(conn, _ENDED, worker_id, ended)
            _tell(conn, ended, kind, now)


def note_details(conn: Connection, message_ids: Sequence[str], facts: dict[str, Any]) -> None:
    """Adds facts to the messages' details. For what happens seldom: each row is read and written."""
    if not message_ids:
        return
    rows = conn.execute(select(Message.id, Message.details).where(Message.id.in_(message_ids))).all()
    conn.execute(
        update(Message).where(Message.id == bindparam("row")).values(details=bindparam("new_details")),
        [{"row": row.id, "new_details": {**row.details, **facts}} for row in rows],
    )


def due_rows(
    conn: Connection, who: Claimer, scope: Scope, *, is_locking: bool = False
) -> Sequence[Any]:  # Any: rows of many columns, read by name.
    """The heads of the queues that are due, oldest first; locked against other claimers if so wished."""
    statement = _due(scope.conversation_ids is not None, scope.only_session is not None, is_locking)
    values = {
        "now": who.now,
        "most": who.limit,
        "not_sessions": list(scope.not_sessions),
        "conversations": list(scope.conversation_ids or ()),
        "session": scope.only_session,
    }
    return statement.all(conn, **values)


@cache
def _due(is_of_some: bool, is_of_one_session: bool, is_locking: bool) -> Prepared:
    unsent = aliased(OutboxRow, name="unsent")
    heads = select(func.min(unsent.id)).where(_unsent("unsent")).group_by(unsent.conversation_id)
    if is_of_some:
        heads = heads.where(unsent.conversation_id.in_(bindparam("conversations", expanding=True)))
    due = (
        select(
            OutboxRow.id, OutboxRow.conversation_id, OutboxRow.message_id, OutboxRow.session,
            OutboxRow.chat_id, OutboxRow.call, OutboxRow.payload, OutboxRow.by_bot, OutboxRow.attempts,
            OutboxRow.premade_id, Conversation.status,
        )
        .join(Conversation, Conversation.id == OutboxRow.conversation_id)
        .where(OutboxRow.id.in_(heads), OutboxRow.state == SendState.WAITING)
        .where(OutboxRow.not_before <= bindparam("now", type_=OutboxRow.not_before.type))
        .where(OutboxRow.session.notin_(bindparam("not_sessions", expanding=True)))
        .order_by(OutboxRow.id)
        .limit(bindparam("most", type_=Integer))
    )  # fmt: skip
    if is_of_one_session:
        due = due.where(OutboxRow.session == bindparam("session"))
    return Prepared(due.with_for_update(of=OutboxRow, skip_locked=True) if is_locking else due)


def _unsent(table: str) -> Any:  # Any: a text clause is no typed column expression.
    """Word for word the condition of the partial index: see `written`."""
    return text(f"{table}.state IN ('waiting', 'sending')")


def _item(row: Any, premade_ids: Iterator[str], who: Claimer) -> OutboxItem:  # Any: a row of `due_rows`.
    return OutboxItem(
        id=row.id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        session=row.session,
        chat_id=row.chat_id,
        call=row.call,
        payload=row.payload,
        premade_id=row.premade_id or next(premade_ids),
        attempts=row.attempts,
        claimed_at=who.now,
    )


def _marking(**values: Any) -> Many:  # Any: column expressions.
    return Many(
        update(OutboxRow)
        .where(OutboxRow.id == bindparam("row"), OutboxRow.claimed_by == bindparam("worker"))
        .where(OutboxRow.state == SendState.SENDING)
        .values(
            state=bindparam("new_state"),
            not_before=func.coalesce(
                bindparam("new_not_before", type_=OutboxRow.not_before.type), OutboxRow.not_before
            ),
            attempts=OutboxRow.attempts + bindparam("faults"),
            error=bindparam("new_error"),
            **values,
        )
    )


# Written once: building a statement costs more than running it where every message asks for it.
_CLAIM = Many(
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("row"))
    .values(
        state=SendState.SENDING,
        claimed_by=bindparam("worker"),
        claimed_at=bindparam("now"),
        premade_id=bindparam("new_premade_id"),
    )
)
_SENT = _marking(sent_at=bindparam("now"))
_GIVEN_BACK = _marking(claimed_by=None, claimed_at=None)
_ENDED = _marking()
# An ack may have been faster than WAHA's id and stays.
_NOTE_IDS = Many(
    update(Message)
    .where(Message.id == bindparam("row"))
    .values(
        wa_id=func.coalesce(bindparam("new_wa_id", type_=Message.wa_id.type), Message.wa_id),
        ack=func.coalesce(Message.ack, 0),
    )
)


def _mark(
    conn: Connection,
    statement: Many,
    worker_id: str,
    verdicts: Sequence[Verdict],
    now: datetime | None = None,
) -> None:
    moment = {} if now is None else {"now": now}
    statement.run(
        conn,
        [
            {
                "row": verdict.item.id,
                "worker": worker_id,
                "new_state": verdict.state,
                "new_not_before": verdict.not_before,
                "faults": int(verdict.is_own_fault),
                "new_error": verdict.reason[:MAX_REASON] if verdict.reason else None,
                **moment,
            }
            for verdict in verdicts
        ],
    )


def _note_ids(conn: Connection, sent: Sequence[Verdict]) -> None:
    """WAHA's id for each message, so that acks, echoes and replies find it."""
    _NOTE_IDS.run(conn, [{"row": verdict.item.message_id, "new_wa_id": verdict.wa_id} for verdict in sent])


def _tell(conn: Connection, verdicts: Sequence[Verdict], kind: str, now: datetime) -> None:
    for verdict in verdicts:
        item = verdict.item
        note_details(conn, [item.message_id], {kind: verdict.reason})
        alert = NewAlert(
            kind=kind,
            dedupe_key=f"{kind}:{item.id}",
            conversation_id=item.conversation_id,
            facts={"call": item.call, "reason": verdict.reason},
        )
        raise_alert(conn, alert, now)
