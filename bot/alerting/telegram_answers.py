"""What goes to Telegram and what its answers ask of us: values that are known without loading the library behind them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button under a message: it opens a url, or sends its data (at most 64 bytes) back to us."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """Not done now; the same call may work after the pause (seconds, None: the caller's own back-off)."""

    reason: str
    pause_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """This call will never work as it is; reason is Telegram's own, without our data."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Somebody pressed one of our buttons."""

    press_id: str
    telegram_id: str
    chat_id: str | None
    message_id: str | None
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presses:
    """What came in; asking again from next_offset tells Telegram that these are dealt with."""

    presses: tuple[Press, ...]
    next_offset: int | None
