"""The addresses behind the simulator's page. They exist only while no WAHA is configured, and need no log-in.

A browser sees its own numbers' chats and nobody else's. What a customer writes here goes through the webhook like any message, so
nothing that works here can fail to work with a real WhatsApp.
"""

import asyncio
import contextlib
import json
import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from bot.simulator.simulator import FILES_AT, Deliver, Simulator
from bot.simulator.simulator_envelope import Attachment, message_envelope
from bot.simulator_page.numbers import COOKIE, MOST, name_of, new_number, read, sign
from bot.simulator_page.view import Json, screen_json
from storage.database import Database
from storage.way import simulator as phones

ASSETS = Path(__file__).parent / "assets"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".html": "text/html"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: https:; connect-src 'self'; "
    "media-src 'self' https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=3600",
}
MAX_FILE_BYTES = 16 * 1024 * 1024  # WhatsApp's own limit for pictures.
MAX_TEXT = 65_536  # WhatsApp's own limit.
LOOK_AGAIN_SECONDS = 1.0  # Without a ring: staff and other processes change rows too.
HEARTBEAT_SECONDS = 15.0  # Proxies cut connections that are silent for long.
COOKIE_SECONDS = 90 * 24 * 3600
WA_ID = re.compile(r"[0-9A-F]{12,40}")
# What may be attached, by what the file begins with; its name and declared type are only claims.
KINDS = ((b"\xff\xd8\xff", "image/jpeg", "jpeg"), (b"\x89PNG\r\n", "image/png", "png"), (b"%PDF-", "application/pdf", "pdf"))  # fmt: skip


def add_simulator(
    app: web.Application,
    simulator: Simulator,
    database: Database,
    secret: str,
    deliver: Deliver,
    *,
    is_front_door: bool = True,
) -> None:
    """Mounts the page at /simulator, connects the simulator to the webhook and keeps its acks flowing while the app runs.

    is_front_door: `/` leads here, as long as nothing else lives there.
    """
    simulator.connect(deliver)
    page = _Page(simulator, database, secret)
    app.router.add_get("/simulator", page.show)
    app.router.add_get("/simulator/assets/{name}", page.asset)
    app.router.add_get("/simulator/events", page.events)
    app.router.add_post("/simulator/numbers", page.add_number)
    app.router.add_post("/simulator/numbers/{number}/messages", page.write)
    app.router.add_post("/simulator/numbers/{number}/files", page.attach)
    app.router.add_post("/simulator/numbers/{number}/read", page.read)
    app.router.add_get("/simulator/files/{media_id}", page.file)
    if is_front_door:
        app.router.add_get("/", page.front_door)
    app.on_shutdown.append(page.say_goodbye)
    app.cleanup_ctx.append(page.acks)


