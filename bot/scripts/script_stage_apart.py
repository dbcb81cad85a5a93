"""How does a run of the running service come to a stage? Through this door, which is opened at the first run.

Scripts are played by a service of their own, built by the module that also builds this one: neither could be imported first.
"""

from collections.abc import Callable
from datetime import datetime

from bot.scripts.chat_script import Script
from bot.scripts.draft_stage import DraftStage
from bot.scripts.played import Played
from bot.settings import Settings
from bot.turns.understanding import Model
from storage.database import Database
from storage.knowledge.knowledge_copy import KnowledgeRows


def stage_apart(settings: Settings, database: Database, now: Callable[[], datetime]) -> DraftStage:
    """The stage of the scripts that the settings name; nothing is played yet."""

    async def play(
        rows: KnowledgeRows, model: Model, scripts: list[Script], report: Callable[[Played], None]
    ) -> list[Played]:
        # See above: at the top this import would go round in a circle.
        from bot.scripts.script_stage import play_on

        return await play_on(settings, rows, model, scripts, report)

    return DraftStage(play=play, chats=settings.scripts, database=database, now=now)
