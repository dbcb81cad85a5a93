"""What did staff and the system do, and when? An append-only list of events in the seed's style (`CHANGE_CONSENT`).

Facts hold ids, counts and old and new values of settings, never a name, a number or a message text: a person can be erased while the
list stays whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, func, insert, or_, select

from flows.domain import Role
from flows.roles import Actor
from storage.many import Many
from storage.pages import Page, Part, page_of
from storage.tables import AuditEvent
from storage.tables.columns import JsonObject

Fact = str | int | float | bool | None | list[str] | dict[str, str]


class Event(StrEnum):
    """Every event there is. A retired name stays listed as long as rows hold it."""

    LOG_IN = "LOG_IN"
    LOG_IN_REFUSED = "LOG_IN_REFUSED"
    LOG_OUT = "LOG_OUT"
    END_SESSIONS = "END_SESSIONS"
    SWITCH_DEMO_USER = "SWITCH_DEMO_USER"
    SEARCH_CUSTOMER = "SEARCH_CUSTOMER"
    VIEW_PROFILE = "VIEW_PROFILE"
    VIEW_CONVERSATION = "VIEW_CONVERSATION"
    VIEW_MEDIA = "VIEW_MEDIA"
    CHANGE_CONSENT = "CHANGE_CONSENT"
    MERGE_CUSTOMER = "MERGE_CUSTOMER"
    SPLIT_CUSTOMER = "SPLIT_CUSTOMER"
    CREATE_CUSTOMER = "CREATE_CUSTOMER"
    UPDATE_CUSTOMER = "UPDATE_CUSTOMER"
    REVEAL_CUSTOMER = "REVEAL_CUSTOMER"
    ASK_EXPORT = "ASK_EXPORT"
    ASK_ERASURE = "ASK_ERASURE"
    DECLINE_REQUEST = "DECLINE_REQUEST"
    ERASE_CUSTOMER = "ERASE_CUSTOMER"
    VIEW_AUDIT = "VIEW_AUDIT"
    VIEW_INTERACTIONS = "VIEW_INTERACTIONS"
    VIEW_CONSENTS = "VIEW_CONSENTS"
    VERIFY_AUDIT = "VERIFY_AUDIT"
    CHANGE_RETENTION = "CHANGE_RETENTION"
    APPLY_RETENTION = "APPLY_RETENTION"
    HAND_OVER_CONVERSATION = "HAND_OVER_CONVERSATION"
    CLAIM_CONVERSATION = "CLAIM_CONVERSATION"
    RELEASE_CONVERSATION = "RELEASE_CONVERSATION"
    CLOSE_CONVERSATION = "CLOSE_CONVERSATION"
    SEND_MESSAGE = "SEND_MESSAGE"
    MARK_PAID = "MARK_PAID"
    SNOOZE_CONVERSATION = "SNOOZE_CONVERSATION"
    LABEL_CONVERSATION = "LABEL_CONVERSATION"
    CHANGE_LABEL = "CHANGE_LABEL"
    WRITE_NOTE = "WRITE_NOTE"
    PREPARE_MESSAGE = "PREPARE_MESSAGE"
    CANCEL_MESSAGE = "CANCEL_MESSAGE"
    RETRY_MESSAGE = "RETRY_MESSAGE"
    CHANGE_CANNED_ANSWER = "CHANGE_CANNED_ANSWER"
    RETRY_TURN = "RETRY_TURN"
    RESTART_SESSION = "RESTART_SESSION"
    CREATE_LEAD = "CREATE_LEAD"
    UPDATE_LEAD = "UPDATE_LEAD"
    ADD_LEAD_ACTIVITY = "ADD_LEAD_ACTIVITY"
    ADD_LEAD_TASK = "ADD_LEAD_TASK"
    DO_LEAD_TASK = "DO_LEAD_TASK"
    ENTER_AD_SPEND = "ENTER_AD_SPEND"
    REMOVE_AD_SPEND = "REMOVE_AD_SPEND"
    UNDO_LEAD_MOVE = "UNDO_LEAD_MOVE"
    WRITE_TRAVELLER = "WRITE_TRAVELLER"
    REMOVE_TRAVELLER = "REMOVE_TRAVELLER"
    CREATE_CASE = "CREATE_CASE"
    UPDATE_CASE = "UPDATE_CASE"
    ASSIGN_CASE = "ASSIGN_CASE"
    FINAL_RESPONSE = "FINAL_RESPONSE"
    CLOSE_CASE = "CLOSE_CASE"
    VIEW_CASE = "VIEW_CASE"
    ESCALATE_CASE = "ESCALATE_CASE"
    REOPEN_CASE = "REOPEN_CASE"
    RECOVER_CASE = "RECOVER_CASE"
    ADD_INVESTIGATION = "ADD_INVESTIGATION"
    VIEW_INVESTIGATION = "VIEW_INVESTIGATION"
    CHANGE_SLA = "CHANGE_SLA"
    CHANGE_CATEGORY = "CHANGE_CATEGORY"
    CHANGE_CALENDAR = "CHANGE_CALENDAR"
    CHANGE_PACKAGE = "CHANGE_PACKAGE"
    DELETE_PACKAGE = "DELETE_PACKAGE"
    CHANGE_FAQ = "CHANGE_FAQ"
    DELETE_FAQ = "DELETE_FAQ"
    CHANGE_PROMPT = "CHANGE_PROMPT"
    APPROVE_PROMPT = "APPROVE_PROMPT"
    RESTORE_PROMPT = "RESTORE_PROMPT"
    DECLINE_PROMPT = "DECLINE_PROMPT"
    RUN_SCRIPTS = "RUN_SCRIPTS"
    SETTLE_QUESTION = "SETTLE_QUESTION"
    CHANGE_COMPANY = "CHANGE_COMPANY"
    CHANGE_TRIGGERS = "CHANGE_TRIGGERS"
    CREATE_BRANCH = "CREATE_BRANCH"
    CREATE_USER = "CREATE_USER"
    CHANGE_GRANT = "CHANGE_GRANT"
    SET_UP_SECOND_FACTOR = "SET_UP_SECOND_FACTOR"
    REMOVE_SECOND_FACTOR = "REMOVE_SECOND_FACTOR"
    CHANGE_USER = "CHANGE_USER"
    CHANGE_PASSWORD = "CHANGE_PASSWORD"  # noqa: S105  # the name of an event, not a password
    EXPORT_DATA = "EXPORT_DATA"
    ANSWER_SURVEY = "ANSWER_SURVEY"
    RECOMMEND_OFFER = "RECOMMEND_OFFER"
    RECORD_TRANSACTION = "RECORD_TRANSACTION"
    CHANGE_FAVORITE = "CHANGE_FAVORITE"
    DECIDE_NEXT_ACTION = "DECIDE_NEXT_ACTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    id: int
    event: str
    actor: str
    role: Role | None
    subject: str | None
    facts: JsonObject
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuestion:
    """Which entries: since and until bound the moment (until excluded), text is searched in event, actor, subject and facts."""

    event: str | None = None
    actor: str | None = None
    role: Role | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None


def note(
    conn: Connection, event: Event, by: Actor, now: datetime, *, subject: str | None = None, **facts: Fact
) -> None:
    """Writes one event down, in the caller's transaction: no deed without its entry, no entry without its deed."""
    row = {
        "event": event.value,
        "actor": by.name,
        "role": by.role.value if by.role else None,
        "subject": subject,
        "facts": facts,
        "at": now,
    }
    _NEW_EVENT.run(conn, [row])


