"""Indonesia's public holidays and days of joint leave (cuti bersama) that were looked up, so that a start does not have to do it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage.dialect import upsert
from storage.tables import Setting

_NAME = "days_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A day on which the country rests; joint leave is decreed for civil servants and followed by many companies."""

    day: date
    name: str
    is_joint_leave: bool


def load_days_off(conn: Connection) -> dict[int, tuple[DayOff, ...]]:
    """The days off by year; a year that was never looked up is not there."""
    value = conn.scalar(select(Setting.value).where(Setting.name == _NAME)) or {}
    return {
        int(year): tuple(
            DayOff(day=date.fromisoformat(day), name=name, is_joint_leave=is_joint_leave)
            for day, name, is_joint_leave in days
        )
        for year, days in value.items()
    }


def save_days_off(conn: Connection, days_off: Mapping[int, tuple[DayOff, ...]], now: datetime) -> None:
    """Adds these years to what is kept; the same year again is replaced."""
    kept = load_days_off(conn) | dict(days_off)
    value = {
        str(year): [[off.day.isoformat(), off.name, off.is_joint_leave] for off in days]
        for year, days in kept.items()
    }
    statement = upsert(conn, Setting, "name", "value", "updated_at")
    conn.execute(statement, [{"name": _NAME, "value": value, "updated_at": now}])
