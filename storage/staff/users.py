"""Who works here? Members of staff, their role, branch and password hash. Hashing itself happens above, off the event loop."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, RowMapping, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from flows.domain import Language, Role
from flows.refusal import Refused, conflict, invalid, missing
from flows.roles import UNCHANGED, Actor, GrantChanges
from flows.staff_name import refuse_user_name
from storage.pages import Page, Part, page_of
from storage.prepared import Prepared
from storage.staff.grants import grant_changes
from storage.staff.staff_sessions import end_sessions_of
from storage.tables import Branch, Customer, User
from storage.trail.audit import Event, Fact, note


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A member of staff to be. password_hash is argon2's text, never the password."""

    username: str
    display_name: str
    role: Role
    password_hash: str
    branch: str | None = None
    telegram_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What to change; None leaves a value as it is, and an empty branch or telegram_id takes it away."""

    display_name: str | None = None
    role: Role | None = None
    branch: str | None = None
    is_active: bool | None = None
    password_hash: str | None = None
    telegram_id: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    id: int
    username: str
    display_name: str
    role: Role
    branch_id: int | None
    branch: str | None
    is_active: bool
    telegram_id: str | None
    language: Language
    totp_secret: str | None
    totp_step: int | None
    password_hash: str
    created_at: datetime
    changes: GrantChanges = UNCHANGED

    @property
    def actor(self) -> Actor:
        return Actor(
            name=self.username,
            role=self.role,
            user_id=self.id,
            branch_id=self.branch_id,
            changes=self.changes,
        )


_ALL = select(User, Branch.name.label("branch")).outerjoin(Branch, Branch.id == User.branch_id)


def user_page(conn: Connection, page: Page) -> Part[StaffMember]:
    return page_of(conn, _ALL, [User.username], page, _member)


def all_users(conn: Connection) -> list[StaffMember]:
    """Everybody who works or worked here, those who may log in first."""
    rows = conn.execute(_ALL.order_by(User.is_active.desc(), User.display_name)).mappings()
    return [_member(row) for row in rows]


def staff_names(conn: Connection) -> dict[str, str]:
    """Display names by user name, of everybody who works or worked here."""
    rows = conn.execute(select(User.username, User.display_name))
    return {row.username: row.display_name for row in rows}


def all_branches(conn: Connection) -> list[str]:
    return [str(name) for name in conn.scalars(select(Branch.name).order_by(Branch.name))]


def branches_with_counts(conn: Connection) -> list[tuple[str, int, int]]:
    """Each branch with how many members of staff and customers belong to it, by name."""
    staff = (
        select(func.count()).where(User.branch_id == Branch.id, User.is_active.is_(True)).scalar_subquery()
    )
    customers = select(func.count()).where(Customer.branch_id == Branch.id).scalar_subquery()
    rows = conn.execute(select(Branch.name, staff, customers).order_by(Branch.name)).all()
    return [(str(name), int(people), int(served)) for name, people, served in rows]


def find_user(conn: Connection, username: str) -> StaffMember | None:
    """The member of staff of that name, active or not."""
    return _one(conn, User.username == username)


def user_by_id(conn: Connection, user_id: int) -> StaffMember | None:
    rows = _BY_ID.all(conn, user_id=user_id)
    return replace(_member(rows[0]._asdict()), changes=grant_changes(conn)) if rows else None


_BY_ID = Prepared(
    select(*User.__table__.columns, Branch.name.label("branch"))
    .outerjoin_from(User, Branch, Branch.id == User.branch_id)
    .where(User.id == bindparam("user_id", type_=Integer))
)


def user_by_telegram(conn: Connection, telegram_id: str) -> StaffMember | None:
    """Who pressed a button in Telegram, None when no active member of staff has that id."""
    member = _one(conn, User.telegram_id == telegram_id)
    return member if member and member.is_active else None


def has_active_admin(conn: Connection) -> bool:
    """Whether anybody can administer yet."""
    admins = select(User.id).where(User.role == Role.ADMIN, User.is_active.is_(True))
    return conn.scalar(admins.limit(1)) is not None


def add_user(conn: Connection, new: NewUser, by: Actor, now: datetime) -> StaffMember:
    """Adds a member of staff. Raises Refused when the name is none or taken, in whatever case, or the branch unknown."""
    if refusal := refuse_user_name(new.username):
        raise Refused(refusal)
    if conn.scalar(select(User.id).where(func.lower(User.username) == new.username.lower())) is not None:
        raise Refused(conflict(f"The name {new.username!r} is already taken.", "username"))
    values = {
        "username": new.username,
        "display_name": new.display_name,
        "role": new.role,
        "password_hash": new.password_hash,
        "telegram_id": new.telegram_id,
        "branch_id": branch_id(conn, new.branch) if new.branch else None,
    }
    try:
        with conn.begin_nested():
            user_id = conn.execute(
                insert(User).values(**values, created_at=now).returning(User.id)
            ).scalar_one()
    except IntegrityError as error:
        raise Refused(conflict(f"The name {new.username!r} or that Telegram id is already taken.")) from error
    note(conn, Event.CREATE_USER, by, now, subject=new.username, role_given=new.role.value)
    return _sure(conn, user_id)


def change_user(conn: Connection, user_id: int, change: UserChange, by: Actor, now: datetime) -> StaffMember:
    """Changes a member of staff. Raises Refused for an unknown one, and when nobody would be left to administer."""
    before = user_by_id(conn, user_id)
    if before is None:
        raise missing("user")
    if _loses_admin(before, change) and _active_admins(conn) <= 1:
        raise Refused(conflict(f"{before.username} is the last active ADMIN. Make another one first."))
    values = _values(conn, before, change)
    try:
        with conn.begin_nested():
            if values:
                conn.execute(update(User).where(User.id == user_id).values(**values))
    except IntegrityError as error:
        raise Refused(conflict("That Telegram id belongs to somebody else.")) from error
    if "password_hash" in values:
        end_sessions_of(conn, user_id)
        note(conn, Event.CHANGE_PASSWORD, by, now, subject=before.username)
    after = _sure(conn, user_id)
    if changed := sorted(name for name in values if name != "password_hash"):
        old, new = _rights(before), _rights(after)
        sides: dict[str, Fact] = {"old_value": old, "new_value": new} if old != new else {}
        note(conn, Event.CHANGE_USER, by, now, subject=before.username, changed=changed, **sides)
    return after


def change_own_password(
    conn: Connection, user_id: int, password_hash: str, by: Actor, now: datetime, *, session_id: str
) -> None:
    """A new password that its owner chose: it ends every log-in of theirs but the one that they sit at."""
    conn.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
    end_sessions_of(conn, user_id, but=session_id)
    note(conn, Event.CHANGE_PASSWORD, by, now, subject=by.name)


def branch_id(conn: Connection, name: str) -> int:
    """The branch of that name, in any case. Raises Refused when there is none."""
    found = conn.scalar(select(Branch.id).where(func.lower(Branch.name) == name.lower()))
    if found is None:
        raise Refused(invalid("branch", f"There is no such branch as {name!r}."))
    return int(found)


def add_branch(conn: Connection, name: str) -> int:
    """The branch of that name, made when it is not there yet."""
    found = conn.scalar(select(Branch.id).where(func.lower(Branch.name) == name.lower()))
    if found is None:
        found = conn.execute(insert(Branch).values(name=name).returning(Branch.id)).scalar_one()
    return int(found)


def open_branch(conn: Connection, name: str, by: Actor, now: datetime) -> bool:
    """Adds a branch; False when it is there already, then nothing is written."""
    if conn.scalar(select(Branch.id).where(func.lower(Branch.name) == name.lower())) is not None:
        return False
    branch = add_branch(conn, name)
    note(conn, Event.CREATE_BRANCH, by, now, subject=str(branch))
    return True


def branch_page(conn: Connection, page: Page) -> Part[str]:
    """The branches' names."""
    return page_of(conn, select(Branch.name), [Branch.name], page, lambda row: str(row["name"]))


