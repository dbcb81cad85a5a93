"""Conversations: reading them within one's scope, and taking, passing on, answering and ending them."""

import asyncio
from http import HTTPStatus

from pydantic import AliasChoices, Field

from admin.actions import conversations as actions
from admin.actions.search import search_conversations
from admin.api.conversation_views import (
    ConversationList,
    ConversationView,
    MessageView,
    StandingView,
    conversation_view,
    message_view,
    standing_view,
)
from admin.endpoint import Call, Endpoint
from admin.shapes import Input, Line, OptionalText, PageQuery, Phone, list_of
from flows.domain import Phase, Status
from flows.roles import Permission, Sight, sight_of
from storage.database import Connection
from storage.pages import Page
from storage.privacy.reveals import sight_on
from storage.privacy.sightings import note_search, note_view
from storage.talks.conversation_list import ConversationQuestion, conversation_page
from storage.talks.conversations import ConversationFile, read_conversation

MOST_HITS = 200
LONGEST_MESSAGE = 4_096  # Longer texts are folded away on a phone.


class ConversationQuery(PageQuery):
    phone: Phone | None = Field(None, description="As people write it: 0812…, +62812…")
    status: Status | None = None
    phase: Phase | None = None
    q: str | None = Field(None, max_length=100, description="Words, or their beginnings, in any message.")


class HandoverBody(Input):
    """Seed 003's body."""

    conversation_id: Line
    assigned_to: Line = Field(description="A user name.")
    handover_notes: OptionalText = None


class StaffMessage(Input):
    body: str = Field(
        min_length=1,
        max_length=LONGEST_MESSAGE,
        pattern=r"\S",
        validation_alias=AliasChoices("body", "text", "message"),
    )


async def browse(call: Call, taken: ConversationQuery) -> ConversationList:
    hits = await search_conversations(call.desk, call.actor, taken.q, MOST_HITS) if taken.q else None
    found = None if hits is None else tuple(dict.fromkeys(hits))
    question = ConversationQuestion(phone=taken.phone, status=taken.status, phase=taken.phase, ids=found)
    page = Page(limit=taken.limit, offset=taken.offset)
    look = call.desk.database.read(lambda conn: conversation_page(conn, call.actor, question, page))
    # That somebody searched is written down while what was found is read.
    part = await look if hits is None else (await asyncio.gather(look, _note_search(call, len(hits))))[0]
    if taken.phone:
        now = call.desk.now()
        await call.desk.database.write(
            lambda conn: note_search(conn, call.actor, "conversations", part.total, now)
        )
    return ConversationList(**list_of(part, lambda file: conversation_view(call, file)))


async def _note_search(call: Call, count: int) -> None:
    """How much was found; what was sought is not written down."""
    now = call.desk.now()
    await call.desk.database.write(lambda conn: note_search(conn, call.actor, "messages", count, now))


async def read(call: Call) -> ConversationView:
    conversation_id, now = call.path("id"), call.desk.now()

    def look(conn: Connection) -> tuple[ConversationFile, Sight]:
        file = read_conversation(conn, call.actor, conversation_id)
        return file, sight_on(conn, call.actor, file.facts.customer_id, now)

    file, sight = await call.desk.database.read(look)
    is_revealed = sight is not sight_of(call.actor)
    await call.desk.database.write(
        lambda conn: note_view(conn, call.actor, file.facts, now, is_revealed=is_revealed)
    )
    return conversation_view(call, file, sight)


async def hand_over(call: Call, taken: HandoverBody) -> StandingView:
    facts = await actions.hand_over(
        call.desk, call.actor, taken.conversation_id, taken.assigned_to, taken.handover_notes
    )
    return standing_view(call, facts)


async def claim(call: Call) -> StandingView:
    return standing_view(call, await actions.take(call.desk, call.actor, call.path("id")))


async def write_to(call: Call, taken: StaffMessage) -> MessageView:
    return message_view(call, await actions.write_to(call.desk, call.actor, call.path("id"), taken.body))


async def release(call: Call) -> StandingView:
    return standing_view(call, await actions.give_back(call.desk, call.actor, call.path("id")))


async def close(call: Call) -> StandingView:
    return standing_view(call, await actions.end(call.desk, call.actor, call.path("id")))


async def paid(call: Call) -> StandingView:
    return standing_view(call, await actions.pay(call.desk, call.actor, call.path("id")))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/conversations",
        access=Permission.READ_CONVERSATIONS,
        summary="The conversations within your scope, each with its recent messages; asked for by phone, whole",
        handle=browse,
        takes=ConversationQuery,
        gives=ConversationList,
    ),
    Endpoint(
        method="POST",
        path="/api/conversations/handover",
        access=Permission.HAND_OVER,
        summary="Let a conversation wait for a colleague",
        handle=hand_over,
        takes=HandoverBody,
        gives=StandingView,
        fails=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Endpoint(
        method="GET",
        path="/api/conversations/{id:id}",
        access=Permission.READ_CONVERSATIONS,
        summary="One conversation, whole",
        handle=read,
        gives=ConversationView,
    ),
    Endpoint(
        method="POST",
        path="/api/conversations/{id:id}/claim",
        access=Permission.HOLD_CONVERSATIONS,
        summary="Take the conversation; 409 names the colleague who was first",
        handle=claim,
        gives=StandingView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/conversations/{id:id}/messages",
        access=Permission.HOLD_CONVERSATIONS,
        summary="Write to the customer; claims a conversation that nobody holds",
        handle=write_to,
        takes=StaffMessage,
        gives=MessageView,
        status=HTTPStatus.CREATED,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/conversations/{id:id}/release",
        access=Permission.HOLD_CONVERSATIONS,
        summary="Give the conversation back to the bot",
        handle=release,
        gives=StandingView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/conversations/{id:id}/close",
        access=Permission.HOLD_CONVERSATIONS,
        summary="End the conversation; a customer whom a human served is asked how it was",
        handle=close,
        gives=StandingView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/conversations/{id:id}/paid",
        access=Permission.HOLD_CONVERSATIONS,
        summary="The purchase is paid: phase paid, lead WON",
        handle=paid,
        gives=StandingView,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
