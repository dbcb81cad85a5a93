"""How long does a person take to see, think and type? The pauses before a message leaves, as a pure function.

Answering within milliseconds, at any length, is how WhatsApp tells machines from people. Numbers: WAHA's advice against blocking
(seen, typing for a time that grows with the text, send), our own bounds.
"""

from dataclasses import dataclass

SEEN_AFTER_SECONDS = (0.5, 2.0)
CHARACTERS_PER_SECOND = (12.0, 15.0)
TYPING_SECONDS = (
    1.5,
    8.0,
)  # Below it looks like a machine, above it customers wait; WhatsApp shows typing for about 10 s.
MEDIA_SECONDS = (0.8, 2.0)  # Choosing a picture that lies ready.
GAP_SECONDS = (1.0, 2.0)  # Between two messages of one session, whatever the chats.


@dataclass(frozen=True, slots=True, kw_only=True)
class Luck:
    """Three numbers in [0, 1), drawn by the caller, so that no two pauses are alike."""

    seeing: float
    typing: float
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: until the customer's message is marked seen, then of typing, and to the session's next message at least."""

    before_seen: float
    typing: float
    gap: float


AT_ONCE = Pace(before_seen=0.0, typing=0.0, gap=0.0)


def pace(characters: int | None, luck: Luck) -> Pace:
    """The pauses for a text of so many characters; None for a picture, file or place."""
    return Pace(
        before_seen=_between(SEEN_AFTER_SECONDS, luck.seeing),
        typing=_between(MEDIA_SECONDS, luck.typing)
        if characters is None
        else _typing(characters, luck.typing),
        gap=_between(GAP_SECONDS, luck.gap),
    )


def _typing(characters: int, luck: float) -> float:
    shortest, longest = TYPING_SECONDS
    typed = characters / _between(CHARACTERS_PER_SECOND, 1 - luck)
    # At both bounds the luck still counts, or every long text would take exactly as long as the next.
    return min(max(typed, shortest * (1 + luck / 3)), longest * (1 - luck / 5))


def _between(bounds: tuple[float, float], luck: float) -> float:
    low, high = bounds
    return low + (high - low) * luck
