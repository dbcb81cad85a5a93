"""Who are the telco customers that the default models learn from? People made up here, each with needs that no column shows.

The process, so that nobody takes it for the truth: a person has ten needs between 0 and 1. One of them, their way of life, is strong;
the others are weak. What a telco can measure (gigabytes, minutes, rupiah) follows from the needs with much noise. Which offer the
person takes is decided by the needs themselves and a mood, never by what was measured; so no rule of the columns gives the answer
back, and a model can only be as sure as the columns allow. A company's own rows replace all this: `sapa train offers --csv`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.telco import BRANDS

Floats = NDArray[np.float64]

# need: (the offer that serves it, how common it is as a way of life)
NEEDS: dict[str, tuple[str, float]] = {
    "data": ("Data Booster", 0.13),
    "gadget": ("Device Upgrade Offer", 0.10),
    "household": ("Family Plan Offer", 0.08),
    "nothing": ("General Offer", 0.18),
    "repair": ("Retention Offer", 0.11),
    "travel": ("Roaming Pass", 0.09),
    "texting": ("SMS Bundle", 0.07),
    "video": ("Streaming Partner Pack", 0.10),
    "thrift": ("Top-up Promo", 0.08),
    "talking": ("Voice Bundle", 0.06),
}
OFFERS = tuple(offer for offer, _ in NEEDS.values())

STRONG, WEAK = (9.0, 2.5), (1.2, 8.0)  # Shapes of the beta distributions that needs are drawn from.
MOOD = 0.08  # How much chance there is in a choice, in units of need.
OTHER_BRANDS = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """needs: float arrays (people,) by need; columns: what a telco measures of each, by the ten inputs' names."""

    needs: dict[str, Floats]
    columns: dict[str, NDArray[np.generic]]


def people(count: int, chance: np.random.Generator) -> People:
    needs = _needs(count, chance)
    spend = _spend(needs, chance)
    return People(
        needs=needs,
        columns={
            "avg_data_usage_gb": np.round(_data(needs, chance), 2),
            "pct_video_usage": _share(0.22 + 0.60 * needs["video"] - 0.08 * needs["texting"], 0.07, chance),
            "avg_call_duration": np.round(
                chance.gamma(6.0, (4.0 + 17.0 * needs["talking"] + 3.0 * needs["household"]) / 6.0), 2
            ),
            "sms_freq": chance.poisson(7.0 + 32.0 * needs["texting"]),
            "monthly_spend": spend,
            "topup_freq": chance.poisson(1.0 + 7.5 * needs["thrift"] + 1.5 * needs["data"]),
            "travel_score": _share(0.10 + 0.75 * needs["travel"], 0.08, chance),
            "complaint_count": chance.poisson(0.15 + 3.6 * needs["repair"] ** 2),
            "plan_type": _plan(needs, chance),
            "device_brand": _brand(spend, chance),
        },
    )


def choices(crowd: People, chance: np.random.Generator) -> list[str]:
    """The offer that each person takes: the one that serves the strongest need, moods aside."""
    wishes = np.column_stack([crowd.needs[need] for need in NEEDS])
    moods = chance.gumbel(0.0, MOOD, wishes.shape)
    return [OFFERS[at] for at in (wishes + moods).argmax(axis=1)]


def _needs(count: int, chance: np.random.Generator) -> dict[str, Floats]:
    shares = np.array([share for _, share in NEEDS.values()])
    ways = chance.choice(len(NEEDS), size=count, p=shares / shares.sum())
    strong, weak = chance.beta(*STRONG, size=count), chance.beta(*WEAK, size=(count, len(NEEDS)))
    weak[np.arange(count), ways] = strong
    return {need: weak[:, at] for at, need in enumerate(NEEDS)}


def _data(needs: dict[str, Floats], chance: np.random.Generator) -> Floats:
    middle = (
        1.8 + 16.0 * needs["data"] + 5.0 * needs["video"] + 5.0 * needs["household"] + 1.5 * needs["gadget"]
    )
    found: Floats = middle * chance.lognormal(0.0, 0.22, len(middle))
    return found


def _spend(needs: dict[str, Floats], chance: np.random.Generator) -> Floats:
    """Rupiah a month, in whole thousands as bills are."""
    wanted = (
        52_000
        + 45_000 * needs["data"]
        + 35_000 * needs["video"]
        + 45_000 * needs["travel"]
        + 25_000 * needs["talking"]
        + 130_000 * needs["household"]
        + 190_000 * needs["gadget"] ** 2
    )
    paid = wanted * (1 - 0.5 * needs["thrift"]) * chance.lognormal(0.0, 0.14, len(wanted))
    found: Floats = np.round(paid, -3)
    return found


def _plan(needs: dict[str, Floats], chance: np.random.Generator) -> NDArray[np.generic]:
    contract = 0.3 + 0.45 * needs["household"] + 0.2 * needs["gadget"] - 0.3 * needs["thrift"]
    found: NDArray[np.generic] = np.where(chance.random(len(contract)) < contract, "Postpaid", "Prepaid")
    return found


def _brand(spend: Floats, chance: np.random.Generator) -> NDArray[np.generic]:
    """The dearer brands are a little likelier with who spends more; some have one that nobody counts."""
    names = np.array([*(brand.capitalize() for brand in BRANDS), "Other"])
    usual = np.array([0.08, 0.05, 0.19, 0.10, 0.22, 0.16, 0.12, OTHER_BRANDS])
    dear = np.array([0.34, 0.02, 0.12, 0.03, 0.30, 0.09, 0.06, 0.04])
    wealth = np.clip((spend - 60_000) / 240_000, 0, 1)[:, None]
    mixed = (1 - wealth) * (usual / usual.sum()) + wealth * (dear / dear.sum())
    at = (mixed.cumsum(axis=1) < chance.random((len(spend), 1))).sum(axis=1)
    found: NDArray[np.generic] = names[np.minimum(at, len(names) - 1)]
    return found


def _share(middle: Floats, spread: float, chance: np.random.Generator) -> Floats:
    noisy = middle + chance.normal(0.0, spread, len(middle))
    found: Floats = np.clip(noisy, 0.0, 1.0).astype(np.float64).round(4)
    return found


def as_rows(columns: dict[str, NDArray[np.generic]]) -> list[dict[str, float | int | str]]:
    """One dict a person, plain Python inside."""
    names = list(columns)
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(column.tolist() for column in columns.values()), strict=True)
    ]
