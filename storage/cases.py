"""Which complaints are there, and when are they due? Opening one computes its two clocks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, insert, select, update

from flows.case import case_number
from flows.decision import CaseDraft
from flows.domain import CaseCategory, CasePriority, CaseStatus
from flows.refusal import missing
from flows.roles import BOT, Actor
from flows.sla import DEFAULT_SLA, SlaTable, deadlines
from storage.audit import Event, note
from storage.pages import Page, Part, page_of
from storage.scope import customers_within
from storage.tables import Case, Customer, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case in full; what of it may be shown is decided where it is shown."""

    id: int
    case_number: str
    customer_id: str
    conversation_id: str | None
    category: CaseCategory
    priority: CasePriority
    subject: str
    description: str
    status: CaseStatus
    escalation_level: int
    first_response_due: datetime
    resolution_due: datetime
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuestion:
    status: CaseStatus | None = None
    category: CaseCategory | None = None
    customer_id: str | None = None


def open_case(
    conn: Connection,
    draft: CaseDraft,
    customer_id: str,
    conversation_id: str | None,
    now: datetime,
    *,
    by: Actor = BOT,
    table: SlaTable = DEFAULT_SLA,
) -> CaseFile:
    """Opens a case with its due times and a number of its own, which is the row's: no two cases can share one."""
    due = deadlines(draft.category, draft.priority, now, table)
    statement = insert(Case).values(
        case_number=new_id("new")[:24],
        customer_id=customer_id,
        conversation_id=conversation_id,
        category=draft.category.value,
        priority=draft.priority.value,
        subject=draft.subject,
        description=draft.description,
        status=CaseStatus.NEW.value,
        first_response_due=due.first_response,
        resolution_due=due.resolution,
        opened_at=now,
    )
    case_id = conn.execute(statement.returning(Case.id)).scalar_one()
    number = case_number(now.year, case_id)
    conn.execute(update(Case).where(Case.id == case_id).values(case_number=number))
    note(
        conn, Event.CREATE_CASE, by, now, subject=number,
        category=draft.category.value, priority=draft.priority.value,
    )  # fmt: skip
    return _sure(conn, case_id)


def case_page(conn: Connection, actor: Actor, question: CaseQuestion, page: Page) -> Part[CaseFile]:
    """The cases within the actor's scope, the one due first at the top, closed ones last."""
    chosen = _within(actor).where(*_where(question))
    order = [Case.closed_at.is_not(None), Case.resolution_due, Case.id]
    return page_of(conn, chosen, order, page, _file)


def find_case(conn: Connection, actor: Actor, case_id: int) -> CaseFile:
    """That case. Raises Refused when there is none within the actor's scope."""
    row = conn.execute(_within(actor).where(Case.id == case_id)).mappings().first()
    if row is None:
        raise missing("case")
    return _file(row)


def cases_of(conn: Connection, customer_ids: Collection[str]) -> dict[str, tuple[CaseFile, ...]]:
    """The cases of these customers, newest first, by customer."""
    rows = conn.execute(select(Case).where(Case.customer_id.in_(customer_ids)).order_by(Case.id.desc()))
    found: dict[str, list[CaseFile]] = {}
    for row in rows.mappings():
        found.setdefault(row["customer_id"], []).append(_file(row))
    return {customer_id: tuple(files) for customer_id, files in found.items()}


def _within(actor: Actor) -> Select[Case]:
    return select(Case).join(Customer, Customer.id == Case.customer_id).where(customers_within(actor))


def _where(question: CaseQuestion) -> list[ColumnElement[bool]]:
    wanted = {
        Case.status: question.status,
        Case.category: question.category,
        Case.customer_id: question.customer_id,
    }
    return [column == value for column, value in wanted.items() if value is not None]


def _sure(conn: Connection, case_id: int) -> CaseFile:
    return _file(conn.execute(select(Case).where(Case.id == case_id)).mappings().one())


def _file(row: RowMapping) -> CaseFile:
    values = {name: row[name] for name in CaseFile.__dataclass_fields__}
    return CaseFile(
        **values
        | {
            "category": CaseCategory(row["category"]),
            "priority": CasePriority(row["priority"]),
            "status": CaseStatus(row["status"]),
        }
    )
