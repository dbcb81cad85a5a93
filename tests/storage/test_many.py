"""Statements for many rows write what SQLAlchemy would have written, on both databases."""

import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from storage.database import Database
from storage.many import Many
from storage.tables import Alert

JAKARTA = timezone(timedelta(hours=7))
NOON = datetime(2027, 3, 15, 12, 0, 0, 5, tzinfo=JAKARTA)


def alert(number: int, **other: Any) -> dict[str, Any]:  # Any: columns of every type.
    return {
        "kind": "complaint",
        "conversation_id": None,
        "facts": {"nomor": number, "kata": "café “kosong”", "apa": None, "daftar": [1, "dua"]},
        "dedupe_key": f"complaint:{number}",
        "state": "waiting",
        "not_before": NOON + timedelta(seconds=number),
        "attempts": number,
        "created_at": NOON,
        **other,
    }


def kept(conn: Connection) -> list[dict[str, Any]]:
    columns = [column for column in Alert.__table__.columns if column.name != "id"]
    return [dict(row) for row in conn.execute(select(*columns).order_by(Alert.dedupe_key)).mappings()]


async def test_new_rows_are_those_that_a_plain_insert_makes(database: Database) -> None:
    rows = [alert(number) for number in range(3)]

    def by_many(conn: Connection) -> list[dict[str, Any]]:
        Many(insert(Alert)).run(conn, rows)
        return kept(conn)

    def plainly(conn: Connection) -> list[dict[str, Any]]:
        conn.execute(delete(Alert))
        conn.execute(insert(Alert), rows)
        return kept(conn)

    written = await database.write(by_many)
    assert written == await database.write(plainly)
    assert written[2]["not_before"] == NOON + timedelta(seconds=2)
    assert written[2]["not_before"].tzinfo == UTC


async def test_a_moment_is_the_text_that_sqlite_sorts_and_compares_by(
    migrated_file: Path, tmp_path: Path
) -> None:
    def story(conn: Connection) -> list[str]:
        Many(insert(Alert)).run(conn, [alert(0), alert(1, created_at=NOON.replace(microsecond=0))])
        return list(conn.exec_driver_sql("SELECT created_at FROM alerts ORDER BY dedupe_key").scalars())

    database = Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'sapa.db')}")
    await database.start()
    assert await database.write(story) == ["2027-03-15 05:00:00.000005", "2027-03-15 05:00:00.000000"]
    await database.close()


async def test_a_change_takes_its_values_from_the_rows_and_from_the_statement(database: Database) -> None:
    change = Many(
        update(Alert)
        .where(Alert.dedupe_key == bindparam("key"), Alert.state == "waiting")
        .values(
            state="sent",
            attempts=Alert.attempts + bindparam("more"),
            facts=bindparam("new_facts"),
            not_before=func.coalesce(bindparam("later", type_=Alert.not_before.type), Alert.not_before),
        )
    )

    def story(conn: Connection) -> list[dict[str, Any]]:
        conn.execute(insert(Alert), [alert(0), alert(1), alert(2, state="failed")])
        change.run(
            conn,
            [
                {"key": "complaint:0", "more": 5, "new_facts": {"a": 1}, "later": None},
                {"key": "complaint:1", "more": 1, "new_facts": {}, "later": NOON + timedelta(days=1)},
                {"key": "complaint:2", "more": 1, "new_facts": {}, "later": None},
            ],
        )
        return kept(conn)

    first, second, third = await database.write(story)
    assert (first["state"], first["attempts"], first["facts"], first["not_before"]) == (
        "sent",
        5,
        {"a": 1},
        NOON,
    )
    assert (second["state"], second["attempts"], second["not_before"]) == (
        "sent",
        2,
        NOON + timedelta(days=1),
    )
    assert third == alert(2, state="failed") | {key: third[key] for key in third.keys() - alert(2).keys()}


async def test_rows_must_bring_what_only_python_could_work_out(database: Database) -> None:
    row = alert(0)
    del row["attempts"]
    with pytest.raises(AssertionError, match="attempts"):
        await database.write(lambda conn: Many(insert(Alert)).run(conn, [row]))


async def test_without_rows_nothing_happens(database: Database) -> None:
    await database.write(lambda conn: Many(insert(Alert)).run(conn, []))
    assert await database.read(kept) == []
