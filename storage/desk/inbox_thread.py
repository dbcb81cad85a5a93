"""What does an open conversation show? A page of its messages with all that hangs on them, and what happened between them.

Messages come in the order of their ids. Files, quotes and turns are read for the page only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, String, bindparam, select

from flows.roles import Actor
from storage.desk.handover_history import HandoverFacts, handovers_of
from storage.prepared import Prepared
from storage.tables import Conversation, MediaFile, Message, OutboxRow, Turn, User
from storage.talks.conversations import ConversationFacts, Step, find_conversation, steps_of

PAGE = 40
AFTER_ALL = "zzz"  # Sorts after every id.
MOST = 400  # Messages of one conversation on one screen; further up they are paged.


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A kept file, or one that was sent by its address (then id is None)."""

    id: str | None
    url: str | None
    name: str
    mimetype: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a message answers to."""

    message_id: str
    author: str
    kind: str
    body: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFacts:
    """Why the bot said that."""

    id: str
    because: str
    intent: str | None
    confidence: float | None
    trace: dict[str, Any]  # Any: JSON as stored.
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMessage:
    """One message. author_name is what a member of staff is called, None for everybody else."""

    id: str
    direction: str
    author: str
    author_name: str | None
    kind: str
    body: str | None
    at: datetime
    ack: int | None
    send_state: str | None
    send_error: str | None
    outbox_id: int | None
    file: FileFacts | None
    payload: dict[str, Any]  # Any: JSON as stored.
    details: dict[str, Any]  # Any: JSON as stored.
    quote: Quote | None
    turn: TurnFacts | None
    prompt_version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """messages are the page, oldest first; steps and handovers are the conversation's own, all of them."""

    facts: ConversationFacts
    messages: tuple[ThreadMessage, ...]
    has_older: bool
    steps: tuple[Step, ...]
    handovers: tuple[HandoverFacts, ...]
    newest_id: str | None
    snoozed_until: datetime | None
    snoozed_from: datetime | None


def open_thread(
    conn: Connection,
    actor: Actor,
    conversation_id: str,
    *,
    before: str | None = None,
    since: str | None = None,
) -> Thread:
    """The newest page; with `before` the page that ends there; with `since` everything from that message on.

    Raises Refused when there is no such conversation within the actor's scope.
    """
    facts = find_conversation(conn, actor, conversation_id)
    limit = MOST if since else PAGE
    asked = {"before": before or AFTER_ALL, "since": since or "", "most": limit + 1}
    rows = _MESSAGES.all(conn, conversation_id=facts.id, **asked)
    has_older = len(rows) > limit or (bool(since) and _is_older(conn, facts.id, since or ""))
    page = rows[:limit][::-1]
    (snooze,) = _SNOOZE.all(conn, conversation_id=facts.id)
    return Thread(
        facts=facts,
        messages=_messages(conn, facts.id, page),
        has_older=has_older,
        steps=tuple(steps_of(conn, [facts.id])),
        handovers=handovers_of(conn, facts.id),
        newest_id=newest_message_id(conn, facts.id),
        snoozed_until=snooze.snoozed_until,
        snoozed_from=snooze.snoozed_from,
    )


def newest_message_id(conn: Connection, conversation_id: str) -> str | None:
    return next((row.id for row in _NEWEST.all(conn, conversation_id=conversation_id)), None)


def _is_older(conn: Connection, conversation_id: str, message_id: str) -> bool:
    older = select(Message.id).where(Message.conversation_id == conversation_id, Message.id < message_id)
    return conn.scalar(older.limit(1)) is not None


_ITS = bindparam("conversation_id", type_=String)
_SNOOZE = Prepared(
    select(Conversation.snoozed_until, Conversation.snoozed_from).where(Conversation.id == _ITS)
)
_NEWEST = Prepared(
    select(Message.id).where(Message.conversation_id == _ITS).order_by(Message.id.desc()).limit(1)
)
_MESSAGES = Prepared(
    select(
        *(
            getattr(Message, name)
            for name in (
                "id", "direction", "author", "kind", "body", "at", "ack", "media_id", "media_url", "details",
                "turn_id", "position", "prompt_version",
            )
        ),
        OutboxRow.id.label("outbox_id"),
        OutboxRow.state.label("send_state"),
        OutboxRow.error.label("send_error"),
        OutboxRow.payload,
        MediaFile.name.label("file_name"),
        MediaFile.mimetype,
        MediaFile.size,
        User.display_name.label("author_name"),
    )
    .outerjoin(OutboxRow, OutboxRow.message_id == Message.id)
    .outerjoin(MediaFile, MediaFile.id == Message.media_id)
    .outerjoin(User, User.username == Message.author)
    .where(
        Message.conversation_id == _ITS,
        Message.id < bindparam("before"),
        Message.id >= bindparam("since"),
    )
    .order_by(Message.id.desc())
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip


def _messages(
    conn: Connection, conversation_id: str, rows: Sequence[Any]
) -> tuple[ThreadMessage, ...]:  # Any: rows of _MESSAGES.
    quoted = {str(row.details["quoted_id"]) for row in rows if (row.details or {}).get("quoted_id")}
    quotes = _quotes(conn, conversation_id, quoted)
    turns = _turns(conn, {row.turn_id for row in rows if row.turn_id})
    return tuple(_message(row, quotes, turns) for row in rows)


def _message(row: Any, quotes: dict[str, Quote], turns: dict[str, TurnFacts]) -> ThreadMessage:
    details = row.details or {}
    # A turn is told beside its first answer only, not beside each of its pictures.
    is_first = row.direction == "out" and row.position == 0
    copied = (
        "id", "direction", "author", "author_name", "kind", "body", "at", "ack", "send_state", "send_error",
        "outbox_id", "prompt_version",
    )  # fmt: skip
    return ThreadMessage(
        **{name: getattr(row, name) for name in copied},
        file=_file(row),
        payload=row.payload or {},
        details=details,
        quote=quotes.get(str(details.get("quoted_id"))),
        turn=turns.get(row.turn_id) if is_first else None,
    )


def _file(row: Any) -> FileFacts | None:
    if row.media_id and row.file_name:
        return FileFacts(id=row.media_id, url=None, name=row.file_name, mimetype=row.mimetype, size=row.size)
    if row.media_url:
        name = str(row.media_url).rpartition("/")[2]
        return FileFacts(id=None, url=row.media_url, name=name, mimetype="", size=None)
    return None


def _quotes(conn: Connection, conversation_id: str, wa_ids: Collection[str]) -> dict[str, Quote]:
    if not wa_ids:
        return {}
    return {
        row.wa_id: Quote(message_id=row.id, author=row.author, kind=row.kind, body=row.body)
        for row in _QUOTED.all(conn, conversation_id=conversation_id, wa_ids=wa_ids)
    }


_QUOTED = Prepared(
    select(Message.id, Message.wa_id, Message.author, Message.kind, Message.body).where(
        Message.wa_id.in_(bindparam("wa_ids", expanding=True)), Message.conversation_id == _ITS
    )
)


def _turns(conn: Connection, turn_ids: Collection[str]) -> dict[str, TurnFacts]:
    if not turn_ids:
        return {}
    return {row.id: TurnFacts(**row._asdict()) for row in _TURNS.all(conn, ids=turn_ids)}


_TURNS = Prepared(
    select(Turn.id, Turn.because, Turn.intent, Turn.confidence, Turn.trace, Turn.milliseconds).where(
        Turn.id.in_(bindparam("ids", expanding=True))
    )
)
