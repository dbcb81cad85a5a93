"""Finding customers by their names: by how words begin, old and new, until the name is changed or gone; on both databases alike."""

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from flows.domain import Role
from storage.database import Database
from storage.pages import Page
from storage.people.customers import CustomerQuestion, customer_page
from storage.people.name_index import index_names
from storage.privacy.erasure import erase
from storage.tables import Customer, NameChange, NameWord, new_id
from tests.people import NOW, hire, writes

LONG_AGO = "cust_{:032x}"


def named(conn: Connection, *names: str) -> None:
    """Customers of the day before yesterday, so that the index takes them."""
    rows = [
        {"id": LONG_AGO.format(at + 1), "phone": f"62811{at}", "name": name, "profile": {}, "created_at": NOW}
        for at, name in enumerate(names)
    ]
    conn.execute(insert(Customer), rows)


def found(conn: Connection, q: str) -> list[str]:
    agent = hire(conn, new_id("agent"), Role.AGENT)
    part = customer_page(conn, agent, CustomerQuestion(q=q), Page())
    assert part.total == len(part.items)
    return sorted(str(person.name) for person in part.items)


@pytest.mark.parametrize("is_indexed", [True, False], ids=["indexed", "new"])
async def test_every_word_of_a_name_is_found_by_its_beginning(database: Database, is_indexed: bool) -> None:
    def story(conn: Connection) -> None:
        named(conn, "Siti Nur-Haliza", "Budi Santoso", "Renée Budiman", "Zulkifli")
        assert (index_names(conn, NOW) if is_indexed else 4) == 4
        assert found(conn, "budi") == ["Budi Santoso", "Renée Budiman"]
        assert found(conn, "HALI si") == ["Siti Nur-Haliza"]
        assert found(conn, "renee") == ["Renée Budiman"]
        assert found(conn, "zulkifli") == ["Zulkifli"]
        assert found(conn, "toso") == []
        assert found(conn, "budi siti") == []

    await database.write(story)


async def test_a_changed_name_is_found_at_once_and_the_old_one_no_more(database: Database) -> None:
    def story(conn: Connection) -> None:
        named(conn, "Budi", "Sari")
        index_names(conn, NOW)
        conn.execute(update(Customer).where(Customer.name == "Budi").values(name="Bambang"))
        assert (found(conn, "budi"), found(conn, "bamb")) == ([], ["Bambang"])
        assert index_names(conn, NOW) == 1
        assert (found(conn, "bud"), found(conn, "bam")) == ([], ["Bambang"])
        assert index_names(conn, NOW) == 0

    await database.write(story)


async def test_nothing_of_an_erased_name_stays(database: Database) -> None:
    def story(conn: Connection) -> None:
        said = writes(conn, "6281234", "Halo", name="Budi Santoso")
        conn.execute(insert(NameWord).values(word="budi", customer_id=said.customer_id))
        erase(conn, hire(conn, "anton", Role.ADMIN), said.customer_id, "request", NOW)
        assert conn.scalars(select(NameWord.word)).all() == []
        assert conn.scalars(select(NameChange.customer_id)).all() == []

    await database.write(story)


async def test_a_name_without_words_is_no_trouble(database: Database) -> None:
    def story(conn: Connection) -> None:
        named(conn, "🙂", "A" * 200)
        assert index_names(conn, NOW) == 2
        assert found(conn, "aaaa") == ["A" * 200]
        assert found(conn, "🙂") == []
        conn.execute(delete(NameWord))

    await database.write(story)
