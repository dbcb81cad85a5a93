"""Who is the customer of an open conversation, in short? What stands beside the chat; the whole person has a page of its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from flows.domain import Package
from storage.complaints.cases import CaseFile, cases_of
from storage.knowledge.packages import find_package
from storage.tables import Branch, Customer, Lead, User
from storage.talks.conversations import ConversationFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadBrief:
    id: int
    status: str
    owner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerBrief:
    """lead is the newest one."""

    since: datetime
    branch: str | None
    owner: str | None
    package: Package | None
    lead: LeadBrief | None
    cases: tuple[CaseFile, ...]


def customer_brief(conn: Connection, facts: ConversationFacts) -> CustomerBrief:
    """Of a conversation that the actor was allowed to open."""
    person = conn.execute(
        select(Customer.created_at, Branch.name.label("branch"), User.display_name.label("owner"))
        .outerjoin(Branch, Branch.id == Customer.branch_id)
        .outerjoin(User, User.id == Customer.owner_id)
        .where(Customer.id == facts.customer_id)
    ).one()
    return CustomerBrief(
        since=person.created_at,
        branch=person.branch,
        owner=person.owner,
        package=find_package(conn, facts.package_code) if facts.package_code else None,
        lead=_lead(conn, facts.customer_id),
        cases=cases_of(conn, {facts.customer_id}).get(facts.customer_id, ()),
    )


def _lead(conn: Connection, customer_id: str) -> LeadBrief | None:
    row = conn.execute(
        select(Lead.id, Lead.status, User.display_name.label("owner"))
        .outerjoin(User, User.id == Lead.owner_id)
        .where(Lead.customer_id == customer_id)
        .order_by(Lead.id.desc())
        .limit(1)
    ).first()
    return LeadBrief(id=row.id, status=row.status, owner=row.owner) if row else None
