"""Who has the conversation? Staff take, pass on, give back and end it; each in the caller's transaction, with its handover row.

A claim is one conditional UPDATE, so that of two colleagues who press at the same moment exactly one wins.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from flows.domain import HandoverReason, Phase, Priority, Role, Status
from flows.handover import (
    Holding,
    asks_for_rating,
    refuse_claim,
    refuse_close,
    refuse_paid,
    refuse_passing_on,
    refuse_release,
)
from flows.refusal import Refusal, Refused, conflict, invalid
from flows.roles import Actor
from storage.dialect import insert_new
from storage.knowledge.packages import find_package
from storage.people.customers import owner_of, take_into_portfolio
from storage.sales.leads import own_open_lead, win_open_lead
from storage.staff.users import find_user
from storage.tables import Conversation, Handover, Journey, PhaseTransition
from storage.talks.conversations import ConversationFacts, conversation_to_change, find_conversation
from storage.talks.touch import touch
from storage.trail.audit import Event, note
from storage.worth.behaviour import NewPurchase, record_purchase

PAID_TRIGGER = "staff_paid"


def claim(conn: Connection, actor: Actor, conversation_id: str, now: datetime) -> ConversationFacts:
    """The conversation is the actor's from now on. Raises Refused (held by whom) when a colleague was first."""
    facts = conversation_to_change(conn, actor, conversation_id)
    if not _take(conn, facts.id, actor, now):
        # Taken by a colleague it may be out of this actor's scope by now; who has it is still the answer.
        refused = refuse_claim(holding_of(_anyhow(conn, facts.id)), actor)
        raise Refused(refused or conflict("Somebody else was faster. Look again."))
    _note_claim(conn, facts, actor, now)
    _take_customer(conn, facts, actor)
    if facts.assigned_to_id != actor.user_id or facts.status is not Status.HUMAN:
        note(conn, Event.CLAIM_CONVERSATION, actor, now, subject=facts.id, status_before=facts.status.value)
    return find_conversation(conn, actor, facts.id)


def pass_on(
    conn: Connection, actor: Actor, conversation_id: str, to: str, notes: str | None, now: datetime
) -> ConversationFacts:
    """The conversation waits for a colleague. Raises Refused for an unknown conversation or colleague."""
    facts = _locked(conn, actor, conversation_id)
    receiver = find_user(conn, to)
    if receiver is None or not receiver.is_active:
        raise Refused(invalid("assigned_to", f"There is no member of staff called {to!r}."))
    _check(refuse_passing_on(holding_of(facts), actor, receiver.actor))
    reason = facts.handover_reason or HandoverReason.STAFF
    _set(
        conn, facts.id,
        status=Status.WAITING.value, assigned_to=receiver.id, handover_reason=reason.value,
        ai_notes=_with_notes(facts.ai_notes, notes), closed_at=None,
    )  # fmt: skip
    _open_handover(conn, facts.id, reason, facts.priority, actor, now, notes)
    _set_open(conn, facts.id, claimed_by=None, claimed_at=None)
    note(conn, Event.HAND_OVER_CONVERSATION, actor, now, subject=facts.id, assigned_to=receiver.username)
    return (
        find_conversation(conn, actor, facts.id) if receiver.id == actor.user_id else _anyhow(conn, facts.id)
    )


def release(conn: Connection, actor: Actor, conversation_id: str, now: datetime) -> ConversationFacts:
    """The bot answers again, with a clean slate. Raises Refused when there is nothing to release."""
    facts = _locked(conn, actor, conversation_id)
    _check(refuse_release(holding_of(facts), actor))
    _set(
        conn, facts.id,
        status=Status.BOT.value, assigned_to=None, handover_reason=None, priority=Priority.NORMAL.value,
        misses=0, awaiting=None,
    )  # fmt: skip
    end_handover(conn, facts.id, "released", now)
    note(conn, Event.RELEASE_CONVERSATION, actor, now, subject=facts.id)
    return _anyhow(conn, facts.id)


def close(
    conn: Connection, actor: Actor, conversation_id: str, now: datetime
) -> tuple[ConversationFacts, bool]:
    """The conversation is over; True when the customer is to be asked how it was. Raises Refused when it was over already."""
    facts = _locked(conn, actor, conversation_id)
    _check(refuse_close(holding_of(facts), actor))
    asks = asks_for_rating(facts.status)
    _set(
        conn, facts.id,
        status=Status.CLOSED.value, closed_at=now, misses=0,
        awaiting={"kind": "rating", "options": []} if asks else None,
        rating_asked_at=now if asks else None,
    )  # fmt: skip
    end_handover(conn, facts.id, "closed", now)
    note(conn, Event.CLOSE_CONVERSATION, actor, now, subject=facts.id, asks_for_rating=asks)
    return _anyhow(conn, facts.id), asks


def mark_paid(conn: Connection, actor: Actor, conversation_id: str, now: datetime) -> ConversationFacts:
    """The purchase is paid: its journey ends, its lead is WON. Raises Refused when there is none, or it was paid already."""
    facts = _locked(conn, actor, conversation_id)
    _check(refuse_paid(facts.phase if facts.journey_id else None, holding_of(facts), actor))
    conn.execute(
        update(Journey).where(Journey.id == facts.journey_id).values(phase=Phase.PAID.value, paid_at=now)
    )
    conn.execute(
        insert(PhaseTransition).values(
            conversation_id=facts.id,
            journey_id=facts.journey_id,
            from_phase=facts.phase.value,
            to_phase=Phase.PAID.value,
            trigger=PAID_TRIGGER,
            at=now,
        )
    )
    _record_payment(conn, facts, actor, now)
    if owner_of(conn, facts.customer_id) is None:
        _take_customer(conn, facts, actor)
    lead_id = win_open_lead(conn, facts.customer_id, actor, now, journey_id=facts.journey_id)
    note(conn, Event.MARK_PAID, actor, now, subject=facts.id, journey_id=facts.journey_id, lead_id=lead_id)
    touch(conn, facts.id)
    return _anyhow(conn, facts.id)


