"""What may a text that staff wrote do, and how is it kept from doing more?

Jinja2's own sandbox stops attribute tricks and nothing else: one expression can take a gigabyte. So a text is parsed and only what
stands in a list here passes: facts by name, their attributes, comparisons, and/or/not, if, and our filters. No loop, no call, no
arithmetic. What passes ends after at most as many steps as it has nodes.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from flows.domain import Language
from flows.reply_keys import Key
from knowledge.reply_facts import ATTRIBUTES, FACTS, PLACE_ATTRIBUTES, PLACES, FactKind
from knowledge.reply_filters import FILTERS, WITH_COUNT, filters
from knowledge.reply_words import MAX_ITEMS

MAX_SOURCE = 4_000  # Characters of a text as written.
MAX_NODES = 500
MAX_DEPTH = 30  # Deeper nesting breaks Python's own compiler, and nobody's eyes follow it.
MAX_OUTPUT = 4_096  # Characters of one WhatsApp message.

# A tag that stands alone on its line goes with its line: the line's end is moved into the tag, which keeps line numbers true.
_ALONE = re.compile(r"(?m)^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)*?\{%(?:(?!%\}).)*?)([-+]?%\})[ \t]*\n")
_BLANK_LINES = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"[.!?…](?=\s)|\n")

_PLAIN_NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Operand),
)
_COMPARISONS = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq"})
_TESTS = frozenset({"none", "defined"})
_ARITHMETIC: tuple[type[nodes.Node], ...] = (
    *(nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Add, nodes.Sub, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Pos),
)
_NAMES_OF: Mapping[type[nodes.Node], str] = {
    nodes.For: "a loop (lists are written by filters such as bullets and daftar)",
    nodes.Call: "a call with brackets",
    nodes.CallBlock: "a call",
    nodes.Concat: "joining with ~ (write the words side by side)",
    nodes.Getitem: "square brackets",
    nodes.Macro: "a macro",
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "a block",
    nodes.With: "with",
    nodes.FilterBlock: "a filter block",
    **dict.fromkeys(_ARITHMETIC, "arithmetic"),
}


class TextRefused(ValueError):
    """This text may not be used; problems say why, in plain words. Mend the text."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class TextFailed(ValueError):
    """The text could not be written with these facts; use another one."""


