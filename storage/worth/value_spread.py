"""How are customers spread over segments, personas and scores? One look for every chart, within the actor's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, select, union_all

from flows.domain import Role
from flows.persona import Persona
from flows.rfm import SCORES, RfmSegment
from flows.roles import Actor, Reach, reach_of
from storage.prepared import Prepared
from storage.scope import customers_within, ids_of, somebody
from storage.tables import Customer, CustomerValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Every segment, persona and score is named, also where nobody is."""

    segments: Mapping[RfmSegment, int]
    personas: Mapping[Persona, int]
    r: Mapping[int, int]
    f: Mapping[int, int]
    m: Mapping[int, int]

    @property
    def total(self) -> int:
        return sum(self.segments.values())

    def of(self, *segments: RfmSegment) -> int:
        return sum(self.segments[segment] for segment in segments)


def value_spread(conn: Connection, actor: Actor | None) -> Spread:
    """Of the customers within the actor's scope; None: of all, for who sees numbers and no persons."""
    names = ("segment", "persona", "r", "f", "m")
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    for spread, number in _spreads(conn, actor):
        for counted, value in zip(counts.values(), spread.split("|"), strict=True):
            counted[value] = counted.get(value, 0) + number
    return Spread(
        segments={segment: counts["segment"].get(segment.value, 0) for segment in RfmSegment},
        personas={persona: counts["persona"].get(persona.value, 0) for persona in Persona},
        r={score: counts["r"].get(str(score), 0) for score in SCORES},
        f={score: counts["f"].get(str(score), 0) for score in SCORES},
        m={score: counts["m"].get(str(score), 0) for score in SCORES},
    )


def _spreads(conn: Connection, actor: Actor | None) -> Sequence[Any]:  # Any: rows of a spread and a number.
    if actor is None or reach_of(actor) is Reach.EVERYBODY:
        return _ALL.all(conn)
    return _within(actor.role).all(conn, **ids_of(actor))


_COUNTED = select(CustomerValue.spread, func.count().label("number")).group_by(CustomerValue.spread)
_ALL = Prepared(_COUNTED)


@lru_cache
def _within(role: Role | None) -> Prepared:
    someone = somebody(role)
    if reach_of(someone) is Reach.BRANCH:
        # Each is one stretch of an index, already in order; the two together would be sorted first.
        nobodys, own = CustomerValue.branch_id.is_(None), CustomerValue.branch_id == someone.branch_id
        parts = union_all(_COUNTED.where(nobodys), _COUNTED.where(own)).subquery()
        return Prepared(select(*parts.c))
    joined = _COUNTED.join(Customer, Customer.id == CustomerValue.customer_id)
    return Prepared(joined.where(customers_within(someone)))
