"""Leads: the sales board, within each one's scope."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from pydantic import AliasChoices, Field

from admin.endpoint import Answer, Call, Endpoint
from admin.problems import unprocessable
from admin.shapes import (
    ExactInput,
    Input,
    ListView,
    Moment,
    OptionalLabel,
    OptionalLine,
    OptionalText,
    PageQuery,
    Phone,
    Text,
    View,
    list_of,
)
from flows.domain import LeadStatus, Phase
from flows.lead_score import LeadScore
from flows.masking import phone_for, text_for
from flows.roles import Permission, sight_of
from storage.database import Connection
from storage.pages import Page
from storage.sales.lead_board import settle_task, undo_move
from storage.sales.lead_entry import NewLead, enter_lead, touch_lead
from storage.sales.lead_scores import lead_scores
from storage.sales.leads import (
    LeadCard,
    LeadQuestion,
    NewNote,
    NoteEntry,
    NoteKind,
    add_lead_note,
    find_lead,
    lead_notes,
    lead_page,
    move_lead,
)

# People and scripts call a note by many names; all mean the same.
_NOTE = AliasChoices("note", "notes", "description", "text", "title")


class LeadBody(Input):
    """Seed 003's body."""

    phone: Phone
    name: OptionalLine = None
    phase: Phase = Phase.LEADS
    interested_package: OptionalLabel = None
    conversation_summary: OptionalText = None
    source: OptionalLine = None
    ai_confidence: float | None = Field(None, ge=0, le=1)


class LeadMove(Input):
    status: LeadStatus
    lost_reason: str | None = Field(None, max_length=500)


class Activity(Input):
    kind: NoteKind = Field(NoteKind.NOTE, validation_alias=AliasChoices("kind", "type"))
    note: Text = Field(validation_alias=_NOTE)


class Task(Input):
    note: Text = Field(validation_alias=_NOTE)
    due_at: Moment | None = Field(None, validation_alias=AliasChoices("due_at", "due", "due_date"))


class TaskDone(ExactInput):
    done: bool = True


class LeadQuery(PageQuery):
    status: LeadStatus | None = None
    phase: Phase | None = None
    customer_id: str | None = Field(None, max_length=64)


class NoteView(View):
    id: int
    kind: NoteKind
    note: str | None
    due_at: datetime | None
    done_at: datetime | None
    author: str
    at: datetime


class LeadView(View):
    id: int
    customer_id: str
    phone: str | None
    name: str | None
    phase: Phase
    interested_package: str | None
    conversation_id: str | None
    conversation_summary: str | None
    source: str | None
    ai_confidence: float | None
    status: LeadStatus
    lost_reason: str | None
    owner: str | None
    created_at: datetime
    updated_at: datetime


class LeadFileView(LeadView):
    activities: list[NoteView]
    tasks: list[NoteView]


class ReasonView(View):
    points: int
    reason: str


class LeadScoreView(View):
    """How promising a lead is, 0 to 100; reasons weightiest first."""

    lead_id: int
    score: int
    heat: Literal["hot", "warm", "cold"]
    reasons: list[ReasonView]


class LeadList(ListView[LeadView]):
    pass


async def browse(call: Call, taken: LeadQuery) -> LeadList:
    page = Page(limit=taken.limit, offset=taken.offset)
    question = LeadQuestion(status=taken.status, phase=taken.phase, customer_id=taken.customer_id)
    part = await call.desk.database.read(lambda conn: lead_page(conn, call.actor, question, page))
    return LeadList(**list_of(part, lambda card: LeadView(**_fields(call, card))))


async def score(call: Call) -> LeadScoreView:
    lead_id, now = call.number("id"), call.desk.now()

    def read_score(conn: Connection) -> LeadScore:
        return lead_scores(conn, [find_lead(conn, call.actor, lead_id).id], now)[lead_id]

    found = await call.desk.database.read(read_score)
    return LeadScoreView(
        lead_id=lead_id,
        score=found.score,
        heat=found.heat,
        reasons=[ReasonView(points=points, reason=reason) for points, reason in found.reasons],
    )


async def create(call: Call, taken: LeadBody) -> LeadView | Answer:
    new = NewLead(**taken.model_dump())
    now = call.desk.now()
    lead, card = await call.desk.database.write(lambda conn: enter_lead(conn, call.actor, new, now))
    view = LeadView(**_fields(call, card))
    return view if lead.is_new else Answer(view=view, status=HTTPStatus.OK)


async def read(call: Call) -> LeadFileView:
    lead_id = call.number("id")
    card = await call.desk.database.read(lambda conn: find_lead(conn, call.actor, lead_id))
    notes = [
        _note(call, entry) for entry in await call.desk.database.read(lambda conn: lead_notes(conn, lead_id))
    ]
    return LeadFileView(
        **_fields(call, card),
        activities=[note for note in notes if note.kind is not NoteKind.TASK],
        tasks=[note for note in notes if note.kind is NoteKind.TASK],
    )


async def move(call: Call, taken: LeadMove) -> LeadView:
    lead_id, now = call.number("id"), call.desk.now()

    def change(conn: Connection) -> LeadCard:
        move_lead(conn, call.actor, lead_id, taken.status, taken.lost_reason, now)
        return touch_lead(conn, call.actor, lead_id)

    return LeadView(**_fields(call, await call.desk.database.write(change)))


