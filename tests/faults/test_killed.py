"""500 messages of 50 customers, three kills on the way: each answered once, in order, on both databases."""

import asyncio
from pathlib import Path

import pytest

from tests.bench.service import free_port
from tests.fake_waha.server import FakeWaha
from tests.faults.killing import TALK, Fleet, Process, environment, prepare
from tests.trained import trained_models

TALKERS, KILLS = 50, 3
WORKERS = {"sqlite": 1, "postgresql": 2}


@pytest.mark.parametrize("engine", WORKERS)
async def test_every_message_is_answered_once_in_order_though_the_service_is_killed(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'sapa.db'}"
    if engine == "postgresql":
        url = request.getfixturevalue("postgres_url")
    heard, waha = await asyncio.wait_for(run(tmp_path, url, WORKERS[engine]), timeout=280)
    calm, *others = heard.values()
    assert len(calm) == len(TALK)
    assert len(set(calm)) >= len(TALK) - 1
    assert len(others) == TALKERS
    assert [chat for chat, texts in heard.items() if texts != calm] == []
    assert waha.violations == []


async def run(folder: Path, url: str, workers: int) -> tuple[dict[str, list[str]], FakeWaha]:
    async with FakeWaha() as waha:
        settings = [environment(folder, trained_models(), url, waha.url, free_port()) for _ in range(workers)]
        prepare(settings[0], folder)
        processes = [
            Process(environment=env, log=folder / f"serve-{number}.log")
            for number, env in enumerate(settings)
        ]
        fleet = Fleet(waha=waha, processes=processes, talkers=TALKERS, kills=KILLS)
        try:
            heard = await fleet.run()
            assert fleet.killed == KILLS
            return heard, waha
        finally:
            for process in processes:
                process.stop()
