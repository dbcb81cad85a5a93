"""Which complaints are there, where do they stand, and who has them? Reading; what changes a case is in `case_work.py`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, bindparam, case, func, not_, or_, select, true

from flows.case import RUNNING, CaseStanding
from flows.domain import CasePriority, CaseStatus
from flows.refusal import missing
from flows.roles import Actor
from storage.complaints.sla import Policy, policy_from
from storage.pages import Page, Part
from storage.prepared import Prepared
from storage.scope import cases_within
from storage.tables import Branch, Case, Customer, User
from storage.tables.columns import JsonObject

LONGEST_SERIAL = 9  # Digits; what is longer is no case's number, and no number that a column holds.


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case in full; what of it may be shown is decided where it is shown."""

    id: int
    case_number: str
    customer_id: str
    customer_name: str | None
    customer_phone: str | None
    branch_id: int | None
    branch: str | None
    conversation_id: str | None
    category: str
    priority: CasePriority
    subject: str
    description: str
    status: CaseStatus
    escalation_level: int
    is_escalated: bool
    first_response_due: datetime
    first_response_at: datetime | None
    resolution_due: datetime
    resolved_at: datetime | None
    opened_at: datetime
    opened_by: str | None
    closed_at: datetime | None
    paused_at: datetime | None
    assigned_to_id: int | None
    assigned_to: str | None
    holder: str | None
    final_response: str | None
    final_response_by: str | None
    final_response_at: datetime | None
    version: int
    policy_kept: JsonObject

    @property
    def policy(self) -> Policy:
        return policy_from(self.policy_kept, self.category, self.priority)

    @property
    def standing(self) -> CaseStanding:
        return CaseStanding(
            status=self.status,
            has_final_response=bool(self.final_response),
            assigned_to_id=self.assigned_to_id,
            holder=self.holder,
            escalation_level=self.escalation_level,
        )

    @property
    def is_first_response_breached(self) -> bool:
        """Answered too late; whether an unanswered one is too late depends on the moment."""
        return self.first_response_at is not None and self.first_response_at > self.first_response_due

    def is_overdue(self, now: datetime) -> bool:
        """Whether a clock that runs has passed its due time."""
        if self.status not in RUNNING:
            return False
        return self.resolution_due < now or (self.first_response_at is None and self.first_response_due < now)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuestion:
    """Which cases. overdue_at, not_overdue_at: those that are, or are not, at that moment. is_escalated None: either way.

    assigned_to is a user name. text: a case number, the digits at its end, or part of a subject.
    """

    status: CaseStatus | None = None
    category: str | None = None
    priority: CasePriority | None = None
    customer_id: str | None = None
    branch: str | None = None
    assigned_to: str | None = None
    text: str | None = None
    overdue_at: datetime | None = None
    not_overdue_at: datetime | None = None
    due_before: datetime | None = None
    is_unassigned: bool = False
    is_active: bool = False
    is_escalated: bool | None = None


_COLUMNS = (
    *(
        column
        for column in Case.__table__.columns
        if column.name not in ("assigned_to", "branch_id", "policy")
    ),
    Case.policy.label("policy_kept"),
    Case.assigned_to.label("assigned_to_id"),
    User.username.label("assigned_to"),
    User.display_name.label("holder"),
    Customer.name.label("customer_name"),
    Customer.phone.label("customer_phone"),
    Customer.branch_id,
    Branch.name.label("branch"),
)
_ALL: Any = (  # Any: a Select of many columns, parsed by `_file`.
    select(*_COLUMNS)
    .select_from(Case)
    # Every case has its customer; an outer join only keeps SQLite from walking all customers of a branch to find the few who complain.
    .outerjoin(Customer, Customer.id == Case.customer_id)
    .outerjoin(Branch, Branch.id == Customer.branch_id)
    .outerjoin(User, User.id == Case.assigned_to)
)


def case_page(conn: Connection, actor: Actor, question: CaseQuestion, page: Page) -> Part[CaseFile]:
    """The cases within the actor's scope, the one due first at the top; those whose clocks stand come after them, closed ones last."""
    chosen = _ALL.where(cases_within(actor), *_where(question))
    # Until somebody has answered, the answer is what falls due; the solution is due later.
    due_next = case((Case.first_response_at.is_(None), Case.first_response_due), else_=Case.resolution_due)
    order = [Case.closed_at.is_not(None), not_(is_running()), due_next, Case.id]
    # Sorting and counting ids alone, then reading one page whole, costs a fraction of carrying every text along.
    slim = chosen.with_only_columns(Case.id)
    total = conn.scalar(select(func.count()).select_from(slim.subquery())) or 0
    ids = conn.scalars(slim.order_by(*order).limit(page.limit).offset(page.offset)).all()
    rows = conn.execute(_ALL.where(Case.id.in_(ids)).order_by(*order)).mappings()
    return Part(items=tuple(_file(row) for row in rows), total=total)


def older_cases(
    conn: Connection, actor: Actor, question: CaseQuestion, before: int | None, limit: int
) -> list[CaseFile]:
    """The cases within the actor's scope, newest first, those opened before that one: for whoever reads on and on."""
    chosen = _ALL.where(cases_within(actor), *_where(question))
    if before is not None:
        chosen = chosen.where(Case.id < before)
    rows = conn.execute(chosen.order_by(Case.id.desc()).limit(limit)).mappings()
    return [_file(row) for row in rows]


