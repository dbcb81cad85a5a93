"""What should staff know now, and who has been told? One row an alert; `dedupe_key` makes "once" true.

An alert is told only while it is true: one about a conversation that nobody waits in any more, or older than a day, is finished
unsent. Claiming pushes the row a minute ahead instead of marking it, so that an alert whose sender died comes up again by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, func, select, update

from flows.case import RUNNING
from flows.domain import HandoverReason, Status
from storage.dialect import insert_new, written
from storage.pages import Page, Part, page_of
from storage.tables import Alert, Case, Conversation, Customer, Handover, Journey, PackageRow, User
from storage.tables.columns import JsonObject

LEASE = timedelta(minutes=1)  # Longer than any send with its own retries takes.
EXPIRES = timedelta(
    hours=24
)  # Telling staff of yesterday's customer is noise; the queue in the panel still shows them.
# Alerts that ask somebody to take a conversation; they are over as soon as nobody waits in it.
ABOUT_WAITING = frozenset({*HandoverReason, "parked"})
# Alerts about a clock of a case; they are over as soon as it is resolved, or waits for its customer.
ABOUT_CLOCKS = frozenset({"case_due", "case_overdue"})
MAX_MERGES = 8  # A thread merged into a merged thread is followed; more hops than this would be a loop.


class AlertState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    SNOOZED = "snoozed"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    kind: str
    dedupe_key: str
    conversation_id: str | None = None
    facts: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNews:
    """One alert with what may be told of it now. phone is whole: whoever writes the text masks it.

    attempts counts the earlier ones. is_reminder: it was told before and put off. holder is the member of staff who has the conversation.
    """

    id: int
    kind: str
    attempts: int
    is_reminder: bool
    waiting_since: datetime
    conversation_id: str | None = None
    status: Status | None = None
    holder_id: int | None = None
    holder: str | None = None
    phone: str | None = None
    package_name: str | None = None
    facts: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert as the API lists it."""

    id: int
    kind: str
    conversation_id: str | None
    state: AlertState
    attempts: int
    error: str | None
    created_at: datetime


def raise_alert(conn: Connection, new: NewAlert, now: datetime) -> bool:
    """Writes the alert down unless one with the same key is there; whether it was new."""
    statement = insert_new(conn, Alert).values(
        kind=new.kind,
        dedupe_key=new.dedupe_key,
        conversation_id=new.conversation_id,
        facts=dict(new.facts),
        state=AlertState.WAITING,
        not_before=now,
        attempts=0,
        created_at=now,
    )
    return bool(conn.execute(statement.returning(Alert.id)).first())


def claim_alert(conn: Connection, now: datetime) -> AlertNews | None:
    """The oldest alert that is due and still true, held for a minute; None when there is none. Rows others hold are skipped."""
    while row := conn.execute(_due(now)).mappings().first():
        news = _news(conn, row)
        if _is_over(conn, news, row, now):
            _set(conn, news.id, state=AlertState.DONE)
            continue
        _set(conn, news.id, not_before=now + LEASE, attempts=news.attempts + 1)
        return news
    return None


def find_news(conn: Connection, alert_id: int) -> AlertNews | None:
    """That alert with its conversation as it stands now."""
    row = conn.execute(select(Alert).where(Alert.id == alert_id)).mappings().first()
    return _news(conn, row) if row else None


def mark_told(conn: Connection, alert_id: int, telegram_message_id: str) -> None:
    """It stands in Telegram. What somebody settled in the meantime stays settled."""
    conn.execute(
        update(Alert)
        .where(Alert.id == alert_id, _is_untold())
        .values(state=AlertState.SENT, telegram_message_id=telegram_message_id, error=None)
    )


def put_off(conn: Connection, alert_id: int, until: datetime, error: str) -> None:
    """Try again then; the error is kept for people to read."""
    _set(conn, alert_id, not_before=until, error=error)


def give_up(conn: Connection, alert_id: int, error: str) -> None:
    _set(conn, alert_id, state=AlertState.FAILED, error=error)


