"""One version of a text: read beside the live one, approved or declined by a second person, brought back."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from aiohttp import web
from pydantic import Field, StringConstraints

from admin.actions.prompts import Review, refuse_unusable, review
from admin.pages.page import Form, Page, Undo, Visit
from admin.pages.prompt_list import find_about
from admin.pages.prompt_runs import ChangedAnswer, changes_of
from flows.refusal import Refused, conflict
from flows.roles import Permission
from flows.text_diff import Row, around_changes
from storage.database import Connection
from storage.knowledge.prompts import (
    PromptVersion,
    approve_prompt,
    decline_prompt,
    find_prompt,
    live_prompt,
    prompt_to_replace,
    restore_prompt,
)
from storage.knowledge.script_runs import Run, latest_run

Label = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\s/](?:[^/]*[^\s/])?$")]


class VersionForm(Form):
    version: Label


class DeclineForm(VersionForm):
    reason: str = Field("", max_length=200)


class ApproveForm(VersionForm):
    """live: the version that the draft was read beside."""

    live: str | None = Field(None, max_length=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage:
    """One version beside the live one, with what the scripts said of it."""

    version: PromptVersion
    about: str
    review: Review
    stretches: tuple[tuple[Row, ...], ...]
    run: Run | None
    changes: tuple[ChangedAnswer, ...]
    may_approve: bool
    is_own: bool

    @property
    def failures(self) -> int:
        """How many scripts this text newly fails, as far as they were played."""
        return self.run.new_failures if self.run else 0


async def show_version(visit: Visit) -> web.Response:
    type, label, now = visit.path("type"), visit.path("version"), visit.desk.now()

    def look(conn: Connection) -> tuple[PromptVersion, Run | None]:
        version = find_prompt(conn, type, label)
        return version, latest_run(conn, type, version.content, now)

    version, run = await visit.desk.database.read(look)
    found = await review(visit.desk, type, version.content)
    page = VersionPage(
        version=version,
        about=find_about(visit.desk.pack, type),
        review=found,
        stretches=around_changes(found.rows),
        run=run,
        changes=changes_of(run),
        may_approve=visit.actor.may(Permission.APPROVE_PROMPTS),
        is_own=version.author == visit.actor.name,
    )
    return visit.show("prompts/version.html", page)


async def approve(visit: Visit, taken: ApproveForm) -> web.Response:
    """What went live since the draft was read is not replaced unseen."""
    type, now = visit.path("type"), visit.desk.now()
    draft = await visit.desk.database.read(lambda conn: find_prompt(conn, type, taken.version))
    refuse_unusable(visit.desk, type, draft.content)

    def record(conn: Connection) -> PromptVersion | None:
        before = prompt_to_replace(conn, type)
        approve_prompt(conn, type, taken.version, visit.actor, now)
        if before and before.version != taken.live:
            raise Refused(conflict(_READ_BEFORE.format(before.version, before.author)))
        return before

    before = await visit.desk.database.write(record)
    undo = undo_to(type, before) if visit.actor.may(Permission.WRITE_PROMPTS) else None
    return visit.go("/panel/prompts", toast=visit.t("prompts.is_live"), undo=undo)


_READ_BEFORE = "Version {!r} by {} went live since you opened this page. Load it again to see what the draft changes now."


async def decline(visit: Visit, taken: DeclineForm) -> web.Response:
    """A draft that will not go live; its author reads why, and whoever wants to may begin a new version from it."""
    type, now, reason = visit.path("type"), visit.desk.now(), taken.reason or None
    await visit.desk.database.write(
        lambda conn: decline_prompt(conn, type, taken.version, visit.actor, reason, now)
    )
    return visit.go("/panel/prompts", toast=visit.t("prompts.declined", version=taken.version))


async def restore(visit: Visit, taken: VersionForm) -> web.Response:
    """The older text is what the bot says from the next message on; undone by restoring the one before."""
    type, now, needs_approval = visit.path("type"), visit.desk.now(), visit.desk.needs_prompt_approval
    older = await visit.desk.database.read(lambda conn: find_prompt(conn, type, taken.version))
    refuse_unusable(visit.desk, type, older.content)
    before = await visit.desk.database.read(lambda conn: live_prompt(conn, type))
    await visit.desk.database.write(
        lambda conn: restore_prompt(
            conn, type, taken.version, visit.actor, now, needs_approval=needs_approval
        )
    )
    toast = visit.t("prompts.restored", version=taken.version)
    return visit.go(f"/panel/prompts/{quote(type)}", toast=toast, undo=undo_to(type, before))


def undo_to(type: str, before: PromptVersion | None) -> Undo | None:
    if before is None:
        return None
    return Undo(path=f"/panel/prompts/{quote(type)}/restore", fields={"version": before.version})


def address_of(type: str, version: str) -> str:
    return f"/panel/prompts/{quote(type)}/versions/{quote(version, safe='')}"


_TYPE = "/panel/prompts/{type:word}"
_WRITE, _REVIEW = Permission.WRITE_PROMPTS, Permission.REVIEW_PROMPTS
PAGES = (
    Page(method="POST", path=f"{_TYPE}/restore", access=_WRITE, handle=restore, takes=VersionForm),
    Page(
        method="POST", path=f"{_TYPE}/approve", access=Permission.APPROVE_PROMPTS, handle=approve,
        takes=ApproveForm,
    ),
    Page(method="POST", path=f"{_TYPE}/decline", access=_REVIEW, handle=decline, takes=DeclineForm),
    Page(method="GET", path=f"{_TYPE}/versions/{{version:word}}", access=_REVIEW, handle=show_version),
)  # fmt: skip
