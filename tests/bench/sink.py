"""A WhatsApp edge that only answers: the service's sends end here, each with the moment at which it arrived."""

import asyncio
import time
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Sink:
    """arrived maps a chat to the moments of its texts, in order; url is known once it is started."""

    arrived: dict[str, list[float]] = field(default_factory=dict)
    waited_for: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    count: int = 0
    url: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/api/{call}", self._send)
        app.router.add_get("/api/server/version", self._version)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]  # started

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def text(self, chat: str, number: int) -> float:
        """The moment at which the text of that number (from 0) arrived in the chat, once it has."""
        while len(self.arrived.get(chat, ())) <= number:
            bell = self.waited_for[chat] = asyncio.get_running_loop().create_future()
            async with asyncio.timeout(60):
                await bell
        return self.arrived[chat][number]

    async def _send(self, request: web.Request) -> web.Response:
        moment = time.perf_counter()
        body = await request.json()
        self.count += 1
        if request.match_info["call"] == "sendText":
            self.arrived.setdefault(body["chatId"], []).append(moment)
            bell = self.waited_for.pop(body["chatId"], None)
            if bell is not None and not bell.done():
                bell.set_result(None)
        bare = body.get("id") or f"3EB0{self.count:018X}"
        return web.json_response({"id": f"true_{body.get('chatId')}_{bare}"}, status=201)

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"version": "2026.7.1", "engine": "GOWS", "tier": "CORE"})
