"""The public holidays that were looked up, by year, so that a start does not have to look them up again."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage.dialect import upsert
from storage.tables import Setting

_NAME = "holidays"


def load_holidays(conn: Connection) -> dict[int, tuple[date, ...]]:
    """The holidays by year; a year that was never looked up is not there."""
    value = conn.scalar(select(Setting.value).where(Setting.name == _NAME)) or {}
    return {int(year): tuple(date.fromisoformat(day) for day in days) for year, days in value.items()}


def save_holidays(conn: Connection, holidays: Mapping[int, tuple[date, ...]], now: datetime) -> None:
    """Replaces what was kept."""
    value = {str(year): [day.isoformat() for day in days] for year, days in holidays.items()}
    statement = upsert(conn, Setting, "name", "value", "updated_at")
    conn.execute(statement, [{"name": _NAME, "value": value, "updated_at": now}])
