"""Who is the customer of an open conversation, in short? What stands beside the chat; the whole person has a page of its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, select

from flows.domain import Package
from storage.complaints.cases import CaseFile, cases_of
from storage.knowledge.packages import find_package
from storage.prepared import Prepared
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
    (person,) = _PERSON.all(conn, customer_id=facts.customer_id)
    return CustomerBrief(
        since=person.created_at,
        branch=person.branch,
        owner=person.owner,
        package=find_package(conn, facts.package_code) if facts.package_code else None,
        lead=_lead(conn, facts.customer_id),
        cases=cases_of(conn, {facts.customer_id}).get(facts.customer_id, ()),
    )


def _lead(conn: Connection, customer_id: str) -> LeadBrief | None:
    rows = _NEWEST_LEAD.all(conn, customer_id=customer_id)
    return next((LeadBrief(**row._asdict()) for row in rows), None)


_ID = bindparam("customer_id", type_=String)
_PERSON = Prepared(
    select(Customer.created_at, Branch.name.label("branch"), User.display_name.label("owner"))
    .outerjoin(Branch, Branch.id == Customer.branch_id)
    .outerjoin(User, User.id == Customer.owner_id)
    .where(Customer.id == _ID)
)
_NEWEST_LEAD = Prepared(
    select(Lead.id, Lead.status, User.display_name.label("owner"))
    .outerjoin(User, User.id == Lead.owner_id)
    .where(Lead.customer_id == _ID)
    .order_by(Lead.id.desc())
    .limit(1)
)
