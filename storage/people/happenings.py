"""What happened, newest first, from many tables at once: to one customer (the timeline) or to anybody (the audit's interactions).

Each source answers at most as many rows as a page shows, from its own index; the page is the newest of them all together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from flows.timeline import MESSAGE, Happening
from storage.people.person import PersonIds
from storage.tables import (
    AuditEvent,
    Case,
    ConsentChange,
    Handover,
    Journey,
    Lead,
    LeadNote,
    Message,
    PhaseTransition,
    Transaction,
    Turn,
    User,
)

# What staff did to a customer that no other source tells.
TOLD_DEEDS = (
    *(
        "CREATE_CUSTOMER",
        "UPDATE_CUSTOMER",
        "REVEAL_CUSTOMER",
        "MERGE_CUSTOMER",
        "SPLIT_CUSTOMER",
    ),
    *("ASK_EXPORT", "ASK_ERASURE", "DECLINE_REQUEST", "EXPORT_DATA"),
)
INTERACTIONS = (MESSAGE, "phase", "handover")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which happenings: of this person (None: of everybody), since a moment, before one (excluded), at most so many."""

    person: PersonIds | None = None
    since: datetime | None = None
    before: datetime | None = None
    limit: int = 50


Source = Callable[[Connection, Window], list[Happening]]


def timeline(conn: Connection, window: Window) -> list[Happening]:
    """Everything that happened to the person."""
    return _together(conn, window, tuple(_SOURCES.values()))


def interactions(conn: Connection, window: Window, kinds: Sequence[str] = INTERACTIONS) -> list[Happening]:
    """Messages, steps of journeys and handovers: seed 003's audit list."""
    return _together(conn, window, tuple(_SOURCES[kind] for kind in kinds if kind in INTERACTIONS))


def _together(conn: Connection, window: Window, sources: Sequence[Source]) -> list[Happening]:
    found = [happening for source in sources for happening in source(conn, window)]
    return sorted(found, key=lambda one: (one.at, one.kind, one.key), reverse=True)[: window.limit]


def _cut(statement: Any, at: Any, window: Window) -> Any:  # Any: a Select; a column of moments.
    """The window's rows of this statement, newest first."""
    if window.since is not None:
        statement = statement.where(at >= window.since)
    if window.before is not None:
        statement = statement.where(at < window.before)
    return statement.order_by(at.desc()).limit(window.limit)


def _of_conversations(column: Any, window: Window) -> list[ColumnElement[bool]]:  # Any: a column.
    return [] if window.person is None else [column.in_(window.person.conversations)]


def _of_customers(column: Any, window: Window) -> list[ColumnElement[bool]]:  # Any: a column.
    return [] if window.person is None else [column.in_(window.person.customers)]


def _messages(conn: Connection, window: Window) -> list[Happening]:
    statement = (
        select(
            Message.id, Message.conversation_id, Message.direction, Message.author, Message.kind, Message.body,
            Message.at, Message.intent, Message.confidence, Message.prompt_version, Message.media_id,
            Message.media_url, Message.ack, Turn.because, Turn.status_before, Turn.status_after,
            Turn.intent.label("turn_intent"), Turn.confidence.label("turn_confidence"), Journey.campaign_code,
        )
        .outerjoin(Turn, Turn.id == Message.turn_id)
        .outerjoin(Journey, Journey.id == Turn.journey_id)
        .where(*_of_conversations(Message.conversation_id, window))
    )  # fmt: skip
    return [
        Happening(
            kind=MESSAGE,
            key=row.id,
            at=row.at,
            actor=row.author,
            text=row.body,
            conversation_id=row.conversation_id,
            facts={
                "direction": row.direction,
                "type": row.kind,
                "intent": row.intent or row.turn_intent,
                "confidence": row.confidence if row.confidence is not None else row.turn_confidence,
                "prompt_version": row.prompt_version,
                "has_file": bool(row.media_id or row.media_url),
                "because": row.because,
                "escalates": row.status_after == "waiting" and row.status_before != "waiting",
                "campaign_code": row.campaign_code,
                "ack": row.ack,
            },
        )
        for row in conn.execute(_cut(statement, Message.at, window))
    ]