_NEW_EVENT = Many(insert(AuditEvent))


def audit_entries(conn: Connection, question: AuditQuestion, page: Page) -> Part[AuditEntry]:
    """The entries asked for, newest first."""
    return page_of(
        conn,
        select(AuditEvent).where(*_where(question)),
        [AuditEvent.id.desc()],
        page,
        lambda row: entry_of(dict(row)),
    )


def older_entries(
    conn: Connection, question: AuditQuestion, before_id: int | None, limit: int
) -> list[AuditEntry]:
    """The next entries asked for, newest first, from the one before `before_id` on: for exports of any length."""
    chosen = select(AuditEvent).where(*_where(question))
    if before_id is not None:
        chosen = chosen.where(AuditEvent.id < before_id)
    rows = conn.execute(chosen.order_by(AuditEvent.id.desc()).limit(limit)).mappings()
    return [entry_of(dict(row)) for row in rows]


def find_entry(conn: Connection, entry_id: int) -> AuditEntry | None:
    row = conn.execute(select(AuditEvent).where(AuditEvent.id == entry_id)).mappings().first()
    return entry_of(dict(row)) if row else None


def note_once(
    conn: Connection, event: Event, by: Actor, now: datetime, since: datetime, facts: Mapping[str, Fact]
) -> bool:
    """Writes the event down unless this person did the very same since that moment; whether it was written."""
    same = select(AuditEvent.facts).where(
        AuditEvent.event == event.value, AuditEvent.actor == by.name, AuditEvent.at >= since
    )
    if any(known == dict(facts) for known in conn.scalars(same)):
        return False
    conn.execute(
        insert(AuditEvent).values(event=event.value, actor=by.name, role=by.role, facts=dict(facts), at=now)
    )
    return True


def _where(question: AuditQuestion) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if question.event:
        where.append(AuditEvent.event == question.event)
    if question.actor:
        where.append(AuditEvent.actor == question.actor)
    if question.role:
        where.append(AuditEvent.role == question.role.value)
    if question.subject:
        where.append(AuditEvent.subject == question.subject)
    if question.since:
        where.append(AuditEvent.at >= question.since)
    if question.until:
        where.append(AuditEvent.at < question.until)
    if question.text:
        sought = question.text.lower()
        where.append(
            or_(
                func.lower(AuditEvent.event).contains(sought, autoescape=True),
                func.lower(AuditEvent.actor).contains(sought, autoescape=True),
                func.lower(AuditEvent.subject).contains(sought, autoescape=True),
                func.lower(cast(AuditEvent.facts, String)).contains(sought, autoescape=True),
            )
        )
    return where


def entry_of(row: Mapping[str, Any]) -> AuditEntry:  # Any: column values.
    """A row of the table as people read it."""
    return AuditEntry(**{**row, "role": Role(row["role"]) if row["role"] else None})