def _take_customer(conn: Connection, facts: ConversationFacts, actor: Actor) -> None:
    """What an RM works on comes into the RM's portfolio, the open lead with it."""
    if actor.role is Role.RM and actor.user_id is not None:
        take_into_portfolio(conn, facts.customer_id, actor.user_id)
        own_open_lead(conn, facts.customer_id, actor.user_id)


def _record_payment(conn: Connection, facts: ConversationFacts, actor: Actor, now: datetime) -> None:
    """What the journey's package costs for as many people as the customer named. A package that is gone has no price to count."""
    package = find_package(conn, facts.package_code) if facts.package_code else None
    if package is None or package.price <= 0:
        return
    preference = conn.scalar(select(Journey.preference).where(Journey.id == facts.journey_id)) or {}
    amount = package.price * (preference.get("pax") or 1)
    purchase = NewPurchase(package_code=package.code, amount=amount, at=now, journey_id=facts.journey_id)
    record_purchase(conn, facts.customer_id, purchase, actor, now)


def end_handover(conn: Connection, conversation_id: str, outcome: str, now: datetime) -> None:
    """The open handover, if any, is over: released, closed, or lapsed because staff stayed away."""
    _set_open(conn, conversation_id, ended_at=now, outcome=outcome)


def _take(conn: Connection, conversation_id: str, actor: Actor, now: datetime) -> bool:
    is_free = or_(
        Conversation.status != Status.HUMAN.value,
        Conversation.assigned_to.is_(None),
        Conversation.assigned_to == actor.user_id,
    )
    taken = conn.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, is_free)
        .values(
            status=Status.HUMAN.value,
            assigned_to=actor.user_id,
            last_staff_at=now,
            misses=0,
            awaiting=None,
            closed_at=None,
        )
    )
    return taken.rowcount == 1


def _note_claim(conn: Connection, facts: ConversationFacts, actor: Actor, now: datetime) -> None:
    _open_handover(
        conn, facts.id, facts.handover_reason or HandoverReason.STAFF, facts.priority, actor, now, None
    )
    conn.execute(
        update(Handover)
        .where(
            Handover.conversation_id == facts.id, Handover.ended_at.is_(None), Handover.claimed_by.is_(None)
        )
        .values(claimed_by=actor.user_id, claimed_at=now)
    )
    if facts.handover_reason is None:
        _set(conn, facts.id, handover_reason=HandoverReason.STAFF.value)


def _open_handover(
    conn: Connection,
    conversation_id: str,
    reason: HandoverReason,
    priority: Priority,
    by: Actor,
    now: datetime,
    notes: str | None,
) -> None:
    """The one open handover row of the conversation: a new one, or the one that is there with its notes added to."""
    new = {
        "conversation_id": conversation_id,
        "reason": reason.value,
        "priority": priority.value,
        "notes": notes,
        "asked_by": by.name,
        "asked_at": now,
    }
    if conn.execute(insert_new(conn, Handover).returning(Handover.id), [new]).first() is None and notes:
        open_row = Handover.conversation_id == conversation_id, Handover.ended_at.is_(None)
        before = conn.scalar(select(Handover.notes).where(*open_row))
        conn.execute(update(Handover).where(*open_row).values(notes=_with_notes(before, notes)))


def _with_notes(before: str | None, notes: str | None) -> str | None:
    return "\n".join(part for part in (before, notes) if part) or None


def _locked(conn: Connection, actor: Actor, conversation_id: str) -> ConversationFacts:
    """The conversation, held still until the transaction ends, so that the rule judges what is really there."""
    facts = conversation_to_change(conn, actor, conversation_id)
    conn.execute(select(Conversation.id).where(Conversation.id == facts.id).with_for_update())
    return find_conversation(conn, actor, conversation_id)


def _anyhow(conn: Connection, conversation_id: str) -> ConversationFacts:
    """The conversation as it is now, even where the deed itself took it out of the actor's scope."""
    return find_conversation(conn, _ANYBODY, conversation_id)


_ANYBODY = Actor(name="system", role=Role.ADMIN)


def holding_of(facts: ConversationFacts) -> Holding:
    return Holding(
        status=facts.status,
        holder_id=facts.assigned_to_id,
        holder_name=facts.assigned_to,
        branch_id=facts.branch_id,
    )


def _check(refusal: Refusal | None) -> None:
    if refusal:
        raise Refused(refusal)


def _set(conn: Connection, conversation_id: str, **values: Any) -> None:  # Any: column values.
    conn.execute(update(Conversation).where(Conversation.id == conversation_id).values(**values))


def _set_open(conn: Connection, conversation_id: str, **values: Any) -> None:  # Any: column values.
    conn.execute(
        update(Handover)
        .where(Handover.conversation_id == conversation_id, Handover.ended_at.is_(None))
        .values(**values)
    )
