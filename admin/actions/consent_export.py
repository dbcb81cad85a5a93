"""The changes of consent as a file, masked as the reader sees people, and audited with its rows."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from admin.actions.csv_stream import Row, send_rows
from admin.desk import Desk
from flows.masking import phone_for, text_for
from flows.roles import Actor, Sight, sight_of
from storage.database import Connection
from storage.pages import Page
from storage.people.consent_report import ConsentStep, consent_steps
from storage.trail.audit import Event, note

COLUMNS = ("at", "customer_id", "name", "phone", "value", "changed_by", "message_id", "proof", "request_note")
AT_ONCE = 200
MOMENT = timedelta(
    microseconds=1
)  # What changed at this very moment is part of it; what comes later would shift the rows.


async def send_consents(
    desk: Desk, request: web.Request, actor: Actor, since: datetime | None, until: datetime | None
) -> web.StreamResponse:
    sent, now = [0], desk.now()

    def count(rows: int) -> None:
        sent[0] = rows

    try:
        rows = _rows(desk, sight_of(actor), since, until or now + MOMENT)
        return await send_rows(request, "consents", COLUMNS, rows, "csv", desk.local(now), count)
    finally:
        await desk.database.write(lambda conn: _note(conn, actor, sent[0], now))


def _note(conn: Connection, actor: Actor, count: int, now: datetime) -> None:
    note(
        conn, Event.EXPORT_DATA, actor, now, subject="consents",
        export_type="consents", row_count=count, format="csv",
    )  # fmt: skip


async def _rows(desk: Desk, sight: Sight, since: datetime | None, until: datetime) -> AsyncIterator[Row]:
    offset = 0
    while True:
        page = Page(limit=AT_ONCE, offset=offset)
        steps = await desk.database.read(partial(consent_steps, since=since, until=until, page=page))
        for step in steps.items:
            yield _row(desk, sight, step)
        offset += AT_ONCE
        if offset >= steps.total:
            return


def _row(desk: Desk, sight: Sight, step: ConsentStep) -> Row:
    return {
        "at": desk.local(step.at).isoformat(),
        "customer_id": step.customer_id,
        "name": text_for(sight, step.name),
        "phone": phone_for(sight, step.phone),
        "value": step.value.value,
        "changed_by": step.changed_by,
        "message_id": step.message_id,
        "proof": text_for(sight, step.proof),
        "request_note": text_for(sight, step.request_note),
    }
