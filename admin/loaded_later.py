"""How is a room of the service there at once, and read in behind its start?

Its addresses are known at once; the modules behind them are loaded once the service is ready, or by the first who asks. Pages and API are
a third of what there is to read in, and nobody on WhatsApp waits for them.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import web
from yarl import URL

ROOT = "/"


class LoadedLater:
    """What leads to the handlers of a room. make reads the room in, and is called once, in a thread."""

    def __init__(self, make: Callable[[], web.UrlDispatcher]) -> None:
        self.router: web.UrlDispatcher | None = None
        self._make = make
        self._loading = asyncio.Lock()

    async def load(self) -> web.UrlDispatcher:
        """Whoever comes while the room is being read in waits for it."""
        async with self._loading:
            if self.router is None:
                self.router = await asyncio.to_thread(self._make)
        return self.router

    def add_to(self, app: web.Application, *paths: str) -> None:
        """Everything at and below these paths that has no handler of its own yet is the room's; the root stands for itself alone."""
        for path in paths:
            app.router.register_resource(_Below(path, self))


class _Below(web.AbstractResource):
    """One path of a room, and whatever the room knows below it."""

    def __init__(self, path: str, room: LoadedLater) -> None:
        super().__init__()
        self._path, self._below = path, f"{path}/"
        self._room = room

    @property
    def canonical(self) -> str:
        return self._path

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        if not self.raw_match(request.rel_url.path):
            return None, set()
        router = self._room.router
        found = await (await self._room.load() if router is None else router).resolve(request)
        refusal = found.http_exception
        if refusal is None:
            return found, set()
        return None, refusal.allowed_methods if isinstance(refusal, web.HTTPMethodNotAllowed) else set()

    def raw_match(self, path: str) -> bool:
        return path == self._path or (self._path != ROOT and path.startswith(self._below))

    def url_for(self, **kwargs: str) -> URL:  # noqa: ARG002  # aiohttp's signature
        return URL(self._path)

    def add_prefix(self, prefix: str) -> None:  # noqa: ARG002  # aiohttp's signature
        raise RuntimeError("A room knows its own addresses; it cannot be mounted elsewhere.")

    def get_info(self) -> Any:  # Any: aiohttp's own dictionary.
        return {"path": self._path}

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        """None before the room is read in."""
        router = self._room.router
        return iter(() if router is None else router.routes())

    def __len__(self) -> int:
        return sum(1 for _ in self)
