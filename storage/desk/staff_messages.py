"""A message that a member of staff (or the system for them) sends: written down and queued in one go, sent later by the sender."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from flows.roles import Actor
from storage.complaints.case_clocks import human_answered
from storage.desk.handovers import claim
from storage.notify import Channel, tell
from storage.tables import Conversation, Message, OutboxRow, new_id
from storage.talks.conversations import MessageFacts, find_message
from storage.trail.audit import Event, note

REMEMBERED = (
    200  # Messages of a conversation in which a key is looked for; a browser tries again within the day.
)


def queue_text(
    conn: Connection,
    conversation_id: str,
    text: str,
    now: datetime,
    *,
    author: str,
    prompt_version: str | None = None,
    key: str | None = None,
) -> str:
    """Queues a text to the conversation's customer; the new message's id. It passes the send gate whoever holds the conversation.

    key: what its sender calls this message, see `was_queued`.
    """
    thread = conn.execute(
        select(Conversation.session, Conversation.chat_id).where(Conversation.id == conversation_id)
    ).one()
    message_id = new_id("msg")
    conn.execute(
        insert(Message).values(
            id=message_id,
            conversation_id=conversation_id,
            direction="out",
            author=author,
            kind="text",
            body=text,
            at=now,
            prompt_version=prompt_version,
        )
    )
    conn.execute(
        insert(OutboxRow).values(
            conversation_id=conversation_id,
            message_id=message_id,
            session=thread.session,
            chat_id=thread.chat_id,
            call="sendText",
            payload={"text": text} | ({"key": key} if key else {}),
            by_bot=False,
            state="waiting",
            not_before=now,
            created_at=now,
        )
    )
    conn.execute(update(Conversation).where(Conversation.id == conversation_id).values(last_message_at=now))
    tell(conn, Channel.OUTBOX, [conversation_id])
    return message_id


def was_queued(conn: Connection, conversation_id: str, key: str) -> bool:
    """Whether a message of this key is there already: sent again by somebody whom the first answer did not reach.

    Holds the conversation still, so that of two at once one is the first.
    """
    conn.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())
    newest = (
        select(OutboxRow.payload)
        .where(OutboxRow.conversation_id == conversation_id)
        .order_by(OutboxRow.id.desc())
        .limit(REMEMBERED)
    )
    return any(payload.get("key") == key for payload in conn.scalars(newest))


def say_as_staff(
    conn: Connection, actor: Actor, conversation_id: str, text: str, now: datetime, key: str | None = None
) -> MessageFacts:
    """Claims the conversation where nobody holds it, and queues the text. Raises Refused when a colleague holds it."""
    facts = claim(conn, actor, conversation_id, now)
    message_id = queue_text(conn, facts.id, text, now, author=actor.name, key=key)
    human_answered(conn, facts.id, actor, now)
    note(conn, Event.SEND_MESSAGE, actor, now, subject=facts.id, message_id=message_id)
    return find_message(conn, message_id)
