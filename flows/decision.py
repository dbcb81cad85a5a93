"""What a turn sees and what it decides, as data.

`Situation` is everything `decide` may know; `Decision` is everything it may ask for. Nothing happens until a decision is recorded.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from flows.buyer import KnownBuyer
from flows.domain import (
    CasePriority,
    Company,
    Consent,
    HandoverReason,
    Heard,
    Language,
    MediaKind,
    Package,
    Phase,
    Preference,
    Priority,
    Status,
    Triggers,
)
from flows.persona import Budget, Survey
from flows.trade import Trade

AwaitingKind = Literal["details", "choice", "list", "preference", "clarify", "rating", "survey"]

Fact = (
    str
    | int
    | float
    | bool
    | None
    | Package
    | Company
    | date
    | datetime
    | tuple[Package, ...]
    | tuple[str, ...]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """What the bot's last question was about, so that a bare "iya" or "2" has a meaning.

    details: "shall I tell more about this package?"; choice: a numbered list of package codes; list: such a list stands further up, and
    a package was chosen since; preference: pax and month were asked; clarify: the bot asked back with numbers; rating: 1–5 was asked
    after a handover; survey: what it is for, or what it may cost, was asked. options are the codes of the last list.

    is_advice: the list was a recommendation, so that "suka" and "kurang cocok" have a meaning. need and budget are what the survey has
    heard so far; is_resumed: it was asked once more after a question in between. welcomed_on: the day on which the welcome told the list.
    """

    kind: AwaitingKind
    options: tuple[str, ...] = ()
    is_advice: bool = False
    need: str | None = None
    budget: Budget | None = None
    is_resumed: bool = False
    welcomed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One purchase on its way. shown holds (package code, media kind) already sent; asked the intents asked about, in order."""

    phase: Phase = Phase.LEADS
    package_code: str | None = None
    campaign_code: str | None = None
    preference: Preference = field(default_factory=Preference)
    shown: frozenset[tuple[str, MediaKind]] = frozenset()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What the business knows at this moment: packages on sale and departed, company facts, triggers."""

    packages: tuple[Package, ...]
    company: Company
    triggers: Triggers
    holidays: frozenset[date] = frozenset()
    trade: Trade = field(default_factory=Trade)

    def spoken(self, language: Language) -> "Shelf":
        """The shelf with every package's facts in this language."""
        return (
            self
            if language == "id"
            else replace(self, packages=tuple(p.spoken(language) for p in self.packages))
        )

    def package(self, code: str | None) -> Package | None:
        # A loop, since a turn asks this ten times and a generator costs more than what it finds.
        for package in self.packages if code else ():
            if package.code == code:
                return package
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a turn may know. now is aware, in the business's own zone; today is its local date.

    is_new: the customer never wrote before. journey is None before the first turn. open_case says that a complaint is already open.
    buyer is None where nothing is recommended (`flows/advice.py` says when it is looked up).
    """

    now: datetime
    today: date
    heard: tuple[Heard, ...]
    shelf: Shelf
    status: Status = Status.BOT
    language: Language = "id"
    consent: Consent = Consent.UNKNOWN
    journey: Journey | None = None
    is_new: bool = False
    misses: int = 0
    awaiting: Awaiting | None = None
    high_intent: bool = False
    handover_reason: HandoverReason | None = None
    priority: Priority = Priority.NORMAL
    last_human_at: datetime | None = None
    rating_asked_at: datetime | None = None
    human_idle_hours: float = 24.0
    has_open_case: bool = False
    customer_name: str | None = None
    buyer: KnownBuyer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One part of the reply: a reply key and the facts its text may use. Parts are joined with a blank line into one message."""

    key: str
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A piece of media to send after the text. package_code is None for the company's own map."""

    kind: MediaKind
    package_code: str | None
    url: str | None = None
    lat: float | None = None
    lng: float | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStep:
    from_phase: Phase | None
    to_phase: Phase
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverDraft:
    reason: HandoverReason
    priority: Priority
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDraft:
    phase: Phase
    interested_package: str | None
    summary: str
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """category is a code of the company's own list, which begins as CaseCategory."""

    category: str
    priority: CasePriority
    subject: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """kind is the handover reason or `case`; staff see facts masked by where they read it."""

    kind: str
    facts: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What this turn asks for. Every field that describes the conversation is its value after the turn.

    because names the rule that decided (the first of rules). starts_journey asks for a new journey row; steps are phase transitions.
    is_silent turns say and show nothing. ai_notes None leaves the notes as they are. likes and dislikes are package codes; retain asks for
    a human's attention, because this customer may be about to leave.
    """

    because: str
    rules: tuple[str, ...]
    say: tuple[Say, ...] = ()
    show: tuple[Show, ...] = ()
    status: Status = Status.BOT
    language: Language = "id"
    journey: Journey
    starts_journey: bool = False
    steps: tuple[PhaseStep, ...] = ()
    misses: int = 0
    awaiting: Awaiting | None = None
    high_intent: bool = False
    handover_reason: HandoverReason | None = None
    priority: Priority = Priority.NORMAL
    handover: HandoverDraft | None = None
    lead: LeadDraft | None = None
    case: CaseDraft | None = None
    alerts: tuple[AlertDraft, ...] = ()
    consent: Consent | None = None
    rating: int | None = None
    survey: Survey | None = None
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    retain: bool = False
    ai_notes: str | None = None
    intent: str | None = None
    confidence: float = 0.0
    should_escalate: bool = False
