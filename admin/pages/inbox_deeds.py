"""What staff do in an open conversation: take it, give it back, end it, answer, write a note. Each asks the same functions as the API."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from admin.actions import conversations as actions
from admin.actions.conversations import Written
from admin.api.conversations import LONGEST_MESSAGE
from admin.pages.page import Form, Page, Visit
from flows.roles import Permission
from storage.desk.notes import LONGEST_NOTE, write_note


class TextForm(Form):
    """media names kept files that go after the text: a canned answer's. key: this message's own; twice the same is sent once."""

    body: str = Field(min_length=1, max_length=LONGEST_MESSAGE)
    key: str | None = Field(None, max_length=64)
    media: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=5)


class NoteForm(Form):
    body: str = Field(min_length=1, max_length=LONGEST_NOTE)


class PassForm(Form):
    to: str = Field(min_length=1, max_length=80)
    notes: str | None = Field(None, max_length=1000)


async def claim(visit: Visit) -> web.Response:
    await actions.take(visit.desk, visit.actor, visit.path("id"))
    return changed(visit, visit.t("inbox.claimed"))


async def release(visit: Visit) -> web.Response:
    await actions.give_back(visit.desk, visit.actor, visit.path("id"))
    return changed(visit, visit.t("inbox.released"))


async def close(visit: Visit) -> web.Response:
    await actions.end(visit.desk, visit.actor, visit.path("id"))
    return changed(visit, visit.t("inbox.closed"))


async def mark_paid(visit: Visit) -> web.Response:
    await actions.pay(visit.desk, visit.actor, visit.path("id"))
    return changed(visit, visit.t("inbox.paid"))


async def pass_on(visit: Visit, taken: PassForm) -> web.Response:
    await actions.hand_over(visit.desk, visit.actor, visit.path("id"), taken.to, taken.notes)
    return changed(visit, visit.t("inbox.passed_on"))


async def say(visit: Visit, taken: TextForm) -> web.Response:
    written = Written(text=taken.body, media_ids=tuple(taken.media), key=taken.key)
    await actions.write_with_files(visit.desk, visit.actor, visit.path("id"), written)
    return changed(visit)


async def write(visit: Visit, taken: NoteForm) -> web.Response:
    conversation_id, actor, now = visit.path("id"), visit.actor, visit.desk.now()
    note = await visit.desk.database.write(
        lambda conn: write_note(conn, actor, conversation_id, taken.body, now)
    )
    if note.missed_by:
        return changed(visit, visit.t("inbox.noted_unseen", who=", ".join(note.missed_by)), is_warning=True)
    return changed(visit, visit.t("inbox.noted"))


def changed(visit: Visit, toast: str | None = None, *, is_warning: bool = False) -> web.Response:
    """The page's script loads anew what changed; a plain form goes back to the conversation."""
    if visit.wants_fragment:
        return visit.done(toast, events={"inbox": {}}, is_warning=is_warning)
    return visit.go(f"/panel/inbox/{visit.path('id')}", toast=toast)


_HOLD = Permission.HOLD_CONVERSATIONS
PAGES = (
    Page(method="POST", path="/panel/inbox/{id:id}/claim", access=_HOLD, handle=claim),
    Page(method="POST", path="/panel/inbox/{id:id}/release", access=_HOLD, handle=release),
    Page(method="POST", path="/panel/inbox/{id:id}/close", access=_HOLD, handle=close),
    Page(method="POST", path="/panel/inbox/{id:id}/paid", access=_HOLD, handle=mark_paid),
    Page(method="POST", path="/panel/inbox/{id:id}/pass", access=_HOLD, handle=pass_on, takes=PassForm),
    Page(method="POST", path="/panel/inbox/{id:id}/messages", access=_HOLD, handle=say, takes=TextForm),
    Page(method="POST", path="/panel/inbox/{id:id}/notes", access=_HOLD, handle=write, takes=NoteForm),
)
