"""In what order, and how bundled, is a customer's story told? Messages close together are one talk; everything else stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

TALK_GAP = timedelta(hours=1)  # A longer silence between two messages begins another talk.
MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened. key is unique within its kind; text is what somebody wrote, whole: whoever shows it masks it.

    facts hold codes, ids, amounts and names of staff, by which the words for it are chosen.
    """

    kind: str
    key: str
    at: datetime
    actor: str | None = None
    text: str | None = None
    conversation_id: str | None = None
    facts: dict[str, Any]  # Any: JSON values.


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A talk (several messages, the newest first) or a single happening. at is the newest one's time."""

    happenings: tuple[Happening, ...]

    @property
    def at(self) -> datetime:
        return self.happenings[0].at

    @property
    def is_talk(self) -> bool:
        return self.happenings[0].kind == MESSAGE


def whole_moments(
    newest_first: Sequence[Happening], most: int
) -> tuple[Sequence[Happening], datetime | None]:
    """At most so many of them, and before which moment the older ones lie (None: there are none).

    A page ends where a moment does: a turn's messages bear one time, and what came at that time would be lost behind it. Only of a
    moment that fills a whole page the rest is left out.
    """
    if len(newest_first) <= most:
        return newest_first, None
    parted = newest_first[most].at
    shown = [one for one in newest_first[:most] if one.at > parted] or newest_first[:most]
    return shown, shown[-1].at


def chapters(newest_first: Sequence[Happening]) -> tuple[Chapter, ...]:
    """The happenings, newest first, with the messages of one talk bundled; whatever comes between two messages parts them."""
    bundles: list[list[Happening]] = []
    for happening in newest_first:
        if bundles and _is_same_talk(bundles[-1][-1], happening):
            bundles[-1].append(happening)
        else:
            bundles.append([happening])
    return tuple(Chapter(happenings=tuple(bundle)) for bundle in bundles)


def _is_same_talk(later: Happening, earlier: Happening) -> bool:
    both_messages = later.kind == MESSAGE == earlier.kind
    same_thread = later.conversation_id == earlier.conversation_id
    return both_messages and same_thread and later.at - earlier.at < TALK_GAP
