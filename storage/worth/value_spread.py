"""How are customers spread over segments, personas and scores? One look for every chart, within the actor's scope."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from flows.persona import Persona
from flows.rfm import SCORES, RfmSegment
from flows.roles import Actor
from storage.scope import customers_within
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
    names = CustomerValue.segment, CustomerValue.persona, CustomerValue.r, CustomerValue.f, CustomerValue.m
    chosen = select(*names, func.count().label("count")).group_by(*names)
    if actor is not None:
        joined = Customer.id == CustomerValue.customer_id
        chosen = chosen.join(Customer, joined).where(customers_within(actor))
    counts: dict[str, Counter[object]] = {name.key: Counter() for name in names}
    for *values, count in conn.execute(chosen).all():
        for value, counter in zip(values, counts.values(), strict=True):
            counter[value] += count
    return Spread(
        segments={segment: counts["segment"][segment.value] for segment in RfmSegment},
        personas={persona: counts["persona"][persona.value] for persona in Persona},
        r={score: counts["r"][score] for score in SCORES},
        f={score: counts["f"][score] for score in SCORES},
        m={score: counts["m"][score] for score in SCORES},
    )
