"""Which answers change if this text goes live? Plays the pack's scripts on it, one run after the other, beside the running service.

Each run has a thread, a loop and a database of its own, and uses the model that is loaded anyway. What the scripts hear today is played
once for each version of the knowledge; then only those that say the text are played with it in its place: a text changes nothing where
it is not said.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from bot.logs import SILENT
from bot.scripts.chat_script import Script, WrongScript, read_scripts
from bot.scripts.played import Played
from bot.turns.understanding import Model
from knowledge.reply_variables import key_of
from storage.database import Database
from storage.knowledge.knowledge_copy import KnowledgeRows, read_knowledge, with_text
from storage.knowledge.knowledge_version import current
from storage.knowledge.script_runs import Run, fail_run, find_run, finish_run, note_progress

Play = Callable[
    [KnowledgeRows, Model, list[Script], Callable[[Played], None]], Coroutine[Any, Any, list[Played]]
]  # Any: what a coroutine yields is asyncio's.
PROGRESS_EVERY = 8  # Scripts between two notes of how far it is.
MOST_CHANGES = 200  # More nobody reads; how many there are is told all the same.

log = structlog.get_logger("scripts")


class Stopped(Exception):
    """The service ends; whoever wants the run starts it again."""


@dataclass(slots=True, kw_only=True)
class DraftStage:
    """Fills the ScriptStage port. model is None until the models are loaded; runs wait for it.

    chats is the scripts' folder; play plays them on the given knowledge, apart from everything else.
    """

    play: Play
    chats: Path
    database: Database
    now: Callable[[], datetime]
    model: Model | None = None
    _waiting: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    _ends: threading.Event = field(default_factory=threading.Event)
    _today: tuple[int, list[Played]] | None = None

    def begin(self, run_id: str) -> None:
        self._waiting.put_nowait(run_id)

    async def run(self) -> None:
        """Plays what is asked for, until cancelled."""
        try:
            while True:
                await self._take(await self._waiting.get())
        finally:
            self._ends.set()

    async def _take(self, run_id: str) -> None:
        now = self.now()
        run = await self.database.read(lambda conn: find_run(conn, run_id, now))
        try:
            result = await self._played(run)
        except Exception as error:
            # Of a script that cannot be read its writer must hear what is wrong; other faults may hold customers' words.
            reason = str(error) if isinstance(error, WrongScript) else None
            log.error("script_run_failed", run=run_id, kind=type(error).__name__, reason=reason)
            await self.database.write(lambda conn: fail_run(conn, run_id, self.now()))
            return
        await self.database.write(lambda conn: finish_run(conn, run_id, result, self.now()))

    async def _played(self, run: Run) -> dict[str, Any]:  # Any: JSON of `Run.result`.
        scripts = await asyncio.to_thread(read_scripts, self.chats)
        version = await self.database.read(current)
        rows = await self.database.read(read_knowledge)
        progress = _Progress(stage=self, run_id=run.id, loop=asyncio.get_running_loop())
        if self._today is None or self._today[0] != version:
            progress.total = len(scripts)
            self._today = (version, await self._play(rows, scripts, progress))
        before = self._today[1]
        touched = [number for number, played in enumerate(before) if _says(played, run.type)]
        progress.total = progress.done + len(touched)
        draft = with_text(rows, run.type, run.content, self.now())
        after = await self._play(draft, [scripts[number] for number in touched], progress)
        return compared(before, [*_instead(before, dict(zip(touched, after, strict=True)))])

    async def _play(self, rows: KnowledgeRows, scripts: list[Script], progress: "_Progress") -> list[Played]:
        return await asyncio.to_thread(self._in_thread, rows, scripts, progress)

    def _in_thread(self, rows: KnowledgeRows, scripts: list[Script], progress: "_Progress") -> list[Played]:
        def report(_: Played) -> None:
            if self._ends.is_set():
                raise Stopped
            progress.step()

        assert self.model is not None, "runs are taken once the models are loaded"
        SILENT.set(True)
        return asyncio.run(self.play(rows, self.model, scripts, report))


@dataclass(slots=True, kw_only=True)
class _Progress:
    """Counts in the playing thread, and has it written down by the loop that owns the database."""

    stage: DraftStage
    run_id: str
    loop: asyncio.AbstractEventLoop
    total: int = 0
    done: int = 0

    def step(self) -> None:
        self.done += 1
        if self.done % PROGRESS_EVERY == 1:
            asyncio.run_coroutine_threadsafe(self._note(self.done), self.loop)

    async def _note(self, done: int) -> None:
        now = self.stage.now()
        await self.stage.database.write(lambda conn: note_progress(conn, self.run_id, done, self.total, now))


def _says(played: Played, type: str) -> bool:
    """Whether this text may have been said there. Captions and the rating question stand in no turn, so they may be anywhere."""
    key = key_of(type)
    return key is not None and (key in played.replies or key.startswith(("caption_", "ask_rating")))


def _instead(before: list[Played], after: dict[int, Played]) -> Iterator[Played]:
    return (after.get(number, played) for number, played in enumerate(before))


def compared(before: list[Played], after: list[Played]) -> dict[str, Any]:  # Any: JSON of `Run.result`.
    """Which scripts pass with the text in place, which fail (and whether they failed before), and which answers change."""
    failed_before = {played.name for played in before if played.differs}
    failures = [
        {"script": played.name, "lines": played.differs, "is_new": played.name not in failed_before}
        for played in after
        if played.differs
    ]
    changes = [
        {"script": new.name, "step": number, "said": now.said, "before": was.heard, "after": now.heard}
        for old, new in zip(before, after, strict=True)
        for number, (was, now) in enumerate(zip(old.exchanges, new.exchanges, strict=True), start=1)
        if was.heard != now.heard
    ]
    return {
        "passed": len(after) - len(failures),
        "failed": len(failures),
        "failures": failures,
        "changes": changes[:MOST_CHANGES],
        "changes_count": len(changes),
    }
