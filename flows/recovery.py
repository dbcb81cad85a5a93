"""How do we make it good after a case went badly? A task with a suggestion, opened once a case; it is recorded or dismissed with a reason.

A case is badly gone when a promise was broken or the customer rated the service 1 or 2 afterwards. Closing it counts as *recovered* only
when the task was settled.
"""

from enum import StrEnum

from flows.domain import CasePriority
from flows.refusal import Refusal, conflict, invalid

BAD_RATING = 2  # Of 5; 3 is what people press who do not care.


class RecoveryReason(StrEnum):
    BREACHED = "breached"
    BADLY_RATED = "badly_rated"


class RecoveryAction(StrEnum):
    """What can be offered, from the smallest to the greatest."""

    APOLOGY_CALL = "apology_call"
    VOUCHER = "voucher"
    UPGRADE = "upgrade"
    VISIT = "visit"


class RecoveryState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DISMISSED = "dismissed"


# What costs the customer money or their departure weighs more than a slow answer.
_GRAVE = frozenset({"FRAUD_SCAM", "REFUND", "TRX_FAIL", "LOAN"})
_TRAVEL = frozenset({"SCHEDULE", "SERVICE"})


def suggestion(category: str, priority: CasePriority, reason: RecoveryReason) -> RecoveryAction:
    """What to offer first; staff may choose otherwise."""
    if category in _GRAVE and priority is CasePriority.CRITICAL:
        return RecoveryAction.VISIT
    if category in _TRAVEL and priority in (CasePriority.HIGH, CasePriority.CRITICAL):
        return RecoveryAction.UPGRADE
    if category in _GRAVE or reason is RecoveryReason.BADLY_RATED:
        return RecoveryAction.VOUCHER
    return RecoveryAction.APOLOGY_CALL


def refuse_settling(
    state: RecoveryState, action: RecoveryAction | None, note: str | None, *, is_dismissed: bool
) -> Refusal | None:
    """Recording needs what was done, dismissing needs why not; neither is done twice."""
    if state is not RecoveryState.OPEN:
        return conflict("This recovery is settled already.")
    if is_dismissed and not note:
        return invalid("note", "Say why no recovery is needed.")
    if not is_dismissed and action is None:
        return invalid("action", "Say what was done for the customer.")
    return None
