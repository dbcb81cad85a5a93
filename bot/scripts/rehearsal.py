"""What would the bot say if a text, a package, an entry or a fact were different? The same rules on an imagined snapshot.

A rehearsed talk lives in memory only: each decision becomes the next message's situation, and nothing is recorded.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiohttp import web

from admin.knowledge_ports import AS_IT_IS, FaqMatch, Talk, WhatIf
from admin.ports import BotAnswer
from bot.turns.answer import compose
from bot.turns.ask import answer_of
from bot.turns.knowledge_now import KnowledgeNow, Snapshot
from bot.turns.turn import TurnRules, trace_of
from bot.turns.understanding import Model, meanings_of
from flows.decide import decide
from flows.decision import Decision, Journey, Situation
from flows.domain import Heard, Meaning, MessageKind, Package
from ml.serve.faq import FaqRanker, fit_faq

IMAGINED = "draft"  # The version that an imagined text is told by.
BETWEEN = timedelta(minutes=1)  # Time that passes between two messages of a talk.
MOST_MATCHES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsing:
    """The engine on imagined knowledge."""

    knowledge: KnowledgeNow
    model: Model
    rules: TurnRules
    now: Callable[[], datetime]

    async def talks(
        self, talks: Sequence[Talk], what_if: WhatIf = AS_IT_IS
    ) -> tuple[tuple[BotAnswer, ...], ...]:
        snapshot = await self.knowledge.snapshot()
        return await asyncio.to_thread(self._all, talks, snapshot, what_if)

    async def faq_matches(self, message: str, what_if: WhatIf = AS_IT_IS) -> tuple[FaqMatch, ...]:
        snapshot = await self.knowledge.snapshot()
        return await asyncio.to_thread(_matches, message, snapshot, what_if)

    def _all(
        self, talks: Sequence[Talk], known: Snapshot, what_if: WhatIf
    ) -> tuple[tuple[BotAnswer, ...], ...]:
        snapshot = imagined(known, what_if)
        messages = [(MessageKind.TEXT, text) for talk in talks for text in talk.messages]
        meanings = iter(meanings_of(self.model, messages, snapshot))
        return tuple(self._play(talk, [next(meanings) for _ in talk.messages], snapshot) for talk in talks)

    def _play(self, talk: Talk, meanings: list[Meaning], snapshot: Snapshot) -> tuple[BotAnswer, ...]:
        now = self.now().astimezone(self.rules.zone)
        situation = Situation(
            now=now, today=now.date(), heard=(), shelf=snapshot.shelf, is_new=talk.is_new,
            journey=None if talk.is_new else Journey(),
        )  # fmt: skip
        answers = []
        for number, meaning in enumerate(meanings):
            at = now + number * BETWEEN
            heard = (Heard(message_id="rehearsed", kind=meaning.kind, meaning=meaning, at=at),)
            situation = replace(situation, heard=heard, now=at)
            decision = decide(situation)
            answer = compose(decision, snapshot)
            answers.append(answer_of(decision, answer, meaning, trace_of(decision, heard, answer)))
            situation = after(situation, decision)
        return tuple(answers)


class RehearsingWhenReady:
    """The rehearsal; 503 until the models are there."""

    def __init__(self) -> None:
        self.ready: Rehearsing | None = None

    async def talks(
        self, talks: Sequence[Talk], what_if: WhatIf = AS_IT_IS
    ) -> tuple[tuple[BotAnswer, ...], ...]:
        return await self._ready().talks(talks, what_if)

    async def faq_matches(self, message: str, what_if: WhatIf = AS_IT_IS) -> tuple[FaqMatch, ...]:
        return await self._ready().faq_matches(message, what_if)

    def _ready(self) -> Rehearsing:
        if self.ready is None:
            raise web.HTTPServiceUnavailable(text="The models are still loading. See /readyz and try again.")
        return self.ready


def after(situation: Situation, decision: Decision) -> Situation:
    """How the conversation stands once this was decided."""
    return replace(
        situation,
        status=decision.status,
        language=decision.language,
        consent=decision.consent or situation.consent,
        journey=decision.journey,
        is_new=False,
        misses=decision.misses,
        awaiting=decision.awaiting,
        high_intent=decision.high_intent,
        handover_reason=decision.handover_reason,
        priority=decision.priority,
        has_open_case=situation.has_open_case or decision.case is not None,
    )


def imagined(snapshot: Snapshot, what_if: WhatIf) -> Snapshot:
    """The snapshot as it would be; itself when nothing is different."""
    if what_if == AS_IT_IS:
        return snapshot
    packages = _packages(snapshot.shelf.packages, what_if.packages)
    shelf = replace(
        snapshot.shelf,
        packages=packages,
        company=what_if.company or snapshot.shelf.company,
        triggers=what_if.triggers or snapshot.shelf.triggers,
    )
    return replace(
        snapshot,
        shelf=shelf,
        vocabulary=replace(snapshot.vocabulary, packages=packages, faq=_ranker(snapshot, what_if)),
        replies=snapshot.replies.instead(what_if.texts) if what_if.texts else snapshot.replies,
        prompt_versions=snapshot.prompt_versions | dict.fromkeys(what_if.texts, IMAGINED),
    )


def _packages(known: tuple[Package, ...], instead: tuple[Package, ...]) -> tuple[Package, ...]:
    """Those that are edited stay in their place; new ones come last, as the rules sort by departure anyway."""
    new = {package.code: package for package in instead}
    kept = tuple(new.pop(package.code, package) for package in known)
    return (*kept, *new.values())


def _ranker(snapshot: Snapshot, what_if: WhatIf) -> FaqRanker | None:
    """Fitted anew, some tens of milliseconds, only where an entry is different."""
    ranker = snapshot.vocabulary.faq
    if not (what_if.faq or what_if.without_faq):
        return ranker
    gone = what_if.without_faq | {entry.id for entry in what_if.faq}
    kept = [entry for entry in (ranker.entries if ranker else ()) if entry.id not in gone]
    return fit_faq([*kept, *what_if.faq])


def _matches(message: str, known: Snapshot, what_if: WhatIf) -> tuple[FaqMatch, ...]:
    ranker = imagined(known, what_if).vocabulary.faq
    if ranker is None or not message.strip():
        return ()
    (ranked,) = ranker.rank([message])
    sure = ranker.sure(message)
    return tuple(
        FaqMatch(
            faq_id=entry.id, question=entry.question, answer=entry.answer,
            score=max(0.0, min(1.0, score)), is_answer=entry.id in sure,
        )
        for entry, score in ranked[:MOST_MATCHES]
    )  # fmt: skip
