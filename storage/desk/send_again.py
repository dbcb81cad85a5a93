"""Sending once more what did not go out, because somebody asked for it."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from storage.notify import Channel, tell
from storage.tables import Message, OutboxRow
from storage.talks.conversations import conversation_to_change
from storage.talks.touch import touch
from storage.trail.audit import Event, note

GIVEN_UP = ("failed", "unknown")


def send_again(conn: Connection, actor: Actor, outbox_id: int, now: datetime) -> str:
    """The conversation whose message waits to be sent again, as a new one to WhatsApp. Raises Refused when it is not one that failed."""
    row = conn.execute(select(OutboxRow).where(OutboxRow.id == outbox_id).with_for_update()).first()
    if row is None:
        raise missing("message")
    facts = conversation_to_change(conn, actor, row.conversation_id)
    if row.state not in GIVEN_UP:
        raise Refused(conflict("This message did not fail, or it is being sent already."))
    conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id == outbox_id)
        .values(
            state="waiting", not_before=now, attempts=0, error=None, premade_id=None, claimed_by=None,
            claimed_at=None, by_bot=False,
        )
    )  # fmt: skip
    conn.execute(update(Message).where(Message.id == row.message_id).values(ack=None, wa_id=None))
    touch(conn, facts.id)
    note(conn, Event.RETRY_MESSAGE, actor, now, subject=facts.id, message_id=row.message_id)
    tell(conn, Channel.OUTBOX, [facts.id])
    return facts.id
