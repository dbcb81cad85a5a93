"""The composition root: the one place where settings become objects and objects meet each other.

A service is built in two steps. What answers at once (database, webhook, API) opens first; the models load after it, and the worker
begins when they are there, so that a first start that trains is live, says so, and loses nothing meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from aiohttp import web

from admin.desk import Desk
from admin.loaded_later import LoadedLater
from admin.panel import add_panel
from admin.ports import SimulatedLine, SingleSignOn, WhatsAppLine
from admin.routes import add_routes
from bot.alerting.alert_desk import AlertDesk
from bot.alerting.alert_message import AlertOptions
from bot.bells import Bells
from bot.models import load_purchases, load_segments, load_telco, load_understanding
from bot.readiness import HealthNow, State
from bot.receiving.arrivals import SessionNotice
from bot.receiving.beside_messages import BesideMessages
from bot.receiving.incoming_files import IncomingFiles
from bot.receiving.reception import Followers, reception
from bot.receiving.reconcile import MissedMessages
from bot.receiving.signature import ALGORITHM, sign
from bot.receiving.unknown_lids import UnknownLids
from bot.receiving.webhook import MAX_BODY_BYTES, Webhook
from bot.routine.afterwards import write_down_forever
from bot.routine.due_things import DueThings
from bot.routine.night import keep_audit
from bot.routine.value_scoring import score_forever
from bot.scripts.draft_stage import DraftStage
from bot.scripts.rehearsal import Rehearsing, RehearsingWhenReady
from bot.scripts.script_stage_apart import stage_apart
from bot.sending.later import send_later_forever
from bot.sending.outgoing_media import OutgoingMedia
from bot.sending.sender import Sender, SenderOptions
from bot.settings import Settings, secret_key
from bot.simulator.simulator import Simulator
from bot.simulator_page.routes import add_simulator
from bot.texts import TextsNow
from bot.turns.ask import Ask, AskWhenReady
from bot.turns.knowledge_now import KnowledgeNow
from bot.turns.turn import TurnRules
from bot.turns.understanding import Model, Understander
from bot.turns.worker import TurnsWhenReady, Worker
from bot.waha.waha import Waha
from bot.waha.waha_http import WahaHttp
from bot.waha.whatsapp_line import WahaLine
from bot.whatsapp import WhatsApp
from flows.rfm import Ruleset
from knowledge.pack import load_pack
from ml.serve.purchases import PurchaseModels
from ml.serve.segments import Segments
from ml.serve.telco_models import TelcoModels
from storage.database import Database
from storage.notify import Channel, listen
from storage.schema import check
from storage.worth.value import ValueRules

SCAN_SECONDS = 2.0  # How often undone rows are looked for that nobody was woken for.


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a caller may bring instead of what the settings name: a scripted WhatsApp, a set clock, a model already loaded.

    on_loaded is called when the worker begins, and again when API and panel are there: what was loaded until then stays.
    """

    whatsapp: WhatsApp | None = None
    model: Model | None = None
    now: Callable[[], datetime] = utc_now
    burst: timedelta | None = None
    is_web: bool = True
    is_worker: bool = True
    progress: Callable[[str], None] = print
    on_loaded: Callable[[], None] = lambda: None


