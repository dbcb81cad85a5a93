"""Asking the bot directly: the same engine as the webhook's, with the answer returned instead of sent."""

from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field

from admin.endpoint import Call, Endpoint
from admin.ports import BotAnswer, BotQuestion
from admin.problems import forbidden, unprocessable
from admin.shapes import Input, Phone, View
from flows.domain import HandoverReason, Phase, Role
from flows.roles import Permission
from storage.talks.conversations import conversation_with_phone

LONGEST_MESSAGE = 65_536  # WhatsApp's own limit.


class Question(Input):
    """Seed 003's body. A conversation_id that we do not know is the caller's own label and ignored: the phone is the key."""

    phone: Phone
    message: str = Field(min_length=1, max_length=LONGEST_MESSAGE)
    conversation_id: str | None = Field(None, max_length=100)
    current_phase: Phase | None = None
    dry_run: bool = Field(False, description="True: nothing is remembered. MARKETING may only do this.")


class FileView(View):
    type: Literal["image", "document", "video"]
    url: str
    caption: str | None = None


class MapView(View):
    type: Literal["location"]
    lat: float
    lng: float
    name: str | None = None


class IntentView(View):
    name: str
    confidence: float


class AnswerView(View):
    response_text: str
    media_to_send: list[FileView | MapView]
    new_phase: Phase
    confidence: float
    should_escalate: bool
    intent: str | None
    intents: list[IntentView]
    entities: dict[str, Any]  # Any: the contract's entities as JSON.
    language: str
    package_code: str | None
    handover_reason: HandoverReason | None
    trace: dict[str, Any]  # Any: JSON for people.


async def process(call: Call, taken: Question) -> AnswerView:
    if call.actor.role is Role.MARKETING and not taken.dry_run:
        forbidden("MARKETING may only try the bot out: send dry_run true.")
    known = await _known_conversation(call, taken.conversation_id, taken.phone)
    question = BotQuestion(
        phone=taken.phone,
        message=taken.message,
        conversation_id=known,
        current_phase=taken.current_phase,
        dry_run=taken.dry_run,
    )
    return _view(await call.desk.bot.process(question))


async def _known_conversation(call: Call, conversation_id: str | None, phone: str) -> str | None:
    """The conversation, None when we do not know it. Raises Problem when it is somebody else's."""
    if conversation_id is None:
        return None
    owner = await call.desk.database.read(lambda conn: conversation_with_phone(conn, conversation_id))
    if owner is None:
        return None
    if owner != phone:
        raise unprocessable("conversation_id", "This conversation belongs to another phone number.")
    return conversation_id


def _view(answer: BotAnswer) -> AnswerView:
    return AnswerView(
        response_text=answer.response_text,
        media_to_send=[_media(piece) for piece in answer.media_to_send],
        new_phase=answer.new_phase,
        confidence=answer.confidence,
        should_escalate=answer.should_escalate,
        intent=answer.intent,
        intents=[IntentView(name=guess.name, confidence=guess.confidence) for guess in answer.intents],
        entities=answer.entities,
        language=answer.language,
        package_code=answer.package_code,
        handover_reason=answer.handover_reason,
        trace=answer.trace,
    )


def _media(piece: dict[str, Any]) -> FileView | MapView:  # Any: JSON as the port describes it.
    return MapView(**piece) if piece["type"] == "location" else FileView(**piece)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/ai/process-message",
        access=Permission.PROCESS_MESSAGE,
        summary="Ask the bot; the answer comes back instead of being sent",
        handle=process,
        takes=Question,
        gives=AnswerView,
        fails=(HTTPStatus.SERVICE_UNAVAILABLE,),
    ),
)
