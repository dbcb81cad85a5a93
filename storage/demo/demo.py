"""What did the demo write here? One settings row, so that loading it again neither repeats nor overwrites anything."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from flows.domain import Role
from storage.dialect import upsert
from storage.tables import Setting, User

_NAME = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRecord:
    """digest: of all that was loaded last. things: for each, what the demo wanted and how the rows looked when it had written."""

    digest: str = ""
    things: dict[str, tuple[str, str]] = field(default_factory=dict)


def demo_record(conn: Connection) -> DemoRecord:
    """An empty record where the demo was never loaded."""
    value = conn.scalar(select(Setting.value).where(Setting.name == _NAME))
    if not value:
        return DemoRecord()
    things = {key: (wanted, left) for key, (wanted, left) in value["things"].items()}
    return DemoRecord(digest=value["digest"], things=things)


def save_demo_record(conn: Connection, record: DemoRecord, now: datetime) -> None:
    value = {"digest": record.digest, "things": {key: list(marks) for key, marks in record.things.items()}}
    conn.execute(
        upsert(conn, Setting, "name", "value", "updated_at").values(name=_NAME, value=value, updated_at=now)
    )


def demo_people(conn: Connection) -> list[tuple[str, Role]]:
    """Name and role of the demo's people who may log in, in the order of the roles; nobody where the demo was never loaded.

    Only whom the demo made: a company that tried the demo and then hired people must not find a switch that skips their passwords.
    """
    made = [key.removeprefix("user:") for key in demo_record(conn).things if key.startswith("user:")]
    if not made:
        return []
    rows = conn.execute(
        select(User.username, User.role).where(User.username.in_(made), User.is_active.is_(True))
    ).all()
    order = list(Role)
    return sorted(((row.username, Role(row.role)) for row in rows), key=lambda row: order.index(row[1]))
