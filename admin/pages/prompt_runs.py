"""What did the conversation scripts say of a text? A run as people look at it, while it goes on and after."""

from dataclasses import dataclass

from aiohttp import web

from admin.pages.page import Page, Visit
from flows.roles import Permission
from flows.text_diff import Piece, word_pieces
from storage.knowledge.script_runs import Run, find_run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPart:
    run: Run | None
    changes: "tuple[ChangedAnswer, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswer:
    script: str
    step: int
    said: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


async def show_run(visit: Visit) -> web.Response:
    run_id, now = visit.path("id"), visit.desk.now()
    run = await visit.desk.database.read(lambda conn: find_run(conn, run_id, now))
    events: dict[str, object] = (
        {"ran": {}} if run.is_over else {}
    )  # What is asked before a deed may be another now.
    return visit.show("prompts/run.html", run_part(run), events=events)


def run_part(run: Run | None) -> RunPart:
    return RunPart(run=run, changes=changes_of(run))


def changes_of(run: Run | None) -> tuple[ChangedAnswer, ...]:
    """The answers that change, with the words that do marked."""
    rows = run.result.get("changes", ()) if run else ()
    return tuple(
        ChangedAnswer(script=row["script"], step=row["step"], said=row["said"], before=old, after=new)
        for row in rows
        for old, new in [word_pieces(row["before"], row["after"])]
    )


PAGES = (
    Page(
        method="GET", path="/panel/prompts/runs/{id:id}", access=Permission.REVIEW_PROMPTS, handle=show_run, part_of="/panel/prompts"),
)  # fmt: skip
