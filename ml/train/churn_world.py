"""How do made-up customers come to leave? A year of their lives, month by month; the model sees only its middle.

The process: everybody starts with some goodwill. Troubles come (more where the network is poor); each costs goodwill, much if nobody
solves it, and some people complain. Goodwill heals slowly; rivals' offers pull at those who watch their money. Whoever has little
left uses less, spends less, tops up less and falls silent, one month later. In each month people leave with a chance that grows as
goodwill ends. The ten inputs are averages of the months before the look-back; the answer is who is gone in the months after it, so the
answer is never a rule of the same columns: goodwill is not among them, and what happens after the look-back is not either.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.serve.churn import LEAVES, STAYS
from ml.train.telco_world import Floats, people

WARM_UP, LOOKED_AT, FORESEEN = 6, 3, 3  # Months: lived before, averaged, foreseen.
HEALS, UNSOLVED, SOLVED = 0.035, 0.20, 0.05  # Goodwill a month, and what one trouble costs.
COMPLAINS, IS_SOLVED = 0.75, 0.5
RIVAL_COMES, RIVAL_PULLS = 0.15, 0.25
FADES = 0.8  # By how much use shrinks when goodwill is gone.


@dataclass(slots=True, kw_only=True)
class _Life:
    """The state of everybody, (people,) each."""

    goodwill: Floats
    trouble: Floats  # troubles a month
    thrift: Floats
    is_here: NDArray[np.bool_]
    complaints: Floats
    use: Floats  # share of the usual use, follows goodwill a month late


def lives(count: int, chance: np.random.Generator) -> tuple[dict[str, NDArray[np.generic]], list[str]]:
    """The ten inputs of those who were still there at the look-back, and whether each stays or leaves afterwards."""
    crowd = people(count, chance)
    life = _Life(
        goodwill=chance.beta(7.0, 2.0, count),
        trouble=chance.gamma(0.8, 0.6, count),
        thrift=crowd.needs["thrift"],
        is_here=np.ones(count, dtype=bool),
        complaints=np.zeros(count),
        use=np.ones(count),
    )
    for _ in range(WARM_UP):
        _month(life, chance)
    use, before = np.zeros(count), life.complaints.copy()
    for _ in range(LOOKED_AT):
        _month(life, chance)
        use += life.use / LOOKED_AT
    columns = _measured(crowd.columns, use, life.complaints - before, chance)
    there = life.is_here.copy()
    for _ in range(FORESEEN):
        _month(life, chance)
    answers = np.where(life.is_here, STAYS, LEAVES)[there]
    return {name: column[there] for name, column in columns.items()}, [str(answer) for answer in answers]


def _month(life: _Life, chance: np.random.Generator) -> None:
    """Everybody lives one month more."""
    count = len(life.goodwill)
    life.use = 1 - FADES * (1 - life.goodwill) ** 1.3
    troubles = chance.poisson(life.trouble)
    unsolved = chance.binomial(troubles, 1 - IS_SOLVED)
    life.complaints = life.complaints + chance.binomial(troubles, COMPLAINS)
    pulled = (chance.random(count) < RIVAL_COMES) * RIVAL_PULLS * life.thrift
    change = HEALS - UNSOLVED * unsolved - SOLVED * (troubles - unsolved) - pulled
    life.goodwill = np.clip(life.goodwill + change, 0.0, 1.0)
    leaves = chance.random(count) < leaving_chance(life.goodwill)
    life.is_here = life.is_here & ~leaves


def leaving_chance(goodwill: Floats) -> Floats:
    """The chance to leave within a month: next to none with goodwill, a half when it is gone."""
    return 0.55 / (1 + np.exp(12.0 * (goodwill - 0.4)))


def _measured(
    usual: dict[str, NDArray[np.generic]], use: Floats, complaints: Floats, chance: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """What the telco saw in the months looked at: the usual figures, shrunk by how much people still used."""
    found = dict(usual)
    for name, digits in (("avg_data_usage_gb", 2), ("avg_call_duration", 2), ("monthly_spend", -3)):
        found[name] = np.round(usual[name].astype(float) * use * chance.lognormal(0.0, 0.1, len(use)), digits)
    for name in ("sms_freq", "topup_freq"):
        found[name] = chance.binomial(usual[name].astype(int), np.clip(use, 0.0, 1.0))
    found["complaint_count"] = complaints.astype(int)
    return found
