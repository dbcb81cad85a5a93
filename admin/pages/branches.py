"""The company's branches: where staff and customers belong. ADMIN adds them."""

from dataclasses import dataclass
from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints

from admin.pages.page import Form, Page, Visit
from flows.refusal import Refused, conflict
from flows.roles import Permission
from storage.staff.users import branches_with_counts, open_branch


class BranchForm(Form):
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchesPage:
    """Rows: name, members of staff, customers."""

    rows: tuple[tuple[str, int, int], ...]


async def browse(visit: Visit) -> web.Response:
    rows = await visit.desk.database.read(branches_with_counts)
    return visit.show("branches/page.html", BranchesPage(rows=tuple(rows)))


async def add(visit: Visit, taken: BranchForm) -> web.Response:
    now = visit.desk.now()
    is_new = await visit.desk.database.write(lambda conn: open_branch(conn, taken.name, visit.actor, now))
    if not is_new:
        raise Refused(conflict(f"There is a branch {taken.name} already."))
    return visit.go("/panel/branches", toast=visit.t("branches.added", name=taken.name))


PAGES = (
    Page(method="GET", path="/panel/branches", access=Permission.MANAGE_USERS, handle=browse),
    Page(method="POST", path="/panel/branches", access=Permission.MANAGE_USERS, handle=add, takes=BranchForm),
)
