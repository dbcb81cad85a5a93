"""What did an ADMIN change in the table of who may do what? One settings row; the table itself stays in `flows/roles.py`."""

from datetime import datetime

from sqlalchemy import Connection, select

from flows.domain import Role
from flows.refusal import Refused
from flows.roles import UNCHANGED, Actor, GrantChanges, Permission, refuse_grant
from storage.dialect import upsert
from storage.prepared import Prepared
from storage.tables import Setting
from storage.trail.audit import Event, note

_NAME = "grants"
_CHANGES = Prepared(select(Setting.value).where(Setting.name == _NAME))


def grant_changes(conn: Connection) -> GrantChanges:
    """The changes; pairs whose permission or role no longer exists are passed over."""
    value = next((row.value for row in _CHANGES.all(conn)), None)
    if not value:
        return UNCHANGED
    return GrantChanges(given=_pairs(value["given"]), taken=_pairs(value["taken"]))


def change_grant(
    conn: Connection, permission: Permission, role: Role, by: Actor, now: datetime, *, is_granted: bool
) -> GrantChanges:
    """Gives the role the permission, or takes it; audited. Raises Refused for one that is fixed."""
    if refusal := refuse_grant(permission, role):
        raise Refused(refusal)
    before = grant_changes(conn)
    after = before.after(permission, role, is_granted=is_granted)
    if after == before:
        return before
    value = {"given": _lists(after.given), "taken": _lists(after.taken)}
    conn.execute(
        upsert(conn, Setting, "name", "value", "updated_at").values(name=_NAME, value=value, updated_at=now)
    )
    note(
        conn,
        Event.CHANGE_GRANT,
        by,
        now,
        subject=permission.value,
        role_changed=role.value,
        granted=is_granted,
    )
    return after


def _pairs(stored: list[list[str]]) -> frozenset[tuple[Permission, Role]]:
    known = set(Permission)
    return frozenset((Permission(name), Role(role)) for name, role in stored if name in known)


def _lists(pairs: frozenset[tuple[Permission, Role]]) -> list[list[str]]:
    return sorted([permission.value, role.value] for permission, role in pairs)
