"""What staff and the system did, for COMPLIANCE."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import Day, ListView, PageQuery, View, list_of
from flows.domain import Role
from flows.roles import Permission
from storage.audit import AuditEntry, AuditQuestion, audit_entries
from storage.pages import Page


class AuditQuery(PageQuery):
    event: str | None = Field(None, max_length=60)
    user: str | None = Field(None, max_length=80)
    from_date: Day | None = Field(None, alias="from", description="The first day, included.")
    to_date: Day | None = Field(None, alias="to", description="The last day, included.")
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None


class AuditView(View):
    id: int
    event: str
    user: str
    role: Role | None
    subject: str | None
    facts: dict[str, Any]  # Any: JSON; holds no personal data.
    at: datetime


class AuditList(ListView[AuditView]):
    pass


async def browse(call: Call, taken: AuditQuery) -> AuditList:
    question = AuditQuestion(
        event=taken.event,
        actor=taken.user,
        since=call.desk.midnight(taken.from_date) if taken.from_date else None,
        until=call.desk.midnight(taken.to_date + timedelta(days=1)) if taken.to_date else None,
        text=taken.q,
    )
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: audit_entries(conn, question, page))
    return AuditList(**list_of(part, lambda entry: _view(call, entry)))


def _view(call: Call, entry: AuditEntry) -> AuditView:
    return AuditView(
        id=entry.id,
        event=entry.event,
        user=entry.actor,
        role=entry.role,
        subject=entry.subject,
        facts=entry.facts,
        at=call.desk.local(entry.at),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/audit",
        access=Permission.READ_AUDIT,
        summary="What staff and the system did, newest first",
        handle=browse,
        takes=AuditQuery,
        gives=AuditList,
    ),
)
