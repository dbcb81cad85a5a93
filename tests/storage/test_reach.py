"""The branch and owner beside a conversation, lead, case and value are the customer's, whoever writes which row: reach stands on them."""

import pytest
from sqlalchemy import Connection, insert, select, update

from flows.domain import Role
from flows.refusal import Refused
from flows.roles import Actor
from storage.database import Database
from storage.desk.inbox_list import inbox_counts, inbox_page
from storage.desk.inbox_question import InboxQuestion, Tab
from storage.pages import Page
from storage.people.duplicates import merge_by_staff
from storage.people.merge_undo import undo_merge
from storage.staff.users import add_branch
from storage.tables import Case, Conversation, Customer, Lead
from storage.talks.conversation_list import ConversationQuestion, conversation_page
from storage.talks.conversations import find_conversation
from storage.worth.value import ValueRules, rescore
from storage.worth.value_spread import value_spread
from tests.people import NOW, Said, hire, member, writes

JAKARTA, MEDAN = "Jakarta", "Medan"


def reach_of_conversation(conn: Connection, said: Said) -> tuple[int | None, int | None]:
    chosen = select(Conversation.branch_id, Conversation.owner_id).where(
        Conversation.id == said.conversation_id
    )
    branch, owner = conn.execute(chosen).one()
    return branch, owner


def give(conn: Connection, said: Said, **values: int | None) -> None:
    conn.execute(update(Customer).where(Customer.id == said.customer_id).values(**values))


async def test_whoever_writes_first_belongs_to_nobody(database: Database) -> None:
    assert await database.write(
        lambda conn: reach_of_conversation(conn, writes(conn, "6281111", "halo"))
    ) == (
        None,
        None,
    )


async def test_a_conversation_goes_with_its_customer(database: Database) -> None:
    def story(conn: Connection) -> None:
        branch, rm = add_branch(conn, JAKARTA), member(conn, hire(conn, "rm", Role.RM).name).id
        said = writes(conn, "6281111", "halo")
        give(conn, said, branch_id=branch)
        assert reach_of_conversation(conn, said) == (branch, None)
        give(conn, said, owner_id=rm)
        assert reach_of_conversation(conn, said) == (branch, rm)
        give(conn, said, branch_id=None, owner_id=None)
        assert reach_of_conversation(conn, said) == (None, None)

    await database.write(story)


async def test_a_conversation_begun_with_a_known_customer_is_in_their_reach(database: Database) -> None:
    def story(conn: Connection) -> None:
        branch = add_branch(conn, JAKARTA)
        conn.execute(
            insert(Customer).values(
                id="cust_1", phone="6281111", branch_id=branch, profile={}, created_at=NOW
            )
        )
        said = writes(conn, "6281111", "halo")
        assert said.customer_id == "cust_1"
        assert reach_of_conversation(conn, said) == (branch, None)

    await database.write(story)


async def test_leads_and_cases_go_with_their_customer_too(database: Database) -> None:
    def beside(conn: Connection) -> list[tuple[int | None, ...]]:
        lead = conn.execute(select(Lead.branch_id, Lead.customer_owner_id)).one()
        return [tuple(lead), (conn.scalar(select(Case.branch_id)),)]

    def story(conn: Connection) -> None:
        branch, abroad = add_branch(conn, JAKARTA), add_branch(conn, MEDAN)
        rm = member(conn, hire(conn, "rm", Role.RM).name).id
        said = writes(conn, "6281111", "halo")
        give(conn, said, branch_id=branch, owner_id=rm)
        conn.execute(
            insert(Lead).values(customer_id=said.customer_id, phase="leads", created_at=NOW, updated_at=NOW)
        )
        promise = {"first_response_due": NOW, "resolution_due": NOW, "opened_at": NOW}
        words = {"category": "GENERAL", "priority": "LOW", "subject": "Tas", "description": "Hilang"}
        conn.execute(insert(Case).values(customer_id=said.customer_id, case_number="1", **words, **promise))
        assert beside(conn) == [(branch, rm), (branch,)]
        give(conn, said, branch_id=abroad, owner_id=None)
        assert beside(conn) == [(abroad, None), (abroad,)]
        other = writes(conn, "6282222", "halo")
        give(conn, other, branch_id=branch)
        for table in (Lead, Case):
            conn.execute(update(table).values(customer_id=other.customer_id))
        assert beside(conn) == [(branch, None), (branch,)]

    await database.write(story)


