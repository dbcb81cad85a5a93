"""Who lives, and who left rows behind? Several workers on one database."""

import asyncio

import pytest
from sqlalchemy import Connection, insert, select, text

from storage.database import Database
from storage.tables import OutboxRow
from storage.way.outbox import OutboxItem
from storage.way.presence import Presence, adopt_orphans
from tests.people import NOW, writes


async def claimed_by(database: Database, worker_id: str) -> None:
    """One row that this worker is sending."""

    def put(conn: Connection) -> None:
        said = writes(conn, "6281234567890", "Halo")
        row = {
            "conversation_id": said.conversation_id,
            "message_id": "m",
            "session": "default",
            "chat_id": "6281234567890@c.us",
        }
        state = {"state": "sending", "claimed_by": worker_id, "claimed_at": NOW, "premade_id": "3EB0A"}
        times = {"not_before": NOW, "created_at": NOW}
        conn.execute(
            insert(OutboxRow).values(
                call="sendText", payload={"text": "x"}, by_bot=True, attempts=0, **row, **state, **times
            )
        )

    await database.write(put)


async def adopt(database: Database, worker_id: str) -> list[OutboxItem]:
    return await database.write(lambda conn: adopt_orphans(conn, worker_id))


async def holder(database: Database) -> list[str | None]:
    return await database.read(lambda conn: list(conn.scalars(select(OutboxRow.claimed_by))))


async def test_a_living_worker_keeps_its_rows_and_a_dead_ones_are_adopted_once(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one process: whoever else claimed a row is dead")
    await claimed_by(database, "first")
    first = Presence(database, "first")
    await first.hold()
    await first.hold()
    while_alive = await adopt(database, "second")
    await first.let_go()
    adopted = [await adopt(database, "second") for _ in range(2)]
    assert while_alive == []
    assert [len(items) for items in adopted] == [1, 0]
    assert await holder(database) == ["second"]


async def test_two_workers_that_ask_at_once_do_not_both_adopt(database: Database) -> None:
    await claimed_by(database, "dead")
    presences = [Presence(database, name) for name in ("second", "third")]
    for presence in presences:
        await presence.hold()
    both = await asyncio.gather(*(adopt(database, name) for name in ("second", "third")))
    if not database.is_sqlite:
        assert sorted(len(items) for items in both) == [0, 1]
    for presence in presences:
        await presence.let_go()


async def test_a_worker_whose_connection_was_cut_shows_itself_again(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no connection that could be cut")
    await claimed_by(database, "first")
    first = Presence(database, "first")
    await first.hold()
    cut = text(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    )
    await database.write(lambda conn: conn.execute(cut).all() and None)
    with pytest.raises(Exception, match="opened again"):
        await first.hold()
    await first.hold()
    assert await adopt(database, "second") == []
    await first.let_go()
