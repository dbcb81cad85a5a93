"""What staff keep beside a conversation: its labels, the private notes to each other, and until when it is put off."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import AliasChoices, Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import ExactInput, Input, ListView, Moment, View
from flows.labels import COLOURS
from flows.masking import text_for
from flows.roles import Permission, Sight, sight_of
from storage.database import Connection
from storage.desk.labels import LabelFacts, add_label, all_labels, labels_of, remove_label, set_labels
from storage.desk.notes import LONGEST_NOTE, NoteFacts, notes_of, write_note
from storage.desk.snoozes import snooze, wake
from storage.privacy.reveals import sight_on
from storage.privacy.sightings import note_view
from storage.talks.conversations import ConversationFacts, find_conversation

MOST_LABELS = 20
LabelId = Annotated[int, Field(ge=1, le=2**53)]


class LabelBody(Input):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    colour: str = Field(COLOURS[0], max_length=12, description=f"One of: {', '.join(COLOURS)}.")


class LabelsBody(Input):
    labels: list[LabelId] = Field(
        max_length=MOST_LABELS, description="All labels that shall hang on it, by id."
    )


class NoteBody(Input):
    body: str = Field(
        min_length=1,
        max_length=LONGEST_NOTE,
        pattern=r"\S",
        validation_alias=AliasChoices("body", "note", "text"),
        description="Colleagues named with @user find the note in their list.",
    )


class SnoozeBody(ExactInput):
    until: Moment | None = Field(None, description="Null: until the customer writes.")


class LabelView(View):
    id: int
    name: str
    colour: str


class LabelList(ListView[LabelView]):
    pass


class NoteView(View):
    id: str
    author: str
    body: str | None
    at: datetime


class NoteList(ListView[NoteView]):
    pass


async def browse_labels(call: Call) -> LabelList:
    return _labels(await call.desk.database.read(all_labels))


async def make_label(call: Call, taken: LabelBody) -> LabelView:
    actor, now = call.actor, call.desk.now()
    made = await call.desk.database.write(lambda conn: add_label(conn, taken.name, taken.colour, actor, now))
    return _label(made)


async def drop_label(call: Call) -> None:
    label_id, actor, now = call.number("id"), call.actor, call.desk.now()
    await call.desk.database.write(lambda conn: remove_label(conn, label_id, actor, now))


async def read_labels(call: Call) -> LabelList:
    conversation_id, actor = call.path("id"), call.actor

    def look(conn: Connection) -> tuple[LabelFacts, ...]:
        facts = find_conversation(conn, actor, conversation_id)
        return labels_of(conn, [facts.id]).get(facts.id, ())

    return _labels(await call.desk.database.read(look))


async def hang_labels(call: Call, taken: LabelsBody) -> LabelList:
    conversation_id, actor, now = call.path("id"), call.actor, call.desk.now()
    return _labels(
        await call.desk.database.write(
            lambda conn: set_labels(conn, actor, conversation_id, taken.labels, now)
        )
    )


async def read_notes(call: Call) -> NoteList:
    """Notes speak of the customer, so reading them is a look at the conversation."""
    conversation_id, actor, now = call.path("id"), call.actor, call.desk.now()

    def look(conn: Connection) -> tuple[ConversationFacts, tuple[NoteFacts, ...], Sight]:
        facts = find_conversation(conn, actor, conversation_id)
        return facts, notes_of(conn, facts.id), sight_on(conn, actor, facts.customer_id, now)

    facts, notes, sight = await call.desk.database.read(look)
    is_revealed = sight is not sight_of(actor)
    await call.desk.database.write(lambda conn: note_view(conn, actor, facts, now, is_revealed=is_revealed))
    return NoteList(items=[_note(call, sight, one) for one in notes], total=len(notes))


async def add_note(call: Call, taken: NoteBody) -> NoteView:
    conversation_id, actor, now = call.path("id"), call.actor, call.desk.now()
    written = await call.desk.database.write(
        lambda conn: write_note(conn, actor, conversation_id, taken.body, now)
    )
    return _note(call, sight_of(actor), written)


async def put_off(call: Call, taken: SnoozeBody) -> None:
    conversation_id, actor, now = call.path("id"), call.actor, call.desk.now()
    until = call.desk.aware(taken.until) if taken.until else None
    await call.desk.database.write(lambda conn: snooze(conn, actor, conversation_id, until, now))


async def take_up(call: Call) -> None:
    conversation_id, actor, now = call.path("id"), call.actor, call.desk.now()
    await call.desk.database.write(lambda conn: wake(conn, actor, conversation_id, now))


def _labels(found: tuple[LabelFacts, ...]) -> LabelList:
    return LabelList(items=[_label(one) for one in found], total=len(found))


def _label(label: LabelFacts) -> LabelView:
    return LabelView(id=label.id, name=label.name, colour=label.colour)


def _note(call: Call, sight: Sight, note: NoteFacts) -> NoteView:
    return NoteView(
        id=note.id, author=note.author, body=text_for(sight, note.body), at=call.desk.local(note.at)
    )


_READ, _HOLD = Permission.READ_CONVERSATIONS, Permission.HOLD_CONVERSATIONS
_ONE = "/api/conversations/{id:id}"
ENDPOINTS = (
    Endpoint(
        method="GET", path="/api/labels", access=_READ, handle=browse_labels, gives=LabelList,
        summary="The labels that can hang on conversations",
    ),
    Endpoint(
        method="POST", path="/api/labels", access=_HOLD, handle=make_label, takes=LabelBody, gives=LabelView,
        status=HTTPStatus.CREATED, fails=(HTTPStatus.CONFLICT,),
        summary="Add a label; 409 where one of that name is there",
    ),
    Endpoint(
        method="DELETE", path="/api/labels/{id:int}", access=_HOLD, handle=drop_label,
        summary="Remove a label, from every conversation too",
    ),
    Endpoint(
        method="GET", path=f"{_ONE}/labels", access=_READ, handle=read_labels, gives=LabelList,
        summary="The labels of a conversation",
    ),
    Endpoint(
        method="PUT", path=f"{_ONE}/labels", access=_HOLD, handle=hang_labels, takes=LabelsBody, gives=LabelList,
        summary="Exactly these labels hang on the conversation from now on",
    ),
    Endpoint(
        method="GET", path=f"{_ONE}/notes", access=_READ, handle=read_notes, gives=NoteList,
        summary="What staff wrote to each other about the conversation, oldest first",
    ),
    Endpoint(
        method="POST", path=f"{_ONE}/notes", access=_HOLD, handle=add_note, takes=NoteBody, gives=NoteView,
        status=HTTPStatus.CREATED, summary="Write a private note; the customer never sees it",
    ),
    Endpoint(
        method="POST", path=f"{_ONE}/snooze", access=_HOLD, handle=put_off, takes=SnoozeBody,
        summary="Put the conversation off until a moment, or until the customer writes",
    ),
    Endpoint(
        method="DELETE", path=f"{_ONE}/snooze", access=_HOLD, handle=take_up,
        summary="The conversation is to do again",
    ),
)  # fmt: skip
