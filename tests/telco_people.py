"""Telco customers as seed 002's test client and documentation speak of them, in the ten inputs' numbers."""

from typing import Any

DOCUMENTED: dict[str, Any] = {  # Any: JSON
    "avg_data_usage_gb": 6.5,
    "pct_video_usage": 0.75,
    "avg_call_duration": 8,
    "sms_freq": 5,
    "monthly_spend": 95000,
    "topup_freq": 3,
    "travel_score": 0.2,
    "complaint_count": 0,
    "plan_type": "Postpaid",
    "device_brand": "Samsung",
}
DOCUMENTED_CHURN: dict[str, Any] = {
    "username": "customer123",
    "avg_data_usage_gb": 3.2,
    "pct_video_usage": 0.4,
    "avg_call_duration": 15,
    "sms_freq": 20,
    "monthly_spend": 65000,
    "topup_freq": 4,
    "travel_score": 0.1,
    "complaint_count": 2,
    "plan_type": "Prepaid",
    "device_brand": "Other",
}


def customer(**changes: Any) -> dict[str, Any]:  # Any: JSON
    """The documented customer, but for these."""
    return DOCUMENTED | changes


STREAMER = customer(avg_data_usage_gb=18.0, pct_video_usage=0.85, monthly_spend=140_000)
TRAVELLER = customer(pct_video_usage=0.25, avg_data_usage_gb=5.0, travel_score=0.9, monthly_spend=150_000)
CALLER = customer(pct_video_usage=0.2, avg_data_usage_gb=2.5, avg_call_duration=26, monthly_spend=80_000)
TEXTER = customer(pct_video_usage=0.15, avg_data_usage_gb=2.0, sms_freq=45, monthly_spend=60_000)
HEAVY_USER = customer(pct_video_usage=0.25, avg_data_usage_gb=26.0, monthly_spend=120_000)
SAVER = customer(
    pct_video_usage=0.25, avg_data_usage_gb=2.5, monthly_spend=30_000, topup_freq=10, plan_type="Prepaid"
)
UNHAPPY = customer(pct_video_usage=0.3, avg_data_usage_gb=4.0, complaint_count=5)
HIGH_RISK = customer(
    avg_data_usage_gb=0.5,
    pct_video_usage=0.2,
    avg_call_duration=2,
    sms_freq=2,
    monthly_spend=25_000,
    topup_freq=0,
    complaint_count=5,
    plan_type="Prepaid",
    device_brand="Oppo",
)
CONTENT = customer(avg_data_usage_gb=12.0, monthly_spend=180_000, avg_call_duration=14, sms_freq=14)
