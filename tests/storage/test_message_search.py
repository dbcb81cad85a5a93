"""Searching all messages: found by beginnings on both databases, within the scope, never through a mask, and no more once erased."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, select, update

from flows.domain import Role
from flows.roles import Actor
from storage.database import Database
from storage.desk import word_index
from storage.desk.message_search import (
    LAG_MS,
    conversations_holding,
    index_more,
    messages_holding,
    search_again_from_the_start,
    search_messages,
)
from storage.people.merge import merge_into
from storage.people.merge_undo import undo_merge
from storage.tables import Customer, Message, MessageWords
from tests.people import NOW, hire, waits, writes


def found(conn: Connection, who: Actor, sought: str) -> list[str | None]:
    return [hit.body for hit in search_messages(conn, who, sought, 50)]


def settle(conn: Connection) -> int:
    """As if the messages had been written long ago: the index takes only what is surely committed."""
    rows = list(conn.execute(select(Message.id).order_by(Message.id)).scalars())
    for age, row in enumerate(rows):
        # One after the other as before: what follows the moment in an id is chance once the moments differ.
        conn.execute(update(Message).where(Message.id == row).values(id=f"msg_{age:012x}{row[16:]}"))
    search_again_from_the_start(conn, NOW)
    return index_more(conn, NOW)


@pytest.mark.parametrize("is_indexed", [True, False], ids=["indexed", "young"])
@pytest.mark.parametrize("role", [Role.AGENT, Role.RM])
async def test_words_are_found_by_their_beginnings(database: Database, is_indexed: bool, role: Role) -> None:
    def story(conn: Connection) -> None:
        who = hire(conn, "rina", role)
        said = writes(
            conn, "6281111", "Apakah ada Café di hotel?", "Mau UMROH berempat", "hotel jauh?", name="Budi"
        )
        waits(conn, said)
        assert (settle(conn) if is_indexed else 3) == 3
        assert found(conn, who, "cafe") == ["Apakah ada Café di hotel?"]
        assert found(conn, who, "hot") == ["hotel jauh?", "Apakah ada Café di hotel?"]
        assert found(conn, who, "umr empat") == []
        assert found(conn, who, "umr ber") == ["Mau UMROH berempat"]
        assert found(conn, who, "otel") == []
        assert found(conn, who, "' OR 1=1 --") == []
        assert found(conn, who, "budi") == [None]

    await database.write(story)


async def test_nobody_finds_what_they_may_not_see(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, tuti = hire(conn, "rina", Role.RM), hire(conn, "tuti", Role.AGENT, branch="Medan")
        anton = hire(conn, "anton", Role.ADMIN)
        director = hire(conn, "dewi", Role.DIRECTOR)
        binjai = hire(conn, "agus", Role.AGENT, branch="Binjai")
        said = writes(conn, "6281234567890", "Rahasia: nomor saya 0812-9999-8888", name="Budi")
        conn.execute(
            update(Customer).where(Customer.id == said.customer_id).values(branch_id=binjai.branch_id)
        )
        settle(conn)
        assert len(found(conn, binjai, "rahasia")) == 1
        for who in (rina, tuti, director):
            assert found(conn, who, "rahasia") == []
            assert found(conn, who, "budi") == []
        assert len(found(conn, anton, "rahasia")) == 1
        assert len(found(conn, binjai, "9999")) == 1
        for part in ("9999", "0812", "99", "08129999", "628123"):
            assert found(conn, anton, part) == [], part

    await database.write(story)


async def test_what_was_erased_or_changed_is_found_no_more(database: Database) -> None:
    def story(conn: Connection) -> None:
        agus = hire(conn, "agus", Role.AGENT)
        said = writes(conn, "6281111", "paspor hilang", "paspor ketemu")
        settle(conn)
        first, second = sorted(
            conn.execute(Message.__table__.select().with_only_columns(Message.id)).scalars()
        )
        conn.execute(update(Message).where(Message.id == first).values(body=None))
        assert found(conn, agus, "paspor") == ["paspor ketemu"]
        conn.execute(delete(MessageWords).where(MessageWords.message_id == second))
        assert found(conn, agus, "paspor") == []
        assert said.message_ids

    await database.write(story)


async def test_only_what_is_surely_committed_is_indexed(database: Database) -> None:
    def story(conn: Connection) -> tuple[int, int]:
        writes(conn, "6281111", "baru saja")
        return index_more(conn, NOW), index_more(conn, NOW + timedelta(milliseconds=LAG_MS))

    assert await database.write(story) == (0, 0)


async def test_words_move_with_the_customer_from_branch_to_branch(database: Database) -> None:
    def story(conn: Connection) -> None:
        medan = hire(conn, "tuti", Role.AGENT, branch="Medan")
        binjai = hire(conn, "agus", Role.AGENT, branch="Binjai")
        said = writes(conn, "6281111", "minta kursi roda")
        settle(conn)
        for word in ("kursi", "kurs"):
            assert (len(found(conn, medan, word)), len(found(conn, binjai, word))) == (1, 1)
        moved = update(Customer).where(Customer.id == said.customer_id)
        conn.execute(moved.values(branch_id=binjai.branch_id))
        assert (len(found(conn, medan, "kursi")), len(found(conn, binjai, "kursi"))) == (0, 1)
        conn.execute(moved.values(branch_id=medan.branch_id))
        assert (len(found(conn, medan, "kursi")), len(found(conn, binjai, "kursi"))) == (1, 0)
        conn.execute(moved.values(branch_id=None))
        assert (len(found(conn, medan, "kursi")), len(found(conn, binjai, "kursi"))) == (1, 1)

    await database.write(story)


async def test_words_go_where_two_customers_become_one(database: Database) -> None:
    def story(conn: Connection) -> None:
        binjai = hire(conn, "agus", Role.AGENT, branch="Binjai")
        medan = hire(conn, "tuti", Role.AGENT, branch="Medan")
        first, second = writes(conn, "6281111", "minta visa"), writes(conn, "6282222", "minta kursi")
        for said, branch in ((first, binjai), (second, medan)):
            conn.execute(
                update(Customer).where(Customer.id == said.customer_id).values(branch_id=branch.branch_id)
            )
        settle(conn)
        assert (found(conn, binjai, "kursi"), found(conn, medan, "kursi")) == ([], ["minta kursi"])
        merge_id = merge_into(conn, first.customer_id, second.customer_id, binjai, NOW, because="test")
        assert (found(conn, binjai, "kursi"), found(conn, medan, "kursi")) == (["minta kursi"], [])
        undo_merge(conn, binjai, merge_id, NOW)
        assert (found(conn, binjai, "kursi"), found(conn, medan, "kursi")) == ([], ["minta kursi"])

    await database.write(story)


@pytest.mark.parametrize("few", [0, 2, 5, 1_000])
async def test_a_page_of_hits_holds_the_newest_that_may_be_seen(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """However many of the newest are looked at first."""
    monkeypatch.setattr(word_index, "LATELY", few)
    monkeypatch.setattr(word_index, "READ_THROUGH", few // 2)
    monkeypatch.setattr(word_index, "READ_OF_PLACE", few // 2)
    monkeypatch.setattr(word_index, "LONGEST_BEGINNING", 3)

    def story(conn: Connection) -> None:
        rina, admin = hire(conn, "rina", Role.RM), hire(conn, "anton", Role.ADMIN)
        for number in range(12):
            said = writes(conn, f"62811{number}", f"visa nomor {number}")
            if number % 3 == 0:
                waits(conn, said)
        settle(conn)
        newest_first = [f"visa nomor {number}" for number in reversed(range(12))]
        assert found(conn, admin, "visa") == newest_first
        assert [hit.body for hit in search_messages(conn, admin, "vis", 3)] == newest_first[:3]
        assert [hit.body for hit in search_messages(conn, rina, "visa", 2)] == [
            "visa nomor 9",
            "visa nomor 6",
        ]
        assert len(found(conn, rina, "visa")) == 4
        sari = hire(conn, "sari", Role.SUPERVISOR)
        for sought in ("visa", "vis", "vis nom", "visa nomor", "nomo visa"):
            assert found(conn, sari, sought) == newest_first
            hits = search_messages(conn, sari, sought, 7)
            assert [hit.body for hit in hits] == newest_first[:7]
        for who in (admin, sari, rina):
            hits = messages_holding(conn, who, "vis", 5)
            assert conversations_holding(conn, who, "vis", 5) == tuple(hit.conversation_id for hit in hits)

    await database.write(story)
