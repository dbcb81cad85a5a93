"""Who agreed to marketing, and how do we know? Totals of now, and the changes of a time with their proof."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from flows.domain import Consent
from storage.pages import Page, Part, page_of
from storage.tables import ConsentChange, Customer, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStep:
    """One change with its proof: a message of the customer's, or what staff wrote down. Texts are whole: whoever shows them masks."""

    id: int
    at: datetime
    customer_id: str
    name: str | None
    phone: str | None
    value: Consent
    changed_by: str
    message_id: str | None
    proof: str | None
    request_note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTotals:
    """How many customers stand where now; and how many of the changes of the time in question have no proof at all."""

    now: dict[Consent, int]
    without_proof: int


def consent_totals(conn: Connection, since: datetime | None, until: datetime | None) -> ConsentTotals:
    rows = conn.execute(
        select(Customer.consent_marketing, func.count())
        .where(Customer.merged_into.is_(None), Customer.erased_at.is_(None))
        .group_by(Customer.consent_marketing)
    )
    counts = {Consent(value): count for value, count in rows}
    unproven = _within(select(func.count()).select_from(ConsentChange), since, until).where(
        ConsentChange.message_id.is_(None), ConsentChange.request_note.is_(None)
    )
    return ConsentTotals(
        now={value: counts.get(value, 0) for value in Consent}, without_proof=conn.scalar(unproven) or 0
    )


def consent_steps(
    conn: Connection,
    since: datetime | None,
    until: datetime | None,
    page: Page,
    customer_id: str | None = None,
) -> Part[ConsentStep]:
    """The changes, newest first; of one customer if one is named."""
    chosen = _within(
        select(
            ConsentChange.id,
            ConsentChange.at,
            ConsentChange.customer_id,
            Customer.name,
            Customer.phone,
            ConsentChange.value,
            ConsentChange.changed_by,
            ConsentChange.message_id,
            Message.body.label("proof"),
            ConsentChange.request_note,
        )
        .join(Customer, Customer.id == ConsentChange.customer_id)
        .outerjoin(Message, Message.id == ConsentChange.message_id),
        since,
        until,
    )
    if customer_id is not None:
        chosen = chosen.where(ConsentChange.customer_id == customer_id)
    return page_of(
        conn,
        chosen,
        [ConsentChange.id.desc()],
        page,
        lambda row: ConsentStep(**{**row, "value": Consent(row["value"])}),
    )


def _within(
    statement: Any, since: datetime | None, until: datetime | None
) -> Any:  # Any: a Select of either function's columns.
    if since is not None:
        statement = statement.where(ConsentChange.at >= since)
    return statement.where(ConsentChange.at < until) if until is not None else statement
