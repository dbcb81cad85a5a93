"""Who may see a person unmasked for a while, hand out what we know of one, or make one forgotten?

Breaking the glass is one person's deed with a reason, told to the supervisors. Handing out and forgetting take two persons, one COMPLIANCE
and one ADMIN, in either order: whoever comes first asks, the other one's same call does it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flows.domain import Role
from flows.refusal import Kind, Refusal, conflict, invalid
from flows.roles import Actor, Permission

REASON_MIN = 10  # Characters, as the contract says: "cek" is no reason.
REASON_LETTERS = 5  # ".........." and "1234567890" are none either; "kasus 1042/26" is one.
REVEAL_LASTS = timedelta(minutes=30)  # The contract's.
REQUEST_LASTS = timedelta(days=7)  # A request that nobody joined by then must be made anew.
HANDED_OUT_FOR = timedelta(hours=24)  # How long after the second yes both may fetch the export.
TWO_ROLES = frozenset({Role.COMPLIANCE, Role.ADMIN})


class RequestKind(StrEnum):
    EXPORT = "EXPORT"
    ERASE = "ERASE"


class RequestState(StrEnum):
    ASKED = "ASKED"
    DONE = "DONE"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


class Step(StrEnum):
    """What a call for a person's data comes to: it asks, it waits for the other role, it does it."""

    ASK = "ask"
    WAIT = "wait"
    PERFORM = "perform"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The newest request of its kind for a person."""

    state: RequestState
    asked_by: int
    asked_role: Role
    asked_at: datetime
    decided_at: datetime | None


def refuse_reveal(by: Actor, reason: str) -> Refusal | None:
    """Why the glass stays whole; None when it may be broken."""
    if not by.may(Permission.REVEAL_CUSTOMER):
        return Refusal(kind=Kind.FORBIDDEN, sentence=f"{by.role} may not reveal a person.")
    if len(reason.strip()) < REASON_MIN:
        return invalid(
            "reason", f"A reason has at least {REASON_MIN} characters: who needs it, and what for?"
        )
    if not _says_something(reason):
        return invalid("reason", "A reason is said in words: who needs it, and what for?")
    return None


def _says_something(reason: str) -> bool:
    """Whether there are words. Whether they are true nobody can know here: they stand in the audit, beside a name."""
    return sum(sign.isalpha() for sign in reason) >= REASON_LETTERS


def next_step(asked: Asked | None, by: Actor, kind: RequestKind, now: datetime) -> Step:
    """What this person's call comes to, given the newest request of that kind."""
    if asked is None or asked.state in (RequestState.DECLINED, RequestState.EXPIRED):
        return Step.ASK
    if asked.state is RequestState.DONE:
        is_fresh = asked.decided_at is not None and now < asked.decided_at + HANDED_OUT_FOR
        return Step.AGAIN if kind is RequestKind.EXPORT and is_fresh else Step.ASK
    if now >= asked.asked_at + REQUEST_LASTS:
        return Step.ASK
    is_second = by.role in TWO_ROLES and by.role is not asked.asked_role and by.user_id != asked.asked_by
    return Step.PERFORM if is_second else Step.WAIT


def other_role(role: Role) -> Role:
    """Whose yes is missing after this role has asked."""
    return Role.ADMIN if role is Role.COMPLIANCE else Role.COMPLIANCE


def refuse_decline(asked: Asked) -> Refusal | None:
    """Why a request cannot be declined (or taken back) any more."""
    if asked.state is not RequestState.ASKED:
        return conflict("This request has been decided already.")
    return None
