"""What every handler of the API and the panel works with: one frozen value, made in `bot/app.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry

from admin.knowledge_ports import Rehearsal, ScriptStage
from admin.passwords import Passwords
from admin.ports import (
    AskBot,
    Engine,
    Health,
    SimulatedLine,
    SingleSignOn,
    Texts,
    Webhook,
    WhatsAppLine,
)
from admin.staff_names import StaffNames
from ml.serve.purchases import PurchaseModels
from ml.serve.segments import Segments
from ml.serve.telco_models import TelcoModels
from storage.database import Database
from storage.worth.value import ValueRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """now answers an aware moment. secret_key signs tokens; an empty metrics_token leaves `/metrics` to this machine alone.

    public_url: the address that people and WAHA reach us by, empty where it is not set. is_simulated: WhatsApp is the built-in simulator.
    segments and telco answer None while those models are still loading. models: the folder of their cards, None where there is none.
    """

    database: Database
    now: Callable[[], datetime]
    zone: ZoneInfo
    secret_key: str
    bot: AskBot
    engine: Engine
    texts: Texts
    rehearsal: Rehearsal
    stage: ScriptStage
    health: Health
    webhook: Webhook
    segments: Callable[[], Segments | None] = lambda: None
    value_rules: ValueRules = field(default_factory=ValueRules)
    telco: Callable[[], TelcoModels | None] = lambda: None
    purchases: Callable[[], PurchaseModels] = PurchaseModels
    models: Path | None = None
    line: WhatsAppLine = field(default_factory=SimulatedLine)
    metrics_token: str = ""
    public_url: str = ""
    is_simulated: bool = False
    sign_on: SingleSignOn | None = None
    needs_prompt_approval: bool = False
    pack: str = "umroh"
    version: str = "0"
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    passwords: Passwords = field(default_factory=Passwords)
    names: StaffNames = field(default_factory=StaffNames)

    def local(self, moment: datetime) -> datetime:
        """The moment on the company's clock, which is how people read it."""
        return moment.astimezone(self.zone)

    def aware(self, written: datetime) -> datetime:
        """A time as somebody wrote it: without an offset it is on the company's clock."""
        return written if written.tzinfo else written.replace(tzinfo=self.zone)

    def midnight(self, day: date) -> datetime:
        """The first moment of that day on the company's clock."""
        return datetime.combine(day, time.min, tzinfo=self.zone)
