"""What staff and the system did, and who agreed to what, for COMPLIANCE."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from admin.actions.audit_export import send_audit
from admin.actions.consent_export import send_consents
from admin.actions.interaction_export import send_interactions
from admin.desk import Desk
from admin.endpoint import Call, Endpoint
from admin.shapes import DayOrMoment, ListView, PageQuery, Query, View, list_of
from flows.domain import Consent, Role
from flows.masking import phone_for, text_for
from flows.roles import Permission, sight_of
from storage.database import Connection
from storage.pages import Page, Part
from storage.people.consent_report import ConsentStep, consent_steps, consent_totals
from storage.people.happenings import Window
from storage.privacy.audit_reading import note_audit_view, note_consents_view
from storage.privacy.reveals import reasons_in
from storage.trail.audit import AuditEntry, AuditQuestion, audit_entries
from storage.trail.audit_check import Check, keep_check, last_check, prove

Sought = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class TimeQuery(PageQuery):
    from_date: DayOrMoment | None = Field(
        None, alias="from", description="The first day or moment, included."
    )
    to_date: DayOrMoment | None = Field(None, alias="to", description="The last day or moment, included.")


class AuditQuery(TimeQuery):
    event: str | None = Field(None, max_length=60)
    user: str | None = Field(None, max_length=80)
    role: Role | None = None
    subject: Sought | None = Field(None, description="An id: a customer's, a conversation's, a case number …")
    q: Sought | None = Field(None, description="Searched in event, user, subject and facts.")


class AuditExportQuery(AuditQuery):
    format: Literal["csv", "json"] = "csv"


class ConsentQuery(TimeQuery):
    format: Literal["json", "csv"] = Field("json", description="`csv`: all of the time asked for, as a file.")


class InteractionsExportQuery(Query):
    kind: Literal["message", "phase", "handover"] | None = None
    from_date: DayOrMoment | None = Field(
        None, alias="from", description="The first day or moment, included."
    )
    to_date: DayOrMoment | None = Field(None, alias="to", description="The last day or moment, included.")
    format: Literal["csv", "json"] = "csv"


class AuditView(View):
    """reason: why a person was revealed; it is erased with the person, the event stays."""

    id: int
    event: str
    user: str
    role: Role | None
    subject: str | None
    facts: dict[str, Any]  # Any: JSON; holds no personal data.
    reason: str | None = None
    at: datetime


class AuditList(ListView[AuditView]):
    pass


class ChainView(View):
    """The newest proof of the hash chain. event_id: the last event it reached, or the first bad one."""

    is_whole: bool
    checked_at: datetime
    sealed: int
    head: str
    event_id: int | None
    why: str | None
    late: list[int]


class ConsentStepView(View):
    at: datetime
    customer_id: str
    name: str | None
    phone: str | None
    value: Consent
    changed_by: str
    message_id: str | None
    proof: str | None
    request_note: str | None


class ConsentReport(ListView[ConsentStepView]):
    """totals count customers as they stand now; items are the changes of the time asked for."""

    totals: dict[Consent, int]
    without_proof: int


def question_of(desk: Desk, taken: AuditQuery) -> AuditQuestion:
    """The filters as storage asks them."""
    since, until = span_of(desk, taken)
    return AuditQuestion(
        event=taken.event,
        actor=taken.user,
        role=taken.role,
        subject=taken.subject,
        since=since,
        until=until,
        text=taken.q,
    )


def span_of(
    desk: Desk, taken: TimeQuery | InteractionsExportQuery
) -> tuple[datetime | None, datetime | None]:
    """The first moment of the time asked for, and the one after its end."""
    since, last = taken.from_date, taken.to_date
    return _begin(desk, since) if since else None, _end(desk, last) if last else None


def _begin(desk: Desk, first: date | datetime) -> datetime:
    return desk.aware(first) if isinstance(first, datetime) else desk.midnight(first)


def _end(desk: Desk, last: date | datetime) -> datetime:
    if isinstance(last, datetime):
        return desk.aware(last) + timedelta.resolution
    return desk.midnight(last + timedelta(days=1))


async def browse(call: Call, taken: AuditQuery) -> AuditList:
    question, page = question_of(call.desk, taken), Page(limit=taken.limit, offset=taken.offset)

    def look(conn: Connection) -> tuple[Part[AuditEntry], dict[int, str]]:
        part = audit_entries(conn, question, page)
        return part, reasons_in(conn, part.items)

    part, reasons = await call.desk.database.read(look)
    now = call.desk.now()
    today = call.desk.midnight(call.desk.local(now).date())
    await call.desk.database.write(lambda conn: note_audit_view(conn, call.actor, question, now, today))
    return AuditList(**list_of(part, lambda entry: _view(call, entry, reasons)))


def _view(call: Call, entry: AuditEntry, reasons: dict[int, str]) -> AuditView:
    return AuditView(
        id=entry.id,
        event=entry.event,
        user=entry.actor,
        role=entry.role,
        subject=entry.subject,
        facts=entry.facts,
        reason=text_for(sight_of(call.actor), reasons.get(entry.id)),
        at=call.desk.local(entry.at),
    )


async def export(call: Call, taken: AuditExportQuery) -> web.StreamResponse:
    return await send_audit(call.desk, call.request, call.actor, question_of(call.desk, taken), taken.format)


async def export_interactions(call: Call, taken: InteractionsExportQuery) -> web.StreamResponse:
    since, until = span_of(call.desk, taken)
    window = Window(since=since, before=until)
    return await send_interactions(call.desk, call.request, call.actor, window, taken.kind, taken.format)


async def chain(call: Call) -> ChainView:
    check = await call.desk.database.read(last_check)
    return _chain(call, check) if check else await verify(call)


async def verify(call: Call) -> ChainView:
    check = await call.desk.database.read(partial(prove, now=call.desk.now()))
    await call.desk.database.write(partial(keep_check, check=check, by=call.actor))
    return _chain(call, check)


def _chain(call: Call, check: Check) -> ChainView:
    return ChainView(
        is_whole=check.is_whole,
        checked_at=call.desk.local(check.at),
        sealed=check.sealed,
        head=check.head,
        event_id=check.event_id,
        why=check.why,
        late=list(check.late),
    )


async def consents(call: Call, taken: ConsentQuery) -> ConsentReport | web.StreamResponse:
    since, until = span_of(call.desk, taken)
    if taken.format == "csv":
        return await send_consents(call.desk, call.request, call.actor, since, until)
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: consent_steps(conn, since, until, page))
    totals = await call.desk.database.read(lambda conn: consent_totals(conn, since, until))
    now = call.desk.now()
    today = call.desk.midnight(call.desk.local(now).date())
    await call.desk.database.write(
        lambda conn: note_consents_view(conn, call.actor, (since, until), now, today)
    )
    return ConsentReport(
        **list_of(part, lambda step: _consent(call, step)),
        totals=totals.now,
        without_proof=totals.without_proof,
    )


def _consent(call: Call, step: ConsentStep) -> ConsentStepView:
    sight = sight_of(call.actor)
    return ConsentStepView(
        at=call.desk.local(step.at),
        customer_id=step.customer_id,
        name=text_for(sight, step.name),
        phone=phone_for(sight, step.phone),
        value=step.value,
        changed_by=step.changed_by,
        message_id=step.message_id,
        proof=text_for(sight, step.proof),
        request_note=text_for(sight, step.request_note),
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
    Endpoint(
        method="GET",
        path="/api/audit/export",
        access=Permission.READ_AUDIT,
        summary="The same as a file, CSV or JSON, with the seals",
        handle=export,
        takes=AuditExportQuery,
        media_type="text/csv, application/json",
    ),
    Endpoint(
        method="GET",
        path="/api/audit/interactions/export",
        access=Permission.READ_AUDIT,
        summary="Messages, steps of journeys and handovers as a file, CSV or JSON",
        handle=export_interactions,
        takes=InteractionsExportQuery,
        media_type="text/csv, application/json",
    ),
    Endpoint(
        method="GET",
        path="/api/audit/chain",
        access=Permission.READ_AUDIT,
        summary="When the audit was last proven whole",
        handle=chain,
        gives=ChainView,
    ),
    Endpoint(
        method="POST",
        path="/api/audit/verify",
        access=Permission.READ_AUDIT,
        summary="Prove now that nobody changed the audit",
        handle=verify,
        gives=ChainView,
    ),
    Endpoint(
        method="GET",
        path="/api/consents/report",
        access=Permission.READ_AUDIT,
        summary="Who agreed to marketing, and how we know",
        handle=consents,
        takes=ConsentQuery,
        gives=ConsentReport,
        media_type="text/csv",
    ),
)