def _phases(conn: Connection, window: Window) -> list[Happening]:
    statement = (
        select(PhaseTransition, Journey.package_code, Journey.campaign_code)
        .join(Journey, Journey.id == PhaseTransition.journey_id)
        .where(*_of_conversations(PhaseTransition.conversation_id, window))
    )
    return [
        Happening(
            kind="phase",
            key=str(row.id),
            at=row.at,
            conversation_id=row.conversation_id,
            facts={
                "from": row.from_phase,
                "to": row.to_phase,
                "trigger": row.trigger,
                "package_code": row.package_code,
                "campaign_code": row.campaign_code,
            },
        )
        for row in conn.execute(_cut(statement, PhaseTransition.at, window))
    ]


def _handovers(conn: Connection, window: Window) -> list[Happening]:
    statement = (
        select(Handover, User.username)
        .outerjoin(User, User.id == Handover.claimed_by)
        .where(*_of_conversations(Handover.conversation_id, window))
    )
    return [
        Happening(
            kind="handover",
            key=str(row.id),
            at=row.asked_at,
            actor=row.asked_by,
            text=row.notes,
            conversation_id=row.conversation_id,
            facts={
                "reason": row.reason,
                "priority": row.priority,
                "claimed_by": row.username,
                "outcome": row.outcome,
                "rating": row.rating,
            },
        )
        for row in conn.execute(_cut(statement, Handover.asked_at, window))
    ]


def _leads(conn: Connection, window: Window) -> list[Happening]:
    statement = select(Lead).where(*_of_customers(Lead.customer_id, window))
    return [
        Happening(
            kind="lead",
            key=str(row.id),
            at=row.created_at,
            text=row.conversation_summary,
            facts={"id": row.id, "status": row.status, "package_code": row.interested_package},
        )
        for row in conn.execute(_cut(statement, Lead.created_at, window))
    ]


def _lead_notes(conn: Connection, window: Window) -> list[Happening]:
    theirs = select(Lead.id).where(*_of_customers(Lead.customer_id, window))
    statement = select(LeadNote).where(LeadNote.lead_id.in_(theirs))
    return [
        Happening(
            kind="lead_note",
            key=str(row.id),
            at=row.at,
            actor=row.author,
            text=row.note,
            facts={"lead_id": row.lead_id, "type": row.kind},
        )
        for row in conn.execute(_cut(statement, LeadNote.at, window))
    ]


def _cases(conn: Connection, window: Window) -> list[Happening]:
    statement = select(Case).where(*_of_customers(Case.customer_id, window))
    return [
        Happening(
            kind="case",
            key=str(row.id),
            at=row.opened_at,
            actor=row.opened_by,
            text=row.subject,
            facts={
                "id": row.id,
                "case_number": row.case_number,
                "category": row.category,
                "priority": row.priority,
                "status": row.status,
            },
        )
        for row in conn.execute(_cut(statement, Case.opened_at, window))
    ]


def _consents(conn: Connection, window: Window) -> list[Happening]:
    statement = select(ConsentChange, Message.body.label("proof")).outerjoin(
        Message, Message.id == ConsentChange.message_id
    )
    statement = statement.where(*_of_customers(ConsentChange.customer_id, window))
    return [
        Happening(
            kind="consent",
            key=str(row.id),
            at=row.at,
            actor=row.changed_by,
            text="\n".join(filter(None, (f"“{row.proof}”" if row.proof else None, row.request_note))) or None,
            facts={"value": row.value, "message_id": row.message_id},
        )
        for row in conn.execute(_cut(statement, ConsentChange.at, window))
    ]


def _transactions(conn: Connection, window: Window) -> list[Happening]:
    statement = select(Transaction).where(*_of_customers(Transaction.customer_id, window))
    return [
        Happening(
            kind="transaction",
            key=str(row.id),
            at=row.at,
            actor=row.recorded_by,
            facts={"package_code": row.package_code, "amount": row.amount},
        )
        for row in conn.execute(_cut(statement, Transaction.at, window))
    ]


def _deeds(conn: Connection, window: Window) -> list[Happening]:
    about = _of_customers(AuditEvent.subject, window)
    statement = select(AuditEvent).where(AuditEvent.event.in_(TOLD_DEEDS), *about)
    return [
        Happening(
            kind="deed",
            key=str(row.id),
            at=row.at,
            actor=row.actor,
            facts={"event": row.event, "role": row.role},
        )
        for row in conn.execute(_cut(statement, AuditEvent.at, window))
    ]


_SOURCES: dict[str, Source] = {
    MESSAGE: _messages,
    "phase": _phases,
    "handover": _handovers,
    "lead": _leads,
    "lead_note": _lead_notes,
    "case": _cases,
    "consent": _consents,
    "transaction": _transactions,
    "deed": _deeds,
}
