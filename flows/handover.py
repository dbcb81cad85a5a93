"""Who may take a conversation, give it back, pass it on or end it? Rules for staff; the bot's own asking is decided elsewhere.

Held means that a named colleague has it (`human`). A conversation taken over from the business's phone has no name on it, so anybody in
scope may claim it.
"""

from dataclasses import dataclass

from flows.domain import Phase, Role, Status
from flows.refusal import Refusal, conflict, invalid
from flows.roles import Actor, Permission, Reach, reach_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Who has the conversation now. branch_id is its customer's, None where they have none yet."""

    status: Status
    holder_id: int | None = None
    holder_name: str | None = None
    branch_id: int | None = None

    def is_held_by_another(self, actor: Actor) -> bool:
        is_held = self.status is Status.HUMAN and self.holder_id is not None
        return is_held and self.holder_id != actor.user_id


def refuse_claim(holding: Holding, by: Actor) -> Refusal | None:
    """A claim, and a message that claims, wins over everybody but a colleague who was first."""
    return _held(holding) if holding.is_held_by_another(by) else None


def refuse_release(holding: Holding, by: Actor) -> Refusal | None:
    """Only what is with people, or waits for them, can go back to the bot."""
    if holding.status in (Status.BOT, Status.CLOSED):
        return conflict(f"The conversation is {holding.status}; there is nothing to release.")
    return _unless_own(holding, by)


def refuse_close(holding: Holding, by: Actor) -> Refusal | None:
    if holding.status is Status.CLOSED:
        return conflict("The conversation is closed already.")
    return _unless_own(holding, by)


def refuse_passing_on(holding: Holding, by: Actor, receiver: Actor) -> Refusal | None:
    """The receiver must be somebody who may hold conversations and sees this one, or nobody would ever answer."""
    if not receiver.may(Permission.HOLD_CONVERSATIONS):
        return invalid("assigned_to", f"{receiver.name} cannot hold conversations ({receiver.role}).")
    if not can_receive(receiver, holding.branch_id):
        return invalid("assigned_to", f"{receiver.name} does not see customers of this branch.")
    return _unless_own(holding, by)


def can_receive(receiver: Actor, branch_id: int | None) -> bool:
    """Whether they would serve a customer of that branch (None: of none yet). RM see whatever is passed to them."""
    is_seen = reach_of(receiver) is not Reach.BRANCH or branch_id in (None, receiver.branch_id)
    return receiver.may(Permission.HOLD_CONVERSATIONS) and is_seen


def refuse_paid(phase: Phase | None, holding: Holding, by: Actor) -> Refusal | None:
    if phase is None:
        return conflict("Nothing was asked about yet, so there is no purchase to mark as paid.")
    if phase is Phase.PAID:
        return conflict("This purchase is marked as paid already.")
    return _unless_own(holding, by)


def refuse_sending_again(holding: Holding, by: Actor, *, is_staffs: bool) -> Refusal | None:
    """Why a message that failed is not sent once more: a colleague holds the conversation, in which the bot is silent.

    What staff said may be sent for them by whoever may step in: after a night without WhatsApp somebody clears all of it.
    """
    return _unless_own(holding, by) if is_staffs else refuse_claim(holding, by)


def asks_for_rating(status_before: Status) -> bool:
    """Whether closing asks the customer how it was: only when a human has served them."""
    return status_before is Status.HUMAN


def _unless_own(holding: Holding, by: Actor) -> Refusal | None:
    """A colleague's conversation is theirs; SUPERVISOR and ADMIN may step in, because people fall ill."""
    if by.role in (Role.SUPERVISOR, Role.ADMIN):
        return None
    return _held(holding) if holding.is_held_by_another(by) else None


def _held(holding: Holding) -> Refusal:
    return conflict(f"{holding.holder_name} holds this conversation.")
