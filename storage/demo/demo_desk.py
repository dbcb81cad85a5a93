"""Where do the demo's desks find what belongs to a number, and how is a demo customer made known? Only the demo asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from flows.customer import refuse_facts
from flows.refusal import Refused
from storage.people.customer_entry import FACTS
from storage.people.customers import customer_by_phone
from storage.tables import Conversation, Customer, Lead


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryIds:
    """lead_id is the newest lead's, None without one."""

    customer_id: str
    conversation_id: str
    lead_id: int | None


def story_ids(conn: Connection, phone: str) -> StoryIds | None:
    """None where nobody has that number or no conversation."""
    customer_id = customer_by_phone(conn, phone)
    if customer_id is None:
        return None
    talks = select(Conversation.id).where(Conversation.customer_id == customer_id)
    conversation_id = conn.scalar(talks.order_by(Conversation.created_at.desc()).limit(1))
    if conversation_id is None:
        return None
    leads = select(Lead.id).where(Lead.customer_id == customer_id).order_by(Lead.id.desc())
    return StoryIds(
        customer_id=customer_id, conversation_id=conversation_id, lead_id=conn.scalar(leads.limit(1))
    )


def make_known(conn: Connection, phone: str, facts: Mapping[str, str]) -> None:
    """Who that customer is; whoever is known already keeps what staff entered. Raises Refused for facts that cannot be true."""
    if refusal := refuse_facts(facts):
        raise Refused(refusal)
    customer_id = customer_by_phone(conn, phone)
    stored = conn.scalar(select(Customer.profile).where(Customer.id == customer_id)) or {}
    if customer_id is None or any(name in stored for name in FACTS):
        return
    profile = {**stored, **{name: facts[name] for name in FACTS if name in facts}}
    conn.execute(
        update(Customer).where(Customer.id == customer_id).values(cif=facts.get("cif"), profile=profile)
    )
