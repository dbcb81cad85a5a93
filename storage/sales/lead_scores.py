"""How promising is each of these leads? What is known of it, read for many at once, judged by `flows.lead_score`."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, select

from flows.domain import CaseStatus, Phase
from flows.lead_score import LeadFacts, LeadScore, lead_score
from flows.rfm import RfmSegment
from storage.prepared import Prepared
from storage.tables import Case, Conversation, CustomerValue, Journey, Lead, Message

_OPEN_CASES = (
    select(func.count())
    .where(Case.customer_id == Lead.customer_id, Case.status != CaseStatus.CLOSED.value)
    .correlate(Lead)
    .scalar_subquery()
    .label("open_cases")
)
_LAST_WRITTEN = (
    select(func.max(Message.at))
    .where(Message.conversation_id == Lead.conversation_id, Message.direction == "in")
    .correlate(Lead)
    .scalar_subquery()
    .label("last_written")
)
_FACTS = Prepared(
    select(
        Lead.id,
        Lead.phase,
        Lead.interested_package,
        Lead.source,
        Conversation.high_intent,
        Journey.preference,
        CustomerValue.segment,
        _OPEN_CASES,
        _LAST_WRITTEN,
    )
    .outerjoin(Conversation, Conversation.id == Lead.conversation_id)
    .outerjoin(Journey, Journey.id == Lead.journey_id)
    .outerjoin(CustomerValue, CustomerValue.customer_id == Lead.customer_id)
    .where(Lead.id.in_(bindparam("ids", expanding=True, type_=Integer)))
)


def lead_scores(conn: Connection, lead_ids: Collection[int], now: datetime) -> dict[int, LeadScore]:
    """The score of each lead, for rows that the caller was allowed to read; a lead that is not there is not in it."""
    return {row.id: lead_score(_facts(row, now)) for row in _FACTS.all(conn, ids=lead_ids)}


def _facts(row: Any, now: datetime) -> LeadFacts:  # Any: a row of _FACTS.
    said = row.preference or {}
    written = row.last_written
    return LeadFacts(
        phase=Phase(row.phase),
        has_package=row.interested_package is not None,
        is_high_intent=bool(row.high_intent),
        says_budget=bool(said.get("budget_idr")),
        says_people=bool(said.get("pax")),
        is_from_ad=row.source is not None,
        days_quiet=None if written is None else max((now - written).days, 0),
        open_cases=row.open_cases,
        segment=RfmSegment(row.segment) if row.segment else None,
    )
