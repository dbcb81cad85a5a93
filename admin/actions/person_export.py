"""How does everything we hold about a person leave the house? As one JSON document or one page to read, written part by part."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from html import escape
from typing import Literal

from aiohttp import web

from admin.desk import Desk
from flows.roles import Actor
from storage.database import Connection
from storage.people.person import PersonIds
from storage.privacy.export_person import Place, Section, next_section
from storage.privacy.privacy_requests import PrivacyCase
from storage.trail.audit import Event, note

Form = Literal["json", "html"]
MEDIA_TYPES: dict[Form, str] = {"json": "application/json", "html": "text/html"}
LONGEST_CELL = 2_000  # Of the page to read; the JSON document holds everything, files included.


async def send_export(
    desk: Desk, request: web.Request, actor: Actor, asked: PrivacyCase, person: PersonIds, form: Form
) -> web.StreamResponse:
    """Streams the person's export. How many rows went out is audited, also when the reader hung up half-way."""
    response = web.StreamResponse(headers=_headers(asked, form))
    response.content_type = MEDIA_TYPES[form]
    response.charset = "utf-8"
    count, now = 0, desk.now()
    try:
        await response.prepare(request)
        await response.write(_beginning(asked, desk.local(now), form).encode())
        is_first = True
        async for section in _sections(desk, person):
            await response.write(_part(section, form, is_first).encode())
            count, is_first = count + len(section.rows), False
        await response.write(("]}\n" if form == "json" else "</body></html>\n").encode())
        await response.write_eof()
    finally:
        await desk.database.write(partial(_note, actor=actor, asked=asked, form=form, count=count, now=now))
    return response


async def _sections(desk: Desk, person: PersonIds) -> AsyncIterator[Section]:
    place = Place()
    while found := await desk.database.read(partial(next_section, person=person, place=place)):
        section, place = found
        yield section


def _headers(asked: PrivacyCase, form: Form) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{asked.customer_id}.{form}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def _note(conn: Connection, actor: Actor, asked: PrivacyCase, form: Form, count: int, now: datetime) -> None:
    note(
        conn, Event.EXPORT_DATA, actor, now, subject=asked.customer_id,
        export_type="customer", row_count=count, format=form, request_id=asked.id,
    )  # fmt: skip


def _beginning(asked: PrivacyCase, at: datetime, form: Form) -> str:
    if form == "json":
        head = {"customer_id": asked.customer_id, "request_id": asked.id, "exported_at": at.isoformat()}
        return json.dumps(head)[:-1] + ', "sections": [\n'
    title = f"Data pribadi {asked.customer_id}"
    return (
        f'<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<h1>{title}</h1><p>{at:%d-%m-%Y %H.%M}</p>\n"
    )


def _part(section: Section, form: Form, is_first: bool) -> str:
    if form == "json":
        written = json.dumps({"table": section.table, "rows": section.rows}, ensure_ascii=False, default=str)
        return ("" if is_first else ",\n") + written
    return "".join((f"<h2>{escape(section.table)}</h2>", *(_row(row) for row in section.rows)))


def _row(row: dict[str, object]) -> str:
    cells = (
        f"<dt>{escape(name)}</dt><dd>{escape(_cell(value))}</dd>"
        for name, value in row.items()
        if value not in (None, "", {}, [])
    )
    return f"<dl>{''.join(cells)}</dl><hr>\n"


def _cell(value: object) -> str:
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= LONGEST_CELL else written[:LONGEST_CELL] + " …"
