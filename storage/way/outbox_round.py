"""One round of a sender in one transaction: write down what became of the last messages, then ask for the next ones.

Together, because the next message of a conversation is due as soon as the one before it is settled, and a commit costs most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage.way.outbox import Claimer, OutboxItem, Scope, Verdict, claim, settle
from storage.way.outbox_heads import Head, heads

Job = Callable[[Connection], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """scopes: what to ask for, and how many of it at most. notes: whatever else must be written. only_look: claim nothing yet."""

    worker_id: str
    now: datetime
    verdicts: tuple[Verdict, ...]
    notes: tuple[Job, ...]
    scopes: tuple[tuple[int, Scope], ...]
    premade_ids: tuple[str, ...]
    only_look: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResult:
    """items are claimed; heads were only looked at. is_more: there may be more than was asked for, or than the gate let through.

    Of a session that only tries, nothing more is wanted before its one message has landed.
    """

    items: tuple[OutboxItem, ...] = ()
    heads: tuple[Head, ...] = ()
    is_more: bool = False


def carry_out(conn: Connection, plan: Round) -> RoundResult:
    """Everything of the round, or nothing."""
    if plan.verdicts:
        settle(conn, plan.worker_id, plan.verdicts, plan.now)
    for note in plan.notes:
        note(conn)
    ids = iter(plan.premade_ids)
    items: list[OutboxItem] = []
    found: list[Head] = []
    is_more = False
    for limit, scope in plan.scopes:
        who = Claimer(worker_id=plan.worker_id, now=plan.now, limit=limit)
        if plan.only_look:
            seen = heads(conn, who, scope)
            found += seen
            is_more |= len(seen) >= limit and scope.only_session is None
        else:
            claimed = claim(conn, who, ids, scope)
            items += claimed.items
            is_more |= claimed.dropped > 0 or (len(claimed.items) >= limit and scope.only_session is None)
    return RoundResult(items=tuple(items), heads=tuple(found), is_more=is_more)
