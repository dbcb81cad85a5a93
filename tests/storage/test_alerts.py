"""Alerts are claimed one by one, by whoever is there, and a press counts once."""

import asyncio
from datetime import timedelta
from functools import partial

from sqlalchemy import select, update

from flows.domain import HandoverReason, Role
from storage.database import Connection, Database
from storage.desk.alert_presses import PressOutcome, press_snooze, press_take
from storage.moments.alerts import (
    NewAlert,
    alert_page,
    claim_alert,
    finish_alerts,
    mark_told,
    next_due,
    raise_alert,
)
from storage.pages import Page
from storage.staff.users import UserChange, change_user
from storage.tables import Conversation
from tests.people import NOW, Said, hire, waits, writes

SARI, RUDI = "501", "502"


def siti_waits(conn: Connection) -> Said:
    said = writes(conn, "6281234567890", "mau daftar")
    waits(conn, said, HandoverReason.PAYMENT_INTENT)
    return said


def staff_are_linked(conn: Connection) -> None:
    for name, telegram_id in (("sari", SARI), ("rudi", RUDI)):
        actor = hire(conn, name, Role.RM)
        assert actor.user_id is not None
        change_user(conn, actor.user_id, UserChange(telegram_id=telegram_id), actor, NOW)


async def raised(database: Database, count: int = 1) -> Said:
    """Siti waits, and so many alerts say so."""
    said = await database.write(siti_waits)
    for number in range(count):
        new = NewAlert(
            kind="payment_intent", dedupe_key=f"k{number}", conversation_id=said.conversation_id, facts={}
        )
        assert await database.write(partial(raise_alert, new=new, now=NOW))
    return said


async def states(database: Database) -> list[str]:
    part = await database.read(partial(alert_page, page=Page()))
    return [row.state.value for row in part.items]


async def test_many_claimers_share_the_alerts_and_none_is_claimed_twice(database: Database) -> None:
    await raised(database, count=12)

    async def claim_all() -> list[int]:
        mine = []
        while news := await database.write(partial(claim_alert, now=NOW)):
            mine.append(news.id)
        return mine

    shares = await asyncio.gather(*(claim_all() for _ in range(4)))
    claimed = [alert_id for share in shares for alert_id in share]
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 12


async def test_a_claim_holds_a_minute_and_then_comes_up_again(database: Database) -> None:
    await raised(database)
    first = await database.write(partial(claim_alert, now=NOW))
    assert await database.write(partial(claim_alert, now=NOW + timedelta(seconds=59))) is None
    again = await database.write(partial(claim_alert, now=NOW + timedelta(seconds=60)))
    assert first is not None
    assert again is not None
    assert (again.id, again.attempts) == (first.id, 1)


async def test_the_next_due_moment_is_known(database: Database) -> None:
    assert await database.read(next_due) is None
    await raised(database)
    assert await database.read(next_due) == NOW


async def test_the_same_key_is_one_alert(database: Database) -> None:
    new = NewAlert(kind="session_down", dedupe_key="session_down:default", facts={})
    answers = [await database.write(partial(raise_alert, new=new, now=NOW)) for _ in range(3)]
    assert answers == [True, False, False]


async def test_what_was_settled_meanwhile_stays_settled(database: Database) -> None:
    said = await raised(database)
    news = await database.write(partial(claim_alert, now=NOW))
    assert news is not None
    await database.write(partial(finish_alerts, conversation_id=said.conversation_id))
    await database.write(partial(mark_told, alert_id=news.id, telegram_message_id="1"))
    assert await states(database) == ["done"]


async def test_of_two_who_press_at_once_exactly_one_takes_it(database: Database) -> None:
    said = await raised(database)
    await database.write(staff_are_linked)
    results = await asyncio.gather(
        *(
            database.write(partial(press_take, alert_id=1, telegram_id=who, now=NOW))
            for who in (SARI, RUDI, SARI, RUDI)
        )
    )
    outcomes = [result.outcome for result in results]
    assert sorted(outcomes) == sorted([PressOutcome.TAKEN] * 2 + [PressOutcome.HELD] * 2)
    holder = select(Conversation.assigned_to).where(Conversation.id == said.conversation_id)
    assert await database.read(lambda conn: conn.scalar(holder)) is not None


async def test_a_press_to_snooze_twice_holds_the_first_moment(database: Database) -> None:
    await raised(database)
    await database.write(staff_are_linked)
    await database.write(partial(mark_told, alert_id=1, telegram_message_id="1"))
    untils = [NOW + timedelta(minutes=15), NOW + timedelta(minutes=20)]
    results = [
        await database.write(partial(press_snooze, alert_id=1, telegram_id=SARI, until=until))
        for until in untils
    ]
    assert [result.until for result in results] == [untils[0], untils[0]]
    assert await states(database) == ["snoozed"]


async def test_an_alert_follows_its_conversation_into_another_one(database: Database) -> None:
    """A LID and a phone turned out to be one person."""
    said = await raised(database)

    def merge(conn: Connection) -> str:
        kept = writes(conn, "6289999999999", "halo")
        conn.execute(
            update(Conversation)
            .where(Conversation.id == said.conversation_id)
            .values(merged_into=kept.conversation_id)
        )
        waits(conn, kept, HandoverReason.COMPLAINT)
        return kept.conversation_id

    kept = await database.write(merge)
    news = await database.write(partial(claim_alert, now=NOW))
    assert news is not None
    assert news.conversation_id == kept
