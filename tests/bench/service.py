"""The service under measurement: `sapa serve` as people run it, in a process of its own, with the demo company."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

HMAC_KEY = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """url is the service's address; start_seconds how long it took until /readyz said yes."""

    url: str
    process: psutil.Process
    start_seconds: float

    def cpu_seconds(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory_mb(self) -> float:
        return float(self.process.memory_info().rss) / 1e6


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var: Path, database_url: str, waha_url: str, port: int) -> dict[str, str]:
    """What the service is started with: a real WAHA's address, signed webhooks, no pacing."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SAPA_")}
    # Warm caches: with this set, each start would compile every library anew.
    clean.pop("PYTHONDONTWRITEBYTECODE", None)
    return clean | {
        "SAPA_VAR": str(var),
        "SAPA_DATABASE_URL": database_url,
        "SAPA_WAHA_URL": waha_url,
        "SAPA_WAHA_HMAC_KEY": HMAC_KEY,
        "SAPA_PACING": "off",
        "SAPA_PORT": str(port),
        # As in compose.yaml: pictures and PDFs go by address, not inside each request.
        "SAPA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SAPA_STALE_AFTER": "0",
        "SAPA_LOG_FORMAT": "json",
    }


def run_sapa(env: dict[str, str], *words: str) -> None:
    subprocess.run([sapa(), *words], env=env, check=True, stdout=subprocess.DEVNULL)


def sapa() -> str:
    return str(Path(sys.executable).parent / "sapa")


def prepare(env: dict[str, str], models: Path) -> None:
    """An empty database with the demo company, and the model that was trained for an earlier run."""
    target = Path(env["SAPA_VAR"]) / "models"
    if models.exists():
        shutil.copytree(models, target, dirs_exist_ok=True)
    run_sapa(env, "migrate")
    run_sapa(env, "demo")
    if not models.exists():
        run_sapa(env, "train", "nlu")
        shutil.copytree(target, models)


@asynccontextmanager
async def serving(env: dict[str, str], *options: str) -> AsyncIterator[Running]:
    """`sapa serve`, ready; stopped at the end."""
    started = time.perf_counter()
    process = _start(env, options)
    try:
        url = f"http://127.0.0.1:{env['SAPA_PORT']}"
        await until_ready(url, process)
        yield Running(
            url=url, process=psutil.Process(process.pid), start_seconds=time.perf_counter() - started
        )
    finally:
        process.terminate()
        process.wait(timeout=30)


def _start(env: dict[str, str], options: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    with (Path(env["SAPA_VAR"]) / "serve.log").open("wb") as output:
        return subprocess.Popen([sapa(), "serve", *options], env=env, stdout=output, stderr=output)


async def until_ready(url: str, process: "subprocess.Popen[bytes]", seconds: float = 120) -> None:
    """Returns when /readyz answers 200. Raises when the process ends, or does not get there in time."""
    async with aiohttp.ClientSession() as session:
        for _ in range(int(seconds / 0.02)):
            if process.poll() is not None:
                raise RuntimeError(f"sapa serve ended with {process.returncode}; see serve.log.")
            try:
                async with session.get(f"{url}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)
    raise RuntimeError("sapa serve was not ready in time; see serve.log.")
