"""A conversation as a turn needs it: locked, loaded, parsed into the values that `flows` understands.

Locking is what gives exactly one turn at a time: PostgreSQL skips rows that another worker holds, and the lock goes with the connection,
so a dead worker blocks nobody. On SQLite the single writer is the lock.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from flows.decision import Awaiting, Journey
from flows.domain import Consent, HandoverReason, Language, MediaKind, Phase, Preference, Priority, Status
from flows.persona import Budget
from storage.prepared import Prepared
from storage.tables import Case, Conversation, Customer
from storage.tables import Journey as JourneyRow
from storage.way.inbox import Waiting, waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThread:
    """One locked conversation. journey is None before its first turn; waiting is what awaits its turn, in WhatsApp's order."""

    conversation_id: str
    customer_id: str
    session: str
    chat_id: str
    phone: str | None
    name: str | None
    status: Status
    language: Language
    consent: Consent
    journey_id: str | None
    journey: Journey | None
    is_new: bool
    misses: int
    awaiting: Awaiting | None
    high_intent: bool
    handover_reason: HandoverReason | None
    priority: Priority
    ai_notes: str | None
    assigned_to: int | None
    last_human_at: datetime | None
    rating_asked_at: datetime | None
    has_open_case: bool
    waiting: tuple[Waiting, ...]


# Written once: building a statement costs more than running it where every turn asks for it.
_LOCKED = Prepared(
    select(
        Conversation.id, Conversation.customer_id, Conversation.session, Conversation.chat_id,
        Conversation.status, Conversation.language, Conversation.journey_id, Conversation.misses,
        Conversation.awaiting, Conversation.high_intent, Conversation.handover_reason, Conversation.priority,
        Conversation.ai_notes, Conversation.assigned_to, Conversation.last_staff_at,
        Conversation.rating_asked_at, Customer.phone, Customer.name, Customer.consent_marketing,
    )
    .join(Customer, Customer.id == Conversation.customer_id)
    .where(
        Conversation.id.in_(bindparam("conversations", expanding=True)), Conversation.merged_into.is_(None)
    )
    .order_by(Conversation.id)
    .with_for_update(of=Conversation, skip_locked=True)
)  # fmt: skip
# Asked once the lock is there: what was read beside it could be from before another worker's turn.
_STANDING = Prepared(
    select(
        Conversation.id, JourneyRow.id.label("journey_id"), JourneyRow.phase, JourneyRow.package_code,
        JourneyRow.campaign_code, JourneyRow.preference, JourneyRow.shown, JourneyRow.asked,
        exists().where(Case.conversation_id == Conversation.id, Case.status != "CLOSED").label("has_open_case"),
    )
    .outerjoin(JourneyRow, JourneyRow.id == Conversation.journey_id)
    .where(Conversation.id.in_(bindparam("conversations", expanding=True)))
)  # fmt: skip


def open_threads(conn: Connection, conversation_ids: Collection[str]) -> list[OpenThread]:
    """Locks these conversations for this transaction and loads them; those that another worker holds are left out."""
    rows = _LOCKED.all(conn, conversations=conversation_ids)
    if not rows:
        return []
    held = [row.id for row in rows]
    standing = {row.id: row for row in _STANDING.all(conn, conversations=held)}
    items = waiting(conn, held)
    return [_thread(row, standing[row.id], items.get(row.id, ())) for row in rows]


def _journey(row: Any) -> Journey:  # Any: a row of _STANDING.
    return Journey(
        phase=Phase(row.phase),
        package_code=row.package_code,
        campaign_code=row.campaign_code,
        preference=preference_from(row.preference),
        shown=frozenset(_shown(item) for item in row.shown),
        asked=tuple(row.asked),
    )


def _shown(item: str) -> tuple[str, MediaKind]:
    code, _, kind = item.rpartition(":")
    return code, MediaKind(kind)


def shown_as_json(shown: frozenset[tuple[str, MediaKind]]) -> list[str]:
    """`CODE:kind`, sorted, as the journey row keeps what was sent."""
    return sorted(f"{code}:{kind.value}" for code, kind in shown)


def preference_from(value: dict[str, Any]) -> Preference:  # Any: JSON as stored.
    return Preference(**{**value, "months": tuple(value.get("months", ()))})


def preference_as_json(preference: Preference) -> dict[str, Any]:  # Any: JSON as stored.
    values = {
        "pax": preference.pax,
        "months": list(preference.months),
        "year": preference.year,
        "budget_idr": preference.budget_idr,
        "hijri": preference.hijri,
        "days": preference.days,
    }
    return {name: value for name, value in values.items() if value}


def _thread(
    row: Any,  # Any: a row of _LOCKED, and one of _STANDING.
    standing: Any,
    items: tuple[Waiting, ...],
) -> OpenThread:
    return OpenThread(
        conversation_id=row.id,
        customer_id=row.customer_id,
        session=row.session,
        chat_id=row.chat_id,
        phone=row.phone,
        name=row.name,
        status=Status(row.status),
        language="en" if row.language == "en" else "id",
        consent=Consent(row.consent_marketing),
        journey_id=row.journey_id,
        journey=_journey(standing) if standing.journey_id else None,
        is_new=row.journey_id is None,
        misses=row.misses,
        awaiting=awaiting_from(row.awaiting),
        high_intent=row.high_intent,
        handover_reason=HandoverReason(row.handover_reason) if row.handover_reason else None,
        priority=Priority(row.priority),
        ai_notes=row.ai_notes,
        assigned_to=row.assigned_to,
        last_human_at=row.last_staff_at,
        rating_asked_at=row.rating_asked_at,
        has_open_case=standing.has_open_case,
        waiting=items,
    )


def awaiting_from(value: dict[str, Any] | None) -> Awaiting | None:  # Any: JSON as stored.
    if not value:
        return None
    budget = value.get("budget")
    return Awaiting(
        kind=value["kind"],
        options=tuple(value.get("options", ())),
        is_advice=value.get("is_advice", False),
        need=value.get("need"),
        budget=Budget(budget) if budget else None,
        is_resumed=value.get("is_resumed", False),
        welcomed_on=date.fromisoformat(day) if (day := value.get("welcomed_on")) else None,
    )


def awaiting_as_json(awaiting: Awaiting | None) -> dict[str, Any] | None:  # Any: JSON as stored.
    if awaiting is None:
        return None
    extra = {
        "is_advice": awaiting.is_advice,
        "need": awaiting.need,
        "budget": awaiting.budget.value if awaiting.budget else None,
        "is_resumed": awaiting.is_resumed,
        "welcomed_on": awaiting.welcomed_on.isoformat() if awaiting.welcomed_on else None,
    }
    known = {name: value for name, value in extra.items() if value}
    return {"kind": awaiting.kind, "options": list(awaiting.options), **known}
