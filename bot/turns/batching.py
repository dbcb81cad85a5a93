"""Joining what arrives at the same time: while one batch is under way the next one gathers, so load makes batches larger, not slower."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH_LIMIT = 200  # Items of one transaction; more would make the first of them wait.


class Batcher(Generic[Item, Result]):
    """Runs `work` on batches; each caller gets its own item's result, or the exception that its batch ended with.

    A batch that fails for any other reason than `down` is run again item by item, so that one bad item fails alone.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        down: type[Exception],
        linger_seconds: float = 0.0,
        limit: int = BATCH_LIMIT,
    ) -> None:
        self._work = work
        self._down = down
        self._linger = linger_seconds
        self._limit = limit
        self._queue: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """The item's result, once its batch is through."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._drain(), name="batch")
        return await future

    async def _drain(self) -> None:
        # A few milliseconds that nobody notices let those that arrive together share what a transaction costs.
        await asyncio.sleep(self._linger)
        while self._queue:
            batch, self._queue = self._queue[: self._limit], self._queue[self._limit :]
            await self._settle(batch)

    async def _settle(self, batch: list[tuple[Item, "asyncio.Future[Result]"]]) -> None:
        try:
            results = await self._work([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, self._down):
                for single in batch:
                    await self._settle([single])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
