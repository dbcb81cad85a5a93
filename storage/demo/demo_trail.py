"""What stands in the audit of the demo's months? The deeds that the stories tell of, and all that the demo did in the order in which
it happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from flows.domain import Consent, Phase, Status
from flows.roles import SYSTEM, Actor
from storage.demo.demo_story import DemoStory
from storage.tables import AuditEvent
from storage.trail.audit import Event

Row = dict[str, Any]  # Any: column values.
LOOKED_BEFORE = timedelta(seconds=20)


def deeds_of(
    story: DemoStory, ids: tuple[str, str, str], sent: Sequence[Row], staff: Mapping[str, Actor]
) -> list[Row]:
    """What staff did in this story. ids are those of its customer, conversation and journey; sent are staff's messages."""
    customer_id, conversation_id, journey_id = ids
    deeds: list[Row] = []
    if story.consent is not Consent.UNKNOWN:
        change = {"old_value": Consent.UNKNOWN.value, "new_value": story.consent.value, "message_id": None}
        by = staff.get("agent", SYSTEM)
        deeds.append(_deed(Event.CHANGE_CONSENT, by, story.began_at, customer_id, field="consent_marketing", **change))  # fmt: skip
    holder = staff.get(story.claimed_by)
    if holder is None or story.claimed_at is None:
        return deeds
    looked = story.claimed_at - LOOKED_BEFORE
    deeds += [
        _deed(Event.VIEW_CONVERSATION, holder, looked, conversation_id, customer_id=customer_id),
        _deed(Event.CLAIM_CONVERSATION, holder, story.claimed_at, conversation_id, status_before="waiting"),
        *(_deed(Event.SEND_MESSAGE, holder, message["at"], conversation_id, message_id=message["id"]) for message in sent),
    ]  # fmt: skip
    if story.ended_at is not None:
        if story.phase is Phase.PAID:
            deeds.append(
                _deed(Event.MARK_PAID, holder, story.ended_at, conversation_id, journey_id=journey_id)
            )
        if story.status is Status.CLOSED:
            deeds.append(_deed(Event.CLOSE_CONVERSATION, holder, story.ended_at, conversation_id, asks_for_rating=True))  # fmt: skip
    return deeds


def spend_deeds(entries: Sequence[Row], by: Actor) -> list[Row]:
    return [
        _deed(Event.ENTER_AD_SPEND, by, entry["at"], entry["code"], amount=entry["amount"], day=entry["day"].isoformat())
        for entry in entries
    ]  # fmt: skip


def newest_event(conn: Connection) -> int:
    return conn.scalar(select(func.max(AuditEvent.id))) or 0


def put_in_order(conn: Connection, after: int) -> None:
    """Writes the events behind that one again by the moment at which they happened: a story is told after another, not beside it.

    Only within the transaction that wrote them, when the house is new: afterwards they are sealed, and others write beside.
    """
    chosen = select(AuditEvent.__table__).where(AuditEvent.id > after).order_by(AuditEvent.at, AuditEvent.id)
    events = [dict(row) for row in conn.execute(chosen).mappings()]
    ids = [event.pop("id") for event in events]
    if events:
        conn.execute(delete(AuditEvent).where(AuditEvent.id.in_(ids)))
        conn.execute(insert(AuditEvent), events)


def _deed(event: Event, by: Actor, at: datetime, subject: str, **facts: object) -> Row:
    role = by.role.value if by.role else None
    return {
        "event": event.value,
        "actor": by.name,
        "role": role,
        "subject": subject,
        "facts": facts,
        "at": at,
    }
