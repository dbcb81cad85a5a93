"""What the engine offers whoever teaches it: saying what it would answer if something were different, and playing the scripts on that.

Protocols like those of `ports.py`, filled by `bot/app.py`; nothing here leaves a trace in anybody's conversation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from admin.ports import BotAnswer
from flows.domain import Company, Package, Triggers
from storage.knowledge.faq import Faq


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Knowledge as it would be: what stands here takes the place of what is there, or is added; the rest stays as it is.

    texts are contents by type (`reply:ask_price:id`). An FAQ entry with id 0 is a new one; without_faq are ids left out.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[Package, ...] = ()
    faq: tuple[Faq, ...] = ()
    without_faq: frozenset[int] = frozenset()
    company: Company | None = None
    triggers: Triggers | None = None


AS_IT_IS = WhatIf()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What one customer writes, each message answered before the next. is_new: they never wrote before, so they are welcomed."""

    messages: tuple[str, ...]
    is_new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqMatch:
    """How well an entry fits a message. score is about 0 to 1; is_answer: sure enough to be answered with."""

    faq_id: int
    question: str
    answer: str
    score: float
    is_answer: bool


class Rehearsal(Protocol):
    async def talks(
        self, talks: Sequence[Talk], what_if: WhatIf = AS_IT_IS
    ) -> tuple[tuple[BotAnswer, ...], ...]:
        """The answers to each talk's messages, in order; nothing is recorded or sent."""
        ...

    async def faq_matches(self, message: str, what_if: WhatIf = AS_IT_IS) -> tuple[FaqMatch, ...]:
        """The entries that come nearest, best first."""
        ...


class ScriptStage(Protocol):
    def begin(self, run_id: str) -> None:
        """Plays the run that was written down under this id, in the background; returns at once."""
        ...
