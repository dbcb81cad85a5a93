"""Turns that are taken in the transaction that stores their message, on both databases, and what hinders none from being stored."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

import bot.turns.turn_batch
from bot.turns.turn import take_turns
from bot.turns.understanding import Model
from flows.roles import SYSTEM
from storage.knowledge.packages import put_package
from tests.chat import MONDAY, House, open_house
from tests.flows.situations import HEMAT


@pytest.fixture
async def house(database_url: str, tmp_path: Path, model: Model) -> AsyncIterator[House]:
    """Its worker is at work; its sender is not."""
    async with open_house(database_url, tmp_path, model) as opened:
        assert opened.service.worker is not None
        at_work = asyncio.create_task(opened.service.worker.run())
        await asyncio.sleep(0)
        yield opened
        at_work.cancel()
        await asyncio.gather(at_work, return_exceptions=True)


async def rows(house: House, query: str) -> list[Any]:  # Any: whatever the query's columns hold.
    def job(conn: Connection) -> list[Any]:
        return [tuple(row) for row in conn.execute(text(query))]

    return await house.service.database.read(job)


def _listed(ids: str | list[str]) -> list[str]:
    """A JSON column, which SQLite gives as text."""
    return list(json.loads(ids)) if isinstance(ids, str) else ids


async def at_rest(house: House) -> None:
    waiting = "SELECT 1 FROM inbox WHERE state = 'waiting'"
    while await rows(house, waiting):  # noqa: ASYNC110 (the database has no event for it)
        await asyncio.sleep(0.01)


async def test_a_message_is_stored_with_its_answer(house: House) -> None:
    budi = house.somebody()
    assert await budi.posts("UMR_MAR_2027_HEMAT") == 200
    assert await rows(house, "SELECT state FROM inbox") == [("done",)]
    [(first, *_), *_] = await rows(
        house, "SELECT body FROM messages WHERE direction = 'out' ORDER BY position"
    )
    assert "Rp 25.000.000" in first


async def test_a_message_that_comes_again_is_answered_once(house: House) -> None:
    budi = house.somebody()
    assert [await budi.posts("halo", bare_id="3EB0SAMA") for _ in range(2)] == [200, 200]
    assert await rows(house, "SELECT count(*) FROM turns") == [(1,)]


async def test_messages_of_many_and_two_of_one_are_all_answered_once_and_in_order(house: House) -> None:
    people = [house.somebody() for _ in range(6)]
    writes = [person.posts("kantornya di mana?") for person in people]
    writes += [people[0].posts("hotelnya di mana kak?"), people[0].posts("DP berapa?")]
    assert set(await asyncio.gather(*writes)) == {200}
    await at_rest(house)
    assert await rows(house, "SELECT count(*) FROM turns") == [(8,)]
    stored = "SELECT conversation_id, message_id FROM inbox ORDER BY conversation_id, id"
    answered = (
        "SELECT outbox.conversation_id, messages.answers FROM outbox JOIN messages ON messages.id = outbox.message_id "
        "WHERE messages.position = 0 ORDER BY outbox.conversation_id, outbox.id"
    )
    heard = [(conversation, *_listed(ids)) for conversation, ids in await rows(house, answered)]
    assert heard == await rows(house, stored)


async def test_a_turn_that_fails_keeps_no_message_from_being_stored(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def fails_once(*args: Any) -> Any:  # Any: those of take_turns.
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError("poison")
        return take_turns(*args)

    monkeypatch.setattr(bot.turns.turn_batch, "take_turns", fails_once)
    budi, siti = house.somebody(), house.somebody()
    assert set(await asyncio.gather(budi.posts("halo"), siti.posts("halo"))) == {200}
    await at_rest(house)
    assert len(calls) > 1
    assert await rows(house, "SELECT count(*) FROM turns") == [(2,)]


async def test_words_that_cannot_be_understood_are_stored_and_set_aside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert house.service.worker is not None

    class Confused:
        def understand(self, *_: object, **__: object) -> Any:
            raise RuntimeError("poison")

    monkeypatch.setattr(house.service.worker.understander, "_model", Confused())
    with capture_logs() as logs:
        assert await house.somebody().posts("halo") == 200
        await at_rest(house)
    assert [line["event"] for line in logs].count("turn_failed") == 3
    assert await rows(house, "SELECT state FROM inbox") == [("parked",)]


async def test_newer_knowledge_counts_from_the_next_message_on(house: House) -> None:
    budi = house.somebody()
    await budi.posts("UMR_MAR_2027_HEMAT")
    dearer = replace(HEMAT, price=31_000_000)
    await house.service.database.write(lambda conn: put_package(conn, dearer, SYSTEM, MONDAY))
    siti = house.somebody()
    assert await siti.posts("UMR_MAR_2027_HEMAT") == 200
    await at_rest(house)
    said = await rows(
        house, "SELECT body FROM messages WHERE direction = 'out' AND body LIKE '%Rp%' ORDER BY id"
    )
    assert ["Rp 25.000.000" in said[0][0], "Rp 31.000.000" in said[-1][0]] == [True, True]
