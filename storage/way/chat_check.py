"""Where a conversation stands, in the few words that conversation scripts ask for."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.people.identities import conversation_of
from storage.tables import Alert, Case, Conversation, Customer, Journey, Lead, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatState:
    """leads, cases and alerts are how many there are for this customer."""

    conversation_id: str
    phase: str | None
    status: str
    package: str | None
    handover_reason: str | None
    priority: str
    high_intent: bool
    consent: str
    language: str
    leads: int
    cases: int
    alerts: int


def _how_many(
    rows: InstrumentedAttribute[Any], of: InstrumentedAttribute[Any]
) -> ScalarSelect[int]:  # Any: ids, with or without None.
    return select(func.count()).where(rows == of).correlate(Conversation).scalar_subquery()


_STATE = (
    select(
        Conversation.status,
        Conversation.handover_reason,
        Conversation.priority,
        Conversation.high_intent,
        Conversation.language,
        Customer.consent_marketing,
        Journey.phase,
        Journey.package_code,
        _how_many(Lead.customer_id, Conversation.customer_id).label("leads"),
        _how_many(Case.customer_id, Conversation.customer_id).label("cases"),
        _how_many(Alert.conversation_id, Conversation.id).label("alerts"),
    )
    .join(Customer, Customer.id == Conversation.customer_id)
    .outerjoin(Journey, Journey.id == Conversation.journey_id)
    .where(Conversation.id == bindparam("conversation"))
)


def chat_state(conn: Connection, phone: str) -> ChatState | None:
    """The state of this phone's conversation, None when nobody wrote from it."""
    conversation_id = conversation_of(conn, phone=phone)
    if conversation_id is None:
        return None
    row = conn.execute(_STATE, {"conversation": conversation_id}).one()
    return ChatState(
        conversation_id=conversation_id,
        phase=row.phase,
        status=row.status,
        package=row.package_code,
        handover_reason=row.handover_reason,
        priority=row.priority,
        high_intent=row.high_intent,
        consent=row.consent_marketing,
        language=row.language,
        leads=row.leads,
        cases=row.cases,
        alerts=row.alerts,
    )


def replies_of(conn: Connection, phone: str) -> frozenset[str]:
    """The keys of every text that this phone was answered with."""
    chosen = select(Turn.trace).where(Turn.conversation_id == conversation_of(conn, phone=phone))
    return frozenset(key for trace in conn.scalars(chosen) for key in trace["replies"])
