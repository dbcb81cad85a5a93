"""The bot's texts: a list of them, and an editor that says what a new text changes before anybody hears it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from aiohttp import web
from pydantic import AfterValidator, Field, StringConstraints

from admin.actions.prompts import (
    Review,
    refuse_unknown_type,
    refuse_unusable,
    review,
    run_scripts,
    tried,
)
from admin.api.prompts import LONGEST_CONTENT
from admin.pages.page import Form, Page, Visit
from admin.pages.prompt_list import Theme, find_about, themes
from admin.pages.prompt_runs import run_part
from admin.pages.prompt_versions import Label, address_of, undo_to
from admin.ports import BotAnswer
from admin.shapes import Query
from flows.masking import text_for
from flows.refusal import Refused, conflict
from flows.roles import Permission
from flows.text_diff import Piece, Row, around_changes, word_pieces
from knowledge.reply_variables import key_of
from storage.database import Connection
from storage.knowledge.lately_heard import lately_heard
from storage.knowledge.prompts import (
    PromptDraft,
    PromptState,
    PromptVersion,
    declined_since,
    find_prompt,
    live_prompt,
    live_prompts,
    pending_drafts,
    prompt_page,
    prompt_to_replace,
    put_prompt,
)
from storage.knowledge.script_runs import Run, latest_run, new_failures
from storage.pages import Page as Stretch
from storage.pages import Part

VERSIONS_SHOWN = 20
MESSAGES_OFFERED = 8
DECLINED_FOR = timedelta(
    days=14
)  # So long its author reads of a no on the list of texts; afterwards in the versions.
MOST_TRIED = 10


def _unix(text: str) -> str:
    """Forms send lines with two characters at the end; texts are kept with one."""
    return text.replace("\r\n", "\n")


Content = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CONTENT), AfterValidator(_unix)]


class PromptsQuery(Query):
    q: str = Field("", max_length=100)


class EditorQuery(Query):
    start: str | None = Field(None, alias="from", max_length=60, description="The version to begin with.")


class TextForm(Form):
    content: Content


class TryForm(TextForm):
    messages: str = Field("", max_length=4_000)


class SaveForm(TextForm):
    version: Label
    note: str = Field("", max_length=500)
    based_on: str = Field("", max_length=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsPage:
    """drafts wait for a second person; own_name is the visitor's, who cannot approve their own. declined: those of the visitor's own."""

    q: str
    themes: tuple[Theme, ...]
    drafts: tuple[PromptVersion, ...]
    declined: tuple[PromptVersion, ...]
    own_name: str
    about: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorPage:
    """text is what the editor begins with; suggested a label that is still free.

    failing: texts of older versions that fail conversation scripts, and how many.
    """

    type: str
    about: str
    text: str
    suggested: str
    review: Review
    stretches: tuple[tuple[Row, ...], ...]
    versions: Part[PromptVersion]
    heard: tuple[str, ...]
    failing: Mapping[str, int]
    needs_approval: bool
    run: Run | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPart:
    type: str
    review: Review
    stretches: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedMessage:
    message: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    is_changed: bool
    answer: BotAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class TryPart:
    tried: tuple[TriedMessage, ...]


async def browse(visit: Visit, taken: PromptsQuery) -> web.Response:
    live = await visit.desk.database.read(live_prompts)
    drafts = await visit.desk.database.read(pending_drafts)
    since = visit.desk.now() - DECLINED_FOR
    declined = await visit.desk.database.read(lambda conn: declined_since(conn, visit.actor.name, since))
    reads_all = visit.actor.may(Permission.READ_PROMPTS)
    page = PromptsPage(
        q=taken.q,
        themes=themes(visit.desk.pack, live, {draft.type for draft in drafts}, taken.q) if reads_all else (),
        drafts=drafts,
        declined=declined,
        own_name=visit.actor.name,
        about={draft.type: find_about(visit.desk.pack, draft.type) for draft in drafts},
    )
    return visit.show("prompts/page.html", page)


async def edit(visit: Visit, taken: EditorQuery) -> web.Response:
    type = visit.path("type")
    refuse_unknown_type(type)
    now, key = visit.desk.now(), key_of(type)

    def look(
        conn: Connection,
    ) -> tuple[str, Part[PromptVersion], dict[str, int], tuple[str, ...], Run | None]:
        start = find_prompt(conn, type, taken.start) if taken.start else live_prompt(conn, type)
        text = start.content if start else ""
        versions = prompt_page(conn, Stretch(limit=VERSIONS_SHOWN), type=type)
        older = {one.content for one in versions.items if one.state is PromptState.RETIRED}
        heard = lately_heard(conn, key, MESSAGES_OFFERED) if key else ()
        return text, versions, new_failures(conn, type, older), heard, latest_run(conn, type, text, now)

    text, versions, failing, heard, run = await visit.desk.database.read(look)
    found = await review(visit.desk, type, text)
    page = EditorPage(
        type=type,
        about=find_about(visit.desk.pack, type),
        text=text,
        suggested=suggested_label(versions.items, visit.desk.local(now).strftime("%Y-%m-%d")),
        review=found,
        stretches=around_changes(found.rows),
        versions=versions,
        failing=failing,
        heard=tuple(text_for(visit.frame.sight, words) or "" for words in heard),
        needs_approval=visit.desk.needs_prompt_approval,
        run=run if found.is_changed else None,
    )
    return visit.show("prompts/editor.html", page)


def suggested_label(versions: Iterable[PromptVersion], day: str) -> str:
    """Today's date, with a number behind it from the second version of a day on."""
    taken = {version.version for version in versions}
    labels = (day, *(f"{day} ({number})" for number in range(2, 100)))
    return next((label for label in labels if label not in taken), "")