class _Page:
    """The handlers, with what they need."""

    def __init__(self, simulator: Simulator, database: Database, secret: str) -> None:
        self._simulator = simulator
        self._database = database
        self._secret = secret
        self._assets = {path.name: path.read_bytes() for path in ASSETS.iterdir() if path.suffix in TYPES}

    async def acks(self, _app: web.Application) -> AsyncIterator[None]:
        running = asyncio.create_task(self._simulator.run(), name="simulator acks")
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def say_goodbye(self, _app: web.Application) -> None:
        self._simulator.close()

    async def front_door(self, _request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/simulator")

    async def show(self, request: web.Request) -> web.Response:
        """The page; a browser that comes for the first time gets its first number."""
        answer = web.Response(body=self._assets["page.html"], content_type="text/html", charset="utf-8")
        answer.headers.update(PAGE_HEADERS)
        answer.headers["Cache-Control"] = "no-store"
        numbers = self._own(request)
        if not numbers:
            self._remember(request, answer, (await self._free_number(),))
        return answer

    async def asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        content = self._assets.get(name)
        if content is None or name.endswith(".html"):
            raise web.HTTPNotFound()
        tag = sha256(content).hexdigest()[:16]
        headers = {"Cache-Control": "no-cache", "ETag": f'"{tag}"', "X-Content-Type-Options": "nosniff"}
        if request.headers.get("If-None-Match") == f'"{tag}"':
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=content, content_type=TYPES[Path(name).suffix], charset="utf-8", headers=headers
        )

    async def add_number(self, request: web.Request) -> web.Response:
        """A new customer: a number that nobody has yet."""
        _same_origin(request)
        number = await self._free_number()
        answer = web.json_response({"number": number, "name": name_of(number)}, status=201)
        self._remember(request, answer, (*self._own(request), number)[-MOST:])
        return answer

    async def write(self, request: web.Request) -> web.Response:
        """A customer's text: {id, text}. The same id twice is one message."""
        number = self._number(request)
        body = await _json_body(request)
        text = body.get("text")
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
            raise _problem(web.HTTPUnprocessableEntity, f"text must have 1 to {MAX_TEXT} characters.")
        return await self._receive(number, _wa_id(body.get("id")), text, None)

    async def attach(self, request: web.Request) -> web.Response:
        """A customer's picture or PDF: the bytes are the body; ?id=, ?name= and ?caption= say the rest."""
        number = self._number(request)
        wa_id = _wa_id(request.query.get("id"))
        content = await _limited_body(request)
        kind = next(((mimetype, end) for start, mimetype, end in KINDS if content.startswith(start)), None)
        if kind is None:
            raise _problem(web.HTTPUnsupportedMediaType, "Only JPEG, PNG and PDF can be attached.")
        mimetype, end = kind
        name = Path(request.query.get("name", "")).name[-120:] or f"berkas.{end}"
        media_id = await self._database.write(
            lambda conn: phones.keep_on_the_way(conn, name, mimetype, content, datetime.now(UTC))
        )
        attachment = Attachment(url=f"{FILES_AT}{media_id}.{end}", mimetype=mimetype, name=name)
        return await self._receive(number, wa_id, request.query.get("caption", "")[:1024], attachment)

    async def read(self, request: web.Request) -> web.Response:
        """The customer looks at the chat: WhatsApp reports the company's messages as read."""
        number = self._number(request)
        unread = await self._database.read(lambda conn: phones.unread(conn, number))
        await self._simulator.read(number, unread)
        return web.json_response({"read": len(unread)})

    async def file(self, request: web.Request) -> web.Response:
        """A file that this browser's own number sent."""
        media_id, own = request.match_info["media_id"], self._own(request)
        found = await self._database.read(lambda conn: phones.own_file(conn, media_id, own))
        if found is None:
            raise web.HTTPNotFound()
        _name, mimetype, content = found
        is_shown = mimetype in {mimetype for _, mimetype, _ in KINDS}
        headers = FILE_HEADERS | {"Content-Disposition": "inline" if is_shown else "attachment"}
        return web.Response(
            body=content,
            content_type=mimetype if is_shown else "application/octet-stream",
            headers=headers,
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The open chat as server-sent events: the whole of it whenever something changed."""
        own = self._own(request)
        number = request.query.get("number") or (own[-1] if own else "")
        if number not in own:
            raise web.HTTPNotFound()
        stream = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        await stream.prepare(request)
        # A page that is closed ends the stream in the middle of a write; that is how streams end.
        with self._simulator.watching(list(own)) as bell, contextlib.suppress(ConnectionResetError):
            await self._tell(stream, number, own, bell)
        return stream

    async def _tell(
        self, stream: web.StreamResponse, number: str, own: tuple[str, ...], bell: asyncio.Event
    ) -> None:
        told, silent = "", 0.0
        while self._simulator.is_open:
            bell.clear()
            news = json.dumps(await self._view(number, own), ensure_ascii=False)
            if news != told:
                await stream.write(f"event: chat\ndata: {news}\n\n".encode())
                told, silent = news, 0.0
            elif silent >= HEARTBEAT_SECONDS:
                await stream.write(b": still here\n\n")
                silent = 0.0
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await bell.wait()
            except TimeoutError:
                silent += LOOK_AGAIN_SECONDS

    async def _view(self, number: str, own: tuple[str, ...]) -> Json:
        today = datetime.now(UTC).date()
        screen = await self._database.read(lambda conn: phones.screen(conn, number, own, today))
        view = screen_json(screen, own, lambda wa_id: self._simulator.has_seen(number, wa_id))
        return view | {"number": number, "name": name_of(number), "typing": self._simulator.is_typing(number)}

    async def _receive(
        self, number: str, wa_id: str, text: str, attachment: Attachment | None
    ) -> web.Response:
        body = message_envelope(
            self._simulator.session, number, wa_id, text, name=name_of(number), attachment=attachment
        )
        status = await self._simulator.receive(body)
        self._simulator.ring(f"{number}@c.us")
        return web.json_response({"id": wa_id}, status=200 if status == 200 else 503)

    async def _free_number(self) -> str:
        """A number that nobody has: a browser must never land in somebody else's chat."""
        number = new_number()
        is_free = await self._database.read(lambda conn: phones.is_free(conn, number))
        return number if is_free else await self._free_number()

    def _own(self, request: web.Request) -> tuple[str, ...]:
        return read(request.cookies.get(COOKIE), self._secret)

    def _number(self, request: web.Request) -> str:
        """The number in the path, if this browser may write as it."""
        _same_origin(request)
        number = request.match_info["number"]
        if number not in self._own(request):
            raise web.HTTPNotFound()
        return number

    def _remember(self, request: web.Request, answer: web.Response, numbers: tuple[str, ...]) -> None:
        answer.set_cookie(
            COOKIE,
            sign(numbers, self._secret),
            max_age=COOKIE_SECONDS,
            httponly=True,
            secure=request.secure,
            samesite="Strict",
            path="/simulator",
        )


def _same_origin(request: web.Request) -> None:
    """Refuses what another site's page asked the browser to send."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    if site != "same-origin" if site is not None else origin != request.host:
        raise web.HTTPForbidden(text="Only the simulator's own page may do this.")


async def _json_body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text())
    except ValueError as error:
        raise _problem(web.HTTPBadRequest, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise _problem(web.HTTPBadRequest, "The body is not a JSON object.")
    return body


async def _limited_body(request: web.Request) -> bytes:
    content = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        content += chunk
        if len(content) > MAX_FILE_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=MAX_FILE_BYTES, actual_size=len(content))
    return bytes(content)


def _wa_id(value: object) -> str:
    """The id that the page chose for its message, or a fresh one."""
    if isinstance(value, str) and WA_ID.fullmatch(value):
        return value
    return "3EB0" + secrets.token_hex(9).upper()


def _problem(kind: type[web.HTTPClientError], detail: str) -> web.HTTPException:
    return kind(
        text=json.dumps({"title": "Not accepted", "detail": detail}), content_type="application/problem+json"
    )
