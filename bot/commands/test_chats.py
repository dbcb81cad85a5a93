"""`sapa test-chats`: plays conversation scripts against a temporary copy of what the business knows now."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import click
from pydantic import SecretStr

from bot.app import Parts, open_service
from bot.chat_player import Clock, Played, Player
from bot.chat_script import Script, WrongScript, read_scripts
from bot.logs import configure_logs
from bot.models import load_understanding
from bot.recorder import Recorder
from bot.settings import Settings, read_settings
from flows.domain import Role
from flows.roles import SYSTEM, Actor
from knowledge.pack import PACKS
from storage.database import Database
from storage.knowledge_copy import KnowledgeRows, read_knowledge
from storage.schema import check, migrate
from storage.users import NewUser, add_user

BURST = timedelta(milliseconds=500)  # What a script says in one breath is one turn.

# Scripts mean the same whatever an installation has set, and nobody is told about their customers.
APART = {
    "pacing": "off",
    "waha_session": "default",
    "human_idle_hours": 24,
    "stale_after": 900,
    "telegram_token": SecretStr(""),
}


@click.command("test-chats", help="Play conversation scripts and say what differs.")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--verbose", is_flag=True, help="Name the scripts that pass, too.")
def test_chats(path: Path | None, verbose: bool) -> None:
    """PATH: a YAML file or a folder of them; without it, the pack's own scripts."""
    settings = read_settings()
    configure_logs(settings.log_format, logging.ERROR)
    try:
        scripts = read_scripts(path or PACKS / settings.pack / "chats")
    except WrongScript as error:
        raise click.ClickException(str(error)) from error

    def report(played: Played) -> None:
        if played.differs or verbose:
            click.echo(f"{'FAILED' if played.differs else 'passed'}  {played.name}")
        for line in played.differs:
            click.echo(f"    {line}")

    results = asyncio.run(play_scripts(settings, scripts, report))
    failed = sum(bool(played.differs) for played in results)
    click.echo(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise SystemExit(1)


async def play_scripts(
    settings: Settings, scripts: list[Script], report: Callable[[Played], None]
) -> list[Played]:
    """The results in order, each reported as soon as it is known. The current database is only read."""
    knowledge = await current_knowledge(settings)
    results = []
    async with player(settings, knowledge) as ready:
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
async def player(settings: Settings, knowledge: KnowledgeRows) -> AsyncIterator[Player]:
    """A player on a database of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sapa-chats-") as folder:
        url = f"sqlite:///{Path(folder) / 'chats.db'}"
        apart = settings.model_copy(update=APART | {"database_url": url})
        recorder, clock = Recorder(), Clock()
        staff = await _prepare(url, clock)
        model = await load_understanding(settings.models, settings.pack, click.echo)
        parts = Parts(
            whatsapp=recorder, model=model, now=clock, burst=BURST, is_web=False, progress=click.echo
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
