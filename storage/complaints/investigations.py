"""What was found out about a fraud? Notes of sensitivity tier 3.

SUPERVISOR writes, SUPERVISOR and COMPLIANCE read, and each look is audited.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from flows.refusal import Refused, conflict
from flows.roles import Actor
from storage.complaints.cases import CaseFile, find_case
from storage.pages import Page, Part, page_of
from storage.scope import cases_within
from storage.tables import Case, Customer, Investigation
from storage.trail.audit import Event, note

FRAUD = "FRAUD_SCAM"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationNote:
    id: int
    author: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigatedCase:
    """A fraud case as a list shows it: no person, no note."""

    id: int
    case_number: str
    status: str
    priority: str
    opened_at: datetime
    notes: int


def read_investigation(
    conn: Connection, actor: Actor, case_id: int, now: datetime
) -> tuple[CaseFile, tuple[InvestigationNote, ...]]:
    """The case and its notes, oldest first; the look is written into the audit. Raises Refused."""
    file = find_case(conn, actor, case_id)
    columns = (Investigation.id, Investigation.author, Investigation.body, Investigation.at)
    rows = conn.execute(select(*columns).where(Investigation.case_id == file.id).order_by(Investigation.id))
    notes = tuple(InvestigationNote(**row) for row in rows.mappings())
    note(conn, Event.VIEW_INVESTIGATION, actor, now, subject=file.case_number, notes=len(notes))
    return file, notes


def add_investigation(conn: Connection, actor: Actor, case_id: int, body: str, now: datetime) -> None:
    """A new note; nothing is ever changed or taken away. Raises Refused for a case that is about something else."""
    file = find_case(conn, actor, case_id)
    if file.category != FRAUD:
        raise Refused(conflict("Only cases of FRAUD_SCAM have an investigation."))
    conn.execute(insert(Investigation).values(case_id=file.id, author=actor.name, body=body, at=now))
    note(conn, Event.ADD_INVESTIGATION, actor, now, subject=file.case_number, length=len(body))


def investigated_cases(conn: Connection, actor: Actor, page: Page) -> Part[InvestigatedCase]:
    """Fraud cases within the actor's scope, newest first."""
    counted = select(func.count()).where(Investigation.case_id == Case.id).correlate(Case).scalar_subquery()
    chosen = (
        select(Case.id, Case.case_number, Case.status, Case.priority, Case.opened_at, counted.label("notes"))
        .join(Customer, Customer.id == Case.customer_id)
        .where(Case.category == FRAUD, cases_within(actor))
    )
    return page_of(conn, chosen, [Case.id.desc()], page, lambda row: InvestigatedCase(**row))
