"""A web process takes the message, a worker answers it: they share nothing but the database, and the commit itself wakes the worker."""

import asyncio
from pathlib import Path

from bot.turns.understanding import Model
from storage.database import Database
from storage.notify import Channel, listen
from tests.chat import open_house


async def test_a_worker_elsewhere_is_woken_by_the_commit_itself(
    postgres_url: str, tmp_path: Path, model: Model
) -> None:
    async with open_house(postgres_url, tmp_path, model) as house:
        heard: asyncio.Queue[tuple[Channel, list[str]]] = asyncio.Queue()
        elsewhere = Database(house.service.database.url)
        listening = asyncio.create_task(
            listen(elsewhere, lambda channel, ids: heard.put_nowait((channel, ids)))
        )
        budi = house.somebody()
        async with asyncio.timeout(30):
            while (
                heard.empty()
            ):  # Listening begins somewhat later than its task; one message more is no harm.
                assert await budi.posts("halo") == 200
                await asyncio.sleep(0.05)
        listening.cancel()
        await elsewhere.close()
        channel, ids = heard.get_nowait()
        assert channel is Channel.TURNS
        assert len(ids) == 1
