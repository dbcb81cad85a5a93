"""Whose rows does this member of staff see at all? Reach, said as conditions that a query adds to itself.

Conversations, leads and cases hold their customer's branch beside them, most their owner, too, so that no customer is opened to find out.

What lies outside is not there: a look-up by id answers "missing", so that nobody can find out which ids exist.
"""

from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, false, func, or_, true

from flows.domain import Role, Status
from flows.roles import Actor, Reach, reach_of
from storage.dialect import written
from storage.tables import Case, Conversation, Customer, Lead

Condition = ColumnElement[bool]

# Nobody holds it. Said so that no index of holders tempts the database to begin with all that nobody holds: they are the most.
UNHELD = func.coalesce(Conversation.assigned_to, 0) == 0
# RM's hand-over queue: somebody is asked for, and nobody has been named yet.
_UNCLAIMED = and_(Conversation.status == Status.WAITING, UNHELD)


def somebody(role: Role | None) -> Actor:
    """Anybody of that role, for statements that are written once: whose ids these are is said when they are asked, see `ids_of`."""
    ids: dict[str, Any] = {  # Any: values still to come, where an actor has numbers.
        "user_id": bindparam("me", type_=Integer),
        "branch_id": bindparam("branch", type_=Integer),
    }
    return Actor(name="", role=role, **ids)


def ids_of(actor: Actor) -> dict[str, int]:
    """The values that a statement for `somebody` still needs. Nobody is -1, for what nobody holds or owns stands as 0 (`UNHELD`); no branch
    is 0."""
    return {"me": actor.user_id or -1, "branch": actor.branch_id or 0}


def is_awake(now: datetime) -> Condition:
    """Of a conversation: not put off, or the time is up, or something was said since."""
    return or_(
        Conversation.snoozed_until.is_(None),
        Conversation.snoozed_until <= now,
        Conversation.last_message_at > Conversation.snoozed_from,
    )


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
    """For queries that find conversations by something else: each row says whether it lies within. Said so that no index of
    branches or owners tempts the database to begin there (`parts_of_reach` begins there)."""
    match reach_of(actor):
        case Reach.EVERYBODY:
            return true()
        case Reach.BRANCH:
            own = 0 if actor.branch_id is None else actor.branch_id
            return func.coalesce(Conversation.branch_id, own) == own
        case Reach.PORTFOLIO:
            owns = func.coalesce(Conversation.owner_id, 0) == actor.user_id
            return or_(owns, Conversation.assigned_to == actor.user_id, _UNCLAIMED)
        case Reach.NOBODY:
            return false()
        case never:
            assert_never(never)


def parts_of_reach(actor: Actor) -> tuple[Condition, ...]:
    """The same conversations in parts that may overlap, each one stretch of an index in the order of time: see `newest_ids`."""
    match reach_of(actor):
        case Reach.BRANCH:
            return (Conversation.branch_id.is_(None), Conversation.branch_id == actor.branch_id)
        case Reach.PORTFOLIO:
            me = actor.user_id
            return (Conversation.owner_id == me, Conversation.assigned_to == me, _UNCLAIMED)
        case _:
            return (conversations_within(actor),)


def served_in_parts(actor: Actor) -> tuple[Condition, ...]:
    """Of a portfolio the conversations that lie within it whosever the customer is, each part one stretch of the index of who serves whom
    (`ix_conversations_served`)."""
    is_waiting = Conversation.status == written(Status.WAITING)
    return (Conversation.assigned_to == actor.user_id, and_(Conversation.assigned_to.is_(None), is_waiting))


def customers_in_parts(actor: Actor) -> tuple[Condition, ...]:
    """As `parts_of_reach`, for the customers of `customers_within`."""
    if reach_of(actor) is Reach.BRANCH:
        return (Customer.branch_id.is_(None), Customer.branch_id == actor.branch_id)
    return (customers_within(actor),)


def leads_within(actor: Actor) -> Condition:
    """As `conversations_within`, for leads. To RM a lead that nobody owns is in the queue, too: somebody must take it."""
    match reach_of(actor):
        case Reach.EVERYBODY:
            return true()
        case Reach.BRANCH:
            return or_(*leads_in_parts(actor))
        case Reach.PORTFOLIO:
            unowned = and_(Lead.owner_id.is_(None), Lead.customer_owner_id.is_(None))
            return or_(Lead.owner_id == actor.user_id, Lead.customer_owner_id == actor.user_id, unowned)
        case Reach.NOBODY:
            return false()
        case never:
            assert_never(never)


def leads_in_parts(actor: Actor) -> tuple[Condition, ...]:
    """As `parts_of_reach`, for leads."""
    if reach_of(actor) is Reach.BRANCH:
        return (Lead.branch_id.is_(None), Lead.branch_id == actor.branch_id)
    return (leads_within(actor),)


def cases_within(actor: Actor) -> Condition:
    """For queries that join `cases` with `customers`."""
    if reach_of(actor) is Reach.BRANCH:
        return or_(Case.branch_id.is_(None), Case.branch_id == actor.branch_id)
    return customers_within(actor)


def _branch(actor: Actor) -> Condition:
    """Customers of the own branch, and those of none: whoever writes on WhatsApp has no branch yet and must be served."""
    return or_(Customer.branch_id.is_(None), Customer.branch_id == actor.branch_id)
