"""Who are we? The company's facts, one settings row that staff edit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from flows.domain import Company, Place, WorkingFrame
from flows.roles import Actor
from storage.dialect import upsert
from storage.knowledge import knowledge_version
from storage.staff.seen_settings import refuse_unseen
from storage.tables import Setting
from storage.trail.audit import Event, note

_NAME = "company"
UNNAMED = "perusahaan kami"  # What the greeting says until somebody enters the name.


def load_company(conn: Connection) -> Company:
    """The facts as entered; a company that entered nothing yet has only a stand-in name."""
    value = conn.scalar(select(Setting.value).where(Setting.name == _NAME))
    return _parse(value) if value else Company(name=UNNAMED)


def save_company(
    conn: Connection, company: Company, by: Actor, now: datetime, *, seen: datetime | None = None
) -> None:
    """Raises Changed when somebody saved after the facts were seen."""
    refuse_unseen(conn, _NAME, seen)
    before = load_company(conn)
    value = _value(company)
    conn.execute(
        upsert(conn, Setting, "name", "value", "updated_at").values(name=_NAME, value=value, updated_at=now)
    )
    knowledge_version.bump(conn, now)
    changed = [name for name in value if getattr(before, name) != getattr(company, name)]
    note(conn, Event.CHANGE_COMPANY, by, now, subject=_NAME, changed=changed)


_PLAIN = ("name", "address", "licence", "phone", "email", "website", "timezone")


def _value(company: Company) -> dict[str, Any]:  # Any: JSON values.
    pin = company.pin
    return {name: getattr(company, name) for name in _PLAIN} | {
        "pin": {"name": pin.name, "lat": pin.lat, "lng": pin.lng} if pin else None,
        "hours": [[frame.weekday, frame.opens, frame.closes] for frame in company.hours],
        "branches": list(company.branches),
    }


def _parse(value: dict[str, Any]) -> Company:  # Any: JSON values, written by `_value`.
    frames = (WorkingFrame(weekday=day, opens=opens, closes=closes) for day, opens, closes in value["hours"])
    return Company(
        **{name: value[name] for name in _PLAIN},
        pin=Place(**value["pin"]) if value["pin"] else None,
        hours=tuple(frames),
        branches=tuple(value["branches"]),
    )
