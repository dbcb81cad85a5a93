"""Which WhatsApp id will the next message carry? WAHA's own ids, kept in a small stock; ours of the same form when there are none.

A send never waits for an id. At high speed most are made here: WAHA too only draws random digits for them.
"""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Awaitable, Callable

STOCK = 16  # Ids asked for at once; about what a busy minute at human pace needs.
ASK_AGAIN_AFTER_SECONDS = 60.0  # A WAHA before 2026.4.3, or another engine, has no such call.

Ask = Callable[[], Awaitable[str | None]]


def make_id() -> str:
    """An id in the form in which WhatsApp Web itself makes them: 3EB0 and 18 hexadecimal digits."""
    return "3EB0" + secrets.token_hex(9).upper()


class WahaIds:
    """Ids of one session. ask fetches one from WAHA, None when it has no such call."""

    def __init__(self, ask: Ask, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._ids: deque[str] = deque()
        self._refilling: asyncio.Task[None] | None = None
        self._not_before = 0.0

    def take(self) -> str:
        """The next id, at once. Starts filling the stock again when it is empty."""
        if self._ids:
            return self._ids.popleft()
        is_idle = self._refilling is None or self._refilling.done()
        if is_idle and self._clock() >= self._not_before:
            self._refilling = asyncio.create_task(self._refill(), name="waha-ids")
        return make_id()

    async def close(self) -> None:
        """Ends a refill under way."""
        if self._refilling is not None:
            self._refilling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refilling

    async def _refill(self) -> None:
        for _ in range(STOCK):
            found = await self._ask()
            if found is None:
                self._not_before = self._clock() + ASK_AGAIN_AFTER_SECONDS
                return
            self._ids.append(found)
        # One stock a second at most: beyond that, asking would cost as many requests as sending.
        self._not_before = self._clock() + 1.0
