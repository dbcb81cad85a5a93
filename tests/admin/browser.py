"""Somebody at the panel, without a real browser: keeps the cookie, sends the token, follows nothing by itself."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse

from admin.session import CSRF_FIELD
from tests.admin.house import PASSWORD, House

_TOKEN = re.compile(r"X-CSRF-Token(?:&#34;|\"): (?:&#34;|\")([0-9a-f]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came back, read."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def events(self) -> dict[str, Any]:  # Any: JSON.
        """What the response announces to the page's scripts."""
        events: dict[str, Any] = json.loads(self.headers.get("HX-Trigger", "{}"))  # Any: JSON.
        return events

    @property
    def toast(self) -> str | None:
        text: str | None = self.events.get("toast", {}).get("text")
        return text


@dataclass(slots=True)
class Visitor:
    house: House
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    async def logs_in(self, username: str) -> "Visitor":
        await self._asks("POST", "/login", data={"username": username, "password": PASSWORD})
        await self.opens("/panel/account")
        return self

    async def opens(self, path: str, *, part: bool = False) -> Seen:
        """A page, or with `part` what htmx asks for."""
        return await self._asks("GET", path, headers={"HX-Request": "true"} if part else {})

    async def posts(self, path: str, *, part: bool = True, **fields: Any) -> Seen:  # Any: fields of a form.
        headers = {"HX-Request": "true"} if part else {}
        return await self._asks("POST", path, data={CSRF_FIELD: self.csrf, **fields}, headers=headers)

    async def _asks(self, method: str, path: str, **kwargs: Any) -> Seen:  # Any: aiohttp's own arguments.
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= kwargs.pop("headers", {})
        client = self.house.client
        response: ClientResponse = await client.request(
            method, path, headers=headers, allow_redirects=False, **kwargs
        )
        self.cookies |= {name: morsel.value for name, morsel in response.cookies.items()}
        client.session.cookie_jar.clear()
        text = await response.text()
        if found := _TOKEN.search(text):
            self.csrf = found[1]
        return Seen(status=response.status, text=text, headers=dict(response.headers))
