"""Who may be in the book twice? Customers who look like this one, with what speaks for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from flows.customer import Likeness, likenesses
from flows.refusal import Refused, conflict, invalid
from flows.roles import Actor
from storage.people.customers import Person, find_customer
from storage.people.merge import merge_into
from storage.scope import customers_within
from storage.tables import Customer

NAMESAKES_LOOKED_AT = 50  # A name that more people share proves nothing.
BECAUSE_STAFF = "staff found that both are one person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A customer who may be the same person. because: names of likenesses."""

    id: str
    name: str | None
    phone: str | None
    created_at: datetime
    because: tuple[str, ...]


def duplicates_of(conn: Connection, actor: Actor, person: Person) -> list[Duplicate]:
    """Customers within the actor's scope who look like this one."""
    if not person.name:
        return []
    spellings = {person.name, person.name.lower(), person.name.upper(), person.name.title()}
    rows = conn.execute(
        select(Customer.id, Customer.name, Customer.phone, Customer.profile, Customer.created_at)
        .where(Customer.name.in_(spellings), Customer.id != person.id, Customer.merged_into.is_(None))
        .where(customers_within(actor))
        .limit(NAMESAKES_LOOKED_AT)
    )
    own = Likeness(name=person.name, phone=person.phone, facts=person.profile)
    found = []
    for row in rows:
        because = likenesses(own, Likeness(name=row.name, phone=row.phone, facts=row.profile or {}))
        if because:
            found.append(
                Duplicate(
                    id=row.id, name=row.name, phone=row.phone, created_at=row.created_at, because=because
                )
            )
    return found


def merge_by_staff(conn: Connection, actor: Actor, kept_id: str, other_id: str, now: datetime) -> str:
    """The other customer becomes part of this one; the merge's id. Raises Refused when either is out of reach or merged already."""
    if kept_id == other_id:
        raise Refused(invalid("other_id", "A customer cannot be merged with themselves."))
    kept, other = find_customer(conn, actor, kept_id), find_customer(conn, actor, other_id)
    if kept.merged_into or other.merged_into:
        raise Refused(conflict("One of them has been merged already."))
    return merge_into(conn, kept.id, other.id, actor, now, because=BECAUSE_STAFF)
