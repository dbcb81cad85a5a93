"""Taking the next customer from the queue: whoever the rule names, unless a colleague was faster, then the one after."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from flows.assignment import SHARE_WINDOW, InQueue, nothing_waits, refuse_another, serving_order
from flows.domain import Status
from flows.refusal import Refused
from flows.roles import Actor
from storage.desk.handovers import claim
from storage.desk.inbox_list import inbox_page
from storage.desk.inbox_question import QUEUE
from storage.tables import Conversation, Handover

LOOKED_AT = 50  # The front of the queue; whoever presses takes one of these.


def take_next(conn: Connection, actor: Actor, now: datetime) -> str:
    """The conversation that is the actor's now. Raises Refused when nobody waits or the actor has a fair share already."""
    if refusal := refuse_another(taken_lately(conn, actor, now)):
        raise Refused(refusal)
    cards = inbox_page(conn, actor, QUEUE, LOOKED_AT, now).cards
    queue = [
        InQueue(conversation_id=card.id, priority=card.priority, asked_at=card.asked_at or now)
        for card in cards
    ]
    for item in serving_order(queue):
        try:
            return claim(conn, actor, item.conversation_id, now).id
        except Refused:
            continue  # A colleague was faster with this one.
    raise Refused(nothing_waits())


def taken_lately(conn: Connection, actor: Actor, now: datetime) -> int:
    """How many conversations this person took within the window and still holds."""
    return (
        conn.scalar(
            select(func.count())
            .select_from(Conversation)
            .join(Handover, Handover.conversation_id == Conversation.id)
            .where(Conversation.assigned_to == actor.user_id, Conversation.status == Status.HUMAN.value)
            .where(Handover.ended_at.is_(None), Handover.claimed_at > now - SHARE_WINDOW)
        )
        or 0
    )
