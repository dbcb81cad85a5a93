"""How do staff add a customer or mend what is known of one? Checked by `flows.customer`, audited by the names of what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import IntegrityError

from flows.customer import CustomerTier, refuse_facts, tidy_cif
from flows.domain import Language, Role
from flows.refusal import Refused, conflict, invalid
from flows.roles import Actor
from storage.people.customers import Person, customer_by_phone, find_customer, living_customer
from storage.people.mended_meanwhile import refuse_mended
from storage.staff.users import branch_id
from storage.tables import Customer, new_id
from storage.trail.audit import Event, note

# What staff may know of a person besides name, phone and CIF; kept in the profile.
FACTS = ("nik", "email", "account", "birth_date", "address", "job", "note")
_COLUMNS = ("name", "tier", "language")
_ANYBODY = Actor(name="system", role=Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDraft:
    """What staff enter. A field that is not in `given` stays as it is; one that is given as None is emptied."""

    name: str | None = None
    phone: str | None = None
    cif: str | None = None
    tier: CustomerTier | None = None
    language: Language | None = None
    branch: str | None = None
    facts: Mapping[str, str | None]
    given: frozenset[str]


def enter_customer(conn: Connection, actor: Actor, draft: CustomerDraft, now: datetime) -> Person:
    """A new customer; an RM's is their own, an AGENT's belongs to the agent's branch. Raises Refused for a number or CIF that is taken."""
    _check(draft, {})
    if draft.phone and customer_by_phone(conn, draft.phone):
        # Whether that customer is within reach is not said.
        raise Refused(conflict("There is a customer with this number already. Look them up."))
    customer_id = new_id("cust")
    values = {
        "id": customer_id,
        "name": draft.name,
        "phone": draft.phone,
        "tier": (draft.tier or CustomerTier.MASS).value,
        "language": draft.language or "id",
        "branch_id": _branch(conn, draft.branch) if draft.branch else actor.branch_id,
        "owner_id": actor.user_id if actor.role is Role.RM else None,
        "cif": tidy_cif(draft.cif) if draft.cif else None,
        "profile": {name: value for name, value in draft.facts.items() if value},
        "created_at": now,
    }
    _write(conn, insert(Customer).values(**values))
    note(conn, Event.CREATE_CUSTOMER, actor, now, subject=customer_id, fields=sorted(draft.given))
    return find_customer(conn, _ANYBODY, customer_id)  # Perhaps another branch's now.


def mend_customer(
    conn: Connection,
    actor: Actor,
    customer_id: str,
    draft: CustomerDraft,
    now: datetime,
    seen: int | None = None,
) -> Person:
    """The customer with what was given, also where that takes them out of the actor's reach.

    seen: the last change that the actor saw, see `mended_meanwhile`. Raises MendedMeanwhile for a later one, Refused when out of reach,
    wrong, or taken by somebody else.
    """
    before = living_customer(conn, actor, customer_id)
    refuse_mended(conn, before.id, seen)
    _check(draft, before.profile)
    given_facts = {name: draft.facts.get(name) for name in FACTS if name in draft.given}
    values: dict[str, Any] = {
        name: getattr(draft, name) for name in _COLUMNS if name in draft.given and getattr(draft, name)
    }
    if "name" in draft.given:
        values["name"] = draft.name
    if "phone" in draft.given and draft.phone != before.phone:
        values["phone"] = _free_number(conn, draft.phone)
    if "cif" in draft.given:
        values["cif"] = tidy_cif(draft.cif) if draft.cif else None
    if "branch" in draft.given:
        values["branch_id"] = _branch(conn, draft.branch) if draft.branch else None
    if given_facts:
        values["profile"] = {
            name: value for name, value in {**before.profile, **given_facts}.items() if value is not None
        }
    changed = sorted(name for name in draft.given if _was(before, name) != _is(draft, name))
    if not changed:
        return before
    _write(conn, update(Customer).where(Customer.id == before.id).values(**values))
    note(conn, Event.UPDATE_CUSTOMER, actor, now, subject=before.id, changed_fields=changed)
    return find_customer(conn, _ANYBODY, before.id)


def _check(draft: CustomerDraft, known: Mapping[str, Any]) -> None:  # Any: JSON as stored.
    facts = {**known, **draft.facts, "cif": tidy_cif(draft.cif) if draft.cif else None}
    if refusal := refuse_facts(facts):
        raise Refused(refusal)


def _branch(conn: Connection, name: str) -> int:
    try:
        return branch_id(conn, name)
    except Refused as error:
        raise Refused(invalid("branch", "There is no such branch.")) from error


def _free_number(conn: Connection, phone: str | None) -> str | None:
    if phone and customer_by_phone(conn, phone):
        raise Refused(conflict("Another customer has this number. Merge the two instead."))
    return phone


def _write(conn: Connection, statement: Any) -> None:  # Any: an INSERT or UPDATE.
    try:
        with conn.begin_nested():
            conn.execute(statement)
    except IntegrityError as error:
        raise Refused(conflict("Another customer has this number or CIF.")) from error


def _was(person: Person, name: str) -> Any:  # Any: a fact as stored.
    return person.profile.get(name) if name in FACTS else getattr(person, name)


def _is(draft: CustomerDraft, name: str) -> Any:  # Any: a fact as given.
    if name in FACTS:
        return draft.facts.get(name)
    return tidy_cif(draft.cif) if name == "cif" and draft.cif else getattr(draft, name)
