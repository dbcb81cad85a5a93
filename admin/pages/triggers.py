"""When does the bot ask for a human? ADMIN sets it within bounds, and tries a message before anybody lives with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import BeforeValidator, Field, ValidationError

from admin.api.triggers import (
    HIGHEST_CONFIDENCE,
    LOWEST_CONFIDENCE,
    MOST_MISSES,
    TriggersBody,
    triggers_from,
)
from admin.knowledge_ports import AS_IT_IS, Talk, WhatIf
from admin.pages.page import Form, Page, Visit
from admin.pages.stale import refuse_stale
from admin.ports import BotAnswer
from admin.problems import invalid_input
from flows.domain import Triggers
from flows.refusal import Changed
from flows.roles import Permission
from knowledge.pack import load_pack
from storage.knowledge.triggers import load_triggers, save_triggers
from storage.staff.seen_settings import setting_seen


def _words(value: object) -> object:
    """Words parted by commas or lines."""
    if not isinstance(value, str):
        return value
    return [word.strip() for word in value.replace("\n", ",").split(",") if word.strip()]


Words = Annotated[tuple[str, ...] | str, BeforeValidator(_words)]


class TriggersForm(Form):
    """What each field may hold is `TriggersBody`'s to say."""

    min_confidence: float | None = None
    misses_before_human: int = 2
    human_keywords: Words = ()
    complaint_keywords: Words = ()
    always_human: list[str] = Field(default_factory=list)
    enabled: bool = False
    seen: datetime | None = None
    message: str = Field("", max_length=1_000)

    @property
    def triggers(self) -> Triggers:
        """Raises Problem naming every field that is wrong."""
        values: dict[str, Any] = self.model_dump(exclude={"seen", "message"})
        lists = ("human_keywords", "complaint_keywords", "always_human")
        try:
            return triggers_from(
                TriggersBody.model_validate(values | {name: list(values[name]) for name in lists})
            )
        except ValidationError as error:
            raise invalid_input(error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggersPage:
    triggers: Triggers
    intents: tuple[str, ...]
    seen: datetime | None
    lowest: float = LOWEST_CONFIDENCE
    highest: float = HIGHEST_CONFIDENCE
    most_misses: int = MOST_MISSES


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedPart:
    """What one message does today, and with what stands in the form."""

    message: str
    today: BotAnswer
    then: BotAnswer


async def read(visit: Visit) -> web.Response:
    triggers = await visit.desk.database.read(load_triggers)
    seen = await visit.desk.database.read(lambda conn: setting_seen(conn, "triggers"))
    intents = tuple(name for name in load_pack(visit.desk.pack).intents if name.startswith("ask_"))
    return visit.show("triggers/page.html", TriggersPage(triggers=triggers, intents=intents, seen=seen))


async def save(visit: Visit, taken: TriggersForm) -> web.Response:
    triggers, now = taken.triggers, visit.desk.now()
    try:
        await visit.desk.database.write(
            lambda conn: save_triggers(conn, triggers, visit.actor, now, seen=taken.seen)
        )
    except Changed as changed:
        return refuse_stale(visit, changed.changed_at.isoformat())
    return visit.go("/panel/triggers", toast=visit.t("triggers.saved"))


async def try_out(visit: Visit, taken: TriggersForm) -> web.Response:
    """Does this message hand over, and why? In the middle of a talk, so that no welcome stands in between."""
    triggers = taken.triggers
    if not taken.message:
        return web.Response(text="", content_type="text/html")
    talk = Talk(messages=(taken.message,), is_new=False)
    ((today,),) = await visit.desk.rehearsal.talks([talk], AS_IT_IS)
    ((then,),) = await visit.desk.rehearsal.talks([talk], WhatIf(triggers=triggers))
    return visit.show("triggers/tested.html", TriedPart(message=taken.message, today=today, then=then))


_EDIT = Permission.EDIT_TRIGGERS
PAGES = (
    Page(method="GET", path="/panel/triggers", access=_EDIT, handle=read),
    Page(method="POST", path="/panel/triggers", access=_EDIT, handle=save, takes=TriggersForm),
    Page(method="POST", path="/panel/triggers/test", access=_EDIT, handle=try_out, takes=TriggersForm),
)
