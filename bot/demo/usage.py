"""How do the demo's customers use their phones? Seed 002's ten inputs, invented for some of them, so that there is somebody to foresee.

Four manners of people, each with its own middle; a customer keeps the manner that the number gives.
"""

import random
from collections.abc import Mapping

BRANDS = ("Samsung", "Xiaomi", "Oppo", "Vivo", "Apple", "Infinix")
# Gigabytes, share of video, minutes a call, texts, rupiah a month, top-ups, travel, complaints; postpaid how often.
MANNERS: tuple[tuple[tuple[float, ...], float], ...] = (
    ((14, 0.65, 6, 4, 150_000, 4, 0.2, 0), 0.3),  # content, watches a lot
    ((6, 0.3, 12, 8, 90_000, 5, 0.3, 1), 0.2),  # talks more than surfs
    ((2, 0.2, 4, 3, 35_000, 1, 0.1, 4), 0.0),  # annoyed, spends less and less
    ((22, 0.5, 9, 2, 320_000, 2, 0.7, 0), 0.8),  # pays much, travels
)
NAMES = (
    "avg_data_usage_gb", "pct_video_usage", "avg_call_duration", "sms_freq", "monthly_spend", "topup_freq", "travel_score",
    "complaint_count",
)  # fmt: skip
SHARES = frozenset({"pct_video_usage", "travel_score"})


def usage_of(number: int, share: float) -> Mapping[str, float | str]:
    """The ten inputs of the customer with this number; nothing for all but this share of them."""
    dice = random.Random(number)
    if dice.random() >= share:
        return {}
    middles, postpaid = dice.choice(MANNERS)
    numbers = {
        name: round(middle * dice.uniform(0.7, 1.3), 2) for name, middle in zip(NAMES, middles, strict=True)
    }
    whole = {name: round(numbers[name]) for name in ("sms_freq", "topup_freq", "complaint_count")}
    shares = {name: min(1.0, numbers[name]) for name in SHARES}
    spend = round(numbers["monthly_spend"], -3)
    return {
        **numbers,
        **whole,
        **shares,
        "monthly_spend": spend,
        "plan_type": "Postpaid" if dice.random() < postpaid else "Prepaid",
        "device_brand": dice.choice(BRANDS),
    }
