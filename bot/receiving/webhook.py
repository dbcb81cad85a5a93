"""The webhook's HTTP side: signature, size, shape, and an answer only once the message is durable.

200 also for what we do not use (it is kept and counted), 400 for what nobody recognises, 401 for a wrong signature, 413 beyond 16 MiB,
503 with Retry-After while the database is away: WAHA repeats everything that is not 2xx.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.json_fields import UnreadableBody
from bot.receiving.reception import Reception
from bot.receiving.signature import ALGORITHM_HEADER, SIGNATURE_HEADER, is_signed
from bot.receiving.webhook_body import parse
from storage.database import DatabaseDown

MAX_BODY_BYTES = (
    16 * 1024 * 1024
)  # WAHA sends thumbnails inside `_data`; aiohttp's own 1 MiB would make it retry for ever.
RETRY_AFTER_SECONDS = 5
TAKEN = b'{"status": "ok"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """hmac_key None: unsigned bodies are let in. timezone reads the flat form's times without offset."""

    reception: Reception
    session: str
    zone: ZoneInfo
    hmac_key: str | None
    now: Callable[[], datetime]

    async def handle(self, request: web.Request) -> web.Response:
        """POST /api/whatsapp/webhook."""
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return problem(413, "Body too large", f"A webhook body may have {MAX_BODY_BYTES} bytes at most.")
        headers = request.headers
        return await self.take(raw, headers.get(SIGNATURE_HEADER), headers.get(ALGORITHM_HEADER))

    async def take(self, raw: bytes, signature: str | None, algorithm: str | None) -> web.Response:
        """The same for a body that did not come over HTTP."""
        if not is_signed(raw, signature=signature, algorithm=algorithm, key=self.hmac_key):
            return problem(
                401,
                "Wrong signature",
                "Sign the raw body with HMAC-SHA512 and the key of SAPA_WAHA_HMAC_KEY.",
            )
        try:
            arrival = parse(raw, self.session, self.zone, self.now())
        except UnreadableBody as error:
            return problem(400, "Unreadable webhook", str(error))
        try:
            await self.reception.take(arrival)
        except DatabaseDown as error:
            response = problem(503, "Database away", str(error))
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        return web.Response(body=TAKEN, content_type="application/json")


def problem(status: int, title: str, detail: str) -> web.Response:
    """RFC 9457, in one line."""
    return web.json_response(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status=status,
        content_type="application/problem+json",
    )
