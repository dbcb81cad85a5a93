"""Behaving like a person before a message leaves: see, type, wait. Nothing here can keep a message from leaving.

Where WAHA has no seen or typing, only the pauses are kept.
"""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.sending.pacing import AT_ONCE, Luck, Pace, pace
from bot.whatsapp import WhatsApp
from storage.way.outbox_heads import Head

REMEMBERED = 2_000  # Messages already marked seen; the picture after a text answers the same ones.

Wait = Callable[[float], Awaitable[object]]


class HumanPace:
    """The manners of one worker. wait is asyncio.sleep outside of tests."""

    def __init__(
        self, whatsapp: WhatsApp, wait: Wait = asyncio.sleep, chance: random.Random | None = None
    ) -> None:
        self._whatsapp = whatsapp
        self._wait = wait
        self._chance = chance or random.Random()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._free_at: dict[str, float] = {}

    async def before(self, head: Head) -> None:
        """Sees what is answered, types for a while, and waits for the session's turn."""
        plan = AT_ONCE if head.is_by_staff else pace(head.characters, self._luck())
        unseen = [wa_id for wa_id in head.answered if wa_id not in self._seen]
        if unseen:
            await self._wait(plan.before_seen)
            await self._whatsapp.mark_seen(head.session, head.chat_id, unseen)
            self._remember(unseen)
        if plan.typing:
            await self._whatsapp.show_typing(head.session, head.chat_id, True)
            await self._wait(plan.typing)
            await self._whatsapp.show_typing(head.session, head.chat_id, False)
        await self._wait(self._until_free(head.session, plan))

    def _until_free(self, session: str, plan: Pace) -> float:
        """Seconds until this session may send; the next message is due a gap later."""
        now = time.monotonic()
        start = max(now, self._free_at.get(session, now))
        self._free_at[session] = start + plan.gap
        return start - now

    def _luck(self) -> Luck:
        draw = self._chance.random
        return Luck(seeing=draw(), typing=draw(), gap=draw())

    def _remember(self, wa_ids: list[str]) -> None:
        self._seen.update(dict.fromkeys(wa_ids))
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
