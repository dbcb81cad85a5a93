"""Writes the parts of our manuals that the code itself knows; `test_docs.py` demands that they are fresh.

`python -m tests.write_docs` writes all of them, `python -m tests.write_docs settings` that one.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from pydantic import SecretStr

from bot.commands.main import COMMANDS, sapa
from bot.settings import Settings
from flows.domain import CaseStatus, Phase, Status
from flows.machine import CASE, CONVERSATION, JOURNEY, Step
from tests.source_code import ROOT

README = ROOT / "README.md"
FLOWS = ROOT / "flows" / "README.md"

MACHINES: tuple[tuple[str, str, tuple[Step, ...]], ...] = (
    ("A journey (perjalanan pembelian)", Phase.LEADS, JOURNEY),
    ("Who holds a conversation (pemegang percakapan)", Status.BOT, CONVERSATION),
    ("A case (kasus)", CaseStatus.NEW, CASE),
)


def settings_table() -> str:
    """Every `SAPA_…` variable with its default and what it means."""
    rows = [
        f"| `SAPA_{name.upper()}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(("| variable | default | means |", "| --- | --- | --- |", *rows))


def commands_table() -> str:
    """Every command of `sapa` and what it does."""
    rows = [f"| `{usage}` | {does} |" for name in COMMANDS for usage, does in _usages(name)]
    return "\n".join(("| command | does |", "| --- | --- |", *rows))


def diagrams() -> str:
    """Each machine as a drawing and as a table."""
    return "\n\n".join(_machine(title, str(start), steps) for title, start, steps in MACHINES)


# marker: (file, what stands between `<!-- marker -->` and `<!-- /marker -->`)
PARTS = {
    "settings": (README, settings_table),
    "commands": (README, commands_table),
    "diagrams": (FLOWS, diagrams),
}


def between(text: str, marker: str) -> str:
    """What stands between the two comments of this marker."""
    found = re.search(rf"<!-- {marker} -->\n(.*?)<!-- /{marker} -->", text, re.DOTALL)
    assert found, f"the manual has no part between <!-- {marker} --> and <!-- /{marker} -->"
    return found[1].strip()


def put_between(text: str, marker: str, content: str) -> str:
    """The text with that part replaced."""
    start, end = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(end)
    return f"{head}{start}{content}\n{end}{tail}"


def write(path: Path, marker: str, content: str) -> None:
    path.write_text(put_between(path.read_text(encoding="utf-8"), marker, content), encoding="utf-8")


def _default(value: object) -> str:
    match value:
        case SecretStr() | "" | None:
            return "–"
        case bool():
            return "`on`" if value else "`off`"
        case _:
            return f"`{value}`"


def _usages(name: str) -> Iterable[tuple[str, str]]:
    group = click.Context(sapa, info_name="sapa")
    command = sapa.get_command(group, name)
    assert command is not None, "COMMANDS names it"
    if not isinstance(command, click.Group):
        yield _usage(f"sapa {name}", command), COMMANDS[name][1]
        return
    for below, subcommand in command.commands.items():
        yield _usage(f"sapa {name} {below}", subcommand), subcommand.get_short_help_str(limit=200)


def _usage(written: str, command: click.Command) -> str:
    arguments = [
        parameter.make_metavar(click.Context(command))
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    ]
    options = [
        f"[{option.opts[0]}]" if not option.required else option.opts[0]
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
    ]
    # A table's bars would be taken for its cells.
    return " ".join((written, *arguments, *options)).replace("|", "/")


def _machine(title: str, start: str, steps: tuple[Step, ...]) -> str:
    arrows = [f"    {source} --> {step.target}: {step.event}" for step in steps for source in step.sources]
    rows = [
        f"| `{step.event}` | {', '.join(step.sources)} | {step.target} | {step.meaning} |" for step in steps
    ]
    return "\n".join(
        (
            f"### {title}",
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {start}",
            *arrows,
            "```",
            "",
            "| event | from | to | when |",
            "| --- | --- | --- | --- |",
            *rows,
        )
    )


if __name__ == "__main__":
    for marker in sys.argv[1:] or PARTS:
        path, content = PARTS[marker]
        write(path, marker, content())
        print(f"{path.relative_to(ROOT)}: {marker}")
