"""What does one scoring cost, and how many a second? Ours as people run it, the seed's own design beside it in the same minutes.

Both are one process with one worker; the load generator shares the machine's cores with them.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import psutil
import uvloop

from tests.bench.service import Running, environment, free_port, run_sapa, serving
from tests.bench_models.load import Cost, Question, cost
from tests.bench_models.row import Row, at_least, at_most
from tests.telco_people import DOCUMENTED
from tests.trained import trained_models

PASSWORD = "bench-password-of-some-length"
WARM_UP, REQUESTS, SEED_REQUESTS, ROUNDS = 200, 3000, 100, 5
MOST_MEMORY_MB, MOST_START_SECONDS = 350, 2.0


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="sapa-bench-models-") as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "tests.bench_models.flask_forest", name], check=True)
        with _seeds(folder) as (seed_url, seed):
            return uvloop.run(_rows(folder, seed_url, seed))


async def _rows(folder: Path, seed_url: str, seed: psutil.Process) -> list[Row]:
    await _until_answering(seed_url)
    async with _ours(folder) as ours:
        return await _compare(ours, seed_url, seed)


async def _compare(ours: Running, seed_url: str, seed: psutil.Process) -> list[Row]:
    token = await _token(ours.url)
    plain, full = {**DOCUMENTED, "with_reasons": False}, DOCUMENTED
    found: dict[str, list[Cost]] = {}
    for _ in range(ROUNDS):
        for what, body in (("recommend", plain), ("recommend", full), ("predict", plain), ("predict", full)):
            key = f"{what} {'with' if body is full else 'without'} reasons"
            question = Question(url=f"{ours.url}/{what}", body=body, token=token)
            found.setdefault(key, []).append(
                await cost(question, ours.process, count=REQUESTS, warm_up=WARM_UP)
            )
        for what in ("recommend", "predict"):
            question = Question(url=f"{seed_url}/{what}", body=full)
            found.setdefault(f"seed {what}", []).append(
                await cost(question, seed, count=SEED_REQUESTS, warm_up=SEED_REQUESTS // 10)
            )
    costs = {name: _median(tries) for name, tries in found.items()}
    return [*_requests(costs), *_process(ours, seed)]


def _requests(costs: dict[str, Cost]) -> list[Row]:
    table = []
    for what in ("recommend", "predict"):
        ours, seed = costs[f"{what} without reasons"], costs[f"seed {what}"]
        with_reasons = costs[f"{what} with reasons"]
        table += [
            at_most(f"/{what}: CPU-ms a request", ours.cpu_ms, 0.25, f"{seed.cpu_ms:.1f}"),
            at_least(
                f"/{what}: requests a second, times the seed's",
                ours.rate / seed.rate,
                60,
                f"{seed.rate:.0f}/s",
                ".0f",
            ),
            at_most(
                f"/{what} with reasons: CPU-ms a request",
                with_reasons.cpu_ms,
                1.5 if what == "recommend" else 0.5,
                f"{with_reasons.rate:.0f}/s; the seed gives none",
            ),
        ]
    return table


def _process(ours: Running, seed: psutil.Process) -> list[Row]:
    seed_mb = sum(child.memory_info().rss for child in [seed, *seed.children()]) / 1e6
    return [
        at_most(
            "memory with all models loaded, MB", ours.memory_mb(), MOST_MEMORY_MB, f"{seed_mb:.0f}", ".0f"
        ),
        at_most("start until ready, s", ours.start_seconds, MOST_START_SECONDS, form=".2f"),
    ]


def _median(tries: list[Cost]) -> Cost:
    return Cost(
        cpu_ms=statistics.median(cost.cpu_ms for cost in tries),
        rate=statistics.median(cost.rate for cost in tries),
    )


@asynccontextmanager
async def _ours(folder: Path) -> AsyncIterator[Running]:
    var = folder / "sapa"
    var.mkdir()
    shutil.copytree(trained_models(), var / "models")
    env = environment(var, f"sqlite:///{var / 'sapa.db'}", "", free_port())
    env["SAPA_ADMIN_PASSWORD"] = PASSWORD
    run_sapa(env, "migrate")
    async with serving(env):
        """The first start reads everything from disk; the second is the one that operators wait for."""
    async with serving(env) as running:
        yield running


@contextmanager
def _seeds(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    words = ("-w", "1", "-b", f"127.0.0.1:{port}", "tests.bench_models.flask_forest:app()")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *words],
        env={**os.environ, "FOREST_FOLDER": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


async def _until_answering(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            try:
                async with session.post(f"{url}/predict", json=DOCUMENTED) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError("The seed's design did not answer within a minute.")


async def _token(url: str) -> str:
    async with aiohttp.ClientSession() as session:
        body = {"username": "admin", "password": PASSWORD}
        async with session.post(f"{url}/api/auth/token", json=body) as answer:
            return str((await answer.json())["access_token"])
