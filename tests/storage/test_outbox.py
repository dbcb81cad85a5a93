"""Claiming from the outbox: the heads of the queues only, and by the index."""

import pytest
from sqlalchemy import Connection, event, select, text

from storage.database import Database
from storage.tables import OutboxRow
from storage.way.outbox import Claimer, Scope, claim, has_due
from tests.bot.sending import queue
from tests.people import NOW, Said, writes

ME = Claimer(worker_id="me", now=NOW, limit=10)
IDS = ["3EB0A", "3EB0B", "3EB0C", "3EB0D"]


def two_talks(conn: Connection) -> tuple[Said, Said]:
    budi, siti = writes(conn, "6281234567890", "Halo"), writes(conn, "6289876543210", "Hai")
    for said in (budi, siti):
        queue(conn, said, [("sendText", {"text": "satu"}), ("sendText", {"text": "dua"})], NOW)
    return budi, siti


async def test_only_the_oldest_of_each_conversation_is_claimed(database: Database) -> None:
    def job(conn: Connection) -> list[list[str]]:
        two_talks(conn)
        return [[item.payload["text"] for item in claim(conn, ME, iter(IDS)).items] for _ in range(2)]

    assert await database.write(job) == [["satu", "satu"], []]


async def test_what_is_claimed_carries_its_own_id_and_claimer(database: Database) -> None:
    def job(conn: Connection) -> list[tuple[str | None, ...]]:
        two_talks(conn)
        claim(conn, ME, iter(IDS))
        rows = conn.execute(select(OutboxRow).where(OutboxRow.state == "sending").order_by(OutboxRow.id))
        return [(row.premade_id, row.claimed_by) for row in rows]

    assert await database.write(job) == [("3EB0A", "me"), ("3EB0B", "me")]


async def test_the_scope_names_conversations_and_sessions(database: Database) -> None:
    def job(conn: Connection) -> list[int]:
        budi, _ = two_talks(conn)
        scopes = [
            Scope(not_sessions=["default"]),
            Scope(only_session="other"),
            Scope(conversation_ids=[]),
            Scope(conversation_ids=[budi.conversation_id]),
            Scope(only_session="default"),
        ]
        return [len(claim(conn, ME, iter(IDS), scope).items) for scope in scopes]

    assert await database.write(job) == [0, 0, 0, 1, 1]


async def test_an_empty_outbox_is_seen_at_a_glance(database: Database) -> None:
    def job(conn: Connection) -> list[bool]:
        before = has_due(conn, NOW)
        two_talks(conn)
        return [before, has_due(conn, NOW), has_due(conn, NOW, ["default"])]

    assert await database.write(job) == [False, True, False]


async def test_finding_what_is_due_never_reads_the_whole_outbox(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL chooses its plan by the table's size")

    def job(conn: Connection) -> list[str]:
        asked: list[tuple[str, object]] = []
        event.listen(conn, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        claim(conn, ME, iter(IDS))
        claim(conn, ME, iter(IDS), Scope(conversation_ids=["conv_1", "conv_2"]))
        has_due(conn, NOW)
        return [
            str(row[3])
            for statement, values in list(asked)
            if statement.startswith("SELECT")
            for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]  # The driver takes its own values back.
        ]

    steps = await database.read(job)
    assert steps
    assert not [step for step in steps if "SCAN outbox" in step and "ix_outbox_unsent" not in step]
    assert [step for step in steps if "ix_outbox_unsent" in step]


def test_the_partial_index_and_the_query_name_the_same_condition() -> None:
    index = next(index for index in OutboxRow.__table__.indexes if index.name == "ix_outbox_unsent")  # type: ignore[attr-defined]  # A mapped table is a Table.
    assert str(index.dialect_options["sqlite"]["where"]) == str(text("state IN ('waiting', 'sending')"))
