"""When is a lead the same lead, what does a new signal change in it, and where may it move?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.domain import OPEN_LEAD, PHASE_ORDER, LeadStatus, Phase
from flows.refusal import Refusal, conflict, invalid

SUMMARY_LIMIT = 4_000  # Characters kept of a summary that grows with each signal; the oldest go first.
PLACEHOLDER_NAMES = frozenset({"from whatsapp", "whatsapp"})  # Nobody is greeted by these.
UNDO_WITHIN = timedelta(minutes=10)  # A slip of the hand is noticed at once; later a move is a decision.


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadStep:
    """A lead's last move on the board."""

    before: LeadStatus
    after: LeadStatus
    moved_by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadSignal:
    """Somebody may buy: what the bot or staff noticed this time. confidence is 0 to 1."""

    customer_id: str
    phase: Phase
    conversation_id: str | None = None
    journey_id: str | None = None
    name: str | None = None
    interested_package: str | None = None
    summary: str | None = None
    source: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadState:
    """What of an open lead a new signal may change."""

    phase: Phase
    interested_package: str | None
    summary: str | None
    source: str | None
    confidence: float | None
    name: str | None


def merged(before: LeadState, signal: LeadSignal) -> LeadState:
    """The open lead after one more signal: the phase never falls back, the newest interest and confidence count, notes add up."""
    return LeadState(
        phase=max(before.phase, signal.phase, key=PHASE_ORDER.index),
        interested_package=signal.interested_package or before.interested_package,
        summary=merged_summary(before.summary, signal.summary),
        source=before.source or signal.source,  # The first touch is what an ad is paid for.
        confidence=signal.confidence if signal.confidence is not None else before.confidence,
        name=(signal.name or before.name) if is_placeholder(before.name) else before.name,
    )


def is_placeholder(name: str | None) -> bool:
    """Whether that is no name of a person: none, or what the documents' example sends where none is known."""
    return name is None or name.lower() in PLACEHOLDER_NAMES


def merged_summary(before: str | None, new: str | None) -> str | None:
    """Both summaries, the older first; a repeated one is kept once."""
    if not new or (before and new in before):
        return before
    return f"{before}\n{new}"[-SUMMARY_LIMIT:] if before else new[-SUMMARY_LIMIT:]


def refuse_move(before: LeadStatus, after: LeadStatus, lost_reason: str | None) -> Refusal | None:
    """Why a lead may not move there, None when it may.

    Among the open columns a lead moves freely: a card dropped in the wrong one must be movable back. WON and LOST are final.
    """
    if before not in OPEN_LEAD and after is not before:
        return conflict(f"This lead is {before} already. A new interest becomes a new lead.")
    if after is LeadStatus.LOST and not (lost_reason or "").strip():
        return invalid("lost_reason", "Say why the lead was lost.")
    return None


def refuse_payment(status: LeadStatus, phase: Phase) -> Refusal | None:
    """Why a lead may not be marked as paid; one that was WON before its money was seen may."""
    if phase is Phase.PAID:
        return conflict("This lead is paid already.")
    if status is LeadStatus.LOST:
        return conflict(f"This lead is {status} already. A new interest becomes a new lead.")
    return None


def refuse_undo(
    step: LeadStep | None, status: LeadStatus, phase: Phase, by: str, now: datetime
) -> Refusal | None:
    """Why this person may not take the last move back: it is another's, too long ago, or was followed by more.

    Out of WON and LOST nothing but an undo leads, so taking that back would win or lose a lead again without a word; and a payment stays.
    """
    if step is None or step.after is not status or step.before not in OPEN_LEAD:
        return conflict("There is no move to take back.")
    if phase is Phase.PAID:
        return conflict("This lead is paid. What was paid is not taken back here.")
    if step.moved_by != by:
        return conflict(f"The last move was {step.moved_by}'s. Move the card instead.")
    if now - step.at > UNDO_WITHIN:
        return conflict("The last move is too long ago to take back. Move the card instead.")
    return None
