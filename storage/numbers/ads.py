"""What did each campaign code cost and bring? Clicks on our own link, and the spend that marketing enters."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, bindparam, delete, exists, func, insert, select

from flows.refusal import missing
from flows.roles import Actor
from storage.dialect import count_up
from storage.pages import Page, Part, page_of
from storage.prepared import Prepared
from storage.tables import AdClicks, AdSpend, PackageRow
from storage.trail.audit import Event, note


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendEntry:
    """amount is whole rupiah; day is local."""

    id: int
    code: str
    day: date
    amount: int
    note: str | None
    entered_by: str
    at: datetime


def count_click(conn: Connection, code: str, day: date) -> None:
    """One more click on that code's link, where the code is a package's or money was spent on it.

    The link is open to everybody: other codes would be rows and numbers of strangers' making.
    """
    is_package = conn.scalar(select(exists().where(PackageRow.code == code)))
    if is_package or conn.scalar(select(exists().where(AdSpend.code == code))):
        _count(conn, code, day)


def _count(conn: Connection, code: str, day: date) -> None:
    conn.execute(count_up(conn, AdClicks, ("code", "day"), "clicks"), {"code": code, "day": day, "clicks": 1})


def enter_spend(
    conn: Connection, actor: Actor, code: str, day: date, amount: int, remark: str | None, now: datetime
) -> SpendEntry:
    """Writes spend down; it adds to what is there for the day."""
    values = {"code": code, "day": day, "amount": amount, "note": remark, "entered_by": actor.name, "at": now}
    entry_id = conn.execute(insert(AdSpend).values(**values).returning(AdSpend.id)).scalar_one()
    note(conn, Event.ENTER_AD_SPEND, actor, now, subject=code, amount=amount, day=day.isoformat())
    return SpendEntry(
        id=entry_id, code=code, day=day, amount=amount, note=remark, entered_by=actor.name, at=now
    )


def take_spend_back(conn: Connection, actor: Actor, entry_id: int, now: datetime) -> SpendEntry:
    """Removes an entry; answers what it was, so that it can be put back. Raises Refused for one that is not there."""
    row = conn.execute(select(AdSpend.__table__).where(AdSpend.id == entry_id)).mappings().first()
    if row is None:
        raise missing("spend entry")
    conn.execute(delete(AdSpend).where(AdSpend.id == entry_id))
    note(conn, Event.REMOVE_AD_SPEND, actor, now, subject=row["code"], amount=row["amount"])
    return SpendEntry(**row)


def spend_page(conn: Connection, page: Page) -> Part[SpendEntry]:
    """What was entered, the newest day first."""
    order = [AdSpend.day.desc(), AdSpend.id.desc()]
    return page_of(conn, select(AdSpend.__table__), order, page, lambda row: SpendEntry(**row))


def clicks_by_code(conn: Connection, first: date, last: date) -> dict[str, int]:
    """Clicks of each code from the first to the last local day, both included."""
    return {code: int(clicks) for code, clicks in _CLICKS.all(conn, first=first, last=last)}


def spend_by_code(conn: Connection, first: date, last: date) -> dict[str, int]:
    """Rupiah spent on each code from the first to the last local day, both included."""
    return {code: int(amount) for code, amount in _SPEND.all(conn, first=first, last=last)}


def _by_code(table: Any, number: Any) -> Prepared:  # Any: a table with code and day, and a column of it.
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    summed = select(table.code, func.sum(number).label("number"))
    return Prepared(summed.where(table.day >= first, table.day <= last).group_by(table.code))


_CLICKS = _by_code(AdClicks, AdClicks.clicks)
_SPEND = _by_code(AdSpend, AdSpend.amount)