async def undo(call: Call) -> LeadView:
    lead_id, now = call.number("id"), call.desk.now()
    card = await call.desk.database.write(lambda conn: undo_move(conn, call.actor, lead_id, now))
    return LeadView(**_fields(call, card))


async def do_task(call: Call, taken: TaskDone) -> LeadView:
    task_id, now = call.number("id"), call.desk.now()
    lead_id = await call.desk.database.write(
        lambda conn: settle_task(conn, call.actor, task_id, now, is_done=taken.done)
    )
    return LeadView(
        **_fields(call, await call.desk.database.read(lambda conn: find_lead(conn, call.actor, lead_id)))
    )


async def add_activity(call: Call, taken: Activity) -> NoteView:
    if taken.kind is NoteKind.TASK:
        raise unprocessable("kind", "A task is added under /tasks.")
    return await _add(call, NewNote(kind=taken.kind, note=taken.note))


async def add_task(call: Call, taken: Task) -> NoteView:
    due = call.desk.aware(taken.due_at) if taken.due_at else None
    return await _add(call, NewNote(kind=NoteKind.TASK, note=taken.note, due_at=due))


async def _add(call: Call, new: NewNote) -> NoteView:
    lead_id, now = call.number("id"), call.desk.now()

    def record(conn: Connection) -> NoteEntry:
        entry = add_lead_note(conn, call.actor, lead_id, new, now)
        touch_lead(conn, call.actor, lead_id)
        return entry

    return _note(call, await call.desk.database.write(record))


def _fields(call: Call, card: LeadCard) -> dict[str, object]:
    sight = sight_of(call.actor)
    return {
        "id": card.id,
        "customer_id": card.customer_id,
        "phone": phone_for(sight, card.phone),
        "name": text_for(sight, card.name),
        "phase": card.phase,
        "interested_package": card.interested_package,
        "conversation_id": card.conversation_id,
        "conversation_summary": text_for(sight, card.conversation_summary),
        "source": card.source,
        "ai_confidence": card.ai_confidence,
        "status": card.status,
        "lost_reason": text_for(sight, card.lost_reason),
        "owner": card.owner,
        "created_at": call.desk.local(card.created_at),
        "updated_at": call.desk.local(card.updated_at),
    }


def _note(call: Call, entry: NoteEntry) -> NoteView:
    return NoteView(
        id=entry.id,
        kind=entry.kind,
        note=text_for(sight_of(call.actor), entry.note),
        due_at=call.desk.local(entry.due_at) if entry.due_at else None,
        done_at=call.desk.local(entry.done_at) if entry.done_at else None,
        author=entry.author,
        at=call.desk.local(entry.at),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/marketing/leads/{id:int}/score",
        access=Permission.READ_LEADS,
        summary="How promising a lead is, and why",
        handle=score,
        gives=LeadScoreView,
        fails=(HTTPStatus.NOT_FOUND,),
    ),
    Endpoint(
        method="GET",
        path="/api/marketing/leads",
        access=Permission.READ_LEADS,
        summary="The leads within your scope",
        handle=browse,
        takes=LeadQuery,
        gives=LeadList,
    ),
    Endpoint(
        method="POST",
        path="/api/marketing/leads",
        access=Permission.WRITE_LEADS,
        summary="A new lead (201), or the same person's open lead with this added (200)",
        handle=create,
        takes=LeadBody,
        gives=LeadView,
        status=HTTPStatus.CREATED,
        also=(HTTPStatus.OK,),
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="GET",
        path="/api/marketing/leads/{id:int}",
        access=Permission.READ_LEADS,
        summary="One lead with its activities and tasks",
        handle=read,
        gives=LeadFileView,
    ),
    Endpoint(
        method="PATCH",
        path="/api/marketing/leads/{id:int}",
        access=Permission.WRITE_LEADS,
        summary="Move a lead on the board; LOST needs a reason",
        handle=move,
        takes=LeadMove,
        gives=LeadView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/marketing/leads/{id:int}/undo",
        access=Permission.WRITE_LEADS,
        summary="Take your own last move back, within ten minutes",
        handle=undo,
        gives=LeadView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/marketing/leads/tasks/{id:int}/done",
        access=Permission.WRITE_LEADS,
        summary="A task is done, or not after all; its reminder follows",
        handle=do_task,
        takes=TaskDone,
        gives=LeadView,
    ),
    Endpoint(
        method="POST",
        path="/api/marketing/leads/{id:int}/activities",
        access=Permission.WRITE_LEADS,
        summary="Note a call, visit, e-mail, meeting or anything else",
        handle=add_activity,
        takes=Activity,
        gives=NoteView,
        status=HTTPStatus.CREATED,
    ),
    Endpoint(
        method="POST",
        path="/api/marketing/leads/{id:int}/tasks",
        access=Permission.WRITE_LEADS,
        summary="Something to do about this lead",
        handle=add_task,
        takes=Task,
        gives=NoteView,
        status=HTTPStatus.CREATED,
    ),
)
