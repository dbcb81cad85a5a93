"""What did the bot's turns of a period come to: how often which question, how often without a human, how long until the answer?

Turns never change, so what a finished day's came to is written down once (`roll_up`, by a job beside everything else) and added up later
instead of being read again: a month of a million messages is thirty sums. Days that are not written down yet, and today, are always read
from the turns themselves, so the numbers are right at once and the same either way.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Date,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    text,
)

from flows.domain import Status
from storage.dialect import insert_new, seconds_between, upsert
from storage.prepared import Prepared
from storage.tables import InboxRow, Message, OutboxRow, Setting, Turn, TurnDay
from storage.tables.columns import Instant

MARK = "turn_days"  # The setting that says up to which day, and on which clock, days are written down.
SETTLED = timedelta(hours=1)  # After midnight; by then a day's last turn is recorded.
GIVEN_UP = timedelta(days=2)  # What has not been sent by then counts as never answered.
NO_INTENT = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnNumbers:
    """turns and stayed (with the bot) by intent. answered turns took `seconds` in all, from receiving the first message to sending."""

    turns: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    seconds: float = 0.0

    def __add__(self, other: "TurnNumbers") -> "TurnNumbers":
        return TurnNumbers(
            turns=self.turns + other.turns,
            stayed=self.stayed + other.stayed,
            answered=self.answered + other.answered,
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class _Mark:
    """Days before `until` are written down, as the clock of that zone has them."""

    zone: ZoneInfo
    until: date

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)


def turn_numbers(conn: Connection, since: datetime, until: datetime) -> TurnNumbers:
    """The numbers of the turns from one moment to another, which is excluded."""
    mark = _mark(conn)
    if mark is None:
        return _read(conn, since, until)
    # Whole days between the two moments that are written down; what lies before and after them is read.
    first = since.astimezone(mark.zone).date()
    if mark.midnight(first) < since:
        first += timedelta(days=1)
    beyond = min(until.astimezone(mark.zone).date(), mark.until)
    if first >= beyond:
        return _read(conn, since, until)
    numbers = _written(conn, first, beyond)
    if since < mark.midnight(first):
        numbers += _read(conn, since, mark.midnight(first))
    if mark.midnight(beyond) < until:
        numbers += _read(conn, mark.midnight(beyond), until)
    return numbers


def roll_up(conn: Connection, zone: ZoneInfo, now: datetime) -> bool:
    """Writes the next finished day down; whether there was one, so that the caller knows whether to go on."""
    mark = _mark(conn)
    if mark is None or mark.zone.key != zone.key:
        conn.execute(delete(TurnDay))
        mark = _Mark(zone=zone, until=date.min)
    mark = _next_with_turns(conn, mark)
    if mark is None or not _is_finished(conn, mark, now):
        return False
    _write_day(conn, mark)
    value = {"zone": zone.key, "until": (mark.until + timedelta(days=1)).isoformat()}
    moved = upsert(conn, Setting, "name", "value", "updated_at")
    conn.execute(moved.values(name=MARK, value=value, updated_at=now))
    return True


def read_turns_again(conn: Connection) -> None:
    """For turns that were written into the past, such as a demo's: every day is written down anew."""
    conn.execute(delete(Setting).where(Setting.name == MARK))


def _mark(conn: Connection) -> _Mark | None:
    for row in _MARK.all(conn):
        return _Mark(zone=ZoneInfo(row.value["zone"]), until=date.fromisoformat(row.value["until"]))
    return None


_MARK = Prepared(select(Setting.value).where(Setting.name == MARK))


def _next_with_turns(conn: Connection, mark: _Mark) -> _Mark | None:
    """The mark at the first day from there on that has any turn: days without one come to nothing, written down or not."""
    later = select(func.min(Turn.at))
    if mark.until > date.min:
        later = later.where(Turn.at >= mark.midnight(mark.until))
    first = conn.scalar(later)
    return None if first is None else replace(mark, until=first.astimezone(mark.zone).date())


def _is_finished(conn: Connection, mark: _Mark, now: datetime) -> bool:
    """The day is over, and nothing of it still waits to be sent (or has waited too long for anybody to count on it)."""
    end = mark.midnight(mark.until + timedelta(days=1))
    if now < end + SETTLED:
        return False
    # In the words of the partial index, which SQLite recognises by them.
    unsent = (
        text("outbox.state IN ('waiting', 'sending')"),
        OutboxRow.created_at < end,
        OutboxRow.by_bot.is_(True),
    )
    return now >= end + GIVEN_UP or conn.scalar(select(OutboxRow.id).where(*unsent).limit(1)) is None


