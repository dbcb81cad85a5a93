"""What the running service offers the API and the panel, as Protocols that `bot/app.py` fills.

Admin never imports the engine: it asks it here, and wakes it after its own transactions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from aiohttp import web

from flows.domain import HandoverReason, Language, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class BotQuestion:
    """A customer's message to be answered here instead of on WhatsApp. phone is digits; a dry run leaves no trace."""

    phone: str
    message: str
    conversation_id: str | None = None
    current_phase: Phase | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentGuess:
    name: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BotAnswer:
    """The engine's answer with everything that led to it; trace is for people and may hold any JSON.

    media_to_send holds `{type, url, caption?}` or `{type: "location", lat, lng, name}`, in the order of sending.
    """

    response_text: str
    media_to_send: Sequence[dict[str, Any]]  # Any: JSON as described above.
    new_phase: Phase
    confidence: float
    should_escalate: bool
    intent: str | None
    intents: tuple[IntentGuess, ...]
    entities: dict[str, Any]  # Any: the contract's entities as JSON.
    language: Language
    package_code: str | None
    handover_reason: HandoverReason | None
    trace: dict[str, Any] = field(default_factory=dict)  # Any: JSON for people.


class AskBot(Protocol):
    async def process(self, question: BotQuestion) -> BotAnswer:
        """The same engine as the webhook's, answer returned instead of sent."""
        ...


class Engine(Protocol):
    """Whom to wake after a staff action was committed; both return at once."""

    def wake_sender(self, conversation_id: str) -> None: ...

    def wake_worker(self, conversation_id: str) -> None:
        """The bot may answer here again: what arrived meanwhile may await its turn."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A text ready to be sent, and the version of the prompt that it was made from."""

    text: str
    version: str | None = None


class Texts(Protocol):
    async def rating_question(self, language: Language) -> Phrase:
        """What asks a served customer how it was (reply key `ask_rating`)."""
        ...

    def problems_of(self, prompt_type: str, content: str) -> list[str]:
        """What is wrong with this text as a prompt of that type, as sentences for the author; empty when it may be used."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """worker is None in a process that has none. WAHA's state is told and never makes the service unready."""

    database: bool
    models: bool
    worker: bool | None
    waha: str
    details: dict[str, Any] = field(default_factory=dict)  # Any: JSON for people.

    @property
    def is_ready(self) -> bool:
        return self.database and self.models and self.worker is not False


class Health(Protocol):
    async def readiness(self) -> Readiness: ...


class Webhook(Protocol):
    async def __call__(self, request: web.Request) -> web.StreamResponse: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnTry:
    """One person's way to the identity provider and back: what we sent along, to be met again on the return."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class SignOnFailed(Exception):
    """Nobody is known by it. why: `down` (try again later) or `refused` (the provider's answer is not valid)."""

    def __init__(self, why: Literal["down", "refused"]) -> None:
        super().__init__(why)
        self.why = why


class SingleSignOn(Protocol):
    """The company's identity provider (OpenID Connect)."""

    async def address(self, attempt: SignOnTry) -> str:
        """Where the browser goes to log in. Raises SignOnFailed."""
        ...

    async def names(self, attempt: SignOnTry, code: str) -> tuple[str, ...]:
        """By which user names the person may be known here. Raises SignOnFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """The connection to WhatsApp. status is WAHA's word; qr is what a code to scan says; phone and name are the business's own."""

    is_simulated: bool
    session: str
    status: str
    phone: str | None = None
    name: str | None = None
    qr: str | None = None
    problem: str | None = None


class WhatsAppLine(Protocol):
    async def state(self) -> LineState:
        """How the connection is now; a WAHA that does not answer is a state, too."""
        ...

    async def restart(self) -> str | None:
        """Asks WAHA to start the session again, once; None when it was taken, else what WAHA said."""
        ...


class SimulatedLine:
    """The built-in WhatsApp: always there, nothing to scan."""

    async def state(self) -> LineState:
        return LineState(is_simulated=True, session="simulator", status="WORKING")

    async def restart(self) -> str | None:
        return None
