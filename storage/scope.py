"""Whose rows does this member of staff see at all? Reach, said as conditions that a query adds to itself.

What lies outside is not there: a look-up by id answers "missing", so that nobody can find out which ids exist.
"""

from typing import Any, assert_never

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from flows.domain import Status
from flows.roles import Actor, Reach, reach_of
from storage.tables import Conversation, Customer, Lead

Condition = ColumnElement[bool]

# RM's hand-over queue: somebody is asked for, and nobody has been named yet.
_UNCLAIMED = and_(Conversation.status == Status.WAITING, Conversation.assigned_to.is_(None))


def customers_within(actor: Actor) -> Condition:
    """For queries that select from `customers`."""
    match reach_of(actor):
        case Reach.EVERYBODY:
            return true()
        case Reach.BRANCH:
            return _branch(actor)
        case Reach.PORTFOLIO:
            theirs = or_(_UNCLAIMED, Conversation.assigned_to == actor.user_id)
            served = exists().where(Conversation.customer_id == Customer.id, theirs)
            return or_(Customer.owner_id == actor.user_id, served)
        case Reach.NOBODY:
            return false()
        case never:
            assert_never(never)


def conversations_within(actor: Actor) -> Condition:
    """For queries that join `conversations` with `customers`."""
    match reach_of(actor):
        case Reach.EVERYBODY:
            return true()
        case Reach.BRANCH:
            return _branch(actor)
        case Reach.PORTFOLIO:
            mine = or_(Customer.owner_id == actor.user_id, Conversation.assigned_to == actor.user_id)
            return or_(mine, _UNCLAIMED)
        case Reach.NOBODY:
            return false()
        case never:
            assert_never(never)


def leads_within(actor: Actor) -> Condition:
    """For queries that join `leads` with `customers`. To RM a lead that nobody owns is in the queue, too: somebody must take it."""
    match reach_of(actor):
        case Reach.PORTFOLIO:
            unowned = and_(Lead.owner_id.is_(None), Customer.owner_id.is_(None))
            return or_(Lead.owner_id == actor.user_id, Customer.owner_id == actor.user_id, unowned)
        case _:
            return customers_within(actor)


def _branch(actor: Actor) -> Condition:
    """Customers of the own branch, and those of none: whoever writes on WhatsApp has no branch yet and must be served."""
    return or_(Customer.branch_id.is_(None), Customer.branch_id == actor.branch_id)


def customer_ids_within(actor: Actor) -> Any:  # Any: a scalar subquery of ids.
    return select(Customer.id).where(customers_within(actor))


def conversations_in_reach(actor: Actor) -> Condition:
    """As `conversations_within`, for large tables: a portfolio is named by its ids, so that no index is walked from end to end."""
    if reach_of(actor) is not Reach.PORTFOLIO:
        return conversations_within(actor)
    return Conversation.id.in_(portfolio_ids(actor))


def portfolio_ids(actor: Actor) -> Any:  # Any: a compound select of ids.
    """The ids of the conversations in an RM's reach, each part found by an index of its own."""
    owned = select(Conversation.id).join(Customer, Customer.id == Conversation.customer_id)
    held = select(Conversation.id).where(Conversation.assigned_to == actor.user_id)
    return owned.where(Customer.owner_id == actor.user_id).union(
        held, select(Conversation.id).where(_UNCLAIMED)
    )