class _Sandbox(SandboxedEnvironment):
    """Attributes are keys of plain mappings and nothing else; an attribute of what is not there is not there."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # Any, here and below: Jinja2's own signatures.
        if obj is None:
            return None
        if type(obj) is MappingProxyType and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> NoReturn:  # noqa: ARG002 # nothing is let through
        raise SecurityError("square brackets are not allowed in a text")

    def call(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 # nothing is let through
        raise SecurityError("calls are not allowed in a text")


class ReplyText:
    """A text that was let in, compiled: give it facts, get words."""

    def __init__(self, template: Template) -> None:
        self._template = template

    def write(self, facts: Mapping[str, object]) -> str:
        """The words for these facts, at most 4,096 characters. Raises TextFailed when a fact is of the wrong kind."""
        try:
            return tidy(self._pieces(facts))
        except (TemplateError, TypeError, ValueError) as error:
            raise TextFailed(str(error)) from error

    def _pieces(self, facts: Mapping[str, object]) -> str:
        pieces: list[str] = []
        size = 0
        context = self._template.new_context(dict(facts), shared=True)
        for piece in self._template.root_render_func(context):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_OUTPUT:
                break
        return "".join(pieces)


@lru_cache(maxsize=2_048)
def compiled(key: Key, content: str, language: Language, zone: tzinfo) -> ReplyText:
    """The text, ready to write. Raises TextRefused with every reason. The same text is compiled once."""
    environment = _environment(language, zone)
    tree = _parsed(environment, content)
    problems = _problems(tree, FACTS[key])
    if problems:
        raise TextRefused(problems)
    try:
        code = environment.compile(tree)
    except (SyntaxError, TemplateError, RecursionError, MemoryError) as error:
        raise TextRefused(["The text is nested too deeply."]) from error
    return ReplyText(Template.from_code(environment, code, {}))


@lru_cache(maxsize=32)
def _environment(language: Language, zone: tzinfo) -> SandboxedEnvironment:
    # Chat messages are plain text, so nothing is escaped as if it were a page.
    environment = _Sandbox(undefined=StrictUndefined, finalize=_shown, autoescape=False)
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(filters(language, zone))
    return environment


def _shown(value: object) -> object:
    """What `{{ … }}` puts into the text: words and whole numbers; nothing for what is not there."""
    # Names and attributes were checked before: what is undefined here is an `if` without its `else`.
    if value is None or isinstance(value, Undefined):
        return ""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise TypeError(f"{type(value).__name__} needs a filter before it can be shown")


def _parsed(environment: SandboxedEnvironment, content: str) -> nodes.Template:
    if len(content) > MAX_SOURCE:
        raise TextRefused([f"The text has {len(content)} characters; {MAX_SOURCE} are allowed."])
    try:
        return environment.parse(_ALONE.sub(r"\1\n\2", content))
    except TemplateSyntaxError as error:
        raise TextRefused([f"Line {error.lineno}: {error.message}"]) from error
    except RecursionError as error:
        raise TextRefused(["The text is nested too deeply."]) from error


def _problems(tree: nodes.Template, known: Mapping[str, FactKind]) -> list[str]:
    problems: list[str] = []
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MAX_NODES:
            return [f"The text has more than {MAX_NODES} parts. Make it simpler."]
        if depth > MAX_DEPTH:
            return ["The text is nested too deeply."]
        problems.extend(f"Line {node.lineno}: {problem}" for problem in _refused(node, known))
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())
    return list(dict.fromkeys(reversed(problems)))


def _refused(node: nodes.Node, known: Mapping[str, FactKind]) -> Iterator[str]:
    match node:
        case nodes.Name():
            if node.ctx != "load" or node.name not in known:
                yield f"{node.name!r} is not known to this text. It knows: {', '.join(sorted(known))}."
        case nodes.Getattr():
            yield from _refused_attribute(node, known)
        case nodes.Const():
            if not (node.value is None or isinstance(node.value, str | int)):
                yield "only words and whole numbers can be written out."
        case nodes.Compare():
            if any(operand.op not in _COMPARISONS for operand in node.ops):
                yield "'in' is not allowed."
        case nodes.Test():
            if node.name not in _TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
                yield f"the test {node.name!r} is not allowed; only none and defined are."
        case nodes.Filter():
            yield from _refused_filter(node)
        case _ if type(node) not in _PLAIN_NODES:
            yield f"{_NAMES_OF.get(type(node), type(node).__name__.lower())} is not allowed."


def _refused_attribute(node: nodes.Getattr, known: Mapping[str, FactKind]) -> Iterator[str]:
    match node.node:
        case nodes.Name(name=name) if name in known:
            allowed = ATTRIBUTES.get(known[name], frozenset())
            what = name
        case nodes.Getattr(attr=attr) if attr in PLACES:
            allowed, what = PLACE_ATTRIBUTES, attr
        case nodes.Name():
            return  # The unknown name is a problem of its own.
        case _:
            allowed, what = frozenset(), "this"
    if node.attr not in allowed:
        choices = f" It has: {', '.join(sorted(allowed))}." if allowed else ""
        yield f"{what} has no {node.attr!r}.{choices}"


def _refused_filter(node: nodes.Filter) -> Iterator[str]:
    if node.name not in FILTERS:
        yield f"there is no filter {node.name!r}. There are: {', '.join(FILTERS)}."
        return
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > (node.name in WITH_COUNT):
        yield f"the filter {node.name} does not take this."
        return
    for argument in node.args:
        value = argument.value if isinstance(argument, nodes.Const) else None
        if type(value) is not int or not 1 <= value <= MAX_ITEMS:
            yield f"the filter {node.name} takes a number from 1 to {MAX_ITEMS}."


def tidy(text: str) -> str:
    """Without blank lines at the ends or two in a row, cut at a sentence when it is too long."""
    text = text.strip()
    if "\n\n\n" in text or "\n " in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text if len(text) <= MAX_OUTPUT else _cut(text)


def _cut(text: str) -> str:
    head = text[:MAX_OUTPUT]
    ends = [match.end() for match in _SENTENCE_END.finditer(head)]
    # A sentence that fills half of the message and more is cut inside instead.
    if ends and ends[-1] > MAX_OUTPUT // 2:
        return head[: ends[-1]].rstrip()
    return head[: MAX_OUTPUT - 1].rsplit(None, 1)[0] + "…"


def names_used(content: str) -> frozenset[str]:
    """Every fact that the text names, with its attribute where it names one: `package.price`. Empty for a text that cannot be read."""
    try:
        tree = _parsed(_environment("id", UTC), content)
    except TextRefused:
        return frozenset()
    dotted = {_dotted(node) for node in tree.find_all(nodes.Getattr)}
    inside = {name.partition(".")[0] for name in dotted if name}
    plain = {node.name for node in tree.find_all(nodes.Name)}
    return frozenset(name for name in dotted if name) | (plain - inside)


def _dotted(node: nodes.Getattr) -> str:
    match node.node:
        case nodes.Name(name=name):
            return f"{name}.{node.attr}"
        case _:
            return ""
