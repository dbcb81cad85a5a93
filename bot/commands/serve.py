"""`sapa serve`: the service. It listens first and loads its models after, so that nothing that arrives meanwhile is lost."""

import asyncio
import contextlib
import ctypes
import fcntl
import gc
import signal
from collections.abc import Iterator

import click
import uvloop
from aiohttp import web

from bot.app import Parts, Service, open_service
from bot.logs import configure_logs
from bot.settings import Settings, read_settings

SHUTDOWN_SECONDS = 10.0
M_ARENA_MAX, ARENAS = -8, 2  # The name of the option in glibc's malloc.h.
GARBAGE_LOOKED_FOR_AFTER = 10_000  # New objects; a batch of turns makes some thousands.


@click.command(help="Run the service: webhook, bot, panel and API.")
@click.option(
    "--role",
    type=click.Choice(["all", "web", "worker"]),
    default="all",
    show_default=True,
    help="With PostgreSQL several processes can share the work: `web` takes webhooks and requests, `worker` answers.",
)
def serve(role: str) -> None:
    settings = read_settings()
    configure_logs(settings.log_format)
    if settings.database.startswith("sqlite") and role != "all":
        raise click.ClickException(
            f"--role {role} needs PostgreSQL: SQLite is one process. Set SAPA_DATABASE_URL=postgresql://… or leave --role out."
        )
    with _alone(settings):
        uvloop.run(_serve(settings, role))


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """On SQLite a second service would answer everything twice, so it is refused; the lock goes with the process."""
    if not settings.database.startswith("sqlite"):
        yield
        return
    with (settings.var / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise click.ClickException(
                f"Another `sapa serve` works on {settings.var.resolve()}. Stop it first, or set another SAPA_VAR."
            ) from error
        yield


async def _serve(settings: Settings, role: str) -> None:
    _share_memory()
    look_for_garbage_seldom()
    parts = Parts(is_worker=role != "web", progress=click.echo, on_loaded=look_for_garbage_seldom)
    async with open_service(settings, parts) as service:
        runner = web.AppRunner(service.http, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
            _greet(settings)
            await _until_stopped(service)
        finally:
            await runner.cleanup()


def _share_memory() -> None:
    """Threads take their memory from the same two places: from eight a processor, as glibc has it, what one freed is lost to the others,
    some 10 MB in all. Where malloc is another's, nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, ARENAS)


def look_for_garbage_seldom() -> None:
    """What was loaded stays, and hardly anything else goes in circles: looking for it would cost start and replies their time."""
    gc.freeze()
    gc.set_threshold(GARBAGE_LOOKED_FOR_AFTER, 20, 20)


async def _until_stopped(service: Service) -> None:
    """Runs until SIGTERM or SIGINT; a failed start (a model that does not match) ends it with its own sentence."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = asyncio.create_task(service.run(), name="service")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        if running.exception() is None:
            await stopping
        else:
            stopping.cancel()
            await running
    else:
        if service.worker is not None:
            await service.sender.close(SHUTDOWN_SECONDS)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def _greet(settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}"
    click.echo(f"Sapa listens on {address}")
    if settings.is_simulated:
        click.echo(f"  Chat as a customer:  {address}/simulator   or, in a terminal: sapa chat")
    click.echo(f"  The panel for staff: {address}/panel   the demo's log-ins were printed by `sapa demo`")
    click.echo(f"  API and its pages:   {address}/api/docs")
