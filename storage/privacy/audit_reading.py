"""Who reads the audit? Reading it is a deed, too: noted once for each filter as long as one sits at it, and each export with its rows."""

from datetime import datetime

from sqlalchemy import Connection

from flows.roles import Actor
from storage.staff.users import find_user
from storage.trail.audit import AuditQuestion, Event, Fact, note, note_once


def note_audit_view(
    conn: Connection, by: Actor, question: AuditQuestion, now: datetime, since: datetime
) -> bool:
    """Notes the look unless the same one was noted since that moment (the log-in, or midnight)."""
    return note_once(conn, Event.VIEW_AUDIT, by, now, since, filter_facts(conn, question))


def note_consents_view(
    conn: Connection,
    by: Actor,
    span: tuple[datetime | None, datetime | None],
    now: datetime,
    since: datetime,
) -> bool:
    """Notes a look at the consent report of that span, once since that moment."""
    facts = {name: moment.isoformat() for name, moment in zip(("from", "to"), span, strict=True) if moment}
    return note_once(conn, Event.VIEW_CONSENTS, by, now, since, facts)


def note_audit_export(
    conn: Connection, by: Actor, question: AuditQuestion, form: str, rows: int, now: datetime
) -> None:
    filters = {name: str(value) for name, value in filter_facts(conn, question).items()}
    note(
        conn, Event.EXPORT_DATA, by, now, subject="audit",
        export_type="audit", row_count=rows, format=form, filter=filters,
    )  # fmt: skip


def filter_facts(conn: Connection, question: AuditQuestion) -> dict[str, Fact]:
    """What was looked for, without what was typed: a search may be a person's name or number. Only names of ours are repeated."""
    is_ours = question.actor and (find_user(conn, question.actor) or question.actor in ("system", "bot"))
    facts: dict[str, Fact] = {
        "event": question.event if question.event in set(Event) else None,
        "user": question.actor if is_ours else None,
        "role": question.role.value if question.role else None,
        "from": question.since.isoformat() if question.since else None,
        "to": question.until.isoformat() if question.until else None,
    }
    typed = {"searched": bool(question.text), "of_one_subject": bool(question.subject)}
    return {name: value for name, value in {**facts, **typed}.items() if value}
