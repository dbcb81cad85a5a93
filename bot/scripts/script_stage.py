"""Where conversation scripts are played: a service of its own on a database of its own, which is gone afterwards.

`sapa test-chats` plays them on what the business knows now; the panel's stage plays them on a text before it is live, beside the running
service, in a thread with its own loop, and tells which answers change.
"""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.app import Parts, open_service
from bot.models import load_understanding
from bot.scripts.chat_player import Clock, Player
from bot.scripts.chat_script import Script
from bot.scripts.played import Played
from bot.scripts.recorder import Recorder
from bot.settings import Settings
from bot.turns.understanding import Model
from flows.domain import Role
from flows.roles import SYSTEM, Actor
from storage.database import Database
from storage.knowledge.knowledge_copy import KnowledgeRows, read_knowledge
from storage.schema import check, migrate
from storage.staff.users import NewUser, add_user

BURST = timedelta(milliseconds=500)  # What a script says in one breath is one turn.

# Scripts mean the same whatever an installation has set, and nobody is told about their customers.
APART = {
    "pacing": "off",
    "waha_session": "default",
    "human_idle_hours": 24,
    "stale_after": 900,
    "telegram_token": SecretStr(""),
}


async def play_scripts(
    settings: Settings, scripts: list[Script], report: Callable[[Played], None], say: Callable[[str], None]
) -> list[Played]:
    """The results in order, each reported as soon as it is known. The current database is only read."""
    knowledge = await current_knowledge(settings)
    model = await load_understanding(settings.models, settings.pack, say)
    return await play_on(settings, knowledge, model, scripts, report)


async def play_on(
    settings: Settings,
    knowledge: KnowledgeRows,
    model: Model,
    scripts: list[Script],
    report: Callable[[Played], None],
) -> list[Played]:
    """The same on the given knowledge. What report raises ends the play."""
    results = []
    async with player(settings, knowledge, model) as ready:
        for script in scripts:
            results.append(await ready.play(script))
            report(results[-1])
    return results


async def current_knowledge(settings: Settings) -> KnowledgeRows:
    database = Database(settings.database)
    try:
        await database.read(check)
        return await database.read(read_knowledge)
    finally:
        await database.close()


@asynccontextmanager
async def player(settings: Settings, knowledge: KnowledgeRows, model: Model) -> AsyncIterator[Player]:
    """A player on a database of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sapa-chats-") as folder:
        url = f"sqlite:///{Path(folder) / 'chats.db'}"
        apart = settings.model_copy(update=APART | {"database_url": url})
        recorder, clock = Recorder(), Clock()
        staff = await _prepare(url, clock)
        parts = Parts(
            whatsapp=recorder,
            model=model,
            now=clock,
            burst=BURST,
            is_web=False,
            progress=lambda _: None,
        )
        async with open_service(apart, parts) as service:
            await service.load_models()
            yield Player(service=service, recorder=recorder, clock=clock, staff=staff, knowledge=knowledge)


async def _prepare(url: str, clock: Clock) -> Actor:
    database = Database(url)
    await database.start()
    await database.write(migrate)
    new = NewUser(username="skrip", display_name="Skrip", role=Role.SUPERVISOR, password_hash="-")  # noqa: S106  # nobody logs in
    member = await database.write(lambda conn: add_user(conn, new, SYSTEM, clock.now))
    await database.close()
    return Actor(name=member.username, role=member.role, user_id=member.id)