def snooze(conn: Connection, alert_id: int, until: datetime) -> datetime | None:
    """Tells the alert again then; the moment that holds, which is the earlier press's if there was one. None once it is over."""
    row = conn.execute(
        select(Alert.state, Alert.not_before).where(Alert.id == alert_id).with_for_update()
    ).first()
    if row is None or row.state not in (AlertState.SENT, AlertState.SNOOZED):
        return None
    if row.state == AlertState.SENT:
        _set(conn, alert_id, state=AlertState.SNOOZED, not_before=until, attempts=0)
        return until
    earlier: datetime = row.not_before
    return earlier


def finish_alerts(conn: Connection, conversation_id: str) -> None:
    """Nothing more is told about this conversation: somebody took it, or it ended."""
    conn.execute(
        update(Alert)
        .where(
            Alert.conversation_id == conversation_id, Alert.state.notin_([AlertState.DONE, AlertState.FAILED])
        )
        .values(state=AlertState.DONE)
    )


def next_due(conn: Connection) -> datetime | None:
    """When the next untold alert falls due; None while there is none."""
    return conn.scalar(select(func.min(Alert.not_before)).where(_is_untold()))


def alert_page(conn: Connection, page: Page) -> Part[AlertRow]:
    """Alerts, newest first."""
    columns = (
        Alert.id,
        Alert.kind,
        Alert.conversation_id,
        Alert.state,
        Alert.attempts,
        Alert.error,
        Alert.created_at,
    )
    return page_of(conn, select(*columns), [Alert.id.desc()], page, _listed)


def _listed(row: RowMapping) -> AlertRow:
    return AlertRow(**{**row, "state": AlertState(row["state"])})


def _is_untold() -> ColumnElement[bool]:
    return Alert.state.in_([written(AlertState.WAITING), written(AlertState.SNOOZED)])


def _due(now: datetime) -> Any:  # Any: a Select of the whole row, parsed by `_news`.
    return (
        select(Alert)
        .where(_is_untold(), Alert.not_before <= now)
        .order_by(Alert.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _is_over(conn: Connection, news: AlertNews, row: RowMapping, now: datetime) -> bool:
    if row["created_at"] < now - EXPIRES:
        return True
    if news.kind in ABOUT_CLOCKS:
        status = conn.scalar(select(Case.status).where(Case.id == int(news.facts["case_id"])))
        return status not in RUNNING
    return news.kind in ABOUT_WAITING and news.status is not None and news.status is not Status.WAITING


def _news(conn: Connection, row: RowMapping) -> AlertNews:
    talk = _talk(conn, row["conversation_id"])
    return AlertNews(
        id=row["id"],
        kind=row["kind"],
        attempts=row["attempts"],
        is_reminder=row["state"] == AlertState.SNOOZED,
        facts=row["facts"],
        waiting_since=(talk.asked_at if talk else None) or row["created_at"],
        conversation_id=talk.id if talk else row["conversation_id"],
        status=Status(talk.status) if talk else None,
        holder_id=talk.holder_id if talk else None,
        holder=talk.holder if talk else None,
        phone=talk.phone if talk else None,
        package_name=talk.package_name if talk else None,
    )


def _talk(conn: Connection, conversation_id: str | None) -> Row[Any] | None:  # Any: read right above.
    for _ in range(MAX_MERGES):
        row = conn.execute(_facts_of(conversation_id)).first()
        if row is None or row.merged_into is None:
            return row
        conversation_id = row.merged_into
    return None


def _facts_of(conversation_id: str | None) -> Any:  # Any: a Select of many columns, read by name.
    return (
        select(
            Conversation.id,
            Conversation.status,
            Conversation.merged_into,
            User.id.label("holder_id"),
            User.display_name.label("holder"),
            Customer.phone,
            PackageRow.name.label("package_name"),
            Handover.asked_at,
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(Journey, Journey.id == Conversation.journey_id)
        .outerjoin(PackageRow, PackageRow.code == Journey.package_code)
        .outerjoin(User, User.id == Conversation.assigned_to)
        .outerjoin(Handover, (Handover.conversation_id == Conversation.id) & Handover.ended_at.is_(None))
        .where(Conversation.id == conversation_id)
    )


def _set(conn: Connection, alert_id: int, **values: Any) -> None:  # Any: column values.
    conn.execute(update(Alert).where(Alert.id == alert_id).values(**values))
