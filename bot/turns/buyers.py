"""Who must be looked up before the rules decide, and scored anew after? Both are rare, so a message's usual way carries neither."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from flows.advice import needs_buyer
from flows.buyer import KnownBuyer
from flows.decision import Awaiting, Decision
from flows.domain import Meaning, Package
from flows.persona import bands_of
from storage.database import Connection
from storage.way.taken_turn import TakenTurn
from storage.worth.known_buyers import known_buyers
from storage.worth.value import ValueRules, rescore


def buyers_for(
    conn: Connection,
    turns: Mapping[str, tuple[Awaiting | None, Sequence[Meaning]]],
    packages: Collection[Package],
    rules: ValueRules,
) -> Mapping[str, KnownBuyer]:
    """By customer, for those whose turn may recommend something: turns maps a customer to what was asked last and what is heard."""
    wanted = [customer_id for customer_id, (awaiting, heard) in turns.items() if needs_buyer(awaiting, heard)]
    if not wanted:
        return {}
    bands = rules.bands or bands_of([package.price for package in packages])
    return known_buyers(conn, wanted, bands, rules.together)


def revalue(conn: Connection, taken: Collection[TakenTurn], rules: ValueRules, now: datetime) -> None:
    """Scores those at once who told something about themselves, and whoever a human is to look after, in the turn's transaction."""
    changed = {turn.thread.customer_id: _because(turn.decision) for turn in taken}
    for because in {because for because in changed.values() if because}:
        rescore(conn, [who for who, why in changed.items() if why == because], rules, now, because)


def _because(decision: Decision) -> str:
    told = (
        ("survey", decision.survey is not None),
        ("like", bool(decision.likes)),
        ("unlike", bool(decision.dislikes)),
        ("churn", decision.retain),
    )
    return next((name for name, is_so in told if is_so), "")
