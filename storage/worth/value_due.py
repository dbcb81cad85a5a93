"""Whose value must be scored anew: who wrote, paid, complained, agreed or was worked on since, who is new, and once a day everybody?

No message has to say so: it is read off the rows that are written anyway, so the way of a message carries none of this.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from storage.tables import (
    Case,
    ConsentChange,
    Conversation,
    Customer,
    CustomerValue,
    Lead,
    Transaction,
)


def due_for_scoring(
    conn: Connection, changed_since: datetime, day_began: datetime, limit: int
) -> tuple[tuple[str, ...], str]:
    """Up to limit customers and what brought it about: `behaviour` for who did something, else `nightly`, else nobody.

    changed_since bounds how far back changes are looked for; day_began: scores older than that have counted too few days.
    """
    scored = CustomerValue.scored_at
    changes: tuple[Select[tuple[str]], ...] = (
        _changed(Conversation.customer_id, Conversation.last_message_at, changed_since),
        _changed(Transaction.customer_id, Transaction.at, changed_since),
        _changed(Case.customer_id, Case.opened_at, changed_since),
        _changed(Case.customer_id, Case.closed_at, changed_since),
        _changed(ConsentChange.customer_id, ConsentChange.at, changed_since),
        _changed(Lead.customer_id, Lead.updated_at, changed_since),
    )
    found = _first((conn.scalars(chosen.limit(limit)) for chosen in changes), limit)
    if found:
        return found, "behaviour"
    old = (
        select(Customer.id)
        .outerjoin(CustomerValue, CustomerValue.customer_id == Customer.id)
        .where(or_(scored.is_(None), scored < day_began))
        .order_by(Customer.id)
        .limit(limit)
    )
    return tuple(conn.scalars(old)), "nightly"


def _changed(
    customer_id: Any, moment: Any, since: datetime
) -> Select[tuple[str]]:  # Any: columns of any table.
    """Customers with something after `since` that their score does not know yet."""
    return (
        select(customer_id)
        .join(CustomerValue, CustomerValue.customer_id == customer_id)
        .where(moment > since, moment > CustomerValue.scored_at)
        .distinct()
    )


def _first(parts: Iterable[Iterable[str]], limit: int) -> tuple[str, ...]:
    """The first few different ones, in order."""
    return tuple(dict.fromkeys(one for part in parts for one in part))[:limit]
