"""What did the models recommend to a customer, and what of that customer could they be asked with?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from flows.packages import Availability, availability
from flows.roles import Actor
from storage.knowledge.packages import parse_package
from storage.pages import Page, Part, page_of
from storage.tables import Case, Customer, PackageRow, RecommendationRow, Transaction
from storage.trail.audit import Event, note

SPENDING_MONTHS, COMPLAINT_MONTHS = 3, 12
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """An offer as it was told to staff. alternatives: `{offer_name, confidence, reason}` each."""

    offer_name: str
    confidence: float
    risk_score: float
    package_codes: tuple[str, ...]
    reasons: tuple[str, ...]
    alternatives: tuple[Mapping[str, Any], ...]  # Any: JSON as described above.
    input_hash: str
    offers_model: str
    churn_model: str
    asked_by: str
    at: datetime


def known_profile(
    conn: Connection, customer_id: str, now: datetime
) -> dict[str, Any]:  # Any: JSON as stored.
    """What stands in the customer's profile, and what our own rows say where nothing stands there: spending, top-ups, complaints."""
    stored = conn.scalar(select(Customer.profile).where(Customer.id == customer_id)) or {}
    return {**_from_rows(conn, customer_id, now), **stored}


def _from_rows(conn: Connection, customer_id: str, now: datetime) -> dict[str, float]:
    since = now - SPENDING_MONTHS * MONTH
    bought = conn.execute(
        select(func.count(), func.sum(Transaction.amount)).where(
            Transaction.customer_id == customer_id, Transaction.at >= since
        )
    ).one()
    complaints = conn.scalar(
        select(func.count()).where(
            Case.customer_id == customer_id, Case.opened_at >= now - COMPLAINT_MONTHS * MONTH
        )
    )
    found = {"complaint_count": float(complaints or 0)}
    if bought[0]:
        found |= {
            "monthly_spend": float(bought[1]) / SPENDING_MONTHS,
            "topup_freq": bought[0] / SPENDING_MONTHS,
        }
    return found


def remember_inputs(
    conn: Connection,
    customer_id: str,
    given: Mapping[str, Any],
    by: Actor,
    now: datetime,  # Any: JSON
) -> None:
    """Writes what staff told about a customer into the profile."""
    stored = conn.scalar(select(Customer.profile).where(Customer.id == customer_id)) or {}
    changed = sorted(name for name, value in given.items() if stored.get(name) != value)
    if changed:
        conn.execute(update(Customer).where(Customer.id == customer_id).values(profile={**stored, **given}))
        note(conn, Event.UPDATE_CUSTOMER, by, now, subject=customer_id, changed=changed)


def packages_of_offer(conn: Connection, offer: str, today: date) -> tuple[str, ...]:
    """The codes of what can be had under this offer (`ml_label`, in any case), the cheapest first."""
    chosen = select(PackageRow).where(func.lower(PackageRow.ml_label) == offer.lower())
    rows = conn.execute(chosen.order_by(PackageRow.price, PackageRow.code)).mappings()
    packages = (parse_package(row) for row in rows)
    return tuple(found.code for found in packages if availability(found, today) is Availability.OPEN)


def keep_recommendation(conn: Connection, customer_id: str, told: Recommended, by: Actor) -> None:
    """Stores what was told, with its trace in the audit."""
    values = {
        "offer_name": told.offer_name,
        "confidence": told.confidence,
        "risk_score": told.risk_score,
        "package_codes": list(told.package_codes),
        "reasons": list(told.reasons),
        "alternatives": [dict(other) for other in told.alternatives],
        "input_hash": told.input_hash,
        "offers_model": told.offers_model,
        "churn_model": told.churn_model,
        "asked_by": told.asked_by,
        "at": told.at,
    }
    conn.execute(insert(RecommendationRow).values(customer_id=customer_id, **values))
    facts = {"offer": told.offer_name, "model": told.offers_model}
    note(conn, Event.RECOMMEND_OFFER, by, told.at, subject=customer_id, **facts)


def recommendation_page(conn: Connection, customer_id: str, page: Page) -> Part[Recommended]:
    """What was recommended to the customer, the latest first."""
    row = RecommendationRow
    chosen = select(row).where(row.customer_id == customer_id)
    return page_of(conn, chosen, [row.at.desc(), row.id.desc()], page, _recommended)


def _recommended(row: RowMapping) -> Recommended:
    return Recommended(
        offer_name=row["offer_name"],
        confidence=row["confidence"],
        risk_score=row["risk_score"],
        package_codes=tuple(row["package_codes"]),
        reasons=tuple(row["reasons"]),
        alternatives=tuple(row["alternatives"]),
        input_hash=row["input_hash"],
        offers_model=row["offers_model"],
        churn_model=row["churn_model"],
        asked_by=row["asked_by"],
        at=row["at"],
    )
