"""What the API and the panel both ask of a text before it is saved: may it be used, what does it name, what does it change?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from admin.desk import Desk
from admin.knowledge_ports import Talk, WhatIf
from admin.ports import BotAnswer
from admin.problems import FieldError, Problem, unprocessable
from flows.roles import Actor
from flows.text_diff import Row, side_by_side
from knowledge.reply_variables import Variable, lost_names, variables_of
from storage.knowledge.prompts import REPLY, live_prompt
from storage.knowledge.script_runs import Run, ask_for_run

TYPES = ("base", "company", "package_data", "conversation_rules", "escalation")
_REPLY_TYPE = re.compile(r"reply:[a-z0-9_]{1,60}:(id|en)")
_LINE = re.compile(r"Line (\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a text; line counts from 1, None where no single line is at fault."""

    line: int | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A text beside the live one. lost: facts that the live one names and this one does not."""

    live_version: str | None
    faults: tuple[Fault, ...]
    variables: tuple[Variable, ...]
    lost: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def is_changed(self) -> bool:
        return any(row.kind != "same" for row in self.rows)


def refuse_unknown_type(type: str) -> None:
    """Raises Problem for a type that there is not."""
    if type not in TYPES and not _REPLY_TYPE.fullmatch(type):
        known = ", ".join((*TYPES, f"{REPLY}<key>:<id|en>"))
        raise unprocessable("prompt_type", f"There is no such type. Types are: {known}.")


def refuse_unusable(desk: Desk, type: str, content: str) -> None:
    """Raises Problem for an unknown type, or a text that the bot could not use."""
    refuse_unknown_type(type)
    problems = desk.texts.problems_of(type, content)
    if problems:
        errors = [FieldError(field="content", message=problem) for problem in problems]
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The bot could not use this text.", errors)


async def review(desk: Desk, type: str, content: str) -> Review:
    """Raises Problem for an unknown type; faults of the text stand in the review."""
    refuse_unknown_type(type)
    live = await desk.database.read(lambda conn: live_prompt(conn, type))
    before = live.content if live else ""
    return Review(
        live_version=live.version if live else None,
        faults=tuple(_fault(problem) for problem in desk.texts.problems_of(type, content)),
        variables=variables_of(type),
        lost=lost_names(before, content),
        rows=side_by_side(before, content),
    )


async def tried(
    desk: Desk, type: str, content: str, messages: Sequence[str]
) -> tuple[tuple[BotAnswer, ...], tuple[BotAnswer, ...]]:
    """What the bot answers to these messages of one talk today, and what it would answer with this text. Raises Problem."""
    refuse_unusable(desk, type, content)
    talk = Talk(messages=tuple(messages))
    (before,) = await desk.rehearsal.talks([talk])
    (after,) = await desk.rehearsal.talks([talk], WhatIf(texts={type: content}))
    return before, after


async def run_scripts(desk: Desk, type: str, content: str, by: Actor) -> Run:
    """Writes the run down and begins it; how it goes is read from its row. Raises Problem for a text that could not be used."""
    refuse_unusable(desk, type, content)
    now = desk.now()
    run = await desk.database.write(lambda conn: ask_for_run(conn, type, content, by, now))
    desk.stage.begin(run.id)
    return run


def _fault(problem: str) -> Fault:
    found = _LINE.fullmatch(problem)
    return Fault(line=int(found[1]), sentence=found[2]) if found else Fault(line=None, sentence=problem)
