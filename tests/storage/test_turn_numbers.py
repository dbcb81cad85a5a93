"""What the bot's turns came to: the same numbers whether days were written down or are read again, and new turns at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, select, update

from flows.domain import Status
from storage.database import Database
from storage.numbers.turn_numbers import TurnNumbers, read_turns_again, roll_up, turn_numbers
from storage.tables import Message, OutboxRow, Turn, TurnDay, new_id
from tests.people import NOW, Said, turned, writes

JAKARTA = ZoneInfo("Asia/Jakarta")
DAYS = 5


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def answers(conn: Connection, said: Said, turn_id: str, at: datetime, *, state: str = "sent") -> None:
    """The bot's answer of that turn; it left then."""
    message_id = new_id("msg")
    conn.execute(
        insert(Message).values(
            id=message_id, conversation_id=said.conversation_id, direction="out", author="bot", kind="text",
            body="…", at=at, turn_id=turn_id, answers=[], details={},
        )
    )  # fmt: skip
    conn.execute(
        insert(OutboxRow).values(
            conversation_id=said.conversation_id, message_id=message_id, session="default", chat_id="x@c.us",
            call="sendText", payload={}, by_bot=True, state=state, not_before=at, created_at=at,
            sent_at=at if state == "sent" else None,
        )
    )  # fmt: skip


def asks(
    conn: Connection, number: int, intent: str, at: datetime, status: Status = Status.BOT
) -> tuple[Said, str]:
    said = writes(conn, f"62811{number}", "Halo", at=at)
    return said, turned(conn, said, intent, status_after=status, at=at)


@pytest.fixture
def moments() -> Iterator[datetime]:
    """Two questions a day, some just before and after midnight in Jakarta."""
    return (days_ago(day + part) for day in range(DAYS) for part in (0.125, 0.4166, 0.4168))


def rolled(conn: Connection) -> int:
    days = 0
    while roll_up(conn, JAKARTA, NOW):
        days += 1
    return days


async def test_written_days_say_what_the_turns_say(database: Database, moments: Iterator[datetime]) -> None:
    def story(conn: Connection) -> None:
        for number, at in enumerate(moments):
            said, turn = asks(
                conn, number, f"ask_{number % 2}", at, Status.WAITING if number % 3 else Status.BOT
            )
            answers(conn, said, turn, at + timedelta(seconds=number))
        periods = [
            (days_ago(first), days_ago(last))
            for first, last in ((9, -1), (3, 1), (2.5, 0.2), (0.1, 0), (9, 8))
        ]
        before = [turn_numbers(conn, *period) for period in periods]
        assert before[0].turns == {"ask_0": 8, "ask_1": 7}
        assert before[0].answered == 15
        assert before[0].seconds == pytest.approx(sum(range(15)))
        assert rolled(conn) == DAYS
        assert len(set(conn.scalars(select(TurnDay.day)))) == DAYS
        assert [rounded(turn_numbers(conn, *period)) for period in periods] == [
            rounded(each) for each in before
        ]

    await database.write(story)


def rounded(numbers: TurnNumbers) -> tuple[object, ...]:
    return dict(numbers.turns), dict(+numbers.stayed), numbers.answered, round(numbers.seconds, 3)


async def test_what_happens_today_counts_at_once(database: Database) -> None:
    def story(conn: Connection) -> None:
        asks(conn, 1, "ask_price", days_ago(3))
        assert (
            rolled(conn) == 1
        )  # Nobody asked on the two days in between: they come to nothing without being written.
        asks(conn, 2, "ask_price", NOW)
        assert turn_numbers(conn, days_ago(9), NOW + timedelta(hours=1)).turns == {"ask_price": 2}

    await database.write(story)


async def test_a_day_is_written_down_when_nothing_of_it_waits_to_be_sent(database: Database) -> None:
    def story(conn: Connection) -> None:
        said, turn = asks(conn, 1, "ask_price", days_ago(1))
        answers(conn, said, turn, days_ago(1), state="waiting")
        assert rolled(conn) == 0
        conn.execute(update(OutboxRow).values(state="sent", sent_at=days_ago(1) + timedelta(minutes=5)))
        assert rolled(conn) == 1
        assert turn_numbers(conn, days_ago(2), NOW).seconds == pytest.approx(300)

    await database.write(story)


async def test_what_never_leaves_does_not_hold_the_days_up(database: Database) -> None:
    def story(conn: Connection) -> None:
        said, turn = asks(conn, 1, "ask_price", days_ago(4))
        answers(conn, said, turn, days_ago(4), state="waiting")
        assert rolled(conn) > 0

    await database.write(story)


async def test_turns_written_into_the_past_are_counted_once_they_are_read_again(database: Database) -> None:
    def story(conn: Connection) -> None:
        asks(conn, 1, "ask_price", days_ago(2))
        rolled(conn)
        asks(conn, 2, "ask_price", days_ago(6))
        read_turns_again(conn)
        assert turn_numbers(conn, days_ago(9), NOW).turns == {"ask_price": 2}
        rolled(conn)
        assert turn_numbers(conn, days_ago(9), NOW).turns == {"ask_price": 2}

    await database.write(story)


async def test_another_clock_begins_anew(database: Database) -> None:
    def story(conn: Connection) -> None:
        asks(conn, 1, "ask_price", datetime(2027, 1, 1, 16, 30, tzinfo=UTC))
        rolled(conn)
        while roll_up(conn, ZoneInfo("Asia/Jayapura"), NOW):
            pass
        days = {str(day) for day in conn.scalars(select(TurnDay.day))}
        assert days == {"2027-01-02"}
        assert conn.scalar(select(Turn.intent)) == "ask_price"

    await database.write(story)
