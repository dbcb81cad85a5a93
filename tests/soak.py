"""`make soak`: twenty kills on each database, more customers, and what was lost, doubled or out of order. Exits 1 unless nothing was."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.service import free_port
from tests.fake_waha.server import FakeWaha
from tests.faults.killing import TALK, Fleet, Process, environment
from tests.postgres import fresh_database, server_url
from tests.trained import trained_models

TALKERS, KILLS = 150, 20


async def main() -> int:
    with tempfile.TemporaryDirectory(prefix="sapa-soak-") as name:
        folder = Path(name)
        _make(folder, "sqlite", "server", "postgresql")
        wrong = await soak("SQLite, one process", folder / "sqlite", f"sqlite:///{folder}/sqlite/sapa.db", 1)
        with server_url(folder / "server") as server, fresh_database(server) as url:
            wrong += await soak("PostgreSQL, two workers", folder / "postgresql", url, 2)
    return 1 if wrong else 0


async def soak(title: str, folder: Path, url: str, workers: int) -> int:
    """How many answers were lost, doubled or out of order."""
    started = time.perf_counter()
    async with FakeWaha() as waha:
        settings = [environment(folder, trained_models(), url, waha.url, free_port()) for _ in range(workers)]
        prepare(settings[0], folder)
        processes = [
            Process(environment=env, log=folder / f"serve-{n}.log") for n, env in enumerate(settings)
        ]
        fleet = Fleet(waha=waha, processes=processes, talkers=TALKERS, kills=KILLS)
        try:
            heard = await fleet.run()
        finally:
            for process in processes:
                process.stop()
    return report(title, heard, fleet.killed, time.perf_counter() - started)


def prepare(env: dict[str, str], cwd: Path) -> None:
    for command in ("migrate", "demo"):
        words = [sys.executable, "-m", "bot.commands.main", command]
        subprocess.run(words, env=env, cwd=cwd, check=True, capture_output=True)


def _make(folder: Path, *parts: str) -> None:
    for part in parts:
        (folder / part).mkdir()


def report(title: str, heard: dict[str, list[str]], kills: int, seconds: float) -> int:
    calm, *others = heard.values()
    lost = sum(max(0, len(calm) - len(texts)) for texts in others)
    doubled = sum(max(0, len(texts) - len(calm)) for texts in others)
    misplaced = sum(len(texts) == len(calm) and texts != calm for texts in others)
    messages = len(others) * len(TALK)
    print(
        f"{title}: {messages} messages of {len(others)} customers, {kills} kills, {seconds:.0f} s:"
        f" {lost} lost, {doubled} doubled, {misplaced} customers out of order",
        flush=True,
    )
    return lost + doubled + misplaced


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
