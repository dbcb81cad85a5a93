"""Telegram as our client sees it: the HTTP edge of the Bot API, with people who press buttons and faults on demand."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "123456:fake-token-for-tests"
GROUP = "-1009876"
PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Posted:
    """A message that stands in the group, as people see it now."""

    id: int
    chat_id: str
    text: str
    buttons: list[dict[str, str]]

    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    def data(self, label: str) -> str:
        return next(button["callback_data"] for button in self.buttons if button["text"] == label)


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next call of a method gets instead of its answer; status 0 cuts the connection."""

    status: int
    description: str = ""
    parameters: dict[str, int] | None = None


@dataclass(slots=True)
class FakeTelegram:
    messages: list[Posted] = field(default_factory=list)
    notes: list[tuple[str, bool]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    refuses_links: bool = False
    url: str = ""
    _updates: list[dict[str, Any]] = field(default_factory=list)  # Any: JSON.
    _faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _next_update: int = 1
    _called: asyncio.Condition = field(default_factory=asyncio.Condition)

    def fails(self, method: str, *faults: Fault) -> None:
        """The next calls of the method go wrong, one fault each."""
        self._faults[method].extend(faults)

    def press(self, message: Posted, label: str, user_id: int, *, chat_id: str | None = None) -> None:
        """Somebody in the group presses that button."""
        self.press_data(message, message.data(label), user_id, chat_id=chat_id)

    def press_data(self, message: Posted, data: str, user_id: int, *, chat_id: str | None = None) -> None:
        """Somebody's client sends that data, whatever buttons the message has by now."""
        chat = {"id": int(chat_id or message.chat_id), "type": "supergroup", "title": "Tim"}
        query = {
            "id": f"press-{self._next_update}",
            "from": {"id": user_id, "is_bot": False, "first_name": "Sari"},
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": message.id, "date": 1, "chat": chat, "text": message.text},
        }
        self._updates.append({"update_id": self._next_update, "callback_query": query})
        self._next_update += 1
        self._news.set()

    def count(self, method: str) -> int:
        return self.calls.count(method)

    async def is_called(self, method: str, times: int = 1) -> None:
        """Waits until the method was called so often."""
        async with self._called, asyncio.timeout(PATIENCE_SECONDS):
            await self._called.wait_for(lambda: self.count(method) >= times)

    async def handle(self, request: web.Request) -> web.Response:
        response = await self._handle(request)
        async with self._called:
            self._called.notify_all()
        return response

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(method)
        if request.match_info["token"] != TOKEN:
            return _failed(Fault(401, "Unauthorized"))
        if faults := self._faults[method]:
            fault = faults.pop(0)
            if fault.status == 0 and request.transport is not None:
                request.transport.abort()
            return _failed(fault)
        return await self._answer(method, dict(await request.post()))

    async def _answer(self, method: str, form: dict[str, Any]) -> web.Response:  # Any: form fields.
        match method:
            case "getMe":
                return _ok({"id": 123456, "is_bot": True, "first_name": "Sapa", "username": "sapa_bot"})
            case "getChat":
                return _ok(_chat_info(form["chat_id"]))
            case "sendMessage":
                return self._send(form)
            case "editMessageText":
                return self._edit(form)
            case "answerCallbackQuery":
                self.notes.append((form["text"], form.get("show_alert") == "true"))
                return _ok(True)
            case "getUpdates":
                return _ok(await self._wait(int(form.get("offset", 0)), float(form.get("timeout", 0))))
        return _failed(Fault(404, "Not Found"))

    def _send(self, form: dict[str, Any]) -> web.Response:  # Any: form fields.
        if form["chat_id"] != GROUP:
            return _failed(Fault(400, "Bad Request: chat not found"))
        buttons = _buttons(form)
        if self.refuses_links and any("url" in button for button in buttons):
            return _failed(
                Fault(400, "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL")
            )
        message = Posted(len(self.messages) + 1, form["chat_id"], form["text"], buttons)
        self.messages.append(message)
        return _ok(_message(message))

    def _edit(self, form: dict[str, Any]) -> web.Response:  # Any: form fields.
        message = self.messages[int(form["message_id"]) - 1]
        if (message.text, message.buttons) == (form["text"], _buttons(form)):
            return _failed(Fault(400, "Bad Request: message is not modified"))
        message.text, message.buttons = form["text"], _buttons(form)
        return _ok(_message(message))

    async def _wait(self, offset: int, seconds: float) -> list[dict[str, Any]]:  # Any: JSON.
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        if not self._updates and seconds:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), seconds)
            except TimeoutError:
                return []
        return self._updates


@asynccontextmanager
async def fake_telegram() -> AsyncIterator[FakeTelegram]:
    """A Bot API server on this machine; its address is in `url`."""
    fake = FakeTelegram()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", fake.handle)
    server = TestServer(app)
    await server.start_server()
    fake.url = str(server.make_url("")).rstrip("/")
    yield fake
    await server.close()


def _buttons(form: dict[str, Any]) -> list[dict[str, str]]:  # Any: form fields.
    keyboard = json.loads(form.get("reply_markup", '{"inline_keyboard": []}'))["inline_keyboard"]
    return [button for row in keyboard for button in row]


def _message(message: Posted) -> dict[str, Any]:  # Any: JSON.
    chat = {"id": int(message.chat_id), "type": "supergroup", "title": "Tim"}
    return {"message_id": message.id, "date": 1, "chat": chat, "text": message.text}


def _chat_info(chat_id: str) -> dict[str, Any]:  # Any: JSON.
    return {
        "id": int(chat_id),
        "type": "supergroup",
        "title": "Tim Penjualan",
        "accent_color_id": 1,
        "max_reaction_count": 1,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            True,
        ),
    }


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _failed(fault: Fault) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": fault.status, "description": fault.description}
    if fault.parameters:
        body["parameters"] = fault.parameters
    return web.json_response(body, status=fault.status or 500)
