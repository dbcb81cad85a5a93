"""The complaints as a file: those that the filters show, newest first, masked as the reader sees people, and audited with their rows."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web

from admin.actions.csv_stream import Row, send_rows
from admin.desk import Desk
from flows.masking import phone_for, text_for
from flows.roles import Actor, sight_of
from storage.complaints.cases import CaseFile, CaseQuestion, older_cases
from storage.trail.audit import Event, note

COLUMNS = (
    *("case_number", "status", "category", "priority", "branch", "assigned_to", "escalation_level"),
    *("customer_name", "phone", "subject", "opened_at", "first_response_due", "first_response_at"),
    *("resolution_due", "resolved_at", "closed_at", "overdue"),
)
AT_ONCE = 500


async def send_cases(
    desk: Desk, request: web.Request, actor: Actor, question: CaseQuestion
) -> web.StreamResponse:
    """Streams the cases within scope, each written as it is read; a case opened meanwhile is not part of it."""
    sent, now = [0], desk.now()

    def count(rows: int) -> None:
        sent[0] = rows

    try:
        rows = _rows(desk, actor, question, now)
        return await send_rows(request, "cases", COLUMNS, rows, "csv", desk.local(now), count)
    finally:
        await desk.database.write(
            lambda conn: note(conn, Event.EXPORT_DATA, actor, now, export_type="cases", row_count=sent[0])
        )


async def _rows(desk: Desk, actor: Actor, question: CaseQuestion, now: datetime) -> AsyncIterator[Row]:
    before: int | None = None
    look = partial(older_cases, actor=actor, question=question, limit=AT_ONCE)
    while files := await desk.database.read(partial(look, before=before)):
        for file in files:
            yield _row(desk, actor, file, now)
        before = files[-1].id


def _row(desk: Desk, actor: Actor, file: CaseFile, now: datetime) -> Row:
    sight = sight_of(actor)
    row: dict[str, Any] = {name: getattr(file, name, None) for name in COLUMNS}  # Any: JSON values.
    row |= {
        "customer_name": text_for(sight, file.customer_name),
        "phone": phone_for(sight, file.customer_phone),
        "subject": text_for(sight, file.subject),
        "overdue": file.is_overdue(now),
    }
    moments = {
        name: desk.local(value).isoformat(timespec="minutes")
        for name, value in row.items()
        if isinstance(value, datetime)
    }
    return row | moments
