"""Where a conversation stands, in the few words that conversation scripts ask for."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.identities import conversation_of
from storage.tables import Alert, Case, Conversation, Customer, Journey, Lead


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


def chat_state(conn: Connection, phone: str) -> ChatState | None:
    """The state of this phone's conversation, None when nobody wrote from it."""
    conversation_id = conversation_of(conn, phone=phone)
    if conversation_id is None:
        return None
    row = conn.execute(
        select(
            Conversation.status,
            Conversation.handover_reason,
            Conversation.priority,
            Conversation.high_intent,
            Conversation.language,
            Conversation.customer_id,
            Customer.consent_marketing,
            Journey.phase,
            Journey.package_code,
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(Journey, Journey.id == Conversation.journey_id)
        .where(Conversation.id == conversation_id)
    ).one()

    def count(column: object, value: str) -> int:
        return conn.scalar(select(func.count()).where(column == value)) or 0  # type: ignore[arg-type]  # a column's comparison

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
        leads=count(Lead.customer_id, row.customer_id),
        cases=count(Case.customer_id, row.customer_id),
        alerts=count(Alert.conversation_id, conversation_id),
    )
