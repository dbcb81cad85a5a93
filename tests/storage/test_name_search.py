"""Finding customers by name within somebody's reach: whole however many namesakes others have, and gone once out of reach; on both
databases alike."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update

from flows.customer import CustomerTier
from flows.domain import Role
from flows.roles import Actor
from storage.database import Database
from storage.desk.message_search import MOST_PEOPLE, search_messages
from storage.pages import COUNTED_BEYOND, Page
from storage.people.customers import CustomerQuestion, customer_page
from storage.people.merge import merge_into
from storage.people.merge_undo import undo_merge
from storage.people.name_index import index_names
from storage.people.name_search import FEW
from storage.privacy.erasure import erase
from storage.staff.users import add_branch
from storage.tables import Conversation, Customer, NameWord
from tests.people import NOW, hire, waits, writes

JAKARTA, MEDAN = "Jakarta", "Medan"
Row = dict[str, Any]  # Any: column values.


def come(conn: Connection, *names: str, **values: int | str | None) -> list[str]:
    """Customers of long ago, so that the index takes them, the later ones the newer; their ids."""
    known = conn.scalar(select(func.count()).select_from(Customer)) or 0
    ids = [f"cust_{known + at + 1:032x}" for at in range(len(names))]
    same: Row = {"profile": {}, "created_at": NOW, **values}
    rows = [{"id": id_, "name": name, **same} for id_, name in zip(ids, names, strict=True)]
    conn.execute(insert(Customer), rows)
    return ids


def talk(conn: Connection, customer_ids: Sequence[str], **values: int | str | None) -> None:
    """A conversation with each of them."""
    same: Row = {"session": "default", "created_at": NOW, "last_message_at": NOW, **values}
    rows = [
        {"id": id_.replace("cust", "conv"), "customer_id": id_, "chat_id": id_, **same}
        for id_ in customer_ids
    ]
    conn.execute(insert(Conversation), rows)


def settle(conn: Connection) -> None:
    while index_names(conn, NOW):
        pass


def listed(conn: Connection, who: Actor, q: str) -> list[str]:
    """Whom the list of customers shows."""
    part = customer_page(conn, who, CustomerQuestion(q=q), Page(limit=200))
    assert part.total == len(part.items)
    return sorted(str(person.name) for person in part.items)


def met(conn: Connection, who: Actor, sought: str) -> list[str]:
    """Whom a search in the inbox shows."""
    return sorted(
        str(hit.customer_name)
        for hit in search_messages(conn, who, sought, 50)
        if hit.message_id is None and hit.customer_name
    )


def places(conn: Connection, customer_id: str) -> set[int | None]:
    """The branches that stand beside the words of their name."""
    return {*conn.scalars(select(NameWord.branch_id).where(NameWord.customer_id == customer_id))}


async def test_a_branchs_own_bearer_of_a_frequent_name_is_found_behind_all_newer_ones(
    database: Database,
) -> None:
    def story(conn: Connection) -> None:
        rina = hire(conn, "rina", Role.AGENT, branch=JAKARTA)
        far = hire(conn, "tuti", Role.AGENT, branch=MEDAN)
        ours = come(conn, "Siti Aminah", "Sitompul Aminudin", branch_id=rina.branch_id)
        nobodys = come(conn, "Siti Zubaidah")
        others = come(conn, *["Siti Aminah"] * (MOST_PEOPLE + 100), branch_id=far.branch_id)
        talk(conn, [*ours, *nobodys, *others])
        settle(conn)
        for found in (listed, met):
            assert found(conn, rina, "siti") == ["Siti Aminah", "Siti Zubaidah"]
            assert found(conn, rina, "sit") == ["Siti Aminah", "Siti Zubaidah", "Sitompul Aminudin"]
            assert found(conn, rina, "siti aminah") == ["Siti Aminah"]
            assert found(conn, rina, "amin sit") == ["Siti Aminah", "Sitompul Aminudin"]
            assert found(conn, rina, "zub") == found(conn, far, "zub") == ["Siti Zubaidah"]
        assert len(met(conn, far, "siti")) == 5

    await database.write(story)


async def test_a_name_goes_with_its_customer_from_branch_to_branch(database: Database) -> None:
    def story(conn: Connection) -> None:
        jakarta = hire(conn, "rina", Role.AGENT, branch=JAKARTA)
        medan = hire(conn, "tuti", Role.AGENT, branch=MEDAN)
        (budi,) = ids = come(conn, "Budi Santoso", branch_id=jakarta.branch_id)
        talk(conn, ids)
        settle(conn)
        for branch_id, seen in (
            (jakarta.branch_id, (1, 0)),
            (medan.branch_id, (0, 1)),
            (None, (1, 1)),
            (jakarta.branch_id, (1, 0)),
        ):
            conn.execute(update(Customer).where(Customer.id == budi).values(branch_id=branch_id))
            for found in (listed, met):
                assert (len(found(conn, jakarta, "budi")), len(found(conn, medan, "budi"))) == seen

    await database.write(story)


async def test_names_go_where_two_customers_become_one_and_back(database: Database) -> None:
    def story(conn: Connection) -> None:
        jakarta = hire(conn, "rina", Role.AGENT, branch=JAKARTA)
        medan = hire(conn, "tuti", Role.AGENT, branch=MEDAN)
        (kept,) = come(conn, "Budi Santoso", branch_id=None)
        (other,) = come(conn, "Budi S", branch_id=medan.branch_id)
        talk(conn, [kept, other])
        settle(conn)
        assert listed(conn, jakarta, "budi") == ["Budi Santoso"]
        merge_id = merge_into(conn, kept, other, medan, NOW, because="test")
        # Who remains has the branch that only the other one had.
        assert (listed(conn, jakarta, "budi"), listed(conn, medan, "budi")) == ([], ["Budi Santoso"])
        assert met(conn, jakarta, "budi") == []
        assert places(conn, kept) == {medan.branch_id}
        undo_merge(conn, medan, merge_id, NOW)
        assert places(conn, kept) == {None}
        assert listed(conn, jakarta, "budi") == met(conn, jakarta, "budi") == ["Budi Santoso"]
        assert listed(conn, medan, "budi") == met(conn, medan, "budi") == ["Budi S", "Budi Santoso"]

    await database.write(story)


@pytest.mark.parametrize("namesakes", [3, FEW], ids=["few", "many"])
async def test_an_rm_finds_whom_they_own_and_whom_they_serve(database: Database, namesakes: int) -> None:
    def story(conn: Connection) -> None:
        rina, tuti = hire(conn, "rina", Role.RM), hire(conn, "tuti", Role.RM)
        own = come(conn, "Siti Milik", owner_id=rina.user_id)
        served = come(conn, "Siti Dilayani", owner_id=tuti.user_id)
        waiting = come(conn, "Siti Menunggu")
        others = come(conn, *["Siti Lain"] * namesakes, owner_id=tuti.user_id)
        talk(conn, own)
        talk(conn, served, assigned_to=rina.user_id, status="human")
        talk(conn, waiting, status="waiting")
        talk(conn, others)
        settle(conn)
        for found in (listed, met):
            assert found(conn, rina, "siti") == ["Siti Dilayani", "Siti Menunggu", "Siti Milik"]
            assert found(conn, rina, "si dil") == ["Siti Dilayani"]
            assert found(conn, rina, "lain siti") == []
            assert found(conn, tuti, "siti mil") == []
        for customer_id, owner in ((own[0], tuti), (others[0], rina)):
            conn.execute(update(Customer).where(Customer.id == customer_id).values(owner_id=owner.user_id))
        for found in (listed, met):
            assert found(conn, rina, "siti") == ["Siti Dilayani", "Siti Lain", "Siti Menunggu"]
            assert found(conn, tuti, "siti mi") == ["Siti Milik"]

    await database.write(story)


async def test_a_customer_of_yesterday_is_found_whose_name_is_not_written_down_yet(
    database: Database,
) -> None:
    def story(conn: Connection) -> None:
        rina, tuti = hire(conn, "rina", Role.RM), hire(conn, "tuti", Role.AGENT, branch=MEDAN)
        said = writes(conn, "6281111", "halo", name="Siti Baru")
        assert (met(conn, rina, "siti"), met(conn, tuti, "siti")) == ([], ["Siti Baru"])
        waits(conn, said)
        assert met(conn, rina, "siti bar") == listed(conn, rina, "siti bar") == ["Siti Baru"]
        branch = add_branch(conn, JAKARTA)
        conn.execute(update(Customer).where(Customer.id == said.customer_id).values(branch_id=branch))
        assert met(conn, tuti, "siti") == listed(conn, tuti, "siti") == []

    await database.write(story)


async def test_of_more_bearers_than_are_counted_the_last_is_found_by_a_filter_or_at_the_end(
    database: Database,
) -> None:
    def story(conn: Connection) -> None:
        admin = hire(conn, "anton", Role.ADMIN)
        come(conn, "Siti Lama", tier="PRIORITY")
        come(conn, *["Siti Sinta"] * (COUNTED_BEYOND + 2))
        settle(conn)

        def shown(page: Page, tier: CustomerTier | None = None) -> tuple[int, list[str | None]]:
            part = customer_page(conn, admin, CustomerQuestion(q="si", tier=tier), page)
            return part.total, [person.name for person in part.items]

        assert shown(Page(limit=1)) == (COUNTED_BEYOND + 1, ["Siti Sinta"])
        assert shown(Page(limit=1), CustomerTier.PRIORITY) == (1, ["Siti Lama"])
        end = Page(limit=2, offset=COUNTED_BEYOND + 1)
        assert shown(end) == (COUNTED_BEYOND + 3, ["Siti Sinta", "Siti Lama"])

    await database.write(story)


async def test_an_erased_name_is_in_nobodys_reach(database: Database) -> None:
    def story(conn: Connection) -> None:
        admin = hire(conn, "anton", Role.ADMIN)
        agent = hire(conn, "rina", Role.AGENT, branch=JAKARTA)
        (budi,) = ids = come(conn, "Budi Santoso", branch_id=agent.branch_id)
        talk(conn, ids)
        settle(conn)
        assert met(conn, agent, "budi") == ["Budi Santoso"]
        erase(conn, admin, budi, "request", NOW)
        assert met(conn, agent, "budi") == listed(conn, agent, "budi") == []
        assert conn.scalars(select(NameWord.word)).all() == []

    await database.write(story)
