"""Our own source as data: which files there are, what they import, how long their functions are. For tests about the code itself."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("flows", "storage", "knowledge", "ml", "admin", "bot")
MIGRATIONS = ROOT / "storage" / "migrations"


@dataclass(frozen=True)
class Import:
    """One imported module by its full dotted name; `from a import b` counts as a."""

    module: str
    names: tuple[str, ...]
    line: int

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        """Relative path, as in a failure's text."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        return self.name.partition("/")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree: walking it anew for each question would take most of the time."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self.nodes))

    @cached_property
    def functions(self) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
        return tuple(node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def enclosing(self, line: int) -> str:
        """The innermost function or class around a line, dotted."""
        around = [
            node
            for node in self.nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and node.lineno <= line <= (node.end_lineno or node.lineno)
        ]
        return ".".join(node.name for node in sorted(around, key=lambda node: node.lineno))


@lru_cache
def modules() -> tuple[Module, ...]:
    """Every Python file of ours but the generated migrations; tests are not among them."""
    files = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return tuple(Module(file) for file in files if MIGRATIONS / "versions" not in file.parents)


@lru_cache
def modules_of_tests() -> tuple[Module, ...]:
    return tuple(Module(file) for file in sorted((ROOT / "tests").rglob("*.py")))


@lru_cache
def tracked_files() -> tuple[Path, ...]:
    """What the repository holds; without git (a source archive), what lies there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().strip("\0").split("\0")
        return tuple(path for name in names if (path := ROOT / name).is_file())
    hidden = {".venv", "var", "__pycache__", ".git"}
    return tuple(
        path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts)
    )


def _imports(nodes: Iterable[ast.AST]) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module=alias.name, names=(), line=node.lineno)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield Import(module="." * node.level + (node.module or ""), names=names, line=node.lineno)
