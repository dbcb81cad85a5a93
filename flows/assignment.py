"""Who is served next, and by whom? The urgent first, then whoever waits longest; and nobody takes more than a fair share.

queue: Ani (waits 40 min), Budi (wants to pay, waits 5 min), Citra (waits 90 min)
next:  Budi, then Citra, then Ani
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.domain import Priority
from flows.refusal import Refusal, conflict

# A person who writes to more people at once answers none of them well; customers notice from about ten minutes on.
FAIR_SHARE = 12
# Conversations that were taken longer ago rest: the customer is thinking, not waiting.
SHARE_WINDOW = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class InQueue:
    """A conversation that waits for somebody, since `asked_at`."""

    conversation_id: str
    priority: Priority
    asked_at: datetime


def serving_order(queue: Sequence[InQueue]) -> list[InQueue]:
    """The queue in the order in which it should be served."""
    return sorted(queue, key=lambda item: (item.priority is not Priority.HIGH, item.asked_at))


def refuse_another(taken: int) -> Refusal | None:
    """Whether somebody who took so many within the window, and still holds them, may take the next by the button."""
    if taken < FAIR_SHARE:
        return None
    return conflict(f"You hold {taken} conversations already; finish one before you take the next.")


def nothing_waits() -> Refusal:
    return conflict("Nobody waits in the queue now.")
