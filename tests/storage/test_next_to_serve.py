"""The button that takes the next one: urgent first, longest waiting, never somebody else's, and no more than a fair share."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from flows.assignment import FAIR_SHARE, SHARE_WINDOW
from flows.domain import HandoverReason, Priority, Role
from flows.refusal import Refused
from storage.database import Database
from storage.desk.next_to_serve import take_next, taken_lately
from storage.tables import Handover
from tests.people import NOW, hire, waits, writes


async def test_the_next_one_is_taken_in_the_order_of_the_rule(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina, agus = hire(conn, "rina", Role.RM), hire(conn, "agus", Role.AGENT)
        long, young, urgent = (writes(conn, f"62811{n}", "Halo") for n in range(3))
        waits(
            conn, long, HandoverReason.CUSTOMER_REQUEST, priority=Priority.NORMAL, at=NOW - timedelta(hours=2)
        )
        waits(conn, young, HandoverReason.CUSTOMER_REQUEST, priority=Priority.NORMAL)
        waits(conn, urgent)
        assert take_next(conn, rina, NOW) == urgent.conversation_id
        assert take_next(conn, agus, NOW) == long.conversation_id
        assert take_next(conn, rina, NOW) == young.conversation_id
        with pytest.raises(Refused):
            take_next(conn, rina, NOW)
        assert taken_lately(conn, rina, NOW) == 2

    await database.write(story)


async def test_a_fair_share_is_enough_until_the_window_has_passed(database: Database) -> None:
    def story(conn: Connection) -> None:
        rina = hire(conn, "rina", Role.RM)
        for number in range(FAIR_SHARE + 1):
            waits(conn, writes(conn, f"62811{number:04d}", "Halo"))
        for _ in range(FAIR_SHARE):
            take_next(conn, rina, NOW)
        with pytest.raises(Refused):
            take_next(conn, rina, NOW)
        conn.execute(update(Handover).values(claimed_at=NOW - SHARE_WINDOW - timedelta(minutes=1)))
        assert take_next(conn, rina, NOW)

    await database.write(story)
