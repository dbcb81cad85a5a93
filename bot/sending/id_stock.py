"""Ids for messages, known before they are sent: each is given out once, and comes back only from who knows that it was not used."""

from collections import deque
from collections.abc import Awaitable, Callable, Collection


class IdStock:
    """make: one new id. After a transaction whose end nobody knows its ids stay away: a row may hold them."""

    def __init__(self, make: Callable[[], Awaitable[str]]) -> None:
        self._make = make
        self._ids: deque[str] = deque()

    async def take(self, count: int) -> tuple[str, ...]:
        while len(self._ids) < count:
            self._ids.append(await self._make())
        return tuple(self._ids.popleft() for _ in range(count))

    def give_back(self, taken: tuple[str, ...], used: Collection[str]) -> None:
        self._ids.extend(name for name in taken if name not in used)
