"""Questions without a good answer, grouped by likeness, the person masked."""

from datetime import datetime
from typing import Literal

from admin.actions.unanswered import sort_new_ones
from admin.endpoint import Call, Endpoint
from admin.shapes import Id, Input, ListView, PageQuery, View, list_of
from flows.masking import text_for
from flows.roles import Permission, sight_of
from storage.pages import Page
from storage.way.unanswered import Group, GroupState, asked_in, find_group, group_page, settle_group

MESSAGES_TOLD = 50


class GroupQuery(PageQuery):
    state: GroupState = GroupState.OPEN
    order: Literal["count", "last"] = "count"


class GroupView(View):
    id: int
    example: str
    state: GroupState
    faq_id: int | None
    count: int
    first_at: datetime
    last_at: datetime


class GroupList(ListView[GroupView]):
    pass


class AskedView(View):
    message: str
    reason: str
    at: datetime


class GroupDetails(GroupView):
    messages: list[AskedView]


class StateBody(Input):
    state: Literal["open", "handled", "ignored"]
    faq_id: Id | None = None


async def browse(call: Call, taken: GroupQuery) -> GroupList:
    await sort_new_ones(call.desk)
    page = Page(limit=taken.limit, offset=taken.offset)
    newest = taken.order == "last"
    part = await call.desk.database.read(
        lambda conn: group_page(conn, taken.state, page, newest_first=newest)
    )
    return GroupList(**list_of(part, lambda group: GroupView(**_values(call, group))))


async def read(call: Call) -> GroupDetails:
    group_id = call.number("id")
    group = await call.desk.database.read(lambda conn: find_group(conn, group_id))
    asked = await call.desk.database.read(lambda conn: asked_in(conn, group_id, MESSAGES_TOLD))
    sight = sight_of(call.actor)
    messages = [
        AskedView(
            message=text_for(sight, one.body) or "", reason=one.reason.value, at=call.desk.local(one.at)
        )
        for one in asked
    ]
    return GroupDetails(**_values(call, group), messages=messages)


async def settle(call: Call, taken: StateBody) -> GroupView:
    group_id, now, state = call.number("id"), call.desk.now(), GroupState(taken.state)
    group = await call.desk.database.write(
        lambda conn: settle_group(conn, group_id, state, call.actor, now, faq_id=taken.faq_id)
    )
    return GroupView(**_values(call, group))


def _values(call: Call, group: Group) -> dict[str, object]:
    return {
        "id": group.id,
        "example": text_for(sight_of(call.actor), group.example) or "",
        "state": group.state,
        "faq_id": group.faq_id,
        "count": group.count,
        "first_at": call.desk.local(group.first_at),
        "last_at": call.desk.local(group.last_at),
    }


_EDIT = Permission.EDIT_FAQ
ENDPOINTS = (
    Endpoint(
        method="GET", path="/api/unanswered", access=_EDIT, handle=browse, takes=GroupQuery, gives=GroupList,
        summary="Questions without a good answer, those asked most first",
    ),
    Endpoint(
        method="GET", path="/api/unanswered/{id:int}", access=_EDIT, handle=read, gives=GroupDetails,
        summary="One group with its newest messages",
    ),
    Endpoint(
        method="POST", path="/api/unanswered/{id:int}/state", access=_EDIT, handle=settle, takes=StateBody,
        gives=GroupView, summary="Handled, ignored, or open again",
    ),
)  # fmt: skip
