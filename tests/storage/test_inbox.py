"""The inbox's questions to the database: who is on which list, what a thread holds, and who has read how far."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from flows.domain import HandoverReason, Phase, Priority, Role
from flows.refusal import Refused
from flows.roles import Actor
from storage.database import Database
from storage.desk.handovers import claim, pass_on, release
from storage.desk.inbox_list import Card, inbox_count, inbox_page
from storage.desk.inbox_question import QUEUE, InboxQuestion, Sort, Tab
from storage.desk.inbox_thread import PAGE, open_thread
from storage.desk.labels import add_label, remove_label, set_labels
from storage.desk.notes import notes_of, write_note
from storage.desk.read_marks import mark_read
from storage.desk.snoozes import snooze
from storage.desk.staff_messages import say_as_staff
from storage.numbers.trends import own_day
from storage.tables import Conversation, Customer, Message, new_id
from storage.talks.message_events import edit, react, revoke
from tests.people import NOW, Said, hire, member, travels, waits, writes

LATER = NOW + timedelta(minutes=5)


def cards(conn: Connection, who: Actor, *, now: datetime = NOW, **asked: object) -> list[Card]:
    return list(inbox_page(conn, who, InboxQuestion(**asked), 50, now).cards)  # type: ignore[arg-type]  # a test's own fields


def ids(found: list[Card]) -> list[str]:
    return [card.id for card in found]


def open_house(conn: Connection) -> tuple[Actor, Actor, Said, Said, Said]:
    """Rina (RM), Agus (AGENT); Budi waits, Ani talks with the bot, Citra waits urgently and younger."""
    rina, agus = hire(conn, "rina", Role.RM), hire(conn, "agus", Role.AGENT, branch="Binjai")
    budi = writes(conn, "6281111", "Halo", "mau daftar", name="Budi")
    ani = writes(conn, "6282222", "Ada paket?", at=NOW + timedelta(minutes=1), name="Ani")
    citra = writes(conn, "6283333", "DP berapa?", at=NOW + timedelta(minutes=2), name="Citra")
    waits(conn, budi, HandoverReason.CUSTOMER_REQUEST, priority=Priority.NORMAL)
    waits(conn, citra, at=NOW + timedelta(minutes=2))
    return rina, agus, budi, ani, citra


async def test_a_day_counts_who_waits_as_the_queue_does(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, agus, budi, ani, citra = open_house(conn)
        waits(conn, ani)
        snooze(conn, agus, budi.conversation_id, LATER, NOW)
        pass_on(conn, agus, citra.conversation_id, "rina", None, NOW)
        for who in (rina, agus):
            queue = inbox_count(conn, who, QUEUE, NOW)
            assert (queue, own_day(conn, who, NOW, LATER).waiting) == (1, 1), who.name

    await database.write(story)


async def test_each_list_holds_what_its_name_says(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, agus, budi, ani, citra = open_house(conn)
        assert ids(cards(conn, agus, tab=Tab.ALL)) == [
            citra.conversation_id,
            ani.conversation_id,
            budi.conversation_id,
        ]
        assert ids(cards(conn, rina, tab=Tab.UNASSIGNED)) == [citra.conversation_id, budi.conversation_id]
        claim(conn, rina, budi.conversation_id, NOW)
        assert ids(cards(conn, rina, tab=Tab.MINE)) == [budi.conversation_id]
        assert ids(cards(conn, agus, tab=Tab.MINE)) == []
        assert ids(cards(conn, rina, tab=Tab.ALL)) == [citra.conversation_id, budi.conversation_id]
        counts = [inbox_count(conn, rina, InboxQuestion(tab=tab), NOW) for tab in Tab]
        assert counts == [1, 1, 2, 0, 0]
        release(conn, rina, budi.conversation_id, NOW)
        assert ids(cards(conn, rina, tab=Tab.MINE)) == []

    await database.write(story)


async def test_who_waits_longest_comes_first_but_after_the_urgent(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, _, budi, _, citra = open_house(conn)
        found = cards(conn, rina, tab=Tab.UNASSIGNED, sort=Sort.WAITING)
        assert ids(found) == [citra.conversation_id, budi.conversation_id]

    await database.write(story)


async def test_filters_narrow_the_list(database: Database) -> None:
    def story(conn: Connection) -> None:
        _, agus, budi, ani, citra = open_house(conn)
        travels(conn, ani, Phase.INTEREST, package="UMR_MAR_2027_HEMAT")
        label = add_label(conn, "Rombongan", "blue", agus, NOW)
        set_labels(conn, agus, citra.conversation_id, [label.id], NOW)
        for asked, expected in (
            ({"phase": Phase.INTEREST}, ani),
            ({"package": "UMR_MAR_2027_HEMAT"}, ani),
            ({"priority": Priority.HIGH}, citra),
            ({"label": label.id}, citra),
            ({"status": "waiting", "priority": Priority.NORMAL}, budi),
        ):
            assert ids(cards(conn, agus, tab=Tab.ALL, **asked)) == [expected.conversation_id], asked
        assert [card.labels[0].name for card in cards(conn, agus, tab=Tab.ALL, label=label.id)] == [
            "Rombongan"
        ]
        remove_label(conn, label.id, agus, NOW)
        assert [card.labels for card in cards(conn, agus, tab=Tab.ALL)] == [(), (), ()]

    await database.write(story)


async def test_another_branchs_customers_are_on_no_list(database: Database) -> None:
    def story(conn: Connection) -> None:
        _, agus, budi, _, _ = open_house(conn)
        hire(conn, "tuti", Role.AGENT, branch="Medan")
        tuti = member(conn, "tuti").actor
        conn.execute(update(Customer).where(Customer.id == budi.customer_id).values(branch_id=agus.branch_id))
        assert budi.conversation_id in ids(cards(conn, agus, tab=Tab.ALL))
        assert budi.conversation_id not in ids(cards(conn, tuti, tab=Tab.ALL))
        with pytest.raises(Refused):
            open_thread(conn, tuti, budi.conversation_id)
        with pytest.raises(Refused):
            write_note(conn, tuti, budi.conversation_id, "halo", NOW)
        with pytest.raises(Refused):
            set_labels(conn, tuti, budi.conversation_id, [], NOW)

    await database.write(story)


async def test_what_came_since_one_looked_is_unread(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, _, budi, ani, _ = open_house(conn)
        unread = {card.id: card.unread for card in cards(conn, rina, tab=Tab.UNASSIGNED)}
        assert unread[budi.conversation_id] == 2
        newest = open_thread(conn, rina, budi.conversation_id).newest_id
        mark_read(conn, rina, budi.conversation_id, newest or "", NOW)
        writes(conn, budi.phone, "Halo?", at=LATER)
        unread = {card.id: card.unread for card in cards(conn, rina, tab=Tab.UNASSIGNED)}
        assert unread[budi.conversation_id] == 1
        assert ani.conversation_id not in unread

    await database.write(story)


async def test_a_thread_comes_in_pages_upwards(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina = hire(conn, "rina", Role.RM)
        said = writes(conn, "6281111", *(f"pesan {n}" for n in range(PAGE + 5)))
        waits(conn, said)
        newest = open_thread(conn, rina, said.conversation_id)
        assert [message.body for message in newest.messages][-1] == f"pesan {PAGE + 4}"
        assert (len(newest.messages), newest.has_older) == (PAGE, True)
        older = open_thread(conn, rina, said.conversation_id, before=newest.messages[0].id)
        assert [message.body for message in older.messages] == [f"pesan {n}" for n in range(5)]
        assert not older.has_older
        live = open_thread(conn, rina, said.conversation_id, since=newest.messages[10].id)
        assert (len(live.messages), live.has_older) == (PAGE - 10, True)

    await database.write(story)


async def test_a_message_shows_what_became_of_it(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, _, budi, _, _ = open_house(conn)
        say_as_staff(conn, rina, budi.conversation_id, "Halo kak", NOW)
        first, second = budi.message_ids
        wa_ids = {row.id: row.wa_id or "" for row in conn.execute(select(Message.id, Message.wa_id))}
        react(conn, wa_ids[first], "customer", "👍")
        edit(conn, wa_ids[second], "mau daftar berdua")
        revoke(conn, wa_ids[first])
        conn.execute(
            insert(Message).values(
                id=new_id("msg"), conversation_id=budi.conversation_id, direction="in", author="customer",
                kind="text", body="iya", at=LATER, wa_id="3EB0Q", answers=[], details={"quoted_id": wa_ids[second]},
            )
        )  # fmt: skip
        messages = open_thread(conn, rina, budi.conversation_id).messages
        assert messages[0].details == {"reactions": {"customer": "👍"}, "revoked": True}
        assert messages[1].details["edits"] == ["mau daftar berdua"]
        assert (messages[2].author, messages[2].author_name, messages[2].send_state) == (
            "rina",
            "Rina",
            "waiting",
        )
        quote = messages[3].quote
        assert quote is not None
        assert quote.message_id == second

    await database.write(story)


async def test_who_is_named_but_would_not_see_it_is_said_and_not_told(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, agus, budi, _, _ = open_house(conn)
        hire(conn, "dewi", Role.DIRECTOR)
        claim(conn, agus, budi.conversation_id, NOW)
        written = write_note(conn, agus, budi.conversation_id, "@rina @dewi tolong cek", NOW)
        assert sorted(written.missed_by) == ["Dewi", "Rina"]
        release(conn, agus, budi.conversation_id, NOW)
        waits(conn, budi)
        # Seen later, it is still no news to her.
        assert ids(cards(conn, rina, tab=Tab.MENTIONED)) == []

    await database.write(story)


async def test_whoever_a_note_names_finds_it_until_they_looked(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, agus, budi, _, _ = open_house(conn)
        write_note(conn, rina, budi.conversation_id, "tolong cek ya @Agus. (bukan @rina, bukan a@agus)", NOW)
        assert ids(cards(conn, agus, tab=Tab.MENTIONED)) == [budi.conversation_id]
        assert ids(cards(conn, rina, tab=Tab.MENTIONED)) == []
        assert [note.author_name for note in notes_of(conn, budi.conversation_id)] == ["Rina"]

    await database.write(story)


async def test_every_change_of_a_conversation_touches_it(database: Database) -> None:
    def touched(conn: Connection, said: Said) -> int:
        return (
            conn.scalar(
                Conversation.__table__.select()
                .with_only_columns(Conversation.touched)
                .where(Conversation.id == said.conversation_id)
            )
            or 0
        )

    said = await database.write(lambda conn: writes(conn, "6281111", "Halo"))
    first = await database.read(lambda conn: touched(conn, said))
    await database.write(lambda conn: conn.execute(update(Conversation).values(touched=1)) and None)
    await database.write(lambda conn: writes(conn, "6281111", "Halo lagi"))
    assert first > 1
    assert await database.read(lambda conn: touched(conn, said)) >= first