def count_cases(conn: Connection, actor: Actor, questions: Sequence[CaseQuestion]) -> tuple[int, ...]:
    """How many there are for each question, by one look at the cases that fit any of them."""
    fits = [and_(true(), *_where(question)) for question in questions]
    numbers = (func.coalesce(func.sum(case((fit, 1), else_=0)), 0) for fit in fits)
    counted = _ALL.where(cases_within(actor), or_(*fits)).with_only_columns(*numbers)
    return tuple(int(number) for number in conn.execute(counted).one())


def find_case(conn: Connection, actor: Actor, case_id: int) -> CaseFile:
    """That case. Raises Refused when there is none within the actor's scope."""
    return _found(conn, _ALL.where(Case.id == case_id, cases_within(actor)))


def lock_case(conn: Connection, actor: Actor, case_id: int) -> CaseFile:
    """That case, held until the transaction ends. Raises Refused."""
    chosen = _ALL.where(Case.id == case_id, cases_within(actor))
    return _found(conn, chosen.with_for_update(of=Case))


def case_anyhow(conn: Connection, case_id: int) -> CaseFile:
    """That case for the system itself, held until the transaction ends."""
    return _found(conn, _ALL.where(Case.id == case_id).with_for_update(of=Case))


def cases_of(conn: Connection, customer_ids: Collection[str]) -> dict[str, tuple[CaseFile, ...]]:
    """The cases of these customers, newest first, by customer."""
    found: dict[str, list[CaseFile]] = {}
    for row in _OF_CUSTOMERS.all(conn, customer_ids=customer_ids):
        found.setdefault(row.customer_id, []).append(_file(row._asdict()))
    return {customer_id: tuple(files) for customer_id, files in found.items()}


_OF_CUSTOMERS = Prepared(
    _ALL.where(Case.customer_id.in_(bindparam("customer_ids", expanding=True, type_=String))).order_by(
        Case.id.desc()
    )
)


def cases_in(conn: Connection, conversation_id: str, *conditions: ColumnElement[bool]) -> list[CaseFile]:
    """The cases that are linked with this conversation, the oldest first, held until the transaction ends."""
    chosen = _ALL.where(Case.conversation_id == conversation_id, *conditions).order_by(Case.id)
    return [_file(row) for row in conn.execute(chosen.with_for_update(of=Case)).mappings()]


def is_running() -> ColumnElement[bool]:
    """Cases whose clocks run."""
    return Case.status.in_([status.value for status in RUNNING])


def overdue(now: datetime) -> ColumnElement[bool]:
    """Cases of which a running clock has passed its due time."""
    is_unanswered = and_(Case.first_response_at.is_(None), Case.first_response_due < now)
    return and_(is_running(), or_(Case.resolution_due < now, is_unanswered))


def due_within(now: datetime, ahead: timedelta) -> ColumnElement[bool]:
    """Running cases that fall due in the time ahead."""
    return and_(is_running(), Case.resolution_due >= now, Case.resolution_due < now + ahead)


def _where(question: CaseQuestion) -> list[ColumnElement[bool]]:
    wanted: dict[Any, Any] = {  # Any: columns and their values.
        Case.status: question.status,
        Case.category: question.category,
        Case.priority: question.priority,
        Case.customer_id: question.customer_id,
        Branch.name: question.branch,
        User.username: question.assigned_to,
    }
    where: list[ColumnElement[bool]] = [
        column == value for column, value in wanted.items() if value is not None
    ]
    if question.text:
        fits = func.lower(Case.subject).contains(question.text.lower(), autoescape=True)
        where.append(or_(fits, _is_numbered(question.text)))
    if question.overdue_at:
        where.append(overdue(question.overdue_at))
    if question.not_overdue_at:
        where.append(not_(overdue(question.not_overdue_at)))
    if question.is_escalated is not None:
        where.append(Case.is_escalated.is_(question.is_escalated))
    if question.due_before:
        where.append(and_(is_running(), Case.resolution_due < question.due_before))
    flags = {
        Case.assigned_to.is_(None): question.is_unassigned,
        Case.closed_at.is_(None): question.is_active,
    }
    return where + [condition for condition, is_wanted in flags.items() if is_wanted]


def _is_numbered(text: str) -> ColumnElement[bool]:
    """`CASE-2027-000042` as it stands, or what people say of it on the phone: 42."""
    whole = Case.case_number == text.strip().upper()
    digits = text.strip().lstrip("#0")
    is_serial = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_SERIAL
    # A case's number ends with its row's, so that this is a look at one row.
    return or_(whole, Case.id == int(digits)) if is_serial else whole


def _found(conn: Connection, chosen: Any) -> CaseFile:  # Any: a Select of many columns.
    row = conn.execute(chosen).mappings().first()
    if row is None:
        raise missing("case")
    return _file(row)


def _file(row: Mapping[Any, Any]) -> CaseFile:  # Any: a row of _ALL, by name.
    values = {name: row[name] for name in CaseFile.__dataclass_fields__}
    return CaseFile(
        **values
        | {
            "priority": CasePriority(row["priority"]),
            "status": CaseStatus(row["status"]),
        }
    )
