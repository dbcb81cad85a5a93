"""Somebody at the panel, without a real browser: keeps the cookie, sends the token, follows nothing by itself."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, FormData

from admin.session import CSRF_FIELD
from tests.admin.house import PASSWORD, House
from tests.admin.parts import asking

HEARS_SECONDS = 10  # What has not come by then does not come.
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
class Stream:
    """The news as a browser hears it. last_id is the sequence number that it would name when it comes back."""

    response: ClientResponse
    last_id: str = ""

    async def hears(self, event: str) -> Any:  # Any: JSON.
        """The next news of that kind; what comes before it is heard and left."""
        async with asyncio.timeout(HEARS_SECONDS):
            while True:
                name, data = await self._next()
                if name == event:
                    return data

    async def _next(self) -> tuple[str, Any]:  # Any: JSON.
        name, data = "", None
        while line := (await self.response.content.readline()).decode().rstrip("\n"):
            field_name, _, value = line.partition(": ")
            match field_name:
                case "id":
                    self.last_id = value
                case "event":
                    name = value
                case "data":
                    data = json.loads(value)
        return name, data


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

    async def posts(
        self, path: str, form: Mapping[str, str] | None = None, *, part: bool = True, **fields: str
    ) -> Seen:
        """A form; with `part` as htmx sends it."""
        headers = {"HX-Request": "true"} if part else {}
        sent = {CSRF_FIELD: self.csrf, **(form or {}), **fields}
        return await self._asks("POST", path, data=sent, headers=headers)

    async def sends(self, path: str, form: FormData) -> Seen:
        """A form with a file."""
        return await self._asks("POST", path, data=form, headers={"HX-Request": "true"})

    async def reads(self, path: str) -> Any:  # Any: JSON.
        return json.loads((await self.opens(path)).text)

    @asynccontextmanager
    async def listens(self, after: str = "") -> AsyncIterator["Stream"]:
        """The stream of news; after is the last sequence number that this browser had."""
        headers = {"Cookie": self._cookie()} | ({"Last-Event-ID": after} if after else {})
        async with self.house.client.get("/panel/events", headers=headers) as response:
            assert response.status == 200
            yield Stream(response)

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def _asks(self, method: str, path: str, **kwargs: Any) -> Seen:  # Any: aiohttp's own arguments.
        by_htmx = asking(path) if method == "GET" else {}
        headers = {"Cookie": self._cookie()} | by_htmx | kwargs.pop("headers", {})
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
