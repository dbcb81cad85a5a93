"""The audit as a file: what the filters show, newest first, with the seals, and the export itself audited with its rows."""

from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from admin.actions.csv_stream import Form, Row, send_rows
from admin.desk import Desk
from flows.roles import Actor
from storage.database import Connection
from storage.privacy.audit_reading import note_audit_export
from storage.privacy.reveals import reasons_in
from storage.trail.audit import AuditQuestion, older_entries
from storage.trail.audit_chain import hashes_of

COLUMNS = ("id", "at", "event", "user", "role", "subject", "facts", "reason", "hash")
AT_ONCE = 500


async def send_audit(
    desk: Desk, request: web.Request, actor: Actor, question: AuditQuestion, form: Form
) -> web.StreamResponse:
    """Streams the entries asked for. What came in after the export began is not part of it."""
    sent, now = [0], desk.now()

    def count(rows: int) -> None:
        sent[0] = rows

    try:
        rows = _rows(desk, question)
        return await send_rows(request, "audit", COLUMNS, rows, form, desk.local(now), count)
    finally:
        await desk.database.write(lambda conn: note_audit_export(conn, actor, question, form, sent[0], now))


async def _rows(desk: Desk, question: AuditQuestion) -> AsyncIterator[Row]:
    before: int | None = None
    while part := await desk.database.read(partial(_part, desk=desk, question=question, before=before)):
        for row in part:
            yield row
        before = part[-1]["id"]


def _part(conn: Connection, desk: Desk, question: AuditQuestion, before: int | None) -> list[Row]:
    entries = older_entries(conn, question, before, AT_ONCE)
    hashes, reasons = hashes_of(conn, [entry.id for entry in entries]), reasons_in(conn, entries)
    return [
        {
            "id": entry.id,
            "at": desk.local(entry.at).isoformat(),
            "event": entry.event,
            "user": entry.actor,
            "role": entry.role.value if entry.role else None,
            "subject": entry.subject,
            "facts": entry.facts,
            "reason": reasons.get(entry.id),
            "hash": hashes.get(entry.id),
        }
        for entry in entries
    ]
