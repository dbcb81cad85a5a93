"""The fake WAHA itself: its state, its faults and its HTTP edge."""

import asyncio
import contextlib
import io
import json
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.receiving.signature import ALGORITHM, ALGORITHM_HEADER, SIGNATURE_HEADER, sign
from tests.fake_waha.contract import problems
from tests.fake_waha.shapes import (
    SENDS,
    VERSION,
    Engine,
    Json,
    ack_payload,
    answer_shape,
    broken,
    call_of,
    content_shape,
    envelope,
    message_shape,
    new_id,
    plain,
)

WITH_ID = ("sendText", "sendLocation")  # Only these take a pre-made id, and not in WEBJS.


class Fault(StrEnum):
    """How the next send goes wrong. before_: WhatsApp never gets it; after_: it does, and we are not told."""

    BEFORE_500 = "before_500"
    AFTER_500 = "after_500"
    BEFORE_HANG = "before_hang"
    AFTER_HANG = "after_hang"
    AFTER_DROP = "after_drop"
    NOT_READY = "not_ready"
    NO_SESSION = "no_session"
    TIMELOCK = "timelock"
    TOO_MANY = "too_many"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    body: Any  # Any: JSON.
    at: float


@dataclass(slots=True, kw_only=True)
class FakeWaha:
    """engine chooses the shape of answers; removed names calls that this WAHA does not have (see `call_of`)."""

    engine: Engine = "GOWS"
    api_key: str = ""
    hmac_key: str = ""
    webhook_url: str = ""
    port: int = 0
    echoes: bool = False
    acks: tuple[int, ...] = ()
    checks: bool = True
    log_to: Path | None = None
    version: str = VERSION
    status: str = "WORKING"
    removed: set[str] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    messages: dict[str, list[Json]] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Json] = field(default_factory=dict)
    _faults: deque[tuple[Fault, str | None]] = field(default_factory=deque)
    _runner: web.AppRunner | None = None
    # Bound and never listening: while it is down nobody else gets its port and what is sent to it.
    _place: socket.socket | None = None
    _client: aiohttp.ClientSession | None = None
    _outbox: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    _poster: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession()
        self._poster = asyncio.create_task(self._post_forever())
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._poster is not None:
            self._poster.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poster
        await self.go_down()
        if self._place is not None:
            self._place.close()
        if self._client is not None:
            await self._client.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def go_down(self) -> None:
        """Nobody listens any more: connections are refused."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def come_back(self) -> None:
        """Listens again at the same port."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/_fault", self._set_fault)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        if self._place is None:
            self._place = socket.socket()
            self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._place.bind(("127.0.0.1", self.port))
            self.port = self._place.getsockname()[1]
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True, reuse_port=True).start()

    def breaks(self, fault: Fault, times: int = 1, call: str | None = None) -> None:
        """The next sends (of that call) go wrong in this way, once each."""
        self._faults.extend([(fault, call)] * times)

    def said(self, chat_id: str | None = None) -> list[str]:
        """What WhatsApp delivered to a chat (or to all), in order: texts, else the call's name."""
        chats = [chat_id] if chat_id else list(self.messages)
        return [
            str(m["body"] or m["_call"]) for chat in chats for m in self.messages.get(chat, []) if m["fromMe"]
        ]

    def asked(self, call: str) -> list[Request]:
        """The requests for one call, in order."""
        return [request for request in self.requests if call_of(request.path) == call]

    # What comes from the other side: customers, the business's own phone, WhatsApp's acks.

    def envelope(self, event: str, payload: Json, session: str = "default") -> Json:
        """WAHA's envelope around a payload."""
        return envelope(self.engine, event, payload, session)

    def customer_says(
        self, chat_id: str, text: str, bare_id: str | None = None, **changes: Any
    ) -> Json:  # Any: JSON.
        """A customer's message, kept in the history; its envelope, not yet posted."""
        payload = message_shape(self.engine, chat_id, bare_id or new_id(), text, from_me=False) | changes
        self.messages.setdefault(chat_id, []).append(payload)
        return self.envelope("message.any", payload)

    def staff_types(self, chat_id: str, text: str, bare_id: str | None = None) -> Json:
        """A message typed on the business's phone; its envelope, not yet posted."""
        payload = message_shape(self.engine, chat_id, bare_id or new_id(), text, from_me=True)
        self.messages.setdefault(chat_id, []).append(payload)
        return self.envelope("message.any", payload)

    def echo_of(self, message: Json) -> Json:
        """WAHA's own-message event for something that we sent."""
        return self.envelope("message.any", {name: part for name, part in message.items() if name != "_call"})

    def ack_of(self, chat_id: str, bare_id: str, ack: int) -> Json:
        return self.envelope("message.ack", ack_payload(chat_id, bare_id, ack))

    async def post(self, envelope: Json) -> int:
        """Posts to our webhook, signed when there is a key; answers the status."""
        assert self._client is not None, "use `async with FakeWaha()`"
        raw = json.dumps(envelope).encode()
        headers = {"Content-Type": "application/json"}
        if self.hmac_key:
            headers |= {SIGNATURE_HEADER: sign(raw, self.hmac_key), ALGORITHM_HEADER: ALGORITHM}
        async with self._client.post(self.webhook_url, data=io.BytesIO(raw), headers=headers) as response:
            await response.read()
            return response.status

    async def settle(self) -> None:
        """Waits until all echoes and acks so far are delivered."""
        await self._outbox.join()

    async def _post_forever(self) -> None:
        while True:
            envelope = await self._outbox.get()
            try:
                for _ in range(50):  # As WAHA does, an event is tried again until it is taken.
                    with contextlib.suppress(aiohttp.ClientError, OSError):
                        if await self.post(envelope) < 300:
                            break
                    await asyncio.sleep(0.2)
            finally:
                self._outbox.task_done()

    # The HTTP edge.

    async def _set_fault(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.breaks(Fault(asked["fault"]), int(asked.get("times", 1)), asked.get("call"))
        return web.json_response({})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw) if raw else None
        call = call_of(request.path)
        self._remember(request, body)
        if self.api_key and request.headers.get("X-Api-Key") != self.api_key and call != "ping":
            return web.json_response({"message": "Unauthorized", "statusCode": 401}, status=401)
        if call in self.removed or call is None:
            return web.json_response(plain(404, f"Cannot {request.method} {request.path}"), status=404)
        if call in SENDS:
            return await self._send(request, call, body or {})
        return await self._other(request, call, body or {})

    def _remember(self, request: web.Request, body: object) -> None:
        query = dict(request.query)
        self.requests.append(
            Request(method=request.method, path=request.path, query=query, body=body, at=time.monotonic())
        )
        if self.checks and not request.path.startswith("/api/files/"):
            found = problems(request.method, request.path, query, body)
            self.violations += [f"{request.method} {request.path}: {problem}" for problem in found]
        if self.log_to is not None:
            with self.log_to.open("a") as log:
                log.write(json.dumps({"method": request.method, "path": request.path, "body": body}) + "\n")

    def _next_fault(self, call: str) -> Fault | None:
        for index, (fault, only) in enumerate(self._faults):
            if only in (None, call):
                del self._faults[index]
                return fault
        return None

    async def _send(self, request: web.Request, call: str, body: Json) -> web.StreamResponse:
        if self.status != "WORKING":
            return web.json_response(self._not_ready(body), status=422)
        fault = self._next_fault(call)
        match fault:
            case Fault.BEFORE_500:
                return web.json_response(broken(body, "Internal error"), status=500)
            case Fault.BEFORE_HANG:
                await asyncio.Event().wait()
            case Fault.NOT_READY:
                return web.json_response(self._not_ready(body) | {"status": "SCAN_QR_CODE"}, status=422)
            case Fault.NO_SESSION:
                absent = {"error": "Session does not exist", "session": body.get("session")}
                return web.json_response(absent, status=422)
            case Fault.TIMELOCK:
                return web.json_response(broken(body, "server returned error 463"), status=500)
            case Fault.TOO_MANY:
                return web.json_response(
                    plain(429, "Too Many Requests"), status=429, headers={"Retry-After": "7"}
                )
            case Fault.REFUSE:
                return web.json_response(plain(400, ["chatId is invalid"]), status=400)
        message = self._deliver(call, body)
        match fault:
            case Fault.AFTER_500:
                return web.json_response(broken(body, "Request timed out"), status=500)
            case Fault.AFTER_HANG:
                await asyncio.Event().wait()
            case Fault.AFTER_DROP:
                return await _drop(request)
        return web.json_response(answer_shape(self.engine, message), status=201)

    def _deliver(self, call: str, body: Json) -> Json:
        """Hands the message to WhatsApp; one with an id that is already there is the same message."""
        chat_id = str(body.get("chatId"))
        wanted = body.get("id") if call in WITH_ID and self.engine != "WEBJS" else None
        there = self.messages.setdefault(chat_id, [])
        same = next((m for m in there if wanted and m["id"].endswith(f"_{wanted}")), None)
        if same is not None:
            return same
        message = message_shape(
            self.engine, chat_id, wanted or new_id(), body.get("text") or body.get("caption"), from_me=True
        )
        message |= {"source": "api", "_call": call, **content_shape(call, body)}
        there.append(message)
        if self.webhook_url and self.echoes:
            self._outbox.put_nowait(self.echo_of(message))
        for ack in self.acks if self.webhook_url else ():
            self._outbox.put_nowait(self.ack_of(chat_id, message["id"].split("_")[2], ack))
        return message

    def _not_ready(self, body: Json) -> Json:
        return {
            "error": "Session status is not as expected",
            "session": body.get("session"),
            "status": self.status,
            "expected": ["WORKING"],
        }

    async def _other(self, request: web.Request, call: str, body: Json) -> web.StreamResponse:
        parts = request.path.strip("/").split("/")
        match call:
            case "sendSeen":
                return web.Response(status=201)
            case "startTyping" | "stopTyping":
                return web.json_response({"result": True}, status=201)
            case "new-message-id":
                return web.json_response({"id": new_id()})
            case "lids":
                lid = parts[3].partition("@")[0]
                phone = self.phones.get(lid)
                return web.json_response({"lid": f"{lid}@lid", "pn": phone and f"{phone}@c.us"})
            case "history":
                return self._history(request, parts)
            case "version":
                return web.json_response({"version": self.version, "engine": self.engine, "tier": "CORE"})
            case "ping":
                return web.json_response({"message": "pong"})
            case "files":
                content, mimetype = self.files.get(parts[-1], (None, ""))
                if content is None:
                    return web.json_response(plain(404, "Not Found"), status=404)
                return web.Response(body=content, content_type=mimetype)
            case "qr":
                return self._qr(request)
            case _:
                return self._sessions(request.method, parts[2:], body)

    def _history(self, request: web.Request, parts: list[str]) -> web.Response:
        chat_id, query = parts[3], request.query
        if chat_id == "all" and self.engine == "WEBJS":
            return web.json_response(broken({}, "chatId=all is not supported"), status=500)
        known = [m for chat, items in self.messages.items() if chat_id in ("all", chat) for m in items]
        if len(parts) > 5:
            found = next((m for m in known if m["id"] == parts[5]), None)
            return (
                web.json_response(found) if found else web.json_response(plain(404, "Not Found"), status=404)
            )
        since = float(query.get("filter.timestamp.gte", "0"))
        wanted = query.get("filter.fromMe")
        known = [m for m in known if m["timestamp"] >= since and wanted in (None, str(m["fromMe"]).lower())]
        known.sort(key=lambda m: m["timestamp"], reverse=query.get("sortOrder") != "asc")
        start = int(query.get("offset", "0"))
        return web.json_response(known[start : start + int(query["limit"])])

    def _qr(self, request: web.Request) -> web.Response:
        if self.status != "SCAN_QR_CODE":
            return web.json_response(self._not_ready({"session": "default"}), status=422)
        return web.json_response({"value": "2@invented,qr,code"})

    def _sessions(self, method: str, parts: list[str], body: Json) -> web.Response:
        """Create, read, update, start and restart, with WAHA's own refusals."""
        if method == "POST" and not parts:
            if body["name"] in self.sessions:
                return web.json_response(
                    plain(422, "Session already exists. Use PUT to update it."), status=422
                )
            self.sessions[body["name"]] = {"name": body["name"], "config": body.get("config", {})}
            return web.json_response(self._session(body["name"]), status=201)
        name = parts[0]
        if name not in self.sessions:
            return web.json_response(plain(404, "Session not found"), status=404)
        if method == "PUT":
            self.sessions[name]["config"] = body["config"]
        if parts[1:] == ["start"] and self.status != "STOPPED":
            return web.json_response(plain(422, f"Session '{name}' is already started."), status=422)
        if parts[1:] in (["start"], ["restart"]):
            self.status = self.sessions[name].get("after_restart", "SCAN_QR_CODE")
        return web.json_response(self._session(name), status=200 if method in ("GET", "PUT") else 201)

    def _session(self, name: str) -> Json:
        return {"name": name, "status": self.status, "me": None, "config": self.sessions[name]["config"]}


async def _drop(request: web.Request) -> web.StreamResponse:
    """Begins an answer and lets the line fall."""
    response = web.StreamResponse(
        status=201, headers={"Content-Length": "1000", "Content-Type": "application/json"}
    )
    await response.prepare(request)
    await response.write(b'{"id": ')
    assert request.transport is not None
    request.transport.abort()
    return response
