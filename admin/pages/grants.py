"""Who may do what? The table of grants as ADMIN sees it: what is fixed, what may be changed, and what was."""

from dataclasses import dataclass

from aiohttp import web

from admin.pages.page import Form, Page, Undo, Visit
from flows.domain import Role
from flows.roles import CHANGEABLE, GRANTS, GrantChanges, Permission, roles_granted
from storage.staff.grants import change_grant, grant_changes


class GrantForm(Form):
    permission: Permission
    role: Role
    is_granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One role's hold on one permission: as it is, as the table has it, and whether it may be changed."""

    role: Role
    is_granted: bool
    is_default: bool
    is_changeable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsPage:
    rows: tuple[tuple[Permission, tuple[Cell, ...]], ...]

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(Role)


async def show(visit: Visit) -> web.Response:
    changes = await visit.desk.database.read(grant_changes)
    return visit.show("roles/page.html", _page(changes))


async def change(visit: Visit, taken: GrantForm) -> web.Response:
    now = visit.desk.now()
    changes = await visit.desk.database.write(
        lambda conn: change_grant(
            conn, taken.permission, taken.role, visit.actor, now, is_granted=taken.is_granted
        )
    )
    fields = {
        "permission": taken.permission.value,
        "role": taken.role.value,
        "is_granted": "false" if taken.is_granted else "true",
    }
    words = {"role": visit.t(f"role.{taken.role}"), "permission": visit.t(f"permission.{taken.permission}")}
    said = visit.t("roles.given" if taken.is_granted else "roles.taken", **words)
    return visit.show(
        "roles/table.html", _page(changes), toast=said, undo=Undo(path="/panel/roles", fields=fields)
    )


def _page(changes: GrantChanges) -> GrantsPage:
    return GrantsPage(
        rows=tuple(
            (permission, tuple(_cell(permission, role, changes) for role in Role))
            for permission in Permission
        )
    )


def _cell(permission: Permission, role: Role, changes: GrantChanges) -> Cell:
    is_granted = role in roles_granted(permission, changes)
    return Cell(
        role=role,
        is_granted=is_granted,
        is_default=is_granted == (role in GRANTS[permission]),
        is_changeable=role in CHANGEABLE.get(permission, frozenset()),
    )


PAGES = (
    Page(method="GET", path="/panel/roles", access=Permission.MANAGE_USERS, handle=show),
    Page(method="POST", path="/panel/roles", access=Permission.MANAGE_USERS, handle=change, takes=GrantForm),
)
