"""What is a customer worth, why, and since when? Scores by the pure rules, one row a customer, and every change as a step of the trend.

`rescore` does one customer or a few hundred with the same six questions, so that a like in the panel and the nightly round cannot
disagree. Reading is in `storage/worth/value_views.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from flows.persona import PersonaFound, PriceBands, bands_of, persona_of
from flows.rfm import DOCUMENT_THRESHOLDS, RfmScore, RfmThresholds, Ruleset, days_since, rfm
from storage.dialect import upsert
from storage.tables import Conversation, Customer, CustomerValue, Message, PackageRow, Transaction, ValueStep
from storage.worth.behaviour import Together, purchases_of, surveys_of
from storage.worth.next_actions import propose

# What makes a step of the trend; days that merely pass do not until they change a score.
_STEP = ("r", "f", "m", "frequency", "monetary", "segment", "persona", "ruleset_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRules:
    """By which rules customers are scored here: SAPA_RFM_RULESET and the pack's. bands None: from the prices of what is sold.

    together: what purchases draw by the company's own model, see `storage.worth.behaviour`.
    """

    ruleset: Ruleset = Ruleset.V2
    thresholds: RfmThresholds = DOCUMENT_THRESHOLDS
    bands: PriceBands | None = None
    together: Together = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    frequency: int = 0
    monetary: int = 0
    last_at: datetime | None = None


def rescore(
    conn: Connection, customer_ids: Collection[str], rules: ValueRules, now: datetime, because: str
) -> None:
    """Scores these customers anew, in the caller's transaction, and proposes what to do next. because: what brought it about."""
    # The row lock puts two rescorings of one customer after each other; the later one sees what the earlier one saw and more.
    people = (
        conn.execute(
            select(Customer).where(Customer.id.in_(customer_ids)).order_by(Customer.id).with_for_update()
        )
        .mappings()
        .all()
    )
    ids = [person["id"] for person in people]
    before = {row["customer_id"]: row for row in conn.execute(
        select(CustomerValue).where(CustomerValue.customer_id.in_(ids))
    ).mappings()}  # fmt: skip
    purchases, surveys = purchases_of(conn, ids), surveys_of(conn, ids)
    sums, last_written = _sums(conn, ids, rules, now), _last_written(conn, ids)
    bands = price_bands(conn, rules)
    rows, steps = [], []
    for person in people:
        customer_id = person["id"]
        score = _score(person, sums.get(customer_id, _Sums()), last_written.get(customer_id), rules, now)
        found = persona_of(surveys.get(customer_id), purchases.get(customer_id, ()), now, bands)
        row = _row(customer_id, score, found, now)
        rows.append(row)
        old = before.get(customer_id)
        if old is None or any(old[name] != row[name] for name in _STEP):
            steps.append(
                {name: row[name] for name in ("customer_id", *_STEP)} | {"because": because, "at": now}
            )
    if rows:
        conn.execute(
            upsert(conn, CustomerValue, "customer_id", *(name for name in rows[0] if name != "customer_id")),
            rows,
        )
        propose(conn, {row["customer_id"]: row["segment"] for row in rows}, now)
    if steps:
        conn.execute(insert(ValueStep), steps)


def price_bands(conn: Connection, rules: ValueRules) -> PriceBands:
    """What is cheap and dear here."""
    return rules.bands or bands_of(list(conn.scalars(select(PackageRow.price))))


def _score(
    person: RowMapping, sums: _Sums, last_written: datetime | None, rules: ValueRules, now: datetime
) -> RfmScore:
    """Recency counts from the last payment or message, whichever is later: writing to us is what logging in is to a bank."""
    active = max((moment for moment in (sums.last_at, last_written) if moment), default=None)
    balance = person["profile"].get("balance") if rules.thresholds.counts_balance else None
    monetary = balance if isinstance(balance, int | float) else sums.monetary
    days = days_since(active, person["created_at"], now)
    return rfm(days, sums.frequency, monetary, rules.ruleset, rules.thresholds)


def _row(
    customer_id: str, score: RfmScore, found: PersonaFound, now: datetime
) -> dict[str, Any]:  # Any: columns.
    return {
        "customer_id": customer_id,
        "r": score.r,
        "f": score.f,
        "m": score.m,
        "recency_days": int(score.recency_days or 0),
        "frequency": int(score.frequency),
        "monetary": round(score.monetary),
        "segment": score.segment.value,
        "segment_reason": score.segment_reason,
        "clv_proxy": score.clv_proxy.value,
        "ruleset_version": score.ruleset_version.value,
        "window_label": score.window_label,
        "persona": found.persona.value,
        "persona_source": found.source.value,
        "persona_reasons": list(found.reasons),
        "scored_at": now,
    }


def _sums(conn: Connection, ids: Collection[str], rules: ValueRules, now: datetime) -> dict[str, _Sums]:
    """Count and money within the window, and the last payment whenever it was."""
    since = now - timedelta(days=rules.thresholds.window_days)
    in_window = Transaction.at >= since
    rows = conn.execute(
        select(
            Transaction.customer_id,
            func.count().filter(in_window),
            func.coalesce(func.sum(Transaction.amount).filter(in_window), 0),
            func.max(Transaction.at),
        )
        .where(Transaction.customer_id.in_(ids))
        .group_by(Transaction.customer_id)
    )
    return {
        customer_id: _Sums(frequency=count, monetary=int(money), last_at=last)
        for customer_id, count, money, last in rows
    }


def _last_written(conn: Connection, ids: Collection[str]) -> dict[str, datetime]:
    rows = conn.execute(
        select(Conversation.customer_id, func.max(Message.at).label("at"))
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.customer_id.in_(ids), Message.direction == "in")
        .group_by(Conversation.customer_id)
    )
    return {row.customer_id: row.at for row in rows}
