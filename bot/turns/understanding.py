"""Understanding, batched across conversations: messages that wait at the same time are understood in one pass of the model.

The pass runs in one thread of its own, so that the service keeps answering webhooks meanwhile.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from bot.turns.knowledge_now import Snapshot
from flows.domain import Meaning, MessageKind
from ml.serve.understanding import Vocabulary
from storage.way.inbox import Said

Words = tuple[MessageKind, str]  # A message's kind and what it says.


class Model(Protocol):
    """What `ml.serve.understanding.Understanding` offers; pure and safe to call from a thread."""

    def understand(
        self, texts: Sequence[str], vocabulary: Vocabulary, *, min_confidence: float | None = None
    ) -> list[Meaning]: ...


class Understander:
    """Meanings of what was said. Raises what the model raises: the worker then takes the conversations one by one."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="understand")

    async def understand(self, said: Sequence[Said], snapshot: Snapshot) -> dict[Said, Meaning]:
        meanings = await self.words([(one.kind, one.body) for one in said], snapshot)
        return dict(zip(said, meanings, strict=True))

    async def words(self, words: Sequence[Words], snapshot: Snapshot) -> list[Meaning]:
        """The meaning of each, in order."""
        if not words:
            return []
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, meanings_of, self._model, words, snapshot)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)


def meanings_of(model: Model, messages: Sequence[Words], snapshot: Snapshot) -> list[Meaning]:
    """The meaning of each message; what has no words has no intent."""
    worded = [index for index, (_, body) in enumerate(messages) if body.strip()]
    understood = model.understand(
        [messages[index][1] for index in worded],
        snapshot.vocabulary,
        min_confidence=snapshot.shelf.triggers.min_confidence,
    )
    meanings = [Meaning(text="", kind=kind, confidence=1.0) for kind, _ in messages]
    for index, meaning in zip(worded, understood, strict=True):
        meanings[index] = meaning
    return meanings
