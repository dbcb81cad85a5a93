"""Who are our customers? Look-ups within a member of staff's scope, and finding one by what they are known by.

People who write on WhatsApp are created in `storage/people/identities.py`, those whom staff enter in `storage/people/customer_entry.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, false, or_, select, update

from flows.customer import CustomerTier, tidy_cif
from flows.domain import Consent
from flows.folding import terms_of
from flows.phone import phone_digits
from flows.refusal import missing
from flows.rfm import RfmSegment
from flows.roles import Actor, Sight, sight_of
from storage.dialect import insert_new
from storage.newest import newest_ids
from storage.pages import COUNTED_BEYOND, Page, Part, page_by_key
from storage.people.name_search import customers_named
from storage.scope import customers_in_parts, customers_within
from storage.tables import Branch, Customer, CustomerValue, Identity, User, new_id

SHORTEST_PHONE_PART = 4  # Fewer digits would match half of the book.


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer in full; what of it may be shown is decided where it is shown. merged_into: who this turned out to be."""

    id: str
    name: str | None
    phone: str | None
    cif: str | None
    tier: CustomerTier
    language: str
    consent_marketing: Consent
    branch_id: int | None
    branch: str | None
    owner_id: int | None
    owner: str | None
    profile: dict[str, Any]  # Any: JSON as stored.
    merged_into: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerQuestion:
    """Which customers: q is how words of a name begin, a CIF or a number; branch and owner are names, `-` for those who have none."""

    q: str | None = None
    branch: str | None = None
    owner: str | None = None
    consent: Consent | None = None
    tier: CustomerTier | None = None
    segment: RfmSegment | None = None


NOBODY = "-"  # Instead of a branch's or an owner's name: those who have none.


_ALL = (
    select(
        Customer.id,
        Customer.name,
        Customer.phone,
        Customer.cif,
        Customer.tier,
        Customer.language,
        Customer.consent_marketing,
        Customer.branch_id,
        Customer.owner_id,
        Customer.profile,
        Customer.merged_into,
        Customer.created_at,
        Branch.name.label("branch"),
        User.username.label("owner"),
    )
    .outerjoin(Branch, Branch.id == Customer.branch_id)
    .outerjoin(User, User.id == Customer.owner_id)
)


def customer_page(conn: Connection, actor: Actor, question: CustomerQuestion, page: Page) -> Part[Person]:
    """The customers within the actor's scope who fit the question, newest first."""
    where = (_is_present(), *_where(conn, actor, question, page))

    def narrowed(ids: Select[Any]) -> Select[Any]:  # Any: whatever columns were selected.
        if question.branch:
            ids = ids.outerjoin(Branch, Branch.id == Customer.branch_id)
        if question.owner:
            ids = ids.outerjoin(User, User.id == Customer.owner_id)
        return ids.where(*where)

    # Whoever is sought by name is found first, which would be done anew for each part.
    q = question.q or ""
    begins_with_names = bool(q) and (conn.dialect.name == "sqlite" or not q.isdigit())
    parts = (customers_within(actor),) if begins_with_names else customers_in_parts(actor)
    first = partial(newest_ids, parts, Customer.id, Customer.created_at, narrowed)
    return page_by_key(conn, first, Customer.id, _ALL, _ORDER, page, _person)


_ORDER = (Customer.created_at.desc(), Customer.id.desc())


def find_customer(conn: Connection, actor: Actor, customer_id: str) -> Person:
    """That customer. Raises Refused when there is none within the actor's scope, or nothing is left of them."""
    chosen = _ALL.where(Customer.id == customer_id, customers_within(actor), Customer.erased_at.is_(None))
    row = conn.execute(chosen).mappings().first()
    if row is None:
        raise missing("customer")
    return _person(row)


def is_within_reach(conn: Connection, actor: Actor, customer_id: str) -> bool:
    return (
        conn.scalar(select(Customer.id).where(Customer.id == customer_id, customers_within(actor)))
        is not None
    )


def living_customer(conn: Connection, actor: Actor, customer_id: str) -> Person:
    """That customer, or who it turned out to be. Raises Refused as `find_customer` does."""
    person = find_customer(conn, actor, customer_id)
    seen = {person.id}
    while person.merged_into is not None and person.merged_into not in seen:
        person = find_customer(conn, actor, person.merged_into)
        seen.add(person.id)
    return person


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


def settle_in_branch(conn: Connection, customer_id: str, branch: str) -> None:
    """The customer belongs to that branch from now on."""
    found = select(Branch.id).where(Branch.name == branch).scalar_subquery()
    conn.execute(update(Customer).where(Customer.id == customer_id).values(branch_id=found))


def take_into_portfolio(conn: Connection, customer_id: str, owner_id: int) -> None:
    conn.execute(update(Customer).where(Customer.id == customer_id).values(owner_id=owner_id))


def branch_of(conn: Connection, customer_id: str) -> int | None:
    return conn.scalar(select(Customer.branch_id).where(Customer.id == customer_id))


def owner_of(conn: Connection, customer_id: str) -> int | None:
    return conn.scalar(select(Customer.owner_id).where(Customer.id == customer_id))


def _is_present() -> ColumnElement[bool]:
    return Customer.merged_into.is_(None) & Customer.erased_at.is_(None)


def _where(
    conn: Connection, actor: Actor, question: CustomerQuestion, page: Page
) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if question.q:
        # Of those who bear a name as many are looked at as are shown and counted; with a filter beside it anybody may be the next.
        most = page.offset + page.limit + COUNTED_BEYOND
        is_all = question == CustomerQuestion(q=question.q)
        where.append(_fits(conn, actor, question.q, most if is_all else None))
    if question.branch:
        where.append(Branch.id.is_(None) if question.branch == NOBODY else Branch.name == question.branch)
    if question.owner:
        where.append(User.id.is_(None) if question.owner == NOBODY else User.username == question.owner)
    if question.consent:
        where.append(Customer.consent_marketing == question.consent.value)
    if question.tier:
        where.append(Customer.tier == question.tier.value)
    if question.segment:
        of_segment = select(CustomerValue.customer_id).where(CustomerValue.segment == question.segment.value)
        where.append(Customer.id.in_(of_segment))
    return where


def _fits(conn: Connection, actor: Actor, q: str, most: int | None) -> ColumnElement[bool]:
    fitting = [customers_named(conn, actor, terms, most)] if (terms := terms_of(q)) else []
    digits = phone_digits(q)
    exact = or_(Customer.cif == tidy_cif(q), Customer.phone == digits if digits else false())
    # Found first and then named: a condition of nothing but names can be joined, one of this or that cannot.
    if found := conn.scalars(select(Customer.id).where(exact)).all():
        fitting.append(Customer.id.in_(found))
    # Parts of a number are searched only for those who see numbers; others could guess one digit by digit.
    if digits is None and sight_of(actor) is Sight.FULL and q.isdigit() and len(q) >= SHORTEST_PHONE_PART:
        fitting.append(Customer.phone.contains(q))
    return or_(false(), *fitting)


def _person(row: RowMapping) -> Person:
    read = {"consent_marketing": Consent(row["consent_marketing"]), "tier": CustomerTier(row["tier"])}
    return Person(**{**row, **read})
