"""A running API for tests: the real application over a real database, with the engine's ports filled by small fakes.

Only what lies beyond the ports is faked; every rule, query and mask is the real one.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from admin.desk import Desk
from admin.knowledge_ports import AS_IT_IS, FaqMatch, Talk, WhatIf
from admin.login import make_token
from admin.panel import add_panel
from admin.ports import BotAnswer, BotQuestion, IntentGuess, Phrase, Readiness
from admin.routes import add_routes
from flows.domain import HandoverReason, Language, Phase, Role
from storage.database import Connection, Database
from tests.people import NOW, hire, member

PASSWORD = "rahasia-sekali"  # a test's password
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(slots=True)
class Engine:
    """Remembers whom the API wanted awake."""

    senders: list[str] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)

    def wake_sender(self, conversation_id: str) -> None:
        self.senders.append(conversation_id)

    def wake_worker(self, conversation_id: str) -> None:
        self.workers.append(conversation_id)


@dataclass(slots=True)
class Bot:
    """Answers everything the same and remembers what it was asked; broken, it breaks."""

    asked: list[BotQuestion] = field(default_factory=list)
    is_broken: bool = False

    async def process(self, question: BotQuestion) -> BotAnswer:
        if self.is_broken:
            raise RuntimeError("secret inside")
        self.asked.append(question)
        return BotAnswer(
            response_text="Assalamualaikum!",
            media_to_send=[
                {"type": "image", "url": "https://example.com/a.jpg"},
                {"type": "location", "lat": 3.5, "lng": 98.6, "name": "Kantor"},
            ],
            new_phase=Phase.LEADS,
            confidence=0.95,
            should_escalate=False,
            intent="greeting",
            intents=(IntentGuess(name="greeting", confidence=0.95),),
            entities={"campaign_codes": []},
            language="id",
            package_code=None,
            handover_reason=HandoverReason.PAYMENT_INTENT,
            trace={"because": "test"},
        )


@dataclass(slots=True)
class Texts:
    async def rating_question(self, language: Language) -> Phrase:
        return Phrase(text=f"Nilai 1-5? ({language})", version="reply:ask_rating:id@1")

    def problems_of(self, prompt_type: str, content: str) -> list[str]:
        is_reply = prompt_type.startswith("reply:")
        return (
            ["`secret` is not a name that this text may use."]
            if is_reply and "{{ secret }}" in content
            else []
        )


@dataclass(slots=True)
class Rehearsal:
    """Answers everything the same, naming the draft where there is one."""

    imagined: list[WhatIf] = field(default_factory=list)

    async def talks(
        self, talks: Sequence[Talk], what_if: WhatIf = AS_IT_IS
    ) -> tuple[tuple[BotAnswer, ...], ...]:
        self.imagined.append(what_if)
        word = "draft" if what_if != AS_IT_IS else "live"
        bot = Bot()
        answers = []
        for talk in talks:
            answer = await bot.process(BotQuestion(phone="62800", message=talk.messages[0]))
            answers.append(tuple(replace(answer, response_text=f"{word}: {text}") for text in talk.messages))
        return tuple(answers)

    async def faq_matches(self, message: str, what_if: WhatIf = AS_IT_IS) -> tuple[FaqMatch, ...]:
        self.imagined.append(what_if)
        return tuple(
            FaqMatch(faq_id=entry.id, question=entry.question, answer=entry.answer, score=0.9, is_answer=True)
            for entry in what_if.faq
            if message
        )


@dataclass(slots=True)
class Stage:
    """Remembers which runs were begun; plays none."""

    begun: list[str] = field(default_factory=list)

    def begin(self, run_id: str) -> None:
        self.begun.append(run_id)


@dataclass(slots=True)
class Health:
    state: Readiness = field(
        default_factory=lambda: Readiness(database=True, models=True, worker=True, waha="WORKING")
    )

    async def readiness(self) -> Readiness:
        return self.state


async def webhook(request: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "ok", "bytes": len(await request.read())})


@dataclass(slots=True)
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response, read: JSON where there is any."""

    status: int
    json: Any  # Any: JSON.
    headers: dict[str, str]
    text: str


@dataclass(slots=True, kw_only=True)
class House:
    """The API and everything around it."""

    database: Database
    client: "TestClient[web.Request, web.Application]"
    desk: Desk
    clock: Clock
    engine: Engine
    bot: Bot
    health: Health
    app: web.Application
    tokens: dict[str, str] = field(default_factory=dict)

    async def hires(self, *staff: tuple[str, Role], branch: str | None = None) -> None:
        """Members of staff join; calls in their names carry their tokens."""

        def join(conn: Connection) -> dict[str, str]:
            for username, role in staff:
                hire(conn, username, role, password_hash=QUICK_HASH, branch=branch)
            return {username: make_token(self.desk, member(conn, username)) for username, _ in staff}

        self.tokens |= await self.database.write(join)

    async def log_in(self, *names: str) -> None:
        """Fresh tokens, after time has passed."""
        for name in names:
            staff = await self.database.read(lambda conn, name=name: member(conn, name))  # type: ignore[misc]  # bound per name
            self.tokens[name] = make_token(self.desk, staff)

    async def asks(self, who: str | None, method: str, path: str, body: Any = None, **kwargs: Any) -> Reply:
        """One request in somebody's name (None: nobody's)."""
        headers = kwargs.pop("headers", {})
        if who is not None:
            headers = {"Authorization": f"Bearer {self.tokens[who]}", **headers}
        if body is not None:
            kwargs["json"] = body
        async with self.client.request(method, path, headers=headers, **kwargs) as response:
            text = await response.text()
            is_json = "json" in response.content_type
            return Reply(
                status=response.status,
                json=await response.json(content_type=None) if is_json and text else None,
                headers=dict(response.headers),
                text=text,
            )

    async def gets(self, who: str | None, path: str) -> Any:  # Any: JSON.
        reply = await self.asks(who, "GET", path)
        assert reply.status == 200, reply.text
        return reply.json

    async def does(self, who: str, path: str, body: Any = None, *, status: int = 200) -> Any:  # Any: JSON.
        reply = await self.asks(who, "POST", path, body)
        assert reply.status == status, reply.text
        return reply.json


def make_desk(database: Database, **settings: Any) -> Desk:
    """A desk with small fakes behind its ports. settings override what it is made of."""
    desk = Desk(
        database=database,
        now=Clock(),
        zone=JAKARTA,
        secret_key="a-secret-key-of-at-least-32-bytes!",
        bot=Bot(),
        engine=Engine(),
        texts=Texts(),
        rehearsal=Rehearsal(),
        stage=Stage(),
        health=Health(),
        webhook=webhook,
        metrics_token="metrics-token",
    )
    return replace(desk, **settings)


@asynccontextmanager
async def open_house(database: Database, **settings: Any) -> AsyncIterator[House]:
    """A house with one member of staff a role, named after it in lower case. settings override the desk's."""
    clock, engine, bot, health = Clock(), Engine(), Bot(), Health()
    desk = make_desk(database, now=clock, engine=engine, bot=bot, health=health, **settings)
    app = web.Application(client_max_size=16 * 1024 * 1024)
    add_routes(app, desk)
    add_panel(app, desk)
    async with TestClient(TestServer(app)) as client:
        house = House(
            database=database,
            client=client,
            desk=desk,
            clock=clock,
            engine=engine,
            bot=bot,
            health=health,
            app=app,
        )
        await house.hires(*((role.value.lower(), role) for role in Role))
        yield house