def _values(
    conn: Connection, before: StaffMember, change: UserChange
) -> dict[str, Any]:  # Any: column values.
    """What is different from now on, and nothing else."""
    columns = ("display_name", "role", "is_active", "password_hash", "language")
    values = {name: getattr(change, name) for name in columns if getattr(change, name) is not None}
    if change.telegram_id is not None:
        values["telegram_id"] = change.telegram_id or None
    if change.branch is not None:
        values["branch_id"] = branch_id(conn, change.branch) if change.branch else None
    return {name: value for name, value in values.items() if value != getattr(before, name)}


def _rights(member: StaffMember) -> dict[str, str]:
    """Of a member what decides what they may and see: an auditor asks for the old and the new."""
    access = "may_log_in" if member.is_active else "may_not_log_in"
    return {"role": member.role.value, "branch": member.branch or "", "access": access}


def _loses_admin(before: StaffMember, change: UserChange) -> bool:
    is_admin = before.role is Role.ADMIN and before.is_active
    return is_admin and (change.role not in (None, Role.ADMIN) or change.is_active is False)


def _active_admins(conn: Connection) -> int:
    # The rows are locked so that two ADMINs cannot retire each other at the same moment.
    admins = select(User.id).where(User.role == Role.ADMIN, User.is_active.is_(True)).with_for_update()
    return len(conn.execute(admins).all())


def _one(conn: Connection, which: Any) -> StaffMember | None:  # Any: a column's comparison.
    row = conn.execute(_ALL.where(which)).mappings().first()
    return replace(_member(row), changes=grant_changes(conn)) if row else None


def _sure(conn: Connection, user_id: int) -> StaffMember:
    member = user_by_id(conn, user_id)
    assert member is not None, "the row was written in this transaction"
    return member


def _member(row: RowMapping | Mapping[str, Any]) -> StaffMember:
    return StaffMember(**{**row, "role": Role(row["role"])})