async def look_over(visit: Visit, taken: TextForm) -> web.Response:
    """What the text in the editor changes, as a part of the page."""
    found = await review(visit.desk, visit.path("type"), taken.content)
    part = ReviewPart(type=visit.path("type"), review=found, stretches=around_changes(found.rows))
    return visit.show("prompts/review.html", part)


async def try_out(visit: Visit, taken: TryForm) -> web.Response:
    """Each line is one message of the same new customer."""
    lines = [line.strip() for line in taken.messages.splitlines() if line.strip()][:MOST_TRIED]
    if not lines:
        return visit.show("prompts/tried.html", TryPart(tried=()))
    before, after = await tried(visit.desk, visit.path("type"), taken.content, lines)
    rows = zip(lines, before, after, strict=True)
    return visit.show("prompts/tried.html", TryPart(tried=tuple(_tried(*row) for row in rows)))


def _tried(message: str, before: BotAnswer, after: BotAnswer) -> TriedMessage:
    old, new = word_pieces(before.response_text, after.response_text)
    is_changed = before.response_text != after.response_text
    return TriedMessage(message=message, before=old, after=new, is_changed=is_changed, answer=after)


async def begin_run(visit: Visit, taken: TextForm) -> web.Response:
    run = await run_scripts(visit.desk, visit.path("type"), taken.content, visit.actor)
    return visit.show("prompts/run.html", run_part(run))


async def save(visit: Visit, taken: SaveForm) -> web.Response:
    """Live at once, or a draft for a second person. What somebody else made live meanwhile is not written over unseen."""
    type, now, needs_approval = visit.path("type"), visit.desk.now(), visit.desk.needs_prompt_approval
    refuse_unusable(visit.desk, type, taken.content)
    draft = PromptDraft(type=type, version=taken.version, content=taken.content, note=taken.note or None)

    def record(conn: Connection) -> tuple[PromptVersion | None, PromptVersion]:
        before = prompt_to_replace(conn, type)
        if before and before.version != taken.based_on:
            raise Refused(conflict(_MEANWHILE.format(before.version, before.author), "content"))
        return before, put_prompt(conn, draft, visit.actor, now, needs_approval=needs_approval)

    before, version = await visit.desk.database.write(record)
    if version.state is PromptState.DRAFT:
        return visit.go(address_of(type, version.version), toast=visit.t("prompts.drafted"))
    undo = undo_to(type, before)
    return visit.go(f"/panel/prompts/{quote(type)}", toast=visit.t("prompts.is_live"), undo=undo)


_MEANWHILE = "Version {!r} by {} went live while you wrote. Your text is kept: look at the differences, then save again."


_TYPE = "/panel/prompts/{type:word}"
_WRITE, _REVIEW = Permission.WRITE_PROMPTS, Permission.REVIEW_PROMPTS
PAGES = (
    Page(method="GET", path="/panel/prompts", access=_REVIEW, handle=browse, takes=PromptsQuery),
    Page(method="GET", path=_TYPE, access=_WRITE, handle=edit, takes=EditorQuery),
    Page(method="POST", path=_TYPE, access=_WRITE, handle=save, takes=SaveForm),
    Page(method="POST", path=f"{_TYPE}/review", access=_WRITE, handle=look_over, takes=TextForm),
    Page(method="POST", path=f"{_TYPE}/try", access=_WRITE, handle=try_out, takes=TryForm),
    Page(method="POST", path=f"{_TYPE}/scripts", access=_WRITE, handle=begin_run, takes=TextForm),
)  # fmt: skip
