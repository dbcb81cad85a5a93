"""How is a lead paid? With the purchase in the customer's conversation; one who never wrote to us pays all the same, and has no journey."""

from datetime import datetime

from sqlalchemy import Connection, select

from flows.domain import Phase
from flows.roles import Actor
from storage.desk.handovers import mark_paid
from storage.knowledge.packages import find_package
from storage.sales.lead_entry import touch_lead
from storage.sales.leads import LeadCard, find_lead, win_lead
from storage.sales.travellers import party_of
from storage.tables import Conversation, Journey
from storage.trail.audit import Event, note
from storage.worth.behaviour import NewPurchase, record_purchase


def pay_lead(conn: Connection, actor: Actor, lead_id: int, now: datetime) -> LeadCard:
    """The money was seen: the lead is WON, and its journey paid where there is one. Raises Refused when it is lost or was paid already."""
    card = find_lead(conn, actor, lead_id)
    thread = card.conversation_id or _thread_with_purchase(conn, card.customer_id)
    if thread is not None:
        mark_paid(conn, actor, thread, now)
        return card
    win_lead(conn, lead_id, actor, now)
    _record_payment(conn, card, actor, now)
    touch_lead(conn, actor, lead_id)
    note(conn, Event.MARK_PAID, actor, now, subject=str(lead_id), lead_id=lead_id)
    return card


def _thread_with_purchase(conn: Connection, customer_id: str) -> str | None:
    """The conversation in which the customer is on the way to a purchase: a lead entered by hand is about the same one."""
    return conn.scalar(
        select(Conversation.id)
        .join(Journey, Journey.id == Conversation.journey_id)
        .where(Conversation.customer_id == customer_id, Conversation.merged_into.is_(None))
        .where(Journey.phase != Phase.PAID.value)
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )


def _record_payment(conn: Connection, card: LeadCard, actor: Actor, now: datetime) -> None:
    """What the package costs for as many as will travel. Without a package there is no price to count."""
    package = find_package(conn, card.interested_package) if card.interested_package else None
    if package is None or package.price <= 0:
        return
    travellers = max(1, len(party_of(conn, card.id)))
    purchase = NewPurchase(package_code=package.code, amount=package.price * travellers, at=now)
    record_purchase(conn, card.customer_id, purchase, actor, now)
