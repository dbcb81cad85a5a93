"""`make bench`: the service's figures beside the bare limit, measured in the same minutes on the same machine."""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import psutil
import uvloop

from tests.bench.load import Customers, Result, envelope, signed
from tests.bench.service import Running, environment, free_port, prepare, serving, until_ready
from tests.bench.sink import Sink
from tests.host import Stolen
from tests.postgres import fresh_database, server_url

WARM_UP, FULL_SPEED = 40, 500  # People of each run; six messages each.
STEADY_RATE, STEADY_SECONDS = 300.0, 10.0
BARE_MESSAGES, BARE_AT_ONCE = 6000, 64


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as name:
        folder = Path(name)
        bare = await _bare(folder)
        await _service("SQLite", folder, f"sqlite:///{folder / 'sqlite' / 'sapa.db'}", bare)
        (folder / "pg").mkdir()
        with server_url(folder / "pg") as server, fresh_database(server) as url:
            await _service("PostgreSQL", folder, url, bare)


async def _service(title: str, folder: Path, url: str, bare: float) -> None:
    sink = Sink()
    await sink.start()
    var = folder / title.lower()
    var.mkdir(exist_ok=True)
    env = environment(var, url, sink.url, free_port())
    prepare(env, folder / "models")
    async with serving(env):
        """The first start reads everything from disk; the second is the one that operators wait for."""
    async with serving(env) as running:
        await Customers(running.url, sink, 1).all_at_once(WARM_UP)
        stolen = Stolen()
        before = running.cpu_seconds()
        full = await Customers(running.url, sink, 2).all_at_once(FULL_SPEED)
        cpu = (running.cpu_seconds() - before) / len(full.reply) * 1000
        steady = await Customers(running.url, sink, 3).steadily(STEADY_RATE, STEADY_SECONDS)
        _print(title, running, full, steady, cpu, bare, stolen.share)
    await sink.stop()


def _print(
    title: str, running: Running, full: Result, steady: Result, cpu: float, bare: float, stolen: float
) -> None:
    rate = len(full.reply) / full.seconds
    at = f"at {STEADY_RATE:.0f}/s"
    rows = (
        (
            "messages/s, webhook to sent",
            f"{rate:.0f}",
            f"to reach: 400; {full.sent / full.seconds:.0f} sends/s",
        ),
        ("CPU-ms a message", f"{cpu:.2f}", "to reach: 2; Rasa 3.6: 13.5"),
        ("webhook answered, p50 / p99 ms", _both(steady.webhook), at),
        ("reply sent, p50 / p99 ms", _both(steady.reply), f"{at}; to reach: p99 150"),
        ("start until ready, s", f"{running.start_seconds:.2f}", "to reach: 2"),
        ("memory, MB", f"{running.memory_mb():.0f}", "to reach: 250"),
        ("fraction of the bare limit", f"{rate / bare:.2f}", f"bare: {bare:.0f} webhooks/s"),
        ("taken away by the host, %", f"{stolen * 100:.0f}", "of both runs' time"),
    )
    print(f"\n{title}, one process")
    for name, figure, beside in rows:
        print(f"  {name:<32}{figure:>14}   ({beside})", flush=True)


def _both(seconds: list[float]) -> str:
    return f"{_ms(seconds, 50):.1f} / {_ms(seconds, 99):.1f}"


def _ms(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1] * 1000


async def _bare(folder: Path) -> float:
    """Webhooks a second of the bare limit."""
    port = free_port()
    process = _start_bare(folder, port)
    try:
        url = f"http://127.0.0.1:{port}"
        await until_ready(url, process)
        gate = asyncio.Semaphore(BARE_AT_ONCE)
        started = time.perf_counter()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=BARE_AT_ONCE)) as session:

            async def post(number: int) -> None:
                raw = envelope("628990000000", "halo", f"BARE{number}")
                async with (
                    gate,
                    session.post(f"{url}/api/whatsapp/webhook", data=raw, headers=signed(raw)) as answer,
                ):
                    assert answer.status == 200

            await asyncio.gather(*(post(number) for number in range(BARE_MESSAGES)))
        return BARE_MESSAGES / (time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait()


def _start_bare(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(folder), str(port)])


if __name__ == "__main__":
    print(
        f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB; load and sink share them with the service"
    )
    uvloop.run(main())
