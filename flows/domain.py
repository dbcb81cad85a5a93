"""The nouns of the business, as frozen values that every other folder may use.

This file answers "what do we call it, and which values may it take?". It imports nothing of ours and never decides anything.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple

Language = Literal["id", "en"]


class Phase(StrEnum):
    """How far one purchase (a journey) has come; it only goes forward."""

    LEADS = "leads"
    INTEREST = "interest"
    BOOKING = "booking"
    PAID = "paid"


PHASE_ORDER: tuple[Phase, ...] = (Phase.LEADS, Phase.INTEREST, Phase.BOOKING, Phase.PAID)


class Status(StrEnum):
    """Who holds the conversation: the bot, nobody yet (a human is asked for), a human, or nobody any more."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class HandoverReason(StrEnum):
    PAYMENT_INTENT = "payment_intent"
    CUSTOMER_REQUEST = "customer_request"
    LOW_CONFIDENCE = "low_confidence"
    COMPLEX_QUESTION = "complex_question"
    COMPLAINT = "complaint"
    STAFF = "staff"


class Priority(StrEnum):
    NORMAL = "normal"
    HIGH = "high"


class Consent(StrEnum):
    """Whether marketing may write to this person; only GRANTED passes."""

    UNKNOWN = "UNKNOWN"
    GRANTED = "GRANTED"
    WITHDRAWN = "WITHDRAWN"


class LeadStatus(StrEnum):
    NEW = "NEW"
    CONTACTED = "CONTACTED"
    QUALIFIED = "QUALIFIED"
    PROPOSAL = "PROPOSAL"
    WON = "WON"
    LOST = "LOST"


OPEN_LEAD: tuple[LeadStatus, ...] = (
    LeadStatus.NEW,
    LeadStatus.CONTACTED,
    LeadStatus.QUALIFIED,
    LeadStatus.PROPOSAL,
)


