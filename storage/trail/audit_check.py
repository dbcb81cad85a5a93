"""When was the audit last proven whole, and what can be noted outside the database so that a cut-off end is found out?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from flows.roles import Actor
from storage.dialect import upsert
from storage.tables import AuditSeal, Setting
from storage.trail.audit import Event, note
from storage.trail.audit_chain import Broken, verify_chain

_NAME = "audit_check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the last proof found. event_id: the last event it reached, or the first bad one when why is set; late: see `Whole`."""

    at: datetime
    sealed: int
    head: str
    event_id: int | None
    why: str | None
    late: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.why is None


def last_check(conn: Connection) -> Check | None:
    """The last proof; None before the first one."""
    value = conn.scalar(select(Setting.value).where(Setting.name == _NAME))
    return _parse(value) if value else None


def prove(conn: Connection, now: datetime, noted: str | None = None) -> Check:
    """Proves the chain from its beginning. Reading only, however long the chain is, so that nobody who writes waits for it."""
    result = verify_chain(conn, noted)
    if isinstance(result, Broken):
        return Check(at=now, sealed=0, head="", event_id=result.event_id, why=result.why)
    newest = conn.scalar(select(func.max(AuditSeal.position)))
    last = conn.scalar(select(AuditSeal.event_id).where(AuditSeal.position == newest))
    return Check(at=now, sealed=result.sealed, head=result.head, event_id=last, why=None, late=result.late)


def keep_check(conn: Connection, check: Check, by: Actor) -> None:
    """Keeps the answer for the badge; audited."""
    value = {"at": check.at.isoformat(), "sealed": check.sealed, "head": check.head}
    value |= {"event_id": check.event_id, "why": check.why, "late": list(check.late)}
    statement = upsert(conn, Setting, "name", "value", "updated_at")
    conn.execute(statement.values(name=_NAME, value=value, updated_at=check.at))
    note(conn, Event.VERIFY_AUDIT, by, check.at, is_whole=check.is_whole, sealed=check.sealed)


def _parse(value: dict[str, Any]) -> Check:  # Any: JSON, written above.
    return Check(**value | {"at": datetime.fromisoformat(value["at"]), "late": tuple(value["late"])})
