"""A decision while it is being made: the one mutable thing in `flows`, alive for one turn only, frozen at the end."""

from dataclasses import dataclass, field, replace

from flows.decision import (
    AlertDraft,
    Awaiting,
    AwaitingKind,
    CaseDraft,
    Decision,
    Fact,
    HandoverDraft,
    Journey,
    LeadDraft,
    PhaseStep,
    Say,
    Show,
    Situation,
)
from flows.domain import Consent, HandoverReason, Language, MediaKind, Package, Place, Priority, Status
from flows.journey import begin, forward
from flows.machine import next_status
from flows.packages import Availability, availability
from flows.persona import Survey
from flows.reply_keys import Key
from flows.summary import Told, handover_notes
from flows.working_hours import answer_time_words

PAPERS = (MediaKind.BROCHURE, MediaKind.ITINERARY)
HIGH = frozenset({HandoverReason.PAYMENT_INTENT, HandoverReason.COMPLAINT})


@dataclass(slots=True, kw_only=True)
class Draft:
    """Collects what the rules of one turn ask for; every method is one thing that a rule may ask."""

    situation: Situation
    language: Language
    status: Status
    journey: Journey
    starts_journey: bool = False
    rules: list[str] = field(default_factory=list)
    say: list[Say] = field(default_factory=list)
    show: list[Show] = field(default_factory=list)
    steps: list[PhaseStep] = field(default_factory=list)
    misses: int = 0
    awaiting: Awaiting | None = None
    high_intent: bool = False
    reason: HandoverReason | None = None
    priority: Priority = Priority.NORMAL
    handover: HandoverDraft | None = None
    lead: LeadDraft | None = None
    case: CaseDraft | None = None
    alerts: list[AlertDraft] = field(default_factory=list)
    consent: Consent | None = None
    rating: int | None = None
    survey: Survey | None = None
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    retain: bool = False
    notes: str | None = None
    intent: str | None = None
    confidence: float = 0.0
    is_salam: bool = False
    # What the earlier rules of this turn found out for the later ones.
    chosen_by: str | None = None
    chosen_before: str | None = None
    has_new_wish: bool = False
    covered: frozenset[str] = frozenset()
    beside: tuple[Package, ...] = ()
    called: frozenset[str] = frozenset()  # Codes of goods that the message calls by a word of their names.
    is_set_aside: bool = False  # The chosen package: this turn is about others.

    @property
    def package(self) -> Package | None:
        """The chosen package, unless this turn is about others."""
        return None if self.is_set_aside else self.situation.shelf.package(self.journey.package_code)

    @property
    def has_package_on_sale(self) -> bool:
        """Whether a package is chosen that can be bought today."""
        package = self.package
        return package is not None and availability(package, self.situation.today) is Availability.OPEN

    @property
    def listed_now(self) -> tuple[Package, ...]:
        """The packages that this turn's answer has numbered so far."""
        codes = self.awaiting.options if self.awaiting and self.awaiting.kind == "choice" else ()
        return tuple(package for code in codes if (package := self.situation.shelf.package(code)))

    @property
    def asked_before(self) -> tuple[str, ...]:
        """The intents of this journey's earlier turns, the newest last."""
        journey = self.situation.journey
        return journey.asked if journey else ()

    @property
    def is_waiting(self) -> bool:
        return self.status is Status.WAITING

    def because(self, rule: str) -> None:
        self.rules.append(rule)

    def tell(self, key: Key, **facts: Fact) -> None:
        """Adds a part to the answer; the company, the chosen package and whether a salam waits are at every text's hand."""
        known: dict[str, Fact] = {
            "company": self.situation.shelf.company,
            "package": self.package,
            "is_salam": self.is_salam,
        }
        self.say.append(Say(key=key.value, facts=known | facts))

    def greet_first(self) -> None:
        """The first words to somebody new are a salam, whatever they ask."""
        if self.situation.is_new and not self.say and not self.is_waiting:
            self.tell(Key.SALAM)

    def begin_journey(self, trigger: str) -> None:
        """A new purchase begins in this conversation."""
        self.journey = begin(self.situation.journey)
        self.starts_journey = True
        self.steps.append(PhaseStep(from_phase=None, to_phase=self.journey.phase, trigger=trigger))

    def advance(self, event: str | None, trigger: str) -> bool:
        """Moves the phase forward if the machine allows it; says whether it moved."""
        step = forward(self.journey.phase, event, trigger)
        if step is None:
            return False
        self.steps.append(step)
        self.journey = replace(self.journey, phase=step.to_phase)
        return True

    def choose(self, package: Package) -> None:
        self.journey = replace(self.journey, package_code=package.code)

    def picture(self, package: Package) -> None:
        """The package's picture, once a journey."""
        if package.image_url and not self._was_shown(package, MediaKind.IMAGE):
            self._send(package, MediaKind.IMAGE, package.image_url)

    def papers(self, package: Package) -> bool:
        """Brochure and itinerary, each once for that package; says whether anything was sent."""
        sent = [self.paper(package, kind, again=False) for kind in PAPERS]
        return any(sent)

    def paper(self, package: Package, kind: MediaKind, *, again: bool) -> bool:
        url = package.brochure_url if kind is MediaKind.BROCHURE else package.itinerary_url
        if not url or (not again and self._was_shown(package, kind)) or self._is_leaving(package, kind):
            return False
        self._send(package, kind, url)
        return True

    def video(self, package: Package) -> bool:
        if not package.video_url:
            return False
        self._send(package, MediaKind.VIDEO, package.video_url)
        return True

    def map(self, place: Place) -> None:
        self.show.append(
            Show(kind=MediaKind.LOCATION, package_code=None, lat=place.lat, lng=place.lng, name=place.name)
        )

    def await_choice(self, options: tuple[str, ...], *, is_advice: bool = False) -> None:
        """The next message may point into this numbered list."""
        self.awaiting = Awaiting(kind="choice", options=options, is_advice=is_advice)

    def expect(self, kind: AwaitingKind, options: tuple[str, ...] = ()) -> None:
        self.awaiting = Awaiting(kind=kind, options=options)

    def expect_beside_list(self, kind: AwaitingKind) -> None:
        """Like `expect`; the last list stays above, so "kalau nomor 4?" still has a meaning."""
        before = self.situation.awaiting
        self.awaiting = Awaiting(kind=kind, options=before.options if before else ())

    def _was_shown(self, package: Package, kind: MediaKind) -> bool:
        return (package.code, kind) in self.journey.shown

    def _is_leaving(self, package: Package, kind: MediaKind) -> bool:
        return any(show.package_code == package.code and show.kind is kind for show in self.show)

    def _send(self, package: Package, kind: MediaKind, url: str) -> None:
        self.show.append(Show(kind=kind, package_code=package.code, url=url))
        self.journey = replace(self.journey, shown=self.journey.shown | {(package.code, kind)})

    def ask_human(self, reason: HandoverReason, key: Key | None, **facts: Fact) -> bool:
        """Asks for a human once: status, note, alert and the sentence for the customer. While one is asked for already, only the
        priority may rise, and nothing is repeated; then the answer is False."""
        priority = Priority.HIGH if reason in HIGH else Priority.NORMAL
        if priority is Priority.HIGH:
            self.priority = priority
        self.notes = handover_notes(reason, self.told())
        status = next_status(self.status, "need_human")
        if status is None:
            return False
        self.status, self.reason, self.priority = status, reason, priority
        self.handover = HandoverDraft(reason=reason, priority=priority, notes=self.notes)
        self.alerts.append(
            AlertDraft(
                kind=reason.value, facts={"package": self.journey.package_code, "phase": self.journey.phase}
            )
        )
        if key is not None:
            self.tell(key, answered_at=self.when_answered(), **facts)
        return True

    def miss(self, key: Key, **facts: Fact) -> bool:
        """One more message in a row that could not be read: asked back with this text, or handed over when it was enough. Says
        whether it was asked back."""
        self.keep_awaiting()
        if self.is_waiting:
            return False
        self.misses = self.situation.misses + 1
        if self.misses < self.situation.shelf.triggers.misses_before_human:
            self.tell(key, **facts)
            return True
        self.misses = 0
        self.ask_human(HandoverReason.LOW_CONFIDENCE, Key.HANDOVER_LOW)
        return False

    def keep_awaiting(self) -> None:
        """The last question still stands."""
        self.awaiting = self.situation.awaiting

    def when_answered(self) -> str | None:
        """When a human will answer, in the customer's words; None while staff are there or told no hours."""
        situation = self.situation
        return answer_time_words(
            situation.shelf.company.hours, situation.now, situation.shelf.holidays, self.language
        )

    def told(self) -> Told:
        situation = self.situation
        return Told(
            phase=self.journey.phase,
            name=situation.customer_name,
            package=self.package,
            preference=self.journey.preference,
            asked=self.journey.asked,
            high_intent=self.high_intent,
            consent=self.consent or situation.consent,
        )

    def freeze(self) -> Decision:
        """The finished decision; because is the first rule that spoke."""
        return Decision(
            because=self.rules[0] if self.rules else "nothing_to_say",
            rules=tuple(self.rules),
            say=tuple(self.say),
            show=tuple(self.show),
            status=self.status,
            language=self.language,
            journey=self.journey,
            starts_journey=self.starts_journey,
            steps=tuple(self.steps),
            misses=self.misses,
            awaiting=self.awaiting,
            high_intent=self.high_intent,
            handover_reason=self.reason,
            priority=self.priority,
            handover=self.handover,
            lead=self.lead,
            case=self.case,
            alerts=tuple(self.alerts),
            consent=self.consent,
            rating=self.rating,
            survey=self.survey,
            likes=self.likes,
            dislikes=self.dislikes,
            retain=self.retain,
            ai_notes=self.notes,
            intent=self.intent,
            confidence=self.confidence,
            should_escalate=self.status in (Status.WAITING, Status.HUMAN),
        )
