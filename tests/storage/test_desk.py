"""Staff's tools over a real database: later messages that cancel themselves, snoozes that end, files, and sending again."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from flows.domain import Role
from flows.refusal import Refused
from storage.database import Database
from storage.desk.canned_answers import CannedDraft, all_canned, put_canned, remove_canned
from storage.desk.handovers import claim
from storage.desk.inbox_list import inbox_page
from storage.desk.inbox_question import InboxQuestion, Tab
from storage.desk.inbox_thread import open_thread
from storage.desk.later_messages import SHOWN_AFTER, cancel, has_due, later_of, prepare, send_due
from storage.desk.send_again import send_again
from storage.desk.snoozes import snooze, wake
from storage.desk.staff_files import NewFile, send_file
from storage.tables import OutboxRow
from tests.people import NOW, hire, waits, writes

SOON, LATER = NOW + timedelta(minutes=30), NOW + timedelta(hours=1)


def ids(conn: Connection, actor: object, tab: Tab, now: object = NOW) -> list[str]:
    return [card.id for card in inbox_page(conn, actor, InboxQuestion(tab=tab), 50, now).cards]  # type: ignore[arg-type]  # shortened


async def test_a_later_message_goes_out_when_it_is_due_and_once(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, said = hire(conn, "rina", Role.AGENT), writes(conn, "6281111", "Halo")
        prepare(conn, rina, said.conversation_id, "Sudah sempat dilihat, Kak?", LATER, NOW)
        assert (has_due(conn, SOON), send_due(conn, SOON)) == (False, [])
        assert [one.is_overtaken for one in later_of(conn, said.conversation_id, NOW)] == [False]
        assert has_due(conn, LATER)
        assert send_due(conn, LATER) == [said.conversation_id]
        assert send_due(conn, LATER) == []
        sent = open_thread(conn, rina, said.conversation_id).messages[-1]
        assert (sent.body, sent.author, sent.send_state) == ("Sudah sempat dilihat, Kak?", "rina", "waiting")
        assert later_of(conn, said.conversation_id, LATER) == ()

    await database.write(story)


async def test_a_customer_who_writes_first_cancels_it(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, said = hire(conn, "rina", Role.AGENT), writes(conn, "6281111", "Halo")
        prepare(conn, rina, said.conversation_id, "Masih berminat?", LATER, NOW)
        writes(conn, "6281111", "Kak, saya jadi daftar", at=SOON)
        assert [one.is_overtaken for one in later_of(conn, said.conversation_id, NOW)] == [True]
        assert send_due(conn, LATER) == []
        assert not has_due(conn, LATER)
        # Its words stay for a while, for whoever would say them all the same, until somebody puts them away.
        (kept,) = later_of(conn, said.conversation_id, LATER)
        assert (kept.body, kept.is_overtaken) == ("Masih berminat?", True)
        assert later_of(conn, said.conversation_id, LATER + SHOWN_AFTER) == ()
        cancel(conn, rina, said.conversation_id, kept.id, LATER)
        assert later_of(conn, said.conversation_id, LATER) == ()
        with pytest.raises(Refused):
            cancel(conn, rina, said.conversation_id, kept.id, LATER)
        assert all(
            message.body != "Masih berminat?"
            for message in open_thread(conn, rina, said.conversation_id).messages
        )

    await database.write(story)


async def test_a_later_message_can_be_taken_back_and_must_lie_ahead(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, said = hire(conn, "rina", Role.AGENT), writes(conn, "6281111", "Halo")
        later_id = prepare(conn, rina, said.conversation_id, "Halo?", LATER, NOW)
        cancel(conn, rina, said.conversation_id, later_id, NOW)
        assert send_due(conn, LATER) == []
        for refused in (
            lambda: cancel(conn, rina, said.conversation_id, later_id, NOW),
            lambda: prepare(conn, rina, said.conversation_id, "Halo?", NOW, NOW),
        ):
            with pytest.raises(Refused):
                refused()

    await database.write(story)


async def test_nobody_prepares_a_message_in_a_colleagues_conversation(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, agus = hire(conn, "rina", Role.AGENT), hire(conn, "agus", Role.AGENT)
        said = writes(conn, "6281111", "Halo")
        claim(conn, agus, said.conversation_id, NOW)
        with pytest.raises(Refused):
            prepare(conn, rina, said.conversation_id, "Halo?", LATER, NOW)

    await database.write(story)


async def test_what_is_put_off_comes_back_in_time_or_with_the_customer(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina = hire(conn, "rina", Role.AGENT)
        timed, replied = writes(conn, "6281111", "Halo"), writes(conn, "6282222", "Halo")
        for said in (timed, replied):
            waits(conn, said)
        snooze(conn, rina, timed.conversation_id, LATER, NOW)
        snooze(conn, rina, replied.conversation_id, None, NOW)
        assert ids(conn, rina, Tab.UNASSIGNED, SOON) == []
        assert set(ids(conn, rina, Tab.SNOOZED, SOON)) == {timed.conversation_id, replied.conversation_id}
        assert ids(conn, rina, Tab.UNASSIGNED, LATER) == [timed.conversation_id]
        writes(conn, "6282222", "Jadi, Kak", at=SOON)
        assert replied.conversation_id in ids(conn, rina, Tab.UNASSIGNED, SOON)
        wake(conn, rina, timed.conversation_id, SOON)
        assert ids(conn, rina, Tab.SNOOZED, SOON) == []

    await database.write(story)


async def test_a_file_is_kept_queued_and_shown(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, said = hire(conn, "rina", Role.AGENT), writes(conn, "6281111", "Halo")
        file = NewFile(name="syarat.txt", content=b"%PDF-1.7 isi")
        send_file(conn, rina, said.conversation_id, file, "Ini syaratnya", NOW)
        sent = open_thread(conn, rina, said.conversation_id).messages[-1]
        assert (sent.kind, sent.body, sent.send_state) == ("document", "Ini syaratnya", "waiting")
        assert sent.file is not None
        assert (sent.file.name, sent.file.mimetype) == ("syarat.pdf", "application/pdf")
        call, payload = conn.execute(select(OutboxRow.call, OutboxRow.payload)).one()
        assert (call, payload["file"]["media_id"], payload["caption"]) == (
            "sendFile",
            sent.file.id,
            "Ini syaratnya",
        )
        with pytest.raises(Refused):
            send_file(conn, rina, said.conversation_id, NewFile(name="a.png", content=b"<svg>"), None, NOW)

    await database.write(story)


async def test_what_failed_is_sent_again_as_a_new_message(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, said = hire(conn, "rina", Role.AGENT), writes(conn, "6281111", "Halo")
        send_file(conn, rina, said.conversation_id, NewFile(name="a.pdf", content=b"%PDF-"), None, NOW)
        outbox_id = conn.scalar(select(OutboxRow.id)) or 0
        with pytest.raises(Refused):
            send_again(conn, rina, outbox_id, NOW)
        conn.execute(
            update(OutboxRow).values(state="failed", error="WAHA said no", premade_id="3EB0", attempts=3)
        )
        assert send_again(conn, rina, outbox_id, NOW) == said.conversation_id
        row = conn.execute(select(OutboxRow)).one()
        assert (row.state, row.error, row.premade_id, row.attempts) == ("waiting", None, None, 0)
        with pytest.raises(Refused):
            send_again(conn, rina, outbox_id + 1, NOW)

    await database.write(story)


async def test_a_shortcut_belongs_to_one_answer(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina = hire(conn, "rina", Role.AGENT)
        first = put_canned(
            conn, None, CannedDraft(shortcut="dp", title="DP", body="DP {{jumlah}}"), rina, NOW
        )
        put_canned(
            conn, first, CannedDraft(shortcut="dp", title="Uang muka", body="DP {{jumlah}}"), rina, NOW
        )
        assert [(one.title, one.changed_by) for one in all_canned(conn)] == [("Uang muka", "rina")]
        with pytest.raises(Refused):
            put_canned(conn, None, CannedDraft(shortcut="dp", title="Lain", body="x"), rina, NOW)
        remove_canned(conn, first, rina, NOW)
        assert all_canned(conn) == ()
        with pytest.raises(Refused):
            remove_canned(conn, first, rina, NOW)

    await database.write(story)
