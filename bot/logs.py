"""How do log lines look, and what may never stand in them?

One structured line a turn, in console or JSON form. Message texts, names and full numbers have no place in a log: callers do not pass
them, and as a last resort a processor hides what still looks like them, in our own lines and in those of libraries.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "●●●"
# Whoever passes one of these means well and is wrong.
PRIVATE_KEYS = frozenset(
    {"text", "body", "message", "caption", "name", "customer_name", "push_name", "phone", "email", "chat_id"}
)
# Libraries that write one line a request; httpx would even write Telegram's token, which is part of its URLs.
CHATTY = ("httpx", "httpcore", "telegram", "aiohttp.access", "alembic", "asyncio", "transitions")

# Set where conversations are only rehearsed: what they would log happened to nobody.
SILENT: ContextVar[bool] = ContextVar("silent", default=False)

_OWN_ID = r"\b[a-z]{2,8}_[0-9a-f]{32}\b"
_BOT_KEY = r"\b\d{6,}:[\w-]{30,}"
_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_SPACED_PHONE = r"(?:\+?62|\b0)[ .\-]?8(?:[ .\-]?\d){6,}"
_DIGITS = r"\d{8,}"
_PRIVATE = re.compile(f"(?P<keep>{_OWN_ID})|{_BOT_KEY}|{_EMAIL}|{_SPACED_PHONE}|{_DIGITS}")
# SQLAlchemy repeats a failed statement's values, and those are what customers wrote.
_STATEMENT_VALUES = re.compile(r"\[parameters: .*")
# What holds none of these has nothing to hide: most values are short words, and looking for them closely is dear.
_SUSPICIOUS = re.compile(r"[\d@]|\[parameters: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLine:
    """What one turn leaves in the log: states and the rule taken, never words of the customer."""

    conversation: str
    status_before: str
    status_after: str
    phase: str
    because: str
    intent: str | None
    milliseconds: float


@dataclass(slots=True)
class _TurnLog:
    """Where the lines of turns go, in which form; nowhere before logs are configured.

    What they hold is ours, word for word, so they need no looking through: that costs a turn more than everything else about its line.
    """

    render: Callable[[EventDict], str] | None = None
    file: TextIO = sys.stderr

    def write(self, lines: Iterable[TurnLine]) -> None:
        if self.render is None or SILENT.get():
            return
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        same = {"event": "turn", "logger": "turn", "level": "info", "timestamp": now}
        rendered = [self.render({**_fields(line), **same}) for line in lines]
        self.file.write("".join([f"{line}\n" for line in rendered]))
        self.file.flush()


_TURNS = _TurnLog()


def log_turns(lines: Iterable[TurnLine]) -> None:
    """Writes the one line of each turn."""
    _TURNS.write(lines)


def _fields(line: TurnLine) -> EventDict:
    return {
        "conversation": line.conversation,
        "before": line.status_before,
        "after": line.status_after,
        "phase": line.phase,
        "because": line.because,
        "intent": line.intent,
        "milliseconds": round(line.milliseconds, 1),
    }


class Neighbour:
    """Somebody we depend on (WAHA, Telegram, a mail server): told once that it is down, once that it is back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_down = False
        self._log = structlog.get_logger("neighbour")

    def down(self, reason: str) -> None:
        """It does not answer, or refuses us; reason says what happened and what to do, without its data."""
        if not self.is_down:
            self.is_down = True
            self._log.warning("neighbour is down", neighbour=self.name, reason=reason)

    def up(self) -> None:
        """It answers."""
        if self.is_down:
            self.is_down = False
            self._log.info("neighbour is back", neighbour=self.name)


class _Written(structlog.WriteLogger):
    """Writes under a name."""

    def __init__(self, file: TextIO, name: str = "sapa") -> None:
        super().__init__(file)
        self.name = name


def configure_logs(form: Literal["console", "json"], level: int = logging.INFO) -> None:
    """Sends our lines and those of libraries through the same processors to standard error. Called once at start.

    Ours do not pass through the standard library's logging: its record of each call costs more than all that a turn writes about.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_private,
    ]
    structlog.configure(
        processors=[drop_silent, *shared, _renderer(form)],
        logger_factory=partial(_Written, sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    _TURNS.render = _turn_renderer(form) if level <= logging.INFO else None
    _TURNS.file = sys.stderr
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def drop_silent(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if SILENT.get():
        raise structlog.DropEvent
    return event


def hide_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hides long digit runs, e-mail addresses, tokens, and whatever stands under a name that is private."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: Any) -> Any:  # Any: log values are whatever callers and libraries pass.
    if key == "timestamp" or key.startswith("_") or isinstance(value, float):
        return value
    if key in PRIVATE_KEYS:
        return HIDDEN if value else value
    if isinstance(value, str):
        return _without_private(value)
    if isinstance(value, Mapping):
        return {inner: _hidden(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden("", item) for item in value]
    if isinstance(value, BaseException):
        return _without_private(repr(value))
    return value


def _without_private(text: str) -> str:
    if not _SUSPICIOUS.search(text):
        return text
    bare = _STATEMENT_VALUES.sub(f"[parameters: {HIDDEN}]", text)
    return _PRIVATE.sub(lambda found: found["keep"] or HIDDEN, bare)


def _renderer(form: Literal["console", "json"]) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, separators=(",", ":"))
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _turn_renderer(form: Literal["console", "json"]) -> Callable[[EventDict], str]:
    """The same form, by the quickest way there is to it: a turn's values are plain."""
    if form == "json":
        return lambda event: to_json(event).decode()
    renderer = _renderer(form)
    return lambda event: str(renderer(None, "info", event))
