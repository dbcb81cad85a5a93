"""Who will travel? The preliminary jamaah that a booking names, linked to its lead and its conversation."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from flows.refusal import Refused, missing
from flows.roles import Actor, Sight, sight_of
from flows.traveller import Gender, Relation, TravellerFacts, hidden_kept, refuse_traveller
from storage.sales.leads import find_lead
from storage.tables import PackageRow, Traveller
from storage.trail.audit import Event, note


@dataclass(frozen=True, slots=True, kw_only=True)
class TravellerEntry:
    """A traveller as kept; departure is the package's, None while none is chosen."""

    id: int
    customer_id: str
    lead_id: int | None
    conversation_id: str | None
    package_code: str | None
    departure: date | None
    facts: TravellerFacts
    created_by: str
    created_at: datetime


def add_traveller(
    conn: Connection, actor: Actor, lead_id: int, facts: TravellerFacts, now: datetime, today: date
) -> TravellerEntry:
    """Adds one to the lead's party. Raises Refused for a lead outside the actor's scope and for facts that cannot be right."""
    lead = find_lead(conn, actor, lead_id)
    _check(facts, today)
    statement = insert(Traveller).values(
        customer_id=lead.customer_id,
        lead_id=lead_id,
        conversation_id=lead.conversation_id,
        package_code=lead.interested_package,
        created_by=actor.name,
        created_at=now,
        updated_at=now,
        **_values(facts),
    )
    traveller_id = conn.execute(statement.returning(Traveller.id)).scalar_one()
    note(conn, Event.WRITE_TRAVELLER, actor, now, subject=str(lead_id), traveller=traveller_id)
    return _sure(conn, traveller_id)


def change_traveller(
    conn: Connection, actor: Actor, traveller_id: int, facts: TravellerFacts, now: datetime, today: date
) -> TravellerEntry:
    """Replaces what is written about one; what the actor's role hides is kept where it was left out. Raises Refused as adding does."""
    entry = find_traveller(conn, actor, traveller_id)
    if sight_of(actor) is not Sight.FULL:
        facts = hidden_kept(entry.facts, facts)
    _check(facts, today)
    conn.execute(
        update(Traveller).where(Traveller.id == traveller_id).values(updated_at=now, **_values(facts))
    )
    note(conn, Event.WRITE_TRAVELLER, actor, now, subject=str(entry.lead_id), traveller=traveller_id)
    return _sure(conn, traveller_id)


def remove_traveller(conn: Connection, actor: Actor, traveller_id: int, now: datetime) -> TravellerEntry:
    """Takes one out of the party; answers who it was, so that it can be put back."""
    entry = find_traveller(conn, actor, traveller_id)
    conn.execute(delete(Traveller).where(Traveller.id == traveller_id))
    note(conn, Event.REMOVE_TRAVELLER, actor, now, subject=str(entry.lead_id), traveller=traveller_id)
    return entry


def find_traveller(conn: Connection, actor: Actor, traveller_id: int) -> TravellerEntry:
    """That traveller, within the actor's scope. Raises Refused."""
    entry = _find(conn, traveller_id)
    if entry is None or entry.lead_id is None:
        raise missing("traveller")
    find_lead(conn, actor, entry.lead_id)
    return entry


def party_of(conn: Connection, lead_id: int) -> list[TravellerEntry]:
    """Everybody of the lead's party, in the order of adding."""
    rows = conn.execute(_ALL.where(Traveller.lead_id == lead_id).order_by(Traveller.id)).mappings()
    return [_entry(row) for row in rows]


_ALL = select(Traveller, PackageRow.departure_date).outerjoin(
    PackageRow, PackageRow.code == Traveller.package_code
)


def _check(facts: TravellerFacts, today: date) -> None:
    if refusal := refuse_traveller(facts, today):
        raise Refused(refusal)


def _values(facts: TravellerFacts) -> dict[str, Any]:  # Any: column values.
    values = asdict(facts)
    return values | {"relation": facts.relation.value, "gender": facts.gender.value if facts.gender else None}


def _find(conn: Connection, traveller_id: int) -> TravellerEntry | None:
    row = conn.execute(_ALL.where(Traveller.id == traveller_id)).mappings().first()
    return _entry(row) if row else None


def _sure(conn: Connection, traveller_id: int) -> TravellerEntry:
    entry = _find(conn, traveller_id)
    assert entry is not None, "the row was written in this transaction"
    return entry


def _entry(row: RowMapping) -> TravellerEntry:
    facts = {name: row[name] for name in TravellerFacts.__dataclass_fields__}
    facts |= {
        "relation": Relation(row["relation"]),
        "gender": Gender(row["gender"]) if row["gender"] else None,
    }
    kept = ("id", "customer_id", "lead_id", "conversation_id", "package_code", "created_by", "created_at")
    return TravellerEntry(
        **{name: row[name] for name in kept}, departure=row["departure_date"], facts=TravellerFacts(**facts)
    )
