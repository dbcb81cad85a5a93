"""What is one of the demo's stories made of? Values that `bot/demo/history.py` makes and `demo_history.py` writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flows.domain import Consent, HandoverReason, Phase, Priority, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLine:
    """One message. author: customer, bot or staff."""

    at: datetime
    author: str
    body: str
    intent: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPurchase:
    package_code: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStory:
    """One customer's conversation with all that came of it. case: category, priority, subject and, where it moved on, status.

    usage: the ten inputs of offers and churn, where they are known. notes: what a human is told before answering.
    """

    key: str
    name: str | None
    phone: str
    branch: str | None
    consent: Consent
    package_code: str | None
    campaign_code: str | None
    phase: Phase
    status: Status
    reason: HandoverReason | None
    priority: Priority
    began_at: datetime
    claimed_by: str
    lines: tuple[DemoLine, ...]
    purchases: tuple[DemoPurchase, ...]
    asked_at: datetime | None = None
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    rating: int | None = None
    case: Mapping[str, str] | None = None
    lead: str | None = None
    tier: str = "MASS"
    is_known_since: datetime | None = None
    usage: Mapping[str, float | str] = field(default_factory=dict)
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All the stories. clicks and spend (rupiah) are by campaign code and days ago."""

    stories: tuple[DemoStory, ...]
    clicks: Mapping[tuple[str, int], int] = field(default_factory=dict)
    spend: Mapping[tuple[str, int], int] = field(default_factory=dict)