def _write_day(conn: Connection, mark: _Mark) -> None:
    rows = _by_intent(conn, mark.midnight(mark.until), mark.midnight(mark.until + timedelta(days=1)))
    conn.execute(delete(TurnDay).where(TurnDay.day == mark.until))
    if rows:
        names = ("intent", "turns", "stayed", "answered", "seconds")
        conn.execute(
            insert_new(conn, TurnDay),
            [{"day": mark.until, **dict(zip(names, row, strict=True))} for row in rows],
        )


def _written(conn: Connection, first: date, beyond: date) -> TurnNumbers:
    return _sum(_WRITTEN.all(conn, first=first, beyond=beyond))


_WRITTEN = Prepared(
    select(
        TurnDay.intent,
        *(
            func.sum(getattr(TurnDay, name)).label(name)
            for name in ("turns", "stayed", "answered", "seconds")
        ),
    )
    .where(
        TurnDay.day >= bindparam("first", type_=Date),
        TurnDay.day < bindparam("beyond", type_=Date),
    )
    .group_by(TurnDay.intent)
)


def _read(conn: Connection, since: datetime, until: datetime) -> TurnNumbers:
    return _sum(_by_intent(conn, since, until))


def _sum(rows: Sequence[Any]) -> TurnNumbers:  # Any: rows of intent and four numbers.
    return TurnNumbers(
        turns=Counter({intent: int(turns) for intent, turns, *_ in rows}),
        stayed=Counter({intent: int(stayed) for intent, _, stayed, *_ in rows}),
        answered=sum(int(row[3]) for row in rows),
        seconds=sum(float(row[4]) for row in rows),
    )


def _by_intent(conn: Connection, since: datetime, until: datetime) -> Sequence[Any]:  # Any: rows as above.
    asked = _asked_by_intent(is_postgres=conn.dialect.name == "postgresql")
    return asked.all(conn, since=since, until=until, sessions=_sessions(conn))


@lru_cache
def _asked_by_intent(*, is_postgres: bool) -> Prepared:
    # A message's inbox row is found by what WhatsApp calls it: that is the index which every row has anyway.
    came_in = and_(
        InboxRow.session.in_(bindparam("sessions", expanding=True, type_=String)),
        InboxRow.from_me.is_(False),
        InboxRow.bare_id == Message.wa_id,
        InboxRow.message_id == Message.id,
    )
    went_out = and_(
        OutboxRow.message_id == Message.id, OutboxRow.by_bot.is_(True), OutboxRow.sent_at.is_not(None)
    )
    intent = func.coalesce(Turn.intent, NO_INTENT).label("intent")
    received, sent = (
        func.min(InboxRow.received_at).label("received"),
        func.min(OutboxRow.sent_at).label("sent"),
    )
    each = (
        select(intent, Turn.status_after, received, sent)
        .select_from(Turn)
        .outerjoin(Message, Message.turn_id == Turn.id)
        .outerjoin(InboxRow, came_in)
        .outerjoin(OutboxRow, went_out)
        .where(Turn.at >= bindparam("since", type_=Instant), Turn.at < bindparam("until", type_=Instant))
        .group_by(Turn.id)
        .subquery()
    )
    stayed = func.sum(case((each.c.status_after == Status.BOT.value, 1), else_=0))
    seconds = seconds_between(each.c.received, each.c.sent, is_postgres=is_postgres)
    summed = (
        func.count().label("turns"),
        stayed.label("stayed"),
        func.count(seconds).label("answered"),
        func.coalesce(func.sum(seconds), 0.0).label("seconds"),
    )
    return Prepared(select(each.c.intent, *summed).group_by(each.c.intent))


def _sessions(conn: Connection) -> list[str]:
    """Every session that a message came in by: one step of the index for each."""
    found: list[str] = []
    while (following := _SESSION.all(conn, after=(found or [""])[-1])[0].session) is not None:
        found.append(following)
    return found


_SESSION = Prepared(
    select(func.min(InboxRow.session).label("session")).where(
        InboxRow.session > bindparam("after", type_=String)
    )
)
