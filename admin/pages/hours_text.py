"""How do people type the hours of a day? `08:00-12:00, 13:00-17:00`, and days off one a line: `2027-04-01 Ulang tahun`."""

import re
from collections.abc import Iterable
from datetime import date

from admin.api.calendars import clock_of, minutes_of
from flows.domain import WorkingFrame
from flows.refusal import Refused, invalid

_STRETCH = re.compile(r"([01]?\d|2[0-4])[.:]([0-5]\d)\s*[-–—]\s*([01]?\d|2[0-4])[.:]([0-5]\d)")
_DAY_OFF = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\S.*)")


def frames_of(field: str, weekday: int, text: str) -> tuple[WorkingFrame, ...]:
    """The frames of one day. Raises Refused naming the field."""
    frames = []
    for part in (part.strip() for part in re.split(r"[,;\n]", text) if part.strip()):
        found = _STRETCH.fullmatch(part)
        if found is None:
            raise Refused(
                invalid(field, f"Write hours like 08:00-12:00, 13:00-17:00; {part!r} cannot be read.")
            )
        opens, closes = (minutes_of(f"{found[at]}:{found[at + 1]}") for at in (1, 3))
        frames.append(WorkingFrame(weekday=weekday, opens=opens, closes=closes))
    return tuple(frames)


def text_of(frames: Iterable[WorkingFrame], weekday: int) -> str:
    """The same the other way round."""
    return ", ".join(
        f"{clock_of(frame.opens)}-{clock_of(frame.closes)}" for frame in frames if frame.weekday == weekday
    )


def days_off_of(field: str, text: str) -> dict[date, str]:
    """Dates with their names. Raises Refused naming the field."""
    days: dict[date, str] = {}
    for line in (line.strip() for line in text.splitlines() if line.strip()):
        found = _DAY_OFF.fullmatch(line)
        try:
            assert found is not None
            days[date.fromisoformat(found[1])] = found[2][:80]
        except (AssertionError, ValueError) as error:
            sentence = f"Write days off like 2027-04-01 Anniversary, one a line; {line!r} cannot be read."
            raise Refused(invalid(field, sentence)) from error
    return days
