"""Who are our customers? Look-ups within a member of staff's scope, and the one way in which staff add a person.

People who write on WhatsApp are created in `storage/identities.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select, update

from flows.domain import Consent
from flows.phone import phone_digits
from flows.refusal import missing
from flows.rfm import RfmSegment
from flows.roles import Actor, Sight, sight_of
from storage.dialect import insert_new
from storage.pages import Page, Part, page_of
from storage.scope import customers_within
from storage.tables import Branch, Customer, CustomerValue, Identity, User, new_id

SHORTEST_PHONE_PART = 4  # Fewer digits would match half of the book.


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer in full; what of it may be shown is decided where it is shown."""

    id: str
    name: str | None
    phone: str | None
    language: str
    consent_marketing: Consent
    branch: str | None
    owner_id: int | None
    owner: str | None
    profile: dict[str, Any]  # Any: JSON as stored.
    created_at: datetime


_ALL = (
    select(
        Customer.id,
        Customer.name,
        Customer.phone,
        Customer.language,
        Customer.consent_marketing,
        Customer.owner_id,
        Customer.profile,
        Customer.created_at,
        Branch.name.label("branch"),
        User.username.label("owner"),
    )
    .outerjoin(Branch, Branch.id == Customer.branch_id)
    .outerjoin(User, User.id == Customer.owner_id)
)


def customer_page(
    conn: Connection, actor: Actor, q: str | None, page: Page, segment: RfmSegment | None = None
) -> Part[Person]:
    """The customers within the actor's scope whose name or number fits q, of that RFM segment, newest first."""
    chosen = _ALL.where(customers_within(actor), _is_not_merged())
    if segment is not None:
        chosen = chosen.where(_in_segment(segment))
    if q:
        chosen = chosen.where(_fits(actor, q))
    return page_of(conn, chosen, [Customer.created_at.desc(), Customer.id.desc()], page, _person)


def find_customer(conn: Connection, actor: Actor, customer_id: str) -> Person:
    """That customer. Raises Refused when there is none within the actor's scope."""
    chosen = _ALL.where(Customer.id == customer_id, customers_within(actor))
    row = conn.execute(chosen).mappings().first()
    if row is None:
        raise missing("customer")
    return _person(row)


def customer_by_phone(conn: Connection, phone: str) -> str | None:
    """The id of the customer with this phone (digits), whether staff entered it or WhatsApp told us."""
    of_identity = select(Identity.customer_id).where(Identity.kind == "phone", Identity.value == phone)
    found = conn.scalar(of_identity) or conn.scalar(select(Customer.id).where(Customer.phone == phone))
    return str(found) if found else None


def customer_with_phone(conn: Connection, phone: str, now: datetime, *, owner_id: int | None = None) -> str:
    """The id of the customer with this phone (digits); a new customer, owned by owner_id, when there is none yet."""
    found = customer_by_phone(conn, phone)
    if found is not None:
        return found
    new: dict[str, Any] = {
        "id": new_id("cust"),
        "phone": phone,
        "profile": {},
        "owner_id": owner_id,
        "created_at": now,
    }
    conn.execute(insert_new(conn, Customer), [new])
    # Somebody else may have added the number a moment ago; then that row is the customer.
    return str(conn.scalar(select(Customer.id).where(Customer.phone == phone)))


def name_customer(conn: Connection, customer_id: str, name: str) -> None:
    """Notes the name of a customer who has none yet."""
    unnamed = update(Customer).where(Customer.id == customer_id, Customer.name.is_(None))
    conn.execute(unnamed.values(name=name))


def take_into_portfolio(conn: Connection, customer_id: str, owner_id: int) -> None:
    conn.execute(update(Customer).where(Customer.id == customer_id).values(owner_id=owner_id))


def owner_of(conn: Connection, customer_id: str) -> int | None:
    return conn.scalar(select(Customer.owner_id).where(Customer.id == customer_id))


def _in_segment(segment: RfmSegment) -> ColumnElement[bool]:
    return Customer.id.in_(select(CustomerValue.customer_id).where(CustomerValue.segment == segment.value))


def _is_not_merged() -> ColumnElement[bool]:
    """A customer who turned out to be somebody else keeps the row but no identity and no phone."""
    identity = select(Identity.id).where(Identity.customer_id == Customer.id)
    return or_(Customer.phone.is_not(None), identity.exists())


def _fits(actor: Actor, q: str) -> ColumnElement[bool]:
    fitting = func.lower(Customer.name).contains(q.lower(), autoescape=True)
    digits = phone_digits(q)
    if digits is not None:
        return or_(fitting, Customer.phone == digits)
    # Parts of a number are searched only for those who see numbers; others could guess one digit by digit.
    if sight_of(actor) is Sight.FULL and q.isdigit() and len(q) >= SHORTEST_PHONE_PART:
        return or_(fitting, Customer.phone.contains(q))
    return fitting


def _person(row: RowMapping) -> Person:
    return Person(**{**row, "consent_marketing": Consent(row["consent_marketing"])})
