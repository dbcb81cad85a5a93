"""Sending once more what did not go out, because somebody asked for it."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from flows.domain import Status
from flows.handover import refuse_sending_again
from flows.refusal import Refused, conflict, missing
from flows.roles import Actor, Permission
from storage.desk.handovers import claim, holding_of
from storage.notify import Channel, tell
from storage.tables import Message, OutboxRow
from storage.talks.conversations import ConversationFacts, conversation_to_change
from storage.talks.touch import touch
from storage.trail.audit import Event, note

GIVEN_UP = ("failed", "unknown")
OURS = ("bot", "system")  # Authors of what no member of staff said.


def send_again(conn: Connection, actor: Actor, outbox_id: int, now: datetime) -> str:
    """The conversation whose message waits to be sent again, as a new one to WhatsApp.

    What a member of staff said claims an unclaimed conversation, as it would have. Raises Refused when it is not one that failed, or a
    colleague holds the conversation.
    """
    row = conn.execute(_WITH_AUTHOR.where(OutboxRow.id == outbox_id).with_for_update(of=OutboxRow)).first()
    if row is None:
        raise missing("message")
    facts = conversation_to_change(conn, actor, row.conversation_id)
    if row.state not in GIVEN_UP:
        raise Refused(conflict("This message did not fail, or it is being sent already."))
    status = _may_speak(conn, actor, facts, row.author, now)
    conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id == outbox_id)
        .values(
            state="waiting", not_before=now, attempts=0, error=None, premade_id=None, claimed_by=None,
            claimed_at=None,
            # The bot's words stay the bot's, dropped at the gate if a human takes over first; whoever holds it may say them all the same.
            by_bot=row.by_bot and status is not Status.HUMAN,
        )
    )  # fmt: skip
    conn.execute(update(Message).where(Message.id == row.message_id).values(ack=None, wa_id=None))
    touch(conn, facts.id)
    note(conn, Event.RETRY_MESSAGE, actor, now, subject=facts.id, message_id=row.message_id)
    tell(conn, Channel.OUTBOX, [facts.id])
    return facts.id


_WITH_AUTHOR = select(
    OutboxRow.conversation_id, OutboxRow.message_id, OutboxRow.state, OutboxRow.by_bot, Message.author
).join(Message, Message.id == OutboxRow.message_id)


def _may_speak(
    conn: Connection, actor: Actor, facts: ConversationFacts, author: str, now: datetime
) -> Status:
    """Who has the conversation once it is sent. Raises Refused when that is a colleague who has not asked for it."""
    holding = holding_of(facts)
    if refusal := refuse_sending_again(holding, actor, is_staffs=author not in OURS):
        raise Refused(refusal)
    is_theirs = holding.is_held_by_another(actor) or not actor.may(Permission.HOLD_CONVERSATIONS)
    if author in OURS or is_theirs:
        return facts.status
    return claim(conn, actor, facts.id, now).status
