"""What of a case is shown, and to whom? RM learns that it exists and how it stands; the others read it with the sight of their role."""

from datetime import datetime

from pydantic import Field

from admin.endpoint import Call
from admin.shapes import ListView, View
from flows.case_clock import Span
from flows.domain import CasePriority, CaseStatus, Role
from flows.masking import phone_for, text_for
from flows.roles import sight_of
from flows.sla import Clock
from storage.complaints.case_events import CaseLine
from storage.complaints.cases import CaseFile
from storage.complaints.recoveries import RecoveryFile


class CaseView(View):
    """subject, description, final_response and the people are null for those who may know the status only."""

    id: int
    case_number: str
    customer_id: str
    customer_name: str | None
    phone: str | None
    branch: str | None
    conversation_id: str | None
    category: str
    priority: CasePriority
    status: CaseStatus
    escalation_level: int
    escalated: bool = Field(description="The flag ESCALATED.")
    overdue: bool
    assigned_to: str | None
    subject: str | None
    description: str | None
    first_response_due: datetime
    first_response_at: datetime | None
    resolution_due: datetime
    resolved_at: datetime | None
    paused_since: datetime | None = Field(description="Both clocks stand still: the customer must answer.")
    final_response: str | None
    opened_at: datetime
    closed_at: datetime | None
    version: int = Field(description="Send it back with a change, and a change in between is noticed.")


class CaseList(ListView[CaseView]):
    pass


class SpanView(View):
    kind: str
    starts: datetime
    ends: datetime
    reasons: list[str]


class ClockView(View):
    clock: Clock
    due: datetime
    stopped_at: datetime | None
    used: float = Field(description="1 is all of the promised time.")
    promised_hours: float
    calendar: str | None = Field(description="null: around the clock.")
    spans: list[SpanView]


class ClocksView(View):
    first_response: ClockView
    resolution: ClockView


class LineView(View):
    id: int
    kind: str
    actor: str
    facts: dict[str, str | int | None]
    note: str | None
    at: datetime


class LineList(ListView[LineView]):
    pass


class RecoveryView(View):
    reason: str
    suggestion: str
    state: str
    action: str | None
    note: str | None
    settled_by: str | None
    settled_at: datetime | None


def case_view(call: Call, file: CaseFile) -> CaseView:
    sight, local = sight_of(call.actor), call.desk.local
    is_brief = call.actor.role is Role.RM

    def told(text: str | None) -> str | None:
        return None if is_brief else text_for(sight, text)

    def at(moment: datetime | None) -> datetime | None:
        return local(moment) if moment else None

    return CaseView(
        id=file.id,
        case_number=file.case_number,
        customer_id=file.customer_id,
        customer_name=file.customer_name,
        phone=phone_for(sight, file.customer_phone),
        branch=file.branch,
        conversation_id=file.conversation_id,
        category=file.category,
        priority=file.priority,
        status=file.status,
        escalation_level=file.escalation_level,
        escalated=file.is_escalated,
        overdue=file.is_overdue(call.desk.now()),
        assigned_to=None if is_brief else file.assigned_to,
        subject=told(file.subject),
        description=told(file.description),
        first_response_due=local(file.first_response_due),
        first_response_at=at(file.first_response_at),
        resolution_due=local(file.resolution_due),
        resolved_at=at(file.resolved_at),
        paused_since=at(file.paused_at),
        final_response=told(file.final_response),
        opened_at=local(file.opened_at),
        closed_at=at(file.closed_at),
        version=file.version,
    )


def clock_view(call: Call, file: CaseFile, clock: Clock, used: float, spans: tuple[Span, ...]) -> ClockView:
    local = call.desk.local
    is_first = clock is Clock.FIRST_RESPONSE
    stopped = file.first_response_at if is_first else file.resolved_at
    policy = file.policy
    return ClockView(
        clock=clock,
        due=local(file.first_response_due if is_first else file.resolution_due),
        stopped_at=local(stopped) if stopped else None,
        used=round(used, 4),
        promised_hours=(policy.promise.first_response_hours if is_first else policy.promise.resolution_hours),
        calendar=policy.calendar.name if policy.calendar else None,
        spans=[
            SpanView(
                kind=span.kind.value,
                starts=local(span.starts),
                ends=local(span.ends),
                reasons=list(span.reasons),
            )
            for span in spans
        ],
    )


def line_view(call: Call, line: CaseLine) -> LineView:
    return LineView(
        id=line.id,
        kind=line.kind.value,
        actor=line.actor,
        facts=line.facts,
        note=text_for(sight_of(call.actor), line.note),
        at=call.desk.local(line.at),
    )


def recovery_view(call: Call, recovery: RecoveryFile) -> RecoveryView:
    return RecoveryView(
        reason=recovery.reason.value,
        suggestion=recovery.suggestion.value,
        state=recovery.state.value,
        action=recovery.action.value if recovery.action else None,
        note=text_for(sight_of(call.actor), recovery.note),
        settled_by=recovery.settled_by,
        settled_at=call.desk.local(recovery.settled_at) if recovery.settled_at else None,
    )
