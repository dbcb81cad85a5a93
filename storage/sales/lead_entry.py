"""How staff enter a lead by hand: find or make the person, merge into their open lead, and take both into the portfolio."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from flows.case import reaches_branch
from flows.domain import Phase, Role
from flows.lead import LeadSignal, is_placeholder
from flows.refusal import Refused, conflict
from flows.roles import Actor, Reach, reach_of
from storage.people.customers import (
    branch_of,
    customer_with_phone,
    name_customer,
    owner_of,
    take_into_portfolio,
)
from storage.people.identities import conversation_of
from storage.sales.leads import LeadCard, MergedLead, card_of, find_lead, merge_lead, own_lead


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLead:
    """A lead as staff enter it; phone is digits with country code."""

    phone: str
    name: str | None = None
    phase: Phase = Phase.LEADS
    interested_package: str | None = None
    conversation_summary: str | None = None
    source: str | None = None
    ai_confidence: float | None = None


def enter_lead(conn: Connection, actor: Actor, new: NewLead, now: datetime) -> tuple[MergedLead, LeadCard]:
    """The lead, new or merged. Raises Refused when the person is in a colleague's portfolio or another branch's."""
    owner_id = actor.user_id if actor.role is Role.RM else None
    customer_id = customer_with_phone(conn, new.phone, now, owner_id=owner_id)
    _check_reach(conn, actor, customer_id)
    if new.name and not is_placeholder(new.name):
        name_customer(conn, customer_id, new.name)
    signal = LeadSignal(
        customer_id=customer_id,
        phase=new.phase,
        conversation_id=conversation_of(conn, phone=new.phone),
        name=new.name,
        interested_package=new.interested_package,
        summary=new.conversation_summary,
        source=new.source,
        confidence=new.ai_confidence,
    )
    lead = merge_lead(conn, signal, now, by=actor, owner_id=owner_id)
    return lead, touch_lead(conn, actor, lead.lead_id)


def touch_lead(conn: Connection, actor: Actor, lead_id: int) -> LeadCard:
    """The lead after somebody worked on it: an RM who works on what nobody owns has taken it, and the customer with it."""
    card = card_of(conn, lead_id)
    if actor.role is Role.RM and actor.user_id is not None:
        own_lead(conn, lead_id, actor.user_id)
        if owner_of(conn, card.customer_id) is None:
            take_into_portfolio(conn, card.customer_id, actor.user_id)
        return find_lead(conn, actor, lead_id)
    return card


def _check_reach(conn: Connection, actor: Actor, customer_id: str) -> None:
    owner = owner_of(conn, customer_id)
    if reach_of(actor) is Reach.BRANCH and not reaches_branch(actor, branch_of(conn, customer_id)):
        raise Refused(conflict("This person is served by another branch. Ask your colleagues there."))
    if actor.role is Role.RM and owner not in (None, actor.user_id):
        raise Refused(conflict("This person is in a colleague's portfolio. Ask your supervisor."))
