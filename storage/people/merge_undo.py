"""They were two people after all: a merge taken back, as far as what happened since allows.

Rows that moved go back. Fields go back where they still are as the merge left them; what somebody changed since stays. What arrived after
the merge stays with the customer who remained: nobody can say any more which of the two meant it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, null, select, update

from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from storage.people.merge import key_of
from storage.scope import customers_within
from storage.tables import Base, Conversation, Customer, CustomerMerge, Handover, Lead
from storage.trail.audit import Event, note

KEYS_AT_ONCE = 500  # Databases bound the number of parameters of one statement.
TABLES: dict[str, type[Base]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord:
    """A merge as people read it."""

    id: str
    kept_id: str
    merged_id: str
    merged_by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


def merges_of(conn: Connection, customer_id: str) -> list[MergeRecord]:
    """The merges into this customer, newest first."""
    rows = conn.execute(
        select(*(getattr(CustomerMerge, name) for name in MergeRecord.__dataclass_fields__))
        .where(CustomerMerge.kept_id == customer_id)
        .order_by(CustomerMerge.at.desc(), CustomerMerge.id.desc())
    )
    return [MergeRecord(**row) for row in rows.mappings()]


def undo_merge(conn: Connection, actor: Actor, merge_id: str, now: datetime) -> MergeRecord:
    """Takes the merge back. Raises Refused when it is out of reach, undone already, or something later stands on it."""
    row = conn.execute(
        select(CustomerMerge)
        .join(Customer, Customer.id == CustomerMerge.kept_id)
        .where(CustomerMerge.id == merge_id, customers_within(actor))
        .with_for_update(of=CustomerMerge)
    ).first()
    if row is None:
        raise missing("merge")
    _check(conn, row)
    for step in reversed(row.moved["steps"]):
        _back(conn, step)
    _restore(conn, Customer, row.before["customers"], row.before["after"]["customers"])
    _restore(conn, Conversation, row.before["threads"], row.before["after"]["threads"])
    conn.execute(
        update(CustomerMerge).where(CustomerMerge.id == merge_id).values(undone_by=actor.name, undone_at=now)
    )
    note(
        conn, Event.SPLIT_CUSTOMER, actor, now, subject=row.kept_id, split=[row.merged_id], merge_id=merge_id
    )
    return next(merge for merge in merges_of(conn, row.kept_id) if merge.id == merge_id)


def _check(conn: Connection, row: Any) -> None:  # Any: the whole row of the merge.
    if row.undone_at is not None:
        raise Refused(conflict("This merge was undone already."))
    kept = conn.execute(
        select(Customer.merged_into, Customer.erased_at).where(Customer.id == row.kept_id)
    ).one()
    if kept.erased_at is not None or not row.moved:
        raise Refused(conflict("This person was erased; there is nothing left to part."))
    later = select(CustomerMerge.id).where(
        CustomerMerge.kept_id == row.kept_id, CustomerMerge.at > row.at, CustomerMerge.undone_at.is_(None)
    )
    if kept.merged_into is not None or conn.scalar(later.limit(1)) is not None:
        raise Refused(conflict("A later merge stands on this one. Undo that one first."))


def _back(conn: Connection, step: dict[str, Any]) -> None:  # Any: JSON as `storage.people.merge` wrote it.
    table = TABLES[step["table"]]
    values: dict[str, Any] = {step["column"]: step["from"]}
    if table is Handover and step["column"] == "outcome":
        values["ended_at"] = None
    if table is Lead and step["column"] == "status":
        values["lost_reason"] = None
    still = getattr(table, step["column"]) == step["to"]
    for keys in _chunks(step["keys"]):
        conn.execute(update(table).where(key_of(table).in_(keys), still).values(values))


def _chunks(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:  # Any: primary keys.
    for start in range(0, len(keys), KEYS_AT_ONCE):
        yield keys[start : start + KEYS_AT_ONCE]


def _restore(
    conn: Connection, table: Any, before: dict[str, Any], after: dict[str, Any]
) -> None:  # Any: a mapped class; JSON.
    """Each field goes back where it is still as the merge left it. The one who remained comes first: it lets go of the number."""
    rows = {row.id: row for row in conn.execute(select(table).where(table.id.in_(before)))}
    for key in sorted(before, key=lambda key: after[key].get("merged_into") is not None):
        changed = {
            name: _value(name, value)
            for name, value in before[key].items()
            if value != after[key][name] and _plain(getattr(rows[key], name)) == after[key][name]
        }
        if changed:
            conn.execute(update(table).where(table.id == key).values(**changed))


def _plain(value: Any) -> Any:  # Any: a column value as JSON keeps it.
    return value.isoformat() if isinstance(value, datetime) else value


def _value(name: str, value: Any) -> Any:  # Any: JSON back to a column value.
    if value is None:
        return null()
    return datetime.fromisoformat(value) if name.endswith("_at") else value
