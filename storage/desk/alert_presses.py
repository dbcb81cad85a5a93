"""What comes of a button pressed under an alert? The same rules as in the panel, and the same press twice has one effect.

Whoever presses is known by the Telegram id on their account; anybody else is refused, also for a mere snooze.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from flows.domain import Status
from flows.refusal import Refused
from flows.roles import Permission
from storage.desk.handovers import claim
from storage.moments.alerts import ABOUT_WAITING, AlertNews, find_news, finish_alerts, snooze
from storage.staff.users import StaffMember, user_by_telegram


class PressOutcome(StrEnum):
    TAKEN = "taken"
    HELD = "held"
    SNOOZED = "snoozed"
    OVER = "over"
    NOT_LINKED = "not_linked"
    NOT_ALLOWED = "not_allowed"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class PressResult:
    """news is the alert as it stands after the press; who holds the conversation is in it. until belongs to a snooze."""

    outcome: PressOutcome
    news: AlertNews | None = None
    until: datetime | None = None


def press_take(conn: Connection, alert_id: int, telegram_id: str, now: datetime) -> PressResult:
    """Claims the alert's conversation for whoever pressed."""
    member, news, refused = _who_and_what(conn, alert_id, telegram_id)
    if member is None or news is None or news.conversation_id is None:
        return refused
    if not _is_held(news) and not _is_over(news):
        try:
            with conn.begin_nested():
                claim(conn, member.actor, news.conversation_id, now)
        except Refused:
            # Out of their reach, or a colleague was faster: the fresh look below tells which.
            refused = PressResult(outcome=PressOutcome.NOT_ALLOWED)
        news = find_news(conn, alert_id) or news
    return _after_take(conn, news, member, refused)


def press_snooze(conn: Connection, alert_id: int, telegram_id: str, until: datetime) -> PressResult:
    """Has the alert told again then, unless it is over by now."""
    member, news, refused = _who_and_what(conn, alert_id, telegram_id)
    if member is None or news is None:
        return refused
    if _is_held(news):
        return PressResult(outcome=PressOutcome.HELD, news=news)
    holds = None if _is_over(news) else snooze(conn, alert_id, until)
    outcome = PressOutcome.SNOOZED if holds else PressOutcome.OVER
    return PressResult(outcome=outcome, news=news, until=holds)


def _who_and_what(
    conn: Connection, alert_id: int, telegram_id: str
) -> tuple[StaffMember | None, AlertNews | None, PressResult]:
    """The member of staff and the alert, or why not; the result is only meant where one of them is missing."""
    member = user_by_telegram(conn, telegram_id)
    if member is None:
        return None, None, PressResult(outcome=PressOutcome.NOT_LINKED)
    if not member.actor.may(Permission.HOLD_CONVERSATIONS):
        return None, None, PressResult(outcome=PressOutcome.NOT_ALLOWED)
    return member, find_news(conn, alert_id), PressResult(outcome=PressOutcome.NOT_KNOWN)


def _after_take(conn: Connection, news: AlertNews, member: StaffMember, refused: PressResult) -> PressResult:
    if _is_held(news):
        assert news.conversation_id is not None, "only a conversation can be held"
        finish_alerts(conn, news.conversation_id)
        is_theirs = news.holder_id == member.id
        return PressResult(outcome=PressOutcome.TAKEN if is_theirs else PressOutcome.HELD, news=news)
    return PressResult(outcome=PressOutcome.OVER, news=news) if _is_over(news) else refused


def _is_held(news: AlertNews) -> bool:
    return news.status is Status.HUMAN and news.holder_id is not None


def _is_over(news: AlertNews) -> bool:
    """Nobody waits any more; an alert about a failure is over only with the conversation itself."""
    if news.kind in ABOUT_WAITING:
        return news.status not in (Status.WAITING, Status.HUMAN, None)
    return news.status is Status.CLOSED
