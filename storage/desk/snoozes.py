"""Putting a conversation off: it leaves the lists of what is to do until the moment comes or something is said."""

from datetime import UTC, datetime

from sqlalchemy import Connection, update

from flows.refusal import Refused
from flows.roles import Actor
from flows.snooze import refuse_moment
from storage.tables import Conversation
from storage.talks.conversations import conversation_to_change
from storage.trail.audit import Event, note

UNTIL_REPLY = datetime(9999, 1, 1, tzinfo=UTC)


def snooze(
    conn: Connection, actor: Actor, conversation_id: str, until: datetime | None, now: datetime
) -> None:
    """None: until the customer writes. Raises Refused for an unknown conversation or a moment that will not do."""
    facts = conversation_to_change(conn, actor, conversation_id)
    if refusal := refuse_moment(until, now, "until"):
        raise Refused(refusal)
    conn.execute(
        update(Conversation)
        .where(Conversation.id == facts.id)
        .values(snoozed_until=until or UNTIL_REPLY, snoozed_from=facts.last_message_at)
    )
    when = until.isoformat() if until else "reply"
    note(conn, Event.SNOOZE_CONVERSATION, actor, now, subject=facts.id, until=when)


def wake(conn: Connection, actor: Actor, conversation_id: str, now: datetime) -> None:
    """The conversation is to do again."""
    facts = conversation_to_change(conn, actor, conversation_id)
    conn.execute(
        update(Conversation).where(Conversation.id == facts.id).values(snoozed_until=None, snoozed_from=None)
    )
    note(conn, Event.SNOOZE_CONVERSATION, actor, now, subject=facts.id, until=None)
