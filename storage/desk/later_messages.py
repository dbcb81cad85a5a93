"""Messages prepared for later. One goes out when its moment comes, unless the customer wrote in the meantime.

Whether the customer wrote is asked when it is due, and wherever it is shown; a customer's message pays nothing for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, or_, select, update

from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from flows.snooze import refuse_moment
from storage.complaints.case_clocks import human_answered
from storage.desk.inbox_thread import newest_message_id
from storage.desk.staff_messages import queue_text
from storage.dialect import written
from storage.prepared import Prepared
from storage.tables import LaterMessage, Message, User
from storage.talks.conversations import conversation_to_change, find_conversation
from storage.talks.touch import touch
from storage.trail.audit import Event, note

SHOWN_AFTER = timedelta(days=7)  # So long somebody may still take up the words of what did not go out.
BATCH = 50  # Messages of one transaction; more are due in the next.
CUSTOMER_WROTE, STAFF_SAID_NO = "customer_wrote", "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterFacts:
    """is_overtaken: the customer wrote since, so that it will not go out, or did not."""

    id: int
    author_name: str
    body: str
    due_at: datetime
    is_overtaken: bool


def prepare(
    conn: Connection, actor: Actor, conversation_id: str, body: str, due_at: datetime, now: datetime
) -> int:
    """Raises Refused for an unknown conversation, one that a colleague holds, or a moment that will not do."""
    facts = conversation_to_change(conn, actor, conversation_id)
    if refusal := refuse_moment(due_at, now, "due_at"):
        raise Refused(refusal)
    if facts.status == "human" and facts.assigned_to_id not in (None, actor.user_id):
        raise Refused(conflict(f"{facts.assigned_to} holds this conversation."))
    later_id = conn.scalar(
        insert(LaterMessage)
        .values(
            conversation_id=facts.id,
            author=actor.name,
            body=body,
            due_at=due_at,
            state="waiting",
            after_message_id=newest_message_id(conn, facts.id),
            created_at=now,
        )
        .returning(LaterMessage.id)
    )
    touch(conn, facts.id)
    note(conn, Event.PREPARE_MESSAGE, actor, now, subject=facts.id, due_at=due_at.isoformat())
    return later_id or 0


def cancel(conn: Connection, actor: Actor, conversation_id: str, later_id: int, now: datetime) -> None:
    """Takes it back, or puts away what did not go out because the customer wrote. Raises Refused when there is neither."""
    facts = find_conversation(conn, actor, conversation_id)
    ended = conn.execute(
        update(LaterMessage)
        .where(
            LaterMessage.id == later_id,
            LaterMessage.conversation_id == facts.id,
            or_(LaterMessage.state == written("waiting"), LaterMessage.because == CUSTOMER_WROTE),
        )
        .values(state="cancelled", ended_at=now, because=STAFF_SAID_NO)
    )
    if not ended.rowcount:
        raise missing("message")
    touch(conn, facts.id)
    note(conn, Event.CANCEL_MESSAGE, actor, now, subject=facts.id)


def later_of(conn: Connection, conversation_id: str, now: datetime) -> tuple[LaterFacts, ...]:
    """What still waits, and what lately did not go out because the customer wrote. Of a conversation that the actor was allowed to open."""
    rows = _LATER.all(conn, conversation_id=conversation_id, ended_after=now - SHOWN_AFTER)
    if not rows:
        return ()
    heard = _last_heard(conn, conversation_id) or ""
    return tuple(
        LaterFacts(
            id=row.id,
            author_name=row.display_name or row.author,
            body=row.body,
            due_at=row.due_at,
            is_overtaken=heard > (row.after_message_id or ""),
        )
        for row in rows
    )


_LATER = Prepared(
    select(
        LaterMessage.id,
        LaterMessage.author,
        User.display_name,
        LaterMessage.body,
        LaterMessage.due_at,
        LaterMessage.after_message_id,
    )
    .outerjoin(User, User.username == LaterMessage.author)
    .where(
        LaterMessage.conversation_id == bindparam("conversation_id"),
        or_(
            LaterMessage.state == written("waiting"),
            and_(LaterMessage.because == CUSTOMER_WROTE, LaterMessage.ended_at > bindparam("ended_after")),
        ),
    )
    .order_by(LaterMessage.due_at, LaterMessage.id)
)


def has_due(conn: Connection, now: datetime) -> bool:
    """One cheap look, so that an idle service writes nothing."""
    due = select(LaterMessage.id).where(LaterMessage.state == written("waiting"), LaterMessage.due_at <= now)
    return conn.scalar(due.limit(1)) is not None


def send_due(conn: Connection, now: datetime) -> list[str]:
    """Queues what is due and cancels what was overtaken; the conversations with something to send. Rows others work on are skipped."""
    rows = conn.execute(
        select(LaterMessage)
        .where(LaterMessage.state == written("waiting"), LaterMessage.due_at <= now)
        .order_by(LaterMessage.due_at, LaterMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    return [row.conversation_id for row in rows if _send_one(conn, row, now)]


def _send_one(conn: Connection, row: Row[Any], now: datetime) -> bool:
    is_overtaken = (_last_heard(conn, row.conversation_id) or "") > (row.after_message_id or "")
    if not is_overtaken:
        queue_text(conn, row.conversation_id, row.body, now, author=row.author)
        human_answered(conn, row.conversation_id, Actor(name=row.author), now)
    conn.execute(
        update(LaterMessage)
        .where(LaterMessage.id == row.id)
        .values(
            state="cancelled" if is_overtaken else "sent",
            ended_at=now,
            because=CUSTOMER_WROTE if is_overtaken else None,
        )
    )
    touch(conn, row.conversation_id)
    return not is_overtaken


def _last_heard(conn: Connection, conversation_id: str) -> str | None:
    """The id of the customer's newest message."""
    heard = select(func.max(Message.id)).where(
        Message.conversation_id == conversation_id, Message.direction == "in"
    )
    return conn.scalar(heard)
