"""The shape that everything stands on, as DESIGN describes it. A failure names the file, the line and the way out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source_code import ROOMS, ROOT, Module, modules, modules_of_tests, tracked_files

# bot → admin → (ml → knowledge | storage) → flows
MAY_IMPORT: dict[str, frozenset[str]] = {
    "flows": frozenset({"flows"}),
    "storage": frozenset({"storage", "flows"}),
    "knowledge": frozenset({"knowledge", "flows"}),
    "ml": frozenset({"ml", "knowledge", "flows"}),
    "admin": frozenset({"admin", "storage", "ml", "knowledge", "flows"}),
    "bot": frozenset(ROOMS),
}
# Libraries that only one place may know, so that replacing one stays a small change.
AT_HOME: dict[str, str | tuple[str, ...]] = {
    "sqlalchemy": "storage/",
    "alembic": "storage/",
    "asyncpg": "storage/",
    "transitions": "flows/machine.py",
    "telegram": "bot/alerting/telegram_client.py",
    "structlog": ("bot/", "admin/"),
    "argon2": "admin/passwords.py",
    "sklearn": "ml/",
}
# Rows are storage's own; whoever needs one asks a function there.
TABLES = "storage.tables"

NOT_IN_FLOWS = frozenset(
    {
        *("asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess"),
        *("sys", "tempfile", "threading", "time", "urllib", "uuid", "zoneinfo"),
    }
)
CLOCKS_AND_IO = re.compile(r"^(?:datetime\.(?:now|utcnow|today)|date\.today|open|print|input)$")

MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 50
NO_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "service", "services"}
)

# Where everything may be caught, and why nothing narrower would do.
MAY_CATCH_ALL: dict[str, str] = {
    "bot/commands/main.py:main": "the outermost edge of the command line; what has no sentence goes on",
    "admin/problems.py:as_problem": "a fault of ours becomes one 500 without its insides, and one line in the log",
    "admin/panel.py:_middleware.panel": "the same for the panel: one page instead of a document",
    "bot/turns/batching.py:Batcher._settle": "whatever one item raises is carried to the one who asked for it",
    "bot/scripts/draft_stage.py:DraftStage._take": "a script that breaks the play fails its run, not the runs that wait",
    "bot/sending/postman.py:Postman.bring": "a fault around one send must not stop the others; its outcome is in doubt",
    "bot/sending/sender.py:Sender._pump": "a fault in one round must not silence everybody",
    "bot/receiving/reception.py:reception.receive": "what hinders a turn hinders no message from being stored; the worker meets it again",
    "bot/turns/worker.py:Worker.foresee": "the same, where a message is understood before it is stored",
    "bot/turns/worker.py:Worker._attempt": "the worker loop: a turn that raises is counted and parked, the others go on",
    "storage/one_file.py:OneFile._commit_together": "a failed group commit is told to every job of the group",
    "storage/one_file.py:_plainly": "a failing job is told apart from a database that is away: the group is done anew",
    "storage/one_file.py:_in_savepoint": "a failing job's error is carried to its caller, past the group's commit",
}
MAY_READ_SETTINGS = (
    "bot/app.py",
    "bot/settings.py",
    "bot/doctor.py",
    "bot/commands/",
    "bot/scripts/script_stage",
)
MAY_READ_ENVIRONMENT: dict[str, str] = {
    "bot/commands/main.py": "tells numpy how many threads to use, before it is loaded",
    "bot/alerting/telegram_client.py": "tells its library which form of numbers we read",
}


def report(violations: list[str]) -> None:
    """Fails with all of them, one a line."""
    assert not violations, "\n" + "\n".join(violations)


def test_imports_point_downwards_only() -> None:
    report(
        [
            f"{module.name}:{used.line}: {module.room} must not import {used.module}"
            for module in modules()
            for used in module.imports
            if used.top in ROOMS and used.top not in MAY_IMPORT[module.room]
        ]
    )


def test_no_room_imports_tests() -> None:
    report([f"{m.name}:{used.line}" for m in modules() for used in m.imports if used.top == "tests"])


def test_every_import_is_absolute_and_names_what_it_takes() -> None:
    report(
        [
            f"{module.name}:{used.line}: write the import in full"
            for module in (*modules(), *modules_of_tests())
            for used in module.imports
            if used.module.startswith(".") or "*" in used.names
        ]
    )


@pytest.mark.parametrize("library", AT_HOME)
def test_a_library_stays_where_it_lives(library: str) -> None:
    report(
        [
            f"{module.name}:{used.line}: only {AT_HOME[library]} may import {library}"
            for module in modules()
            for used in module.imports
            if used.top == library and not module.name.startswith(AT_HOME[library])
        ]
    )


def test_tables_are_seen_by_storage_only() -> None:
    report(
        [
            f"{module.name}:{used.line}: ask a function of storage instead of {used.module}"
            for module in modules()
            for used in module.imports
            if used.module.startswith(TABLES) and module.room != "storage"
        ]
    )


@pytest.mark.parametrize("room", ["storage", "bot"])
def test_folders_of_a_room_stand_on_each_other_one_way(room: str) -> None:
    """Whatever a folder imports, also by way of others, does not import it back."""
    below = _folders_below(room)
    assert below
    report(
        [
            f"{room}/{one} and {room}/{other} import each other"
            for one, other in below
            if (other, one) in below
        ]
    )


def test_what_lies_in_storage_itself_knows_the_database_and_no_noun() -> None:
    report(
        [
            f"{module.name}:{used.line}: {used.module} stands above it"
            for module in modules()
            if module.name.startswith("storage/") and module.name.count("/") == 1
            for used in module.imports
            if used.top == "storage" and _folder("storage", used.module.split(".")[1]) not in ("", "tables")
        ]
    )


def _folders_below(room: str) -> set[tuple[str, str]]:
    """Pairs (folder, folder it stands on), with everything further down. What lies in the room itself is no folder: there all is put
    together, or what all know."""
    pairs = {
        (here, there)
        for module in modules()
        if module.room == room
        for used in module.imports
        if used.top == room
        for here, there in [
            (_folder(room, module.name.split("/")[1]), _folder(room, used.module.split(".")[1]))
        ]
        if here and there and here != there
    }
    while more := {(a, d) for a, b in pairs for c, d in pairs if b == c and a != d} - pairs:
        pairs |= more
    return pairs


def _folder(room: str, part: str) -> str:
    """The name when it is one of a folder, else nothing."""
    return part if (ROOT / room / part).is_dir() else ""


def test_flows_know_no_clock_no_chance_and_nothing_outside() -> None:
    report([violation for module in modules() if module.room == "flows" for violation in _impure(module)])


def _impure(module: Module) -> Iterator[str]:
    for used in module.imports:
        if used.top in NOT_IN_FLOWS:
            yield f"{module.name}:{used.line}: flows must not import {used.module}; get it as an argument"
    for node in module.nodes:
        if isinstance(node, ast.Call) and CLOCKS_AND_IO.match(ast.unparse(node.func)):
            yield f"{module.name}:{node.lineno}: flows must not call {ast.unparse(node.func)}"
        if isinstance(node, ast.AsyncFunctionDef):
            yield f"{module.name}:{node.lineno}: nothing is awaited in flows"


def test_files_and_functions_stay_readable() -> None:
    report([violation for module in modules() for violation in _too_long(module)])


def _too_long(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > MAX_FILE_LINES:
        yield f"{module.name}: {lines} lines, at most {MAX_FILE_LINES}; split it by question"
    for function in module.functions:
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield f"{module.name}:{function.lineno}: {function.name} has {length} lines, at most {MAX_FUNCTION_LINES}"


def test_nothing_is_caught_blindly() -> None:
    report([violation for module in modules() for violation in _blind(module)])


def _blind(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield f"{module.name}:{node.lineno}: name what is caught"
        elif {"Exception", "BaseException"} & {ast.unparse(part) for part in _caught(node.type)}:
            place = f"{module.name}:{module.enclosing(node.lineno)}"
            if place not in MAY_CATCH_ALL:
                yield f"{module.name}:{node.lineno}: catches everything; narrow it, or list {place!r} with its reason"


def _caught(kind: ast.expr) -> list[ast.expr]:
    return list(kind.elts) if isinstance(kind, ast.Tuple) else [kind]


def test_every_listed_exception_to_the_rule_is_still_needed() -> None:
    places = {
        f"{module.name}:{module.enclosing(node.lineno)}"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler)
        and node.type is not None
        and {"Exception", "BaseException"} & {ast.unparse(part) for part in _caught(node.type)}
    }
    assert set(MAY_CATCH_ALL) - places == set()


def test_files_are_named_after_what_is_in_them() -> None:
    report([f"{m.name}: say what is in it" for m in modules() if m.path.stem in NO_NAMES])
    vague = {"utils", "helpers", "misc"}
    everything = (*modules(), *modules_of_tests())
    report([f"{m.name}: say what is in it" for m in everything if vague & set(m.path.stem.split("_"))])


def test_every_module_says_which_question_it_answers() -> None:
    report(
        [
            f"{module.name}: begin with a docstring"
            for module in (*modules(), *modules_of_tests())
            if module.text.strip() and not ast.get_docstring(module.tree)
        ]
    )


def test_settings_are_read_at_the_edge_only() -> None:
    report(
        [
            f"{module.name}:{used.line}: take the value as an argument; bot/app.py hands it over"
            for module in modules()
            for used in module.imports
            if used.module == "bot.settings" and not module.name.startswith(MAY_READ_SETTINGS)
        ]
    )


def test_the_environment_is_read_by_the_settings_only() -> None:
    report(
        [
            f"{module.name}:{node.lineno}: the environment is read in bot/settings.py"
            for module in modules()
            if module.name not in MAY_READ_ENVIRONMENT
            for node in module.nodes
            if isinstance(node, ast.Attribute)
            and node.attr in ("environ", "getenv")
            and ast.unparse(node) in ("os.environ", "os.getenv")
        ]
    )


def test_every_waived_type_error_has_its_reason() -> None:
    waiver = re.compile(r"#\s*type:\s*ignore(?P<which>\[[\w\-, ]+\])?(?P<reason>\s*#.{8,})?")
    report(
        [
            f"{module.name}:{number}: name the error and write the reason behind it"
            for module in (*modules(), *modules_of_tests())
            for number, line in enumerate(module.text.splitlines(), 1)
            if (found := waiver.search(line)) and not (found["which"] and found["reason"])
        ]
    )


# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(("pypi" + r"\.org", "python" + "hosted", "registry\\." + "npmjs", "index" + "-url ="))
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.}\])-])/(?:" + "|".join(("ro" + "ot", "ho" + "me", "Us" + "ers", "wo" + "rk")) + r")/\w"
)
TEXT_FILES = frozenset(
    {
        "",
        ".py",
        ".md",
        ".toml",
        ".txt",
        ".in",
        ".lock",
        ".yaml",
        ".yml",
        ".html",
        ".css",
        ".js",
        ".json",
        ".mako",
        ".tsv",
        ".sh",
    }
)


def test_no_registry_and_no_machine_stands_in_the_repository() -> None:
    report(
        [violation for path in tracked_files() if path.suffix in TEXT_FILES for violation in _addresses(path)]
    )


def _addresses(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        for what in (REGISTRIES, MACHINE_PATHS):
            if found := what.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {found.group()}"
