"""How does a list leave as a file? Row by row, formula-safe, with a name that says what and when, and readable where it is opened."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from aiohttp import web

from flows.csv_cell import safe_cell

Form = Literal["csv", "json"]
MEDIA_TYPES: dict[Form, str] = {"csv": "text/csv", "json": "application/json"}
Row = Mapping[str, Any]  # Any: JSON values.
# By this spreadsheets know that the letters are UTF-8; Excel shows ● and é as rubbish without it.
MARK = "\ufeff"


async def send_rows(
    request: web.Request,
    name: str,
    columns: Sequence[str],
    rows: AsyncIterator[Row],
    form: Form,
    now: datetime,
    count: Callable[[int], None],
) -> web.StreamResponse:
    """Streams the rows. count is told how many have left after each one, so that a broken download is known by its length."""
    response = web.StreamResponse(
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{now:%Y%m%d-%H%M}.{form}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
    )
    response.content_type, response.charset = MEDIA_TYPES[form], "utf-8"
    await response.prepare(request)
    beginning = mark_for(request) + csv_line(columns) if form == "csv" else "[\n"
    await response.write(beginning.encode())
    sent = 0
    async for row in rows:
        await response.write(_written(row, columns, form, is_first=sent == 0).encode())
        sent += 1
        count(sent)
    if form == "json":
        await response.write(b"\n]\n")
    await response.write_eof()
    return response


def mark_for(request: web.Request) -> str:
    """What a CSV file begins with: the mark for a person's browser; nothing for a script, whose first column would be called by it."""
    return "" if "Authorization" in request.headers else MARK


def csv_line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([safe_cell(cell) for cell in cells])
    return written.getvalue()


def _written(row: Row, columns: Sequence[str], form: Form, *, is_first: bool) -> str:
    if form == "csv":
        return csv_line([_cell(row.get(name)) for name in columns])
    return ("" if is_first else ",\n") + json.dumps(
        {name: row.get(name) for name in columns}, ensure_ascii=False, default=str
    )


def _cell(value: Any) -> str:  # Any: JSON.
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
