"""When was the audit last proven whole, and what can be noted outside the database so that a cut-off end is found out?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from flows.roles import Actor
from storage.audit import Event, note
from storage.audit_chain import Broken, verify_chain
from storage.dialect import upsert
from storage.tables import AuditSeal, Setting

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


def check_chain(conn: Connection, by: Actor, now: datetime, noted: str | None = None) -> Check:
    """Proves the chain from its beginning and keeps the answer for the badge; audited."""
    result = verify_chain(conn, noted)
    if isinstance(result, Broken):
        check = Check(at=now, sealed=0, head="", event_id=result.event_id, why=result.why)
    else:
        newest = conn.scalar(select(func.max(AuditSeal.position)))
        last = conn.scalar(select(AuditSeal.event_id).where(AuditSeal.position == newest))
        check = Check(
            at=now, sealed=result.sealed, head=result.head, event_id=last, why=None, late=result.late
        )
    value = {"at": now.isoformat(), "sealed": check.sealed, "head": check.head}
    value |= {"event_id": check.event_id, "why": check.why, "late": list(check.late)}
    conn.execute(
        upsert(conn, Setting, "name", "value", "updated_at").values(name=_NAME, value=value, updated_at=now)
    )
    note(conn, Event.VERIFY_AUDIT, by, now, is_whole=check.is_whole, sealed=check.sealed)
    return check


def _parse(value: dict[str, Any]) -> Check:  # Any: JSON, written above.
    return Check(**value | {"at": datetime.fromisoformat(value["at"]), "late": tuple(value["late"])})
