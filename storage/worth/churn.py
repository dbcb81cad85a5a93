"""How likely is it that a customer leaves, as the churn model last said? Kept beside the customer, one score each, with its reasons."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, exists, select

from storage.dialect import upsert
from storage.tables import ChurnScore, Customer

Level = Literal["LOW", "MEDIUM", "HIGH"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnRisk:
    """risk: calibrated, 0–1; level as the model's card bounds it; model: the card's id."""

    risk: float
    level: Level
    reasons: tuple[str, ...]
    model: str
    scored_at: datetime


def note_churn(conn: Connection, risks: Mapping[str, ChurnRisk]) -> None:
    """Writes down what the model says of these customers, in place of what it said before."""
    rows: list[dict[str, Any]] = [  # Any: columns.
        {
            "customer_id": customer_id,
            "risk": risk.risk,
            "level": risk.level,
            "reasons": list(risk.reasons),
            "model": risk.model,
            "scored_at": risk.scored_at,
        }
        for customer_id, risk in risks.items()
    ]
    if rows:
        columns = (name for name in rows[0] if name != "customer_id")
        conn.execute(upsert(conn, ChurnScore, "customer_id", *columns), rows)


def churn_of(conn: Connection, customer_ids: Collection[str]) -> dict[str, ChurnRisk]:
    """Each customer's last score; who was never scored is not in it."""
    rows = conn.execute(select(ChurnScore).where(ChurnScore.customer_id.in_(customer_ids))).mappings()
    return {
        row["customer_id"]: ChurnRisk(
            risk=row["risk"],
            level=row["level"],
            reasons=tuple(row["reasons"]),
            model=row["model"],
            scored_at=row["scored_at"],
        )
        for row in rows
    }


def due_for_churn(conn: Connection, model: str, since: datetime, after: str, limit: int) -> list[str]:
    """Customers of whom something is known and who were not scored by this model since then, by id, from the one behind `after` on."""
    is_scored = exists().where(
        and_(ChurnScore.customer_id == Customer.id, ChurnScore.model == model, ChurnScore.scored_at >= since)
    )
    due = select(Customer.id).where(
        Customer.id > after,
        Customer.profile != {},
        Customer.merged_into.is_(None),
        Customer.erased_at.is_(None),
        ~is_scored,
    )
    return list(conn.scalars(due.order_by(Customer.id).limit(limit)))
