"""The interactions of the audit as a file: messages, steps of journeys and handovers, masked as the reader sees people."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

from aiohttp import web

from admin.actions.csv_stream import Form, Row, send_rows
from admin.desk import Desk
from flows.masking import text_for
from flows.roles import Actor, Sight, sight_of
from flows.timeline import Happening, whole_moments
from storage.database import Connection
from storage.people.happenings import INTERACTIONS, Window, interactions
from storage.trail.audit import Event, note

FACTS = (
    *("direction", "type", "has_file", "intent", "confidence", "because", "escalates", "prompt_version", "campaign_code", "ack"),
    *("from", "to", "trigger", "package_code", "reason", "priority", "claimed_by", "outcome", "rating"),
)  # fmt: skip
COLUMNS = ("at", "kind", "id", "conversation_id", "actor", "text", *FACTS)
AT_ONCE = 500


async def send_interactions(
    desk: Desk, request: web.Request, actor: Actor, window: Window, kind: str | None, form: Form
) -> web.StreamResponse:
    """Streams what happened in that window, newest first."""
    sent, now = [0], desk.now()

    def count(rows: int) -> None:
        sent[0] = rows

    try:
        rows = _rows(desk, sight_of(actor), window, (kind,) if kind else INTERACTIONS)
        return await send_rows(request, "interactions", COLUMNS, rows, form, desk.local(now), count)
    finally:
        await desk.database.write(lambda conn: _note(conn, actor, kind, form, sent[0], now))


def _note(conn: Connection, by: Actor, kind: str | None, form: Form, rows: int, now: datetime) -> None:
    note(
        conn, Event.EXPORT_DATA, by, now, subject="interactions",
        export_type="interactions", row_count=rows, format=form, kind=kind,
    )  # fmt: skip


async def _rows(desk: Desk, sight: Sight, window: Window, kinds: tuple[str, ...]) -> AsyncIterator[Row]:
    before: datetime | None = window.before
    while True:
        part = Window(since=window.since, before=before, limit=AT_ONCE + 1)
        found = await desk.database.read(partial(interactions, window=part, kinds=kinds))
        shown, before = whole_moments(found, AT_ONCE)
        for one in shown:
            yield _row(desk, sight, one)
        if before is None:
            return


def _row(desk: Desk, sight: Sight, one: Happening) -> Row:
    facts = {name: one.facts.get(name) for name in FACTS}
    return facts | {
        "at": desk.local(one.at).isoformat(),
        "kind": one.kind,
        "id": one.key,
        "conversation_id": one.conversation_id,
        "actor": one.actor,
        "text": text_for(sight, one.text),
    }
