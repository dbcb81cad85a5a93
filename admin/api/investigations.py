"""Notes on fraud, sensitivity tier 3. SUPERVISOR and COMPLIANCE read them, each look audited; SUPERVISOR adds to them."""

from datetime import datetime
from http import HTTPStatus

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, Text, View
from flows.masking import text_for
from flows.roles import Permission, sight_of
from storage.complaints.investigations import InvestigationNote, add_investigation, read_investigation
from storage.database import Connection


class InvestigationBody(Input):
    note: Text


class NoteView(View):
    id: int
    author: str
    note: str | None
    at: datetime


class InvestigationView(View):
    case_number: str
    notes: list[NoteView]


async def read(call: Call) -> InvestigationView:
    case_id, now = call.number("id"), call.desk.now()
    file, notes = await call.desk.database.write(
        lambda conn: read_investigation(conn, call.actor, case_id, now)
    )
    return _view(call, file.case_number, notes)


async def add(call: Call, taken: InvestigationBody) -> InvestigationView:
    case_id, now = call.number("id"), call.desk.now()

    def record(conn: Connection) -> InvestigationView:
        add_investigation(conn, call.actor, case_id, taken.note, now)
        file, notes = read_investigation(conn, call.actor, case_id, now)
        return _view(call, file.case_number, notes)

    return await call.desk.database.write(record)


def _view(call: Call, number: str, notes: tuple[InvestigationNote, ...]) -> InvestigationView:
    sight = sight_of(call.actor)
    return InvestigationView(
        case_number=number,
        notes=[
            NoteView(
                id=note.id,
                author=note.author,
                note=text_for(sight, note.body),
                at=call.desk.local(note.at),
            )
            for note in notes
        ],
    )


_PATH = "/api/cases/{id:int}/investigation"
ENDPOINTS = (
    Endpoint(
        method="GET", path=_PATH, access=Permission.READ_INVESTIGATIONS, handle=read, gives=InvestigationView,
        summary="What was found out about a fraud; each look is audited",
    ),
    Endpoint(
        method="POST", path=_PATH, access=Permission.WRITE_INVESTIGATIONS, handle=add, takes=InvestigationBody,
        gives=InvestigationView, summary="Add a note", status=HTTPStatus.CREATED,
        fails=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
)  # fmt: skip
