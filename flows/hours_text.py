"""Opening hours as people type them, one line a day: "08.00-12.00, 13.00-17.00"."""

import re
from collections.abc import Iterable
from itertools import pairwise

from flows.domain import WorkingFrame

MINUTES_AN_HOUR = 60
MIDNIGHT = 24 * MINUTES_AN_HOUR
_FRAME = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|–|s/d|sampai)\s*(\d{1,2})(?:[.:](\d{2}))?")
_CLOSED = frozenset({"", "-", "tutup", "libur", "closed"})


def frames_of(weekday: int, text: str) -> tuple[WorkingFrame, ...]:
    """The day's frames in order. Raises ValueError with what to write instead.

    >>> [(frame.opens, frame.closes) for frame in frames_of(0, "08.00-12.00, 13-17")]
    [(480, 720), (780, 1020)]
    """
    if text.strip().lower() in _CLOSED:
        return ()
    frames = [_frame(weekday, part) for part in re.split(r"[,;]|\bdan\b|\band\b", text) if part.strip()]
    for frame, later in pairwise(frames):
        if later.opens < frame.closes:
            raise ValueError("the hours of one day must follow each other: 08.00-12.00, 13.00-17.00")
    return tuple(frames)


def hours_words(frames: Iterable[WorkingFrame], weekday: int) -> str:
    """The day's frames as they may be typed back: `08.00-12.00, 13.00-17.00`, nothing for a closed day."""
    own = sorted((frame for frame in frames if frame.weekday == weekday), key=lambda frame: frame.opens)
    return ", ".join(f"{_clock(frame.opens)}-{_clock(frame.closes)}" for frame in own)


def _frame(weekday: int, part: str) -> WorkingFrame:
    found = _FRAME.fullmatch(part.strip())
    if found is None:
        raise ValueError("write hours like 08.00-17.00, or leave the day empty")
    opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if opens >= closes or closes > MIDNIGHT:
        raise ValueError("a day opens before it closes, at 24.00 at the latest")
    return WorkingFrame(weekday=weekday, opens=opens, closes=closes)


def _minutes(hour: str, minute: str | None) -> int:
    if int(minute or 0) >= MINUTES_AN_HOUR:
        raise ValueError("an hour has 60 minutes")
    return int(hour) * MINUTES_AN_HOUR + int(minute or 0)


def _clock(minutes: int) -> str:
    return f"{minutes // MINUTES_AN_HOUR:02}.{minutes % MINUTES_AN_HOUR:02}"
