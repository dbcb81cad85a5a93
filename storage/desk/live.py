"""What changed in conversations since a moment, and who looks at which? A few cheap reads that the panel's live feed is made of.

Nothing is written for it on the way of a message: every INSERT and UPDATE of a conversation sets its `touched` by itself. Ticks do not
touch their conversation (there are three for each message), so they are compared where somebody is looking.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, or_, select

from flows.roles import Actor, Reach, reach_of
from storage.scope import conversations_within
from storage.tables import Conversation, Handover, Message, OutboxRow, User, Watcher

FRESH = timedelta(seconds=25)  # A browser says every ten seconds that somebody still looks.
JUST_NOW = timedelta(seconds=30)  # Longer than a browser is told late.
TICKED = 30  # Messages of ours whose ticks are compared; older ones change no more.


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A conversation and when it was touched, in the database's milliseconds."""

    conversation_id: str
    touched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Somebody who looks at a conversation now."""

    user_id: int
    name: str
    conversation_id: str
    is_typing: bool


def changes_since(conn: Connection, millis: int, limit: int) -> list[Change]:
    """What was touched after that moment, oldest first."""
    rows = conn.execute(
        select(Conversation.id, Conversation.touched)
        .where(Conversation.touched > millis)
        .order_by(Conversation.touched)
        .limit(limit)
    )
    return [Change(conversation_id=row.id, touched=row.touched) for row in rows]


def woken_between(conn: Connection, since: datetime, until: datetime) -> list[str]:
    """Conversations whose snooze ended meanwhile."""
    due = and_(Conversation.snoozed_until > since, Conversation.snoozed_until <= until)
    return list(conn.scalars(select(Conversation.id).where(due)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Audible:
    """Which of the changed conversations somebody may hear of, and whether one of the others may have left their lists just now."""

    ids: frozenset[str]
    has_lost_some: bool


def audible(conn: Connection, actor: Actor, ids: Collection[str], now: datetime) -> Audible:
    """What of these changes this person may hear: ids within their reach. Of what lies outside only that something was handed to a
    colleague, which takes a card from the lists of those who saw it in the queue."""
    if reach_of(actor) is Reach.EVERYBODY or not ids:
        return Audible(ids=frozenset(ids), has_lost_some=False)
    theirs = select(Conversation.id)
    within = frozenset(conn.scalars(theirs.where(Conversation.id.in_(ids), conversations_within(actor))))
    others = set(ids) - within
    return Audible(ids=within, has_lost_some=bool(others) and _is_one_handed_over(conn, others, now))


def _is_one_handed_over(conn: Connection, ids: Collection[str], now: datetime) -> bool:
    """Whether somebody took one of them, or was given one, a moment ago."""
    is_new = or_(Handover.claimed_at.is_(None), Handover.claimed_at > now - JUST_NOW)
    taken = exists().where(Handover.conversation_id.in_(ids), Handover.ended_at.is_(None), is_new)
    return bool(conn.scalar(select(taken)))


def lookers(conn: Connection, now: datetime) -> tuple[Looker, ...]:
    """Everybody who looks at a conversation now."""
    rows = conn.execute(
        select(Watcher.user_id, User.display_name, Watcher.conversation_id, Watcher.is_typing)
        .join(User, User.id == Watcher.user_id)
        .where(Watcher.seen_at > now - FRESH)
        .order_by(User.display_name)
    )
    return tuple(
        Looker(user_id=row[0], name=row[1], conversation_id=row[2], is_typing=row[3]) for row in rows
    )


def tick_marks(conn: Connection, conversation_ids: Collection[str]) -> dict[str, int]:
    """For each conversation a number that differs when a tick of its newest messages does."""
    marks = {}
    for conversation_id in conversation_ids:
        newest = (
            select(Message.id, Message.ack, OutboxRow.state)
            .outerjoin(OutboxRow, OutboxRow.message_id == Message.id)
            .where(Message.conversation_id == conversation_id)
            .order_by(Message.id.desc())
            .limit(TICKED)
        )
        marks[conversation_id] = hash(tuple(tuple(row) for row in conn.execute(newest)))
    return marks
