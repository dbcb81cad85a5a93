"""A text before it is live: what is wrong with it, what it changes, what the bot would say, and how the conversation scripts go on it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from admin.actions.prompts import review, run_scripts, tried
from admin.api.prompts import LONGEST_CONTENT
from admin.endpoint import Call, Endpoint
from admin.shapes import Input, Line, View
from flows.roles import Permission
from storage.knowledge.script_runs import Run, RunState, find_run

MOST_MESSAGES = 20
Message = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class TextBody(Input):
    prompt_type: Line
    content: str = Field(min_length=1, max_length=LONGEST_CONTENT)


class TrialBody(TextBody):
    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)] = Field(
        description="What one new customer writes, in order."
    )


class FaultView(View):
    line: int | None
    message: str


class VariableView(View):
    name: str
    kind: str
    parts: list[str]


class ReviewView(View):
    """lost: facts that the live text names and this one does not. changed_lines counts lines of either side."""

    live_version: str | None
    problems: list[FaultView]
    variables: list[VariableView]
    lost: list[str]
    changed_lines: int


class AnswerPair(View):
    message: str
    before: str
    after: str
    is_changed: bool


class TrialView(View):
    items: list[AnswerPair]


class RunView(View):
    """result is empty until state is `done`: `{passed, failed, failures[], changes[], changes_count}`."""

    id: str
    prompt_type: str
    state: RunState
    done: int
    total: int
    result: dict[str, Any]  # Any: JSON as described above.
    started_by: str
    started_at: datetime


async def check(call: Call, taken: TextBody) -> ReviewView:
    found = await review(call.desk, taken.prompt_type, taken.content)
    return ReviewView(
        live_version=found.live_version,
        problems=[FaultView(line=fault.line, message=fault.sentence) for fault in found.faults],
        variables=[VariableView(name=v.name, kind=v.kind, parts=list(v.parts)) for v in found.variables],
        lost=list(found.lost),
        changed_lines=sum(row.kind != "same" for row in found.rows),
    )


async def play(call: Call, taken: TrialBody) -> TrialView:
    before, after = await tried(call.desk, taken.prompt_type, taken.content, taken.messages)
    pairs = zip(taken.messages, before, after, strict=True)
    return TrialView(
        items=[
            AnswerPair(
                message=message, before=was.response_text, after=now.response_text,
                is_changed=was.response_text != now.response_text,
            )
            for message, was, now in pairs
        ]
    )  # fmt: skip


async def begin(call: Call, taken: TextBody) -> RunView:
    return _view(call, await run_scripts(call.desk, taken.prompt_type, taken.content, call.actor))


async def read(call: Call) -> RunView:
    run_id, now = call.path("id"), call.desk.now()
    return _view(call, await call.desk.database.read(lambda conn: find_run(conn, run_id, now)))


def _view(call: Call, run: Run) -> RunView:
    return RunView(
        id=run.id, prompt_type=run.type, state=run.state, done=run.done, total=run.total,
        result=dict(run.result), started_by=run.started_by, started_at=call.desk.local(run.started_at),
    )  # fmt: skip


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/ai/prompts/check",
        access=Permission.WRITE_PROMPTS,
        summary="What is wrong with a text, and what it changes",
        handle=check,
        takes=TextBody,
        gives=ReviewView,
    ),
    Endpoint(
        method="POST",
        path="/api/ai/prompts/playground",
        access=Permission.REVIEW_PROMPTS,
        summary="What the bot says today, and with this text",
        handle=play,
        takes=TrialBody,
        gives=TrialView,
    ),
    Endpoint(
        method="POST",
        path="/api/ai/script-runs",
        access=Permission.WRITE_PROMPTS,
        summary="Play the conversation scripts on a text, in the background",
        handle=begin,
        takes=TextBody,
        gives=RunView,
        status=HTTPStatus.ACCEPTED,
    ),
    Endpoint(
        method="GET",
        path="/api/ai/script-runs/{id:id}",
        access=Permission.REVIEW_PROMPTS,
        summary="How such a run goes, and what came of it",
        handle=read,
        gives=RunView,
    ),
)
