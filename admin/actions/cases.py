"""What the API and the panel both do with cases when it takes more than one call: the final response that is also sent, and the export."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from admin.desk import Desk
from flows.csv_cell import safe_cell
from flows.masking import phone_for, text_for
from flows.roles import Actor, sight_of
from storage.audit import Event, note
from storage.case_work import respond_finally
from storage.cases import CaseFile, CaseQuestion, case_page
from storage.database import Connection
from storage.pages import Page
from storage.staff_messages import queue_text

EXPORTED_AT_ONCE = 1_000
MOST_EXPORTED = 100_000
COLUMNS = (
    *("case_number", "status", "category", "priority", "branch", "assigned_to", "escalation_level"),
    *("customer_name", "phone", "subject", "opened_at", "first_response_due", "first_response_at"),
    *("resolution_due", "resolved_at", "closed_at", "overdue"),
)


async def respond(
    desk: Desk, actor: Actor, case_id: int, text: str, *, is_sent: bool, version: int | None = None
) -> CaseFile:
    """Keeps the final response and, if wanted and the case has a conversation, sends it to the customer. Raises Refused."""
    now = desk.now()

    def record(conn: Connection) -> CaseFile:
        file = respond_finally(conn, actor, case_id, text, now, version=version)
        if is_sent and file.conversation_id:
            message_id = queue_text(conn, file.conversation_id, text, now, author=actor.name)
            note(conn, Event.SEND_MESSAGE, actor, now, subject=file.conversation_id, message_id=message_id)
        return file

    file = await desk.database.write(record)
    if is_sent and file.conversation_id:
        desk.engine.wake_sender(file.conversation_id)
    return file


async def export(desk: Desk, actor: Actor, question: CaseQuestion) -> str:
    """The cases within scope as CSV, masked by role and safe from formulas; that it was exported is written into the audit."""
    now = desk.now()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    while count < MOST_EXPORTED:
        page = Page(limit=EXPORTED_AT_ONCE, offset=count)
        part = await desk.database.read(lambda conn, page=page: case_page(conn, actor, question, page))  # type: ignore[misc]  # bound per page
        for file in part.items:
            writer.writerow(_cells(desk, actor, file, now))
        count += len(part.items)
        if len(part.items) < EXPORTED_AT_ONCE:
            break
    await desk.database.write(
        lambda conn: note(conn, Event.EXPORT_DATA, actor, now, export_type="cases", row_count=count)
    )
    return out.getvalue()


def _cells(desk: Desk, actor: Actor, file: CaseFile, now: datetime) -> Iterator[str]:
    sight = sight_of(actor)
    shown = {
        "phone": phone_for(sight, file.customer_phone),
        "subject": text_for(sight, file.subject),
        "overdue": file.is_overdue(now),
    }
    for column in COLUMNS:
        value = shown[column] if column in shown else getattr(file, column)
        if isinstance(value, datetime):
            value = desk.local(value).isoformat(timespec="minutes")
        yield safe_cell("" if value is None else str(value))
