"""Whose rows does this member of staff see at all? Reach, said as conditions that a query adds to itself.

What lies outside is not there: a look-up by id answers "missing", so that nobody can find out which ids exist.
"""

from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, literal_column, or_, select, true

from flows.domain import Status
from flows.roles import Actor, Reach, reach_of
from storage.tables import Conversation, Customer, Lead

Condition = ColumnElement[bool]

# Sorting so many costs as much as meeting thirty of them among a hundred thousand in the order of time. A portfolio is put together
# from three parts, which costs more for each.
SMALL_BRANCH, SMALL_PORTFOLIO = 3_000, 1_000

# Nobody holds it. Said so that no index of holders tempts the database to begin with all that nobody holds: they are the most.
UNHELD = func.coalesce(Conversation.assigned_to, 0) == 0
# RM's hand-over queue: somebody is asked for, and nobody has been named yet.
_UNCLAIMED = and_(Conversation.status == Status.WAITING, UNHELD)


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
    """For queries that join `conversations` with `customers`, and find the conversations by something else: each row says whether it
    lies within. Said so that no index of branches tempts the database to begin there (`customers_within` begins there)."""
    match reach_of(actor):
        case Reach.EVERYBODY:
            return true()
        case Reach.BRANCH:
            own = actor.branch_id or 0
            return func.coalesce(Customer.branch_id, own) == own
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


def is_small_reach(conn: Connection, actor: Actor) -> bool:
    """Whether so few lie within the actor's reach that they are better named than met by chance among everybody."""
    match reach_of(actor):
        case Reach.BRANCH:
            own, nobodys = Customer.branch_id == actor.branch_id, Customer.branch_id.is_(None)
            left, parts = SMALL_BRANCH, [own, nobodys]
        case Reach.PORTFOLIO:
            held = Conversation.assigned_to == actor.user_id
            left, parts = SMALL_PORTFOLIO, [Customer.owner_id == actor.user_id, held, _UNCLAIMED]
        case _:
            return False
    for part in parts:
        some = select(literal_column("1")).where(part).limit(left + 1).subquery()
        left -= conn.scalar(select(func.count()).select_from(some)) or 0
        if left < 0:
            return False
    return True


def conversations_in_reach(actor: Actor, *, is_small: bool) -> Condition:
    """As `conversations_within`, for large tables: a small reach is named by its ids, so that no index is walked from end to end."""
    if not is_small:
        return conversations_within(actor)
    if reach_of(actor) is Reach.PORTFOLIO:
        return Conversation.id.in_(portfolio_ids(actor))
    return Conversation.customer_id.in_(customer_ids_within(actor))


def portfolio_ids(actor: Actor) -> Any:  # Any: a compound select of ids.
    """The ids of the conversations in an RM's reach, each part found by an index of its own."""
    owned = select(Conversation.id).join(Customer, Customer.id == Conversation.customer_id)
    held = select(Conversation.id).where(Conversation.assigned_to == actor.user_id)
    return owned.where(Customer.owner_id == actor.user_id).union(
        held, select(Conversation.id).where(_UNCLAIMED)
    )