async def test_a_merge_and_its_undoing_move_the_reach(database: Database) -> None:
    def story(conn: Connection) -> None:
        one, other = add_branch(conn, JAKARTA), add_branch(conn, MEDAN)
        boss = member(conn, hire(conn, "boss", Role.ADMIN).name).actor
        first, second = (
            writes(conn, "6281111", "halo", name="Budi"),
            writes(conn, "6282222", "halo", name="Budi"),
        )
        give(conn, first, branch_id=one)
        give(conn, second, branch_id=other)
        merge_id = merge_by_staff(conn, boss, first.customer_id, second.customer_id, NOW)
        assert {reach_of_conversation(conn, said)[0] for said in (first, second)} == {one}
        undo_merge(conn, boss, merge_id, NOW)
        assert [reach_of_conversation(conn, said)[0] for said in (first, second)] == [one, other]

    await database.write(story)


async def test_an_rm_whom_nobody_knows_has_no_portfolio(database: Database) -> None:
    """Whom nobody owns is not theirs."""
    said = await database.write(lambda conn: writes(conn, "6281111", "halo"))
    nobody = Actor(name="nobody", role=Role.RM)
    with pytest.raises(Refused):
        await database.read(lambda conn: find_conversation(conn, nobody, said.conversation_id))


async def test_a_customers_value_is_counted_where_they_are(database: Database) -> None:
    def story(conn: Connection) -> None:
        for name, role, branch in (("sari", Role.SUPERVISOR, JAKARTA), ("ani", Role.SUPERVISOR, MEDAN)):
            hire(conn, name, role, branch=branch)
        sari, ani = (member(conn, name).actor for name in ("sari", "ani"))
        rm = member(conn, hire(conn, "rm", Role.RM).name).actor
        said = writes(conn, "6281111", "halo")
        give(conn, said, branch_id=sari.branch_id, owner_id=rm.user_id)
        rescore(conn, [said.customer_id], ValueRules(), NOW, "test")
        nobodys = writes(conn, "6282222", "halo")
        rescore(conn, [nobodys.customer_id], ValueRules(), NOW, "test")
        assert [value_spread(conn, actor).total for actor in (sari, ani, rm, None)] == [2, 1, 1, 2]
        give(conn, said, branch_id=ani.branch_id, owner_id=None)
        assert [value_spread(conn, actor).total for actor in (sari, ani, rm, None)] == [1, 2, 0, 2]
        give(conn, said, branch_id=None)
        assert [value_spread(conn, actor).total for actor in (sari, ani)] == [2, 2]
        spread = value_spread(conn, sari)
        assert {sum(counts.values()) for counts in (spread.r, spread.f, spread.m, spread.personas)} == {2}

    await database.write(story)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.RM, Role.ADMIN])
async def test_lists_hold_each_once_the_last_written_in_first(database: Database, role: Role) -> None:
    """Owned and held by the same person is one card, not two; what lies outside is not counted either."""

    def story(conn: Connection) -> None:
        hire(conn, "staff", role, branch=JAKARTA)
        actor = member(conn, "staff").actor
        abroad = add_branch(conn, MEDAN)
        theirs = [writes(conn, f"62811{at}", "halo") for at in range(4)]
        far = writes(conn, "6289999", "halo")
        give(conn, far, branch_id=abroad)
        for said in theirs:
            give(conn, said, branch_id=actor.branch_id, owner_id=actor.user_id)
        held = update(Conversation).where(Conversation.id.in_([said.conversation_id for said in theirs[:2]]))
        conn.execute(held.values(assigned_to=actor.user_id, status="human"))
        expected = {said.conversation_id for said in theirs} | (
            {far.conversation_id} if role is Role.ADMIN else set()
        )

        page = conversation_page(conn, actor, ConversationQuestion(), Page())
        cards = inbox_page(conn, actor, InboxQuestion(tab=Tab.ALL), 50, NOW).cards
        assert page.total == len(expected)
        assert [card.id for card in cards] == [item.facts.id for item in page.items]
        assert sorted(card.id for card in cards) == sorted(expected)
        times = [card.last_message_at for card in cards]
        assert times == sorted(times, key=str, reverse=True)
        counted = inbox_counts(conn, actor, [InboxQuestion(tab=tab) for tab in (Tab.ALL, Tab.MINE)], NOW)
        assert counted == (len(expected), 2)
        second = conversation_page(conn, actor, ConversationQuestion(), Page(limit=2, offset=2))
        assert [item.facts.id for item in second.items] == [card.id for card in cards[2:4]]
        assert second.total == len(expected)
        assert conversation_page(conn, actor, ConversationQuestion(), Page(offset=50)).total == len(expected)

    await database.write(story)
