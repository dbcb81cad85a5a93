"""Questions that had no good answer: those asked most first, one click from an entry that answers them."""

from dataclasses import dataclass, replace

from aiohttp import web

from admin.actions.unanswered import BeforeAfter, since_entry, sort_new_ones
from admin.pages.page import Form, Page, Undo, Visit
from admin.shapes import PageQuery
from flows.masking import text_for
from flows.roles import Permission
from storage.pages import Page as Stretch
from storage.pages import Part
from storage.way.unanswered import (
    Asked,
    Group,
    GroupState,
    asked_in,
    find_group,
    group_page,
    settle_group,
)

MESSAGES_SHOWN = 30


class GroupsQuery(PageQuery):
    state: GroupState = GroupState.OPEN


class StateForm(Form):
    state: GroupState
    faq_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPage:
    state: GroupState
    groups: Part[Group]
    limit: int
    offset: int

    @property
    def states(self) -> tuple[GroupState, ...]:
        return tuple(GroupState)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPage:
    """changes: what the group's messages hear since an entry answers them, and what they would hear without it."""

    group: Group
    asked: tuple[Asked, ...]
    changes: tuple[BeforeAfter, ...]


async def browse(visit: Visit, taken: GroupsQuery) -> web.Response:
    await sort_new_ones(visit.desk)
    stretch = Stretch(limit=taken.limit, offset=taken.offset)
    part = await visit.desk.database.read(lambda conn: group_page(conn, taken.state, stretch))
    groups = part.map(lambda group: replace(group, example=_masked(visit, group.example)))
    page = GroupsPage(state=taken.state, groups=groups, limit=taken.limit, offset=taken.offset)
    return visit.show("unanswered/page.html", page)


async def read(visit: Visit) -> web.Response:
    group_id = visit.number("id")
    group = await visit.desk.database.read(lambda conn: find_group(conn, group_id))
    asked = await visit.desk.database.read(lambda conn: asked_in(conn, group_id, MESSAGES_SHOWN))
    changes = await since_entry(visit.desk, asked, group.faq_id) if group.faq_id else ()
    page = GroupPage(
        group=replace(group, example=_masked(visit, group.example)),
        asked=tuple(replace(one, body=_masked(visit, one.body)) for one in asked),
        changes=tuple(
            replace(row, asked=replace(row.asked, body=_masked(visit, row.asked.body))) for row in changes
        ),
    )
    return visit.show("unanswered/one.html", page)


async def settle(visit: Visit, taken: StateForm) -> web.Response:
    group_id, now = visit.number("id"), visit.desk.now()
    before = await visit.desk.database.read(lambda conn: find_group(conn, group_id))
    await visit.desk.database.write(
        lambda conn: settle_group(conn, group_id, taken.state, visit.actor, now, faq_id=taken.faq_id)
    )
    fields = {"state": before.state.value, "faq_id": str(before.faq_id or "")}
    undo = Undo(path=f"/panel/unanswered/{group_id}/state", fields=fields)
    return visit.go("/panel/unanswered", toast=visit.t(f"unanswered.now_{taken.state}"), undo=undo)


def _masked(visit: Visit, text: str) -> str:
    return text_for(visit.frame.sight, text) or ""


_EDIT = Permission.EDIT_FAQ
PAGES = (
    Page(method="GET", path="/panel/unanswered", access=_EDIT, handle=browse, takes=GroupsQuery),
    Page(method="GET", path="/panel/unanswered/{id:int}", access=_EDIT, handle=read),
    Page(
        method="POST", path="/panel/unanswered/{id:int}/state", access=_EDIT, handle=settle, takes=StateForm
    ),
)
