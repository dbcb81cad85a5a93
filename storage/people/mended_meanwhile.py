"""Was this customer mended since somebody looked? Asked before what they typed is written over it.

What was mended is read from the audit: it names the fields of each change, and no value of any.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, func, select

from flows.refusal import SAVED_MEANWHILE, Refused, conflict
from storage.tables import AuditEvent, Customer
from storage.trail.audit import Event


class MendedMeanwhile(Refused):
    """Nothing was written over: fields names what somebody else mended, newest is their last change, to be seen before saving again."""

    def __init__(self, fields: Collection[str], newest: int) -> None:
        super().__init__(conflict(SAVED_MEANWHILE))
        self.fields = tuple(sorted(fields))
        self.newest = newest


def last_mend(conn: Connection, customer_id: str) -> int:
    """The number of the last change, 0 where there was none."""
    return conn.scalar(_mends(customer_id, func.max(AuditEvent.id))) or 0


def refuse_mended(conn: Connection, customer_id: str, seen: int | None) -> None:
    """Raises MendedMeanwhile where there was a change after that one; who did not look (None) is not held up."""
    if seen is None:
        return
    # Of two who save at the same moment the second waits, and then sees the first one's change.
    conn.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())
    later = conn.execute(
        _mends(customer_id, AuditEvent.id, AuditEvent.facts)
        .where(AuditEvent.id > seen)
        .order_by(AuditEvent.id)
    ).all()
    if later:
        raise MendedMeanwhile({name for row in later for name in row.facts["changed_fields"]}, later[-1].id)


def _mends(customer_id: str, *what: Any) -> Select[Any]:  # Any: columns.
    return select(*what).where(
        AuditEvent.subject == customer_id, AuditEvent.event == Event.UPDATE_CUSTOMER.value
    )