@dataclass(slots=True, kw_only=True)
class Service:
    """A built service. `http` is its HTTP side; `run` works until cancelled; `settle` works until nothing is left to do."""

    settings: Settings
    database: Database
    whatsapp: WhatsApp
    knowledge: KnowledgeNow
    state: State
    webhook: Webhook
    parts: Parts
    sender: Sender
    beside: BesideMessages
    alerts: AlertDesk
    due: DueThings
    http: web.Application
    stage: DraftStage
    turns: TurnsWhenReady
    ask: AskWhenReady = field(default_factory=AskWhenReady)
    segments: Segments | None = None
    rehearsal: RehearsingWhenReady = field(default_factory=RehearsingWhenReady)
    telco: TelcoModels | None = None
    purchases: PurchaseModels = field(default_factory=PurchaseModels)
    rooms: tuple[LoadedLater, ...] = ()

    async def load_models(self) -> None:
        """Makes the worker and the direct question possible; trains what is missing."""
        self.state.doing = "loading models"
        model = self.parts.model or await load_understanding(
            self.settings.models, self.settings.pack, self._say
        )
        if self.parts.model is None:
            self.purchases = await load_purchases(self.settings.models)
        if self.parts.is_web and self.parts.model is None:
            self.segments = await load_segments(self.settings.models, self.settings.pack, self._say)
            self.telco = await load_telco(self.settings.models, self.settings.pack, self._say)
        rules = self.rules
        self.ask.ask = Ask(
            database=self.database,
            knowledge=self.knowledge,
            model=model,
            rules=rules,
            session=self.settings.waha_session,
            now=self.parts.now,
        )
        self.rehearsal.ready = Rehearsing(
            knowledge=self.knowledge, model=model, rules=rules, now=self.parts.now
        )
        self.stage.model = model
        if self.parts.is_worker:
            self.turns.worker = Worker(
                database=self.database,
                knowledge=self.knowledge,
                understander=Understander(model),
                rules=rules,
                now=self.parts.now,
                sender=self.sender,
                wake_alerts=self.alerts.wake,
                scan_seconds=SCAN_SECONDS,
            )
        self.state.models = True
        self.state.doing = "serving"

    @property
    def worker(self) -> Worker | None:
        return self.turns.worker

    @property
    def rules(self) -> TurnRules:
        burst = self.parts.burst
        return TurnRules(
            zone=self.settings.zone,
            burst=burst if burst is not None else timedelta(seconds=self.settings.burst_seconds),
            human_idle_hours=self.settings.human_idle_hours,
            value=self.value_rules,
        )

    @property
    def value_rules(self) -> ValueRules:
        """How customers are scored here."""
        pack = load_pack(self.settings.pack)
        return ValueRules(
            ruleset=Ruleset(self.settings.rfm_ruleset),
            thresholds=pack.rfm,
            bands=pack.bands,
            together=self._together,
        )

    def _together(self, bought: Sequence[str]) -> Mapping[str, float] | None:
        """By name and later: rules are handed out before the models are loaded."""
        return self.purchases.together(bought)

    async def run(self) -> None:
        """Everything that goes on in the background, until cancelled."""
        async with asyncio.TaskGroup() as group:
            if not self.database.is_sqlite:
                group.create_task(listen(self.database, self.hear), name="listen")
            async with asyncio.TaskGroup() as loading:
                loading.create_task(self.load_models(), name="models")
                loading.create_task(self.knowledge.snapshot(), name="knowledge")
            beside = self.beside.run(is_worker=self.parts.is_worker)
            group.create_task(beside, name="beside")
            if self.parts.is_web:
                group.create_task(self.stage.run(), name="stage")
            if self.worker is not None:
                self.state.worker = True
                self.parts.on_loaded()
                self._work(self.worker, group)
            for room in self.rooms:
                await room.load()
            self.parts.on_loaded()

    def _work(self, worker: Worker, group: asyncio.TaskGroup) -> None:
        group.create_task(worker.run(), name="worker")
        group.create_task(self.sender.run(), name="sender")
        group.create_task(self.alerts.run(), name="alerts")
        group.create_task(self.due.run(), name="due")
        audit = keep_audit(self.database, self.parts.now, self.settings.zone, self.settings.var)
        group.create_task(audit, name="audit")
        later = send_later_forever(self.database, self.sender.wake, self.parts.now)
        group.create_task(later, name="later")
        group.create_task(write_down_forever(self.database, self.settings.zone, self.parts.now))
        scoring = score_forever(self.database, self.value_rules, self.settings.zone, self.parts.now)
        group.create_task(scoring, name="value")

    async def settle(self) -> None:
        """Takes every turn and sends every message that is due now; for tests, scripts and the terminal."""
        assert self.worker is not None, "load_models comes first"
        await self.beside.drain()
        await self.worker.settle()
        await self.due.do_due()
        await self.sender.drain()

    def hear(self, channel: Channel, conversation_ids: Sequence[str]) -> None:
        """Another process committed something that this one may act on."""
        match channel:
            case Channel.TURNS:
                self.turns.wake(conversation_ids)
            case Channel.OUTBOX:
                self.sender.wake(conversation_ids)

    def _say(self, line: str) -> None:
        self.state.doing = line
        self.parts.progress(line)


@asynccontextmanager
async def open_service(settings: Settings, parts: Parts | None = None) -> AsyncIterator[Service]:
    """A service whose database is open and whose web side can be served; nothing runs yet. Raises SchemaBehind or DatabaseDown."""
    parts = parts or Parts()
    database = Database(settings.database)
    await database.start()
    try:
        await database.read(check)
        async with _whatsapp(settings, parts, database) as whatsapp:
            yield _build(settings, parts, database, whatsapp)
    finally:
        await database.close()


@asynccontextmanager
async def _whatsapp(settings: Settings, parts: Parts, database: Database) -> AsyncIterator[WhatsApp]:
    if parts.whatsapp is not None:
        yield parts.whatsapp
    elif settings.is_simulated:
        simulator = Simulator(database, settings.waha_session)
        yield simulator
        simulator.close()
    else:
        waha = Waha(WahaHttp(settings.waha_url, settings.waha_api_key.get_secret_value()))
        yield waha
        await waha.close()


