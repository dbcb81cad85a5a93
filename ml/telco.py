"""What is known of a telco customer: the ten inputs of seed 002, the two figures made from them, and what may stand in them."""

import math
from collections.abc import Mapping
from typing import Any

from ml.columns import as_number, is_blank

COUNTS_AND_SUMS = (
    "avg_data_usage_gb",
    "avg_call_duration",
    "sms_freq",
    "monthly_spend",
    "topup_freq",
    "complaint_count",
)
SHARES = ("pct_video_usage", "travel_score")
NUMBERS = (*COUNTS_AND_SUMS, *SHARES)
WORDS = ("plan_type", "device_brand")
FIELDS = (*NUMBERS, *WORDS)

LARGEST = 1e12  # Far beyond any customer, far below what a float holds exactly.

VIDEO_INTENSITY = "video_data_intensity"
SPEND_PER_CALL = "spend_per_call_unit"

PLANS = ("postpaid", "prepaid")
# The brands that Indonesian subscribers use most; any other counts as "other".
BRANDS = ("apple", "huawei", "oppo", "realme", "samsung", "vivo", "xiaomi")

Profile = Mapping[str, Any]  # Any: numbers and two strings, or what a CSV has instead


def with_derived(row: Profile) -> dict[str, Any]:  # Any: as Profile
    """The row with the two engineered figures, where what they are made of is there."""
    found = dict(row)
    data, video = _number(row, "avg_data_usage_gb"), _number(row, "pct_video_usage")
    spend, calls = _number(row, "monthly_spend"), _number(row, "avg_call_duration")
    if math.isfinite(data + video):
        found[VIDEO_INTENSITY] = data * video
    if math.isfinite(spend + calls) and calls >= 0:  # Others' rows hold impossible ones.
        found[SPEND_PER_CALL] = spend / (calls + 1)
    return found


def _number(row: Profile, name: str) -> float:
    value = row.get(name)
    return value if type(value) is float else as_number(value)


def fault_of(name: str, value: object) -> str | None:
    """What is wrong with this value of this field, None when it can be used."""
    if name in WORDS:
        return "is empty" if is_blank(value) else None
    number = as_number(value)
    if is_blank(value):
        return "is empty"
    if math.isnan(number):
        return f"{value!r} is no finite number"
    if is_negative(name, value):
        return f"{value!r} is negative"
    if number > LARGEST:
        return f"{value!r} is beyond what a customer can have"
    if name in SHARES and number > 1:
        return f"{value!r} is no share between 0 and 1"
    return None


def is_negative(name: str, value: object) -> bool:
    """Whether the value is a number of this field, and an impossible one."""
    return name in NUMBERS and as_number(value) < 0
