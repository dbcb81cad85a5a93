"""The bot's texts and their versions. With approval on, a new version waits until another person has read it."""

from datetime import datetime
from http import HTTPStatus

from pydantic import Field

from admin.actions.prompts import refuse_unusable
from admin.endpoint import Call, Endpoint
from admin.shapes import Input, Line, ListView, OptionalLine, PageQuery, View, list_of
from flows.roles import Permission
from storage.knowledge.prompts import (
    PromptDraft,
    PromptState,
    PromptVersion,
    approve_prompt,
    decline_prompt,
    find_prompt,
    prompt_page,
    put_prompt,
    restore_prompt,
)
from storage.pages import Page

LONGEST_CONTENT = 50_000


class NewVersion(Input):
    """Seed 003's body. updated_by is accepted and ignored: the author is the token's user."""

    prompt_type: Line
    content: str = Field(min_length=1, max_length=LONGEST_CONTENT, pattern=r"\S")
    version: str = Field(min_length=1, max_length=60, pattern=r"^[^\s/](?:[^/]*[^\s/])?$")
    note: OptionalLine = Field(None, description="Why this version.")
    updated_by: str | None = None


class WhichVersion(Input):
    version: Line


class DeclineBody(WhichVersion):
    reason: OptionalLine = Field(None, description="For its author.")


class PromptQuery(PageQuery):
    type: str | None = Field(None, max_length=100, description="One type: then all its versions are listed.")


class PromptView(View):
    prompt_type: str
    version: str
    content: str
    state: PromptState
    updated_by: str
    approved_by: str | None
    note: str | None
    created_at: datetime
    declined_by: str | None
    decline_reason: str | None


class PromptList(ListView[PromptView]):
    pass


async def browse(call: Call, taken: PromptQuery) -> PromptList:
    return await _list(call, taken, taken.type)


async def versions(call: Call, taken: PageQuery) -> PromptList:
    return await _list(call, taken, call.path("type"))


async def put(call: Call, taken: NewVersion) -> PromptView:
    refuse_unusable(call.desk, taken.prompt_type, taken.content)
    draft = PromptDraft(type=taken.prompt_type, version=taken.version, content=taken.content, note=taken.note)
    needs_approval, now = call.desk.needs_prompt_approval, call.desk.now()
    version = await call.desk.database.write(
        lambda conn: put_prompt(conn, draft, call.actor, now, needs_approval=needs_approval)
    )
    return _view(call, version)


async def restore(call: Call, taken: WhichVersion) -> PromptView:
    """An older text may name things that texts may not name any more, so it is checked like a new one."""
    type, needs_approval, now = call.path("type"), call.desk.needs_prompt_approval, call.desk.now()
    older = await call.desk.database.read(lambda conn: find_prompt(conn, type, taken.version))
    refuse_unusable(call.desk, type, older.content)
    version = await call.desk.database.write(
        lambda conn: restore_prompt(conn, type, taken.version, call.actor, now, needs_approval=needs_approval)
    )
    return _view(call, version)


async def approve(call: Call, taken: WhichVersion) -> PromptView:
    type, now = call.path("type"), call.desk.now()
    draft = await call.desk.database.read(lambda conn: find_prompt(conn, type, taken.version))
    refuse_unusable(call.desk, type, draft.content)
    version = await call.desk.database.write(
        lambda conn: approve_prompt(conn, type, taken.version, call.actor, now)
    )
    return _view(call, version)


async def decline(call: Call, taken: DeclineBody) -> PromptView:
    type, now = call.path("type"), call.desk.now()
    version = await call.desk.database.write(
        lambda conn: decline_prompt(conn, type, taken.version, call.actor, taken.reason, now)
    )
    return _view(call, version)


async def _list(call: Call, query: PageQuery, type: str | None) -> PromptList:
    page = Page(limit=query.limit, offset=query.offset)
    part = await call.desk.database.read(lambda conn: prompt_page(conn, page, type=type))
    return PromptList(**list_of(part, lambda version: _view(call, version)))


def _view(call: Call, version: PromptVersion) -> PromptView:
    return PromptView(
        prompt_type=version.type,
        version=version.version,
        content=version.content,
        state=version.state,
        updated_by=version.author,
        approved_by=version.approved_by,
        note=version.note,
        created_at=call.desk.local(version.created_at),
        declined_by=version.declined_by,
        decline_reason=version.decline_reason,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/ai/prompts",
        access=Permission.READ_PROMPTS,
        summary="Live versions and drafts of all texts",
        handle=browse,
        takes=PromptQuery,
        gives=PromptList,
    ),
    Endpoint(
        method="PUT",
        path="/api/ai/prompts",
        access=Permission.WRITE_PROMPTS,
        summary="A new version: live at once, or a draft where approval is on",
        handle=put,
        takes=NewVersion,
        gives=PromptView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="GET",
        path="/api/ai/prompts/{type:word}",
        access=Permission.REVIEW_PROMPTS,
        summary="All versions of one text, newest first",
        handle=versions,
        takes=PageQuery,
        gives=PromptList,
    ),
    Endpoint(
        method="POST",
        path="/api/ai/prompts/{type:word}/restore",
        access=Permission.WRITE_PROMPTS,
        summary="Make an older version live again",
        handle=restore,
        takes=WhichVersion,
        gives=PromptView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/ai/prompts/{type:word}/approve",
        access=Permission.APPROVE_PROMPTS,
        summary="Make another person's draft live",
        handle=approve,
        takes=WhichVersion,
        gives=PromptView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/ai/prompts/{type:word}/decline",
        access=Permission.REVIEW_PROMPTS,
        summary="Withdraw a draft, or say no to it",
        handle=decline,
        takes=DeclineBody,
        gives=PromptView,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
