"""A prepared question answers what SQLAlchemy would have answered, on both databases, however many values a list has."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, bindparam, insert, not_, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.database import Database, DatabaseDown
from storage.many import Many
from storage.prepared import Prepared
from storage.tables import Alert, Setting

NOON = datetime(2027, 3, 15, 5, tzinfo=UTC)
KINDS = ("a", "b", "c", "d", "e")
OF_KINDS = Prepared(
    select(Alert.kind, Alert.facts, Alert.not_before, Alert.conversation_id, Alert.attempts)
    .where(Alert.kind.in_(bindparam("kinds", expanding=True)), Alert.state.in_(("waiting", "sending")))
    .where(Alert.not_before <= bindparam("now", type_=Alert.not_before.type))
    .order_by(Alert.kind)
)
NOT_OF_KINDS = Prepared(
    select(Alert.kind).where(Alert.kind.not_in(bindparam("kinds", expanding=True))).order_by(Alert.kind)
)


def fill(conn: Connection) -> None:
    rows = [
        {
            "kind": kind, "facts": {"kata": f"“{kind}”", "no": number}, "dedupe_key": kind, "state": "waiting",
            "not_before": NOON + timedelta(hours=number), "attempts": number, "created_at": NOON,
        }
        for number, kind in enumerate(KINDS)
    ]  # fmt: skip
    conn.execute(insert(Alert), rows)


@pytest.mark.parametrize("count", range(6))
async def test_lists_of_any_length_choose_their_members(database: Database, count: int) -> None:
    def story(conn: Connection) -> None:
        fill(conn)
        wanted = KINDS[:count]
        found = OF_KINDS.all(conn, kinds=wanted, now=NOON + timedelta(days=1))
        assert [row.kind for row in found] == list(wanted)
        assert [row.kind for row in NOT_OF_KINDS.all(conn, kinds=set(wanted))] == list(KINDS[count:])

    await database.write(story)


async def test_rows_hold_what_the_columns_promise(database: Database) -> None:
    def story(conn: Connection) -> None:
        fill(conn)
        asked = {"kinds": ["b"], "now": NOON + timedelta(hours=1)}
        (row,) = OF_KINDS.all(conn, **asked)
        assert row.facts == {"kata": "“b”", "no": 1}
        assert (row.not_before, row.conversation_id, row.attempts) == (NOON + timedelta(hours=1), None, 1)
        assert row.not_before.utcoffset() == timedelta(0)
        assert OF_KINDS.all(conn, kinds=["b"], now=NOON) == []

    await database.write(story)


async def test_a_read_sees_one_moment_and_leaves_no_transaction_behind(database: Database) -> None:
    await database.write(fill)
    assert await database.read(lambda conn: len(NOT_OF_KINDS.all(conn, kinds=[]))) == len(KINDS)
    await database.write(lambda conn: conn.execute(text("DELETE FROM alerts")) and None)
    assert await database.read(lambda conn: NOT_OF_KINDS.all(conn, kinds=[])) == []


async def test_the_drivers_errors_bear_sqlalchemys_names_and_nobodys_words(database: Database) -> None:
    new = Many(insert(Setting))
    row = {"name": "sama", "value": {"rahasia": "0812-3456-7890"}, "updated_at": NOON}

    def twice(conn: Connection) -> None:
        new.run(conn, [row])
        new.run(conn, [row])

    with pytest.raises(IntegrityError) as failed:
        await database.write(twice)
    assert "0812" not in str(failed.value)

    def of_nothing(conn: Connection) -> None:
        Prepared(select(text("no_such_column")).select_from(Setting)).all(conn)

    with pytest.raises((DBAPIError, DatabaseDown)):
        await database.read(of_nothing)
    await database.write(fill)  # The connections are as good as before.


async def test_rows_that_are_there_are_left_alone(database: Database) -> None:
    new = Many(insert(Setting), skips_known=True)

    def story(conn: Connection) -> None:
        for value in (1, 2):
            rows = [{"name": name, "value": {"v": value}, "updated_at": NOON} for name in ("x", f"y{value}")]
            new.run(conn, rows)
        chosen = select(Setting.name, Setting.value).where(not_(Setting.name.startswith("z")))
        found = {row.name: row.value["v"] for row in conn.execute(chosen) if row.name[0] in "xy"}
        assert found == {"x": 1, "y1": 1, "y2": 2}

    await database.write(story)
