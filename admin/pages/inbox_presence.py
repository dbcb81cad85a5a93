"""Who else looks at this conversation? Each open page says now and then that somebody is there, and whether they type."""

from aiohttp import web

from admin.pages.page import Form, Page, Visit
from flows.roles import Permission
from storage.desk.watchers import look_at, look_away


class HereForm(Form):
    typing: bool = False


async def here(visit: Visit, taken: HereForm) -> web.Response:
    actor, conversation_id, now = visit.actor, visit.path("id"), visit.desk.now()
    await visit.desk.database.write(
        lambda conn: look_at(conn, actor, conversation_id, is_typing=taken.typing, now=now)
    )
    return visit.done()


async def gone(visit: Visit) -> web.Response:
    actor = visit.actor
    await visit.desk.database.write(lambda conn: look_away(conn, actor))
    return visit.done()


_READ = Permission.READ_CONVERSATIONS
PAGES = (
    Page(method="POST", path="/panel/inbox/{id:id}/here", access=_READ, handle=here, takes=HereForm),
    Page(method="POST", path="/panel/inbox/{id:id}/gone", access=_READ, handle=gone),
)