def _build(settings: Settings, parts: Parts, database: Database, whatsapp: WhatsApp) -> Service:
    state = State(worker=False if parts.is_worker else None)
    knowledge = KnowledgeNow(database, settings.pack, settings.zone, parts.now)
    sender = Sender(
        database,
        whatsapp,
        SenderOptions(session=settings.waha_session, is_paced=settings.is_paced),
        media=OutgoingMedia(database, settings.public_url) if isinstance(whatsapp, Waha) else None,
        clock=parts.now,
    )

    # It calls back into the service that is built from it, hence by name and later.
    async def session_changed(notice: SessionNotice) -> None:
        sender.session_changed(notice.session, notice.status)
        service.beside.missed.session_changed(notice.session, notice.status)

    files = IncomingFiles(database, whatsapp, parts.now)
    turns = TurnsWhenReady()
    lids = UnknownLids(database, whatsapp, parts.now, turns.wake)
    followers = Followers(turns=turns, file=files.notice, lid=lids.notice, session=session_changed)
    desk = reception(database, followers, parts.now, timedelta(seconds=settings.stale_after))
    missed = MissedMessages(database, whatsapp, settings.waha_session, desk.take, parts.now)
    webhook = Webhook(
        reception=desk,
        session=settings.waha_session,
        zone=settings.zone,
        hmac_key=settings.waha_hmac_key.get_secret_value() or None,
        now=parts.now,
    )
    alerts = _alert_desk(settings, parts, database)
    service = Service(
        settings=settings,
        database=database,
        whatsapp=whatsapp,
        knowledge=knowledge,
        state=state,
        webhook=webhook,
        parts=parts,
        sender=sender,
        beside=BesideMessages(files=files, lids=lids, missed=missed),
        alerts=alerts,
        due=DueThings(database, parts.now, alerts.wake),
        http=web.Application(client_max_size=MAX_BODY_BYTES),
        stage=stage_apart(settings, database, parts.now),
        turns=turns,
    )
    if parts.is_web:
        _mount(service)
    return service


def _alert_desk(settings: Settings, parts: Parts, database: Database) -> AlertDesk:
    return AlertDesk(
        database=database,
        options=AlertOptions(zone=settings.zone, public_url=settings.public_url),
        now=parts.now,
        token=settings.telegram_token.get_secret_value(),
        chat_id=settings.telegram_chat_id,
        api_url=settings.telegram_api_url,
    )


def _mount(service: Service) -> None:
    """The HTTP side: API, health, and the simulator where there is no real WhatsApp."""
    settings, secret = service.settings, secret_key(service.settings)
    desk = Desk(
        database=service.database,
        now=service.parts.now,
        zone=settings.zone,
        secret_key=secret,
        bot=service.ask,
        engine=Bells(service.hear),
        texts=TextsNow(knowledge=service.knowledge),
        rehearsal=service.rehearsal,
        stage=service.stage,
        health=HealthNow(
            database=service.database,
            whatsapp=service.whatsapp,
            session=settings.waha_session,
            state=service.state,
        ),
        webhook=service.webhook.handle,
        line=_line(service),
        segments=lambda: service.segments,
        value_rules=service.value_rules,
        telco=lambda: service.telco,
        purchases=lambda: service.purchases,
        models=settings.models,
        metrics_token=settings.metrics_token.get_secret_value(),
        public_url=settings.public_url,
        is_simulated=isinstance(service.whatsapp, Simulator),
        sign_on=_sign_on(settings),
        needs_prompt_approval=settings.prompt_approval,
        pack=settings.pack,
        version=version("sapa"),
    )
    service.rooms = (add_routes(service.http, desk), add_panel(service.http, desk))
    if isinstance(service.whatsapp, Simulator):
        add_simulator(service.http, service.whatsapp, service.database, secret, _deliver_to(service.webhook))


def _sign_on(settings: Settings) -> SingleSignOn | None:
    if not settings.oidc_issuer:
        return None
    # Its libraries cost a third of a second, which only those with an identity provider should pay.
    from bot.single_sign_on import OpenIdConnect, Provider

    return OpenIdConnect(
        Provider(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
        )
    )


def _line(service: Service) -> WhatsAppLine:
    whatsapp = service.whatsapp
    if isinstance(whatsapp, Waha):
        return WahaLine(http=whatsapp.http, session=service.settings.waha_session)
    return SimulatedLine()


def _deliver_to(webhook: Webhook) -> Callable[[bytes], Awaitable[int]]:
    """The simulator's way in: the same door as WAHA's, signature included."""

    async def deliver(raw: bytes) -> int:
        signature = sign(raw, webhook.hmac_key) if webhook.hmac_key else None
        response = await webhook.take(raw, signature, ALGORITHM)
        return response.status

    return deliver
