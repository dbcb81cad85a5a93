"""When the bot asks for a human: staff may change it, within bounds that keep it from asking always or never."""

from dataclasses import asdict
from typing import Annotated

from pydantic import Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import ExactInput, View
from flows.domain import Triggers
from flows.roles import Permission
from storage.knowledge.triggers import load_triggers, save_triggers

LOWEST_CONFIDENCE, HIGHEST_CONFIDENCE = 0.05, 0.95
MOST_MISSES = 5  # Somebody who was not understood five times has left.
MAX_WORDS = 100

Keyword = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=2, max_length=60)]
Keywords = Annotated[list[Keyword], Field(max_length=MAX_WORDS)]
Intents = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")]], Field(max_length=MAX_WORDS)
]


class TriggersBody(ExactInput):
    min_confidence: float | None = Field(
        None,
        ge=LOWEST_CONFIDENCE,
        le=HIGHEST_CONFIDENCE,
        description="Below it a message counts as not understood; null: the model's own threshold.",
    )
    misses_before_human: int = Field(2, ge=1, le=MOST_MISSES)
    human_keywords: Keywords = Field(default_factory=list)
    complaint_keywords: Keywords = Field(default_factory=list)
    always_human: Intents = Field(
        default_factory=list, description="Intents that a human answers unless a row does."
    )
    enabled: bool = True


class TriggersView(View):
    min_confidence: float | None
    misses_before_human: int
    human_keywords: list[str]
    complaint_keywords: list[str]
    always_human: list[str]
    enabled: bool


async def read(call: Call) -> TriggersView:
    return _view(await call.desk.database.read(load_triggers))


async def put(call: Call, taken: TriggersBody) -> TriggersView:
    triggers = triggers_from(taken)
    now = call.desk.now()
    await call.desk.database.write(lambda conn: save_triggers(conn, triggers, call.actor, now))
    return _view(triggers)


def triggers_from(body: TriggersBody) -> Triggers:
    return Triggers(
        min_confidence=body.min_confidence,
        misses_before_human=body.misses_before_human,
        human_keywords=tuple(dict.fromkeys(body.human_keywords)),
        complaint_keywords=tuple(dict.fromkeys(body.complaint_keywords)),
        always_human=tuple(dict.fromkeys(body.always_human)),
        enabled=body.enabled,
    )


def _view(triggers: Triggers) -> TriggersView:
    return TriggersView(**asdict(triggers))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/triggers",
        access=Permission.EDIT_TRIGGERS,
        summary="When the bot asks for a human",
        handle=read,
        gives=TriggersView,
    ),
    Endpoint(
        method="PUT",
        path="/api/triggers",
        access=Permission.EDIT_TRIGGERS,
        summary="Change when the bot asks for a human",
        handle=put,
        takes=TriggersBody,
        gives=TriggersView,
    ),
)
