"""What is asked for each message, by the loops that look for work every few seconds, and to open the panel, reads no table from end to end.

Tables grow for years. SQLite says how it would find the rows; PostgreSQL has the same indexes.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from flows.domain import Role
from storage import many, prepared
from storage.database import Database
from storage.desk import later_messages
from storage.desk.inbox_list import inbox_count, inbox_counts, inbox_page
from storage.desk.inbox_question import InboxQuestion, Tab
from storage.desk.message_search import search_messages
from storage.moments import alerts, due
from storage.numbers.dashboard import pending_queue, read_dashboard
from storage.talks.message_events import edit, revoke
from storage.way import inbox, outbox
from storage.way.threads import open_threads
from tests.people import NOW, hire, writes

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WHOLE_TABLE = re.compile(r"SCAN \w+$")  # Without "USING INDEX …" behind it.
GROWING = {
    *("inbox", "outbox", "messages", "conversations", "customers", "journeys", "turns", "identities"),
    *("alerts", "due_things", "later_messages", "cases"),
}
# A statement with a trigger is planned as if a foreign key could be waiting for its row; the scans are jumped over while none does.
CHILDREN = {"SCAN inbox", "SCAN outbox"}


class Plans:
    """Notes how SQLite finds the rows of every statement, whichever way it goes."""

    def __init__(self, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.whole: list[str] = []
        self.steps: list[str] = []
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
        self.steps += steps
        self.whole += [
            f"{step}: {sql}"
            for step in steps
            if WHOLE_TABLE.search(step) and step.removeprefix("SCAN ") in GROWING
            if not (sql.startswith("INSERT INTO conversations") and step in CHILDREN)
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


@ON_SQLITE
async def test_what_opens_the_panel_reads_no_growing_table_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tab of everything is left out: of it a hundred are counted as they come."""

    def story(conn: Connection) -> None:
        writes(conn, "6281111", "Halo")
        for role in (Role.RM, Role.SUPERVISOR, Role.COMPLIANCE):
            actor = hire(conn, role.value.lower(), role)
            plans = Plans(conn, monkeypatch)
            few = [InboxQuestion(tab=tab) for tab in Tab if tab is not Tab.ALL]
            for question in few:
                inbox_page(conn, actor, question, 30, NOW)
            inbox_counts(conn, actor, few, NOW)
            read_dashboard(conn, actor, NOW)
            pending_queue(conn, actor)
            search_messages(conn, actor, "halo", 50)
            assert plans.whole == []
            assert plans.asked > 15

    await database.write(story)


@ON_SQLITE
async def test_who_waits_is_counted_without_opening_a_conversation(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def story(conn: Connection) -> None:
        actor = hire(conn, "sari", Role.SUPERVISOR)
        plans = Plans(conn, monkeypatch)
        read_dashboard(conn, actor, NOW)
        inbox_count(conn, actor, InboxQuestion(tab=Tab.UNASSIGNED), NOW)
        assert [
            step
            for step in plans.steps
            if "INDEX ix_conversations_standing" in step and "COVERING" not in step
        ] == []
        assert sum("COVERING INDEX ix_conversations_standing" in step for step in plans.steps) >= 3

    await database.write(story)