class CaseStatus(StrEnum):
    NEW = "NEW"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_CUSTOMER = "WAITING_CUSTOMER"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class CasePriority(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class CaseCategory(StrEnum):
    TRX_FAIL = "TRX_FAIL"
    FRAUD_SCAM = "FRAUD_SCAM"
    CARD_ATM = "CARD_ATM"
    ACCOUNT = "ACCOUNT"
    DOCUMENT = "DOCUMENT"
    LOAN = "LOAN"
    REFUND = "REFUND"
    OTHER = "OTHER"
    DIGITAL = "DIGITAL"
    SERVICE = "SERVICE"
    SCHEDULE = "SCHEDULE"


class Role(StrEnum):
    DIRECTOR = "DIRECTOR"
    SUPERVISOR = "SUPERVISOR"
    AGENT = "AGENT"
    RM = "RM"
    MARKETING = "MARKETING"
    COMPLIANCE = "COMPLIANCE"
    ADMIN = "ADMIN"


class MediaKind(StrEnum):
    """What a piece of media is to the customer; the sender maps it to WAHA's calls."""

    IMAGE = "image"
    BROCHURE = "brochure"
    ITINERARY = "itinerary"
    VIDEO = "video"
    LOCATION = "location"


class MessageKind(StrEnum):
    """What a customer sent, as far as we can read it."""

    TEXT = "text"
    IMAGE = "image"
    DOCUMENT = "document"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    name: str
    lat: float
    lng: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageInEnglish:
    """What of a package reads differently in English, as staff wrote it; what they left out is said as it stands."""

    hotel_makkah: str | None = None
    hotel_madinah: str | None = None
    airline: str | None = None
    features: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    payment_terms: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What is sold. A product of any trade is a package; money is whole rupiah."""

    code: str
    name: str
    price: int
    departure_date: date | None = None
    duration_days: int | None = None
    quota: int | None = None
    quota_left: int | None = None
    tier: str = "STANDARD"
    category: str | None = None
    ml_label: str | None = None
    image_url: str | None = None
    brochure_url: str | None = None
    itinerary_url: str | None = None
    video_url: str | None = None
    location: Place | None = None
    hotel_makkah: str | None = None
    hotel_madinah: str | None = None
    airline: str | None = None
    features: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    payment_terms: str | None = None
    status: str = "OPEN"
    english: PackageInEnglish | None = None

    def __hash__(self) -> int:
        """By its code alone: hashing all fields for each look-up would cost more than what is looked up."""
        return hash(self.code)

    def spoken(self, language: Language) -> "Package":
        """The package with its facts in this language, as far as staff wrote them in it."""
        if language != "en" or self.english is None:
            return self
        words = {name: getattr(self.english, name) for name in PackageInEnglish.__dataclass_fields__}
        # Any: the fields of Package by name.
        known: dict[str, Any] = {name: value for name, value in words.items() if value}
        return replace(self, **known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The facts that greeting, address and legality stand on. An absent fact is None: the bot then asks a human."""

    name: str
    address: str | None = None
    pin: Place | None = None
    licence: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    hours: "tuple[WorkingFrame, ...]" = ()
    branches: tuple[str, ...] = ()
    timezone: str = "Asia/Jakarta"

    def __hash__(self) -> int:
        """By its name alone, as a package by its code."""
        return hash(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingFrame:
    """One stretch of a weekday in which staff answer; weekday 0 is Monday, minutes count from local midnight."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """When the bot gives up and asks for a human; rows that staff may change within bounds.

    min_confidence: below it an intent counts as out of scope. misses_before_human: 2 means the second miss in a row hands over.
    human_keywords and complaint_keywords hand over whatever the model thinks; required_answers are intents that always need a human
    when no package or FAQ answers them.
    """

    min_confidence: float | None = None
    misses_before_human: int = 2
    human_keywords: tuple[str, ...] = ()
    complaint_keywords: tuple[str, ...] = ()
    always_human: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What the customer told us about the trip they want; None means not said."""

    pax: int | None = None
    months: tuple[int, ...] = ()
    year: int | None = None
    budget_idr: int | None = None
    hijri: str | None = None
    days: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == Preference()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What a message names. campaign_codes are canonical names of known codes, in the order said. days is how long the trip shall last,
    is_budget_for_all that the budget is what all have together; these two are ours, the contract's API does not tell them."""

    campaign_codes: tuple[str, ...] = ()
    pax: int | None = None
    month: int | None = None
    months: tuple[int, ...] = ()
    year: int | None = None
    budget_idr: int | None = None
    hijri: str | None = None
    days: int | None = None
    is_budget_for_all: bool = False


class IntentScore(NamedTuple):
    """A tuple, since each message brings one of each intent."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMention:
    """A campaign code as written; canonical is None when nothing we sell is meant, then nearest lists what comes close."""

    written: str
    canonical: str | None
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqHit:
    """An entry that staff wrote. answer_en is the same answer in English, where staff wrote one.

    intent: which of a message's several questions it answers, or, of a usual answer, what it answers; None where it answers the
    message as a whole. of_piece: it answers one piece of a message, other pieces have entries of their own. asks: the intent of its own
    question, where that is beyond doubt.
    """

    faq_id: int
    question: str
    answer: str
    score: float
    intent: str | None = None
    of_piece: bool = False
    answer_en: str | None = None
    asks: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one message means, before any business rule has looked at it.

    intent is None for a message that is only a code or a number (confidence 1); out_of_scope below the threshold.
    intents is the whole ranking, best first. asks are the intents of the message's separate questions, in order, best first if one:
    two questions in one message give two. faq are FAQ entries whose score passed the ranker's own threshold, best first; usual_answers
    are those that answer the message's intents in general, however it is worded ("mahal kali!" → the entry about discounts).
    rating is the 1 to 5 that it gives and nothing besides ("bintang 5 deh"), should one have been asked for.
    named_packages are codes of packages called by name ("yang plus turki").
    """

    text: str
    kind: MessageKind = MessageKind.TEXT
    intent: str | None = None
    confidence: float = 0.0
    intents: tuple[IntentScore, ...] = ()
    asks: tuple[str, ...] = ()
    entities: Entities = field(default_factory=Entities)
    codes: tuple[CodeMention, ...] = ()
    named_packages: tuple[str, ...] = ()
    faq: tuple[FaqHit, ...] = ()
    usual_answers: tuple[FaqHit, ...] = ()
    language: Language | None = None
    number: int | None = None
    rating: int | None = None
    is_negated: bool = False
    is_stop_word: bool = False
    is_start_word: bool = False
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One inbound message of a turn, with its meaning."""

    message_id: str
    kind: MessageKind
    meaning: Meaning
    at: datetime
    is_stale: bool = False
    has_file: bool = False
    file_failed: bool = False
