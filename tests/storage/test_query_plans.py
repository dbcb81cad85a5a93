"""What is asked for each message, and by the loops that look for work every few seconds, reads no table from end to end.

Tables grow for years. SQLite says how it would find the rows; PostgreSQL has the same indexes.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from storage import alerts, due, inbox, later_messages, many, outbox, prepared
from storage.database import Database
from storage.message_events import edit, revoke
from storage.threads import open_threads
from tests.people import NOW, writes

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WHOLE_TABLE = re.compile(r"SCAN \w+$")  # Without "USING INDEX …" behind it.
GROWING = {
    *("inbox", "outbox", "messages", "conversations", "customers", "journeys", "turns", "identities"),
    *("alerts", "due_things", "later_messages", "cases"),
}


class Plans:
    """Notes how SQLite finds the rows of every statement, whichever way it goes."""

    def __init__(self, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.whole: list[str] = []
        self._raw: Any = conn.connection.driver_connection  # Any: sqlite3's, which has no type here.
        event.listen(conn, "before_cursor_execute", lambda *call: self._explain(call[2], call[3]))
        for module, name in ((prepared, "ask"), (many, "carry_out")):
            monkeypatch.setattr(module, name, self._watched(getattr(module, name), is_many=name != "ask"))

    def _watched(
        self, run: Any, *, is_many: bool
    ) -> Any:  # Any: one of the two functions of `storage.driver`.
        def watched(conn: Connection, sql: str, values: Sequence[Any]) -> Any:
            self._explain(sql, values[0] if is_many else values)
            return run(conn, sql, values)

        return watched

    def _explain(self, sql: str, values: Any) -> None:  # Any: a row, or rows, as the driver takes them.
        if not sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            return
        self.asked += 1
        row = values[0] if isinstance(values, list) and values and isinstance(values[0], tuple) else values
        steps = [
            step[3] for step in self._raw.execute(f"EXPLAIN QUERY PLAN {sql}", row)
        ]  # fmt: skip
        self.whole += [
            f"{step}: {sql}"
            for step in steps
            if WHOLE_TABLE.search(step) and step.removeprefix("SCAN ") in GROWING
        ]


@ON_SQLITE
async def test_no_growing_table_is_read_whole_on_the_way_of_a_message(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def story(conn: Connection) -> None:
        plans = Plans(conn, monkeypatch)
        said = writes(conn, "6281111", "Halo", "ada paket?")
        writes(conn, "6281111", "masih ada?")
        threads = open_threads(conn, [said.conversation_id])
        assert [item.body for item in threads[0].waiting] == ["Halo", "ada paket?", "masih ada?"]
        who = outbox.Claimer(worker_id="w", now=NOW, limit=5)
        outbox.due_rows(conn, who, outbox.Scope(conversation_ids=[said.conversation_id]), is_locking=True)
        edit(conn, "unknown", "lain")
        revoke(conn, "unknown")
        inbox.finish(conn, [item.inbox_id for item in threads[0].waiting])
        assert plans.whole == []
        assert plans.asked > 15

    await database.write(story)


@ON_SQLITE
async def test_no_growing_table_is_read_whole_to_see_whether_there_is_work(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def story(conn: Connection) -> None:
        plans = Plans(conn, monkeypatch)
        inbox.waiting_conversations(conn)
        inbox.depth(conn)
        outbox.has_due(conn, NOW)
        outbox.due_rows(conn, outbox.Claimer(worker_id="w", now=NOW, limit=5), outbox.EVERYTHING)
        due.next_due(conn, ["sla"])
        due.take_due(conn, ["sla"], NOW + timedelta(days=1))
        due.waiting_of(conn, "sla", "CMP-1")
        later_messages.has_due(conn, NOW)
        later_messages.send_due(conn, NOW)
        alerts.next_due(conn)
        alerts.claim_alert(conn, NOW)
        assert plans.whole == []
        assert plans.asked >= 11

    await database.write(story)
