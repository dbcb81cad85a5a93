"""How we reach WAHA: one keep-alive HTTP client, and three ways in which a request can go wrong.

What matters to the callers is whether WAHA may have acted on the request, so that is what the two errors say. Bodies are never logged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import aiohttp
from pydantic_core import to_json
from yarl import URL

from bot.waha.waha_answers import json_or_none

# WAHA runs on Node, which closes an idle connection after 5 s; letting go first spares us sends that break on a closing line.
KEEP_ALIVE_SECONDS = 4.0
CONNECT_SECONDS = 10.0
# A session that is not ready is answered only after 5 to 10 s, so a shorter limit would turn a clear answer into a doubt.
TEXT_SECONDS = 30.0
MEDIA_SECONDS = 90.0  # WAHA fetches or converts the file before it answers.
SOFT_SECONDS = 5.0  # For what a send can do without: seen, typing, ids, look-ups.
KEPT_ADDRESSES = 64  # Every message goes to one of the same few.


class Unreached(Exception):
    """WAHA was not reached; it did nothing. Try again later."""


class Unanswered(Exception):
    """The request may have arrived, but no whole answer came back. Find out before asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """WAHA's answer as it came: any status, any body."""

    status: int
    raw: bytes
    headers: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:  # Any: whatever WAHA answered.
        return json_or_none(self.raw)


class WahaHttp:
    """WAHA's address and key, and the connections to it. Needs a running event loop from the first call on; close it."""

    def __init__(self, url: str, api_key: str = "", *, connections: int = 128) -> None:
        self.url = URL(url)
        self.address = lru_cache(KEPT_ADDRESSES)(self._address)
        self._headers = {"Accept": "application/json"} | ({"X-Api-Key": api_key} if api_key else {})
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,  # Any: JSON, checked by who builds it.
        params: Mapping[str, str] | None = None,
        seconds: float = TEXT_SECONDS,
    ) -> Answer:
        """The answer to one request. Raises Unreached when nothing arrived there, Unanswered when that is not certain."""
        try:
            async with self.session.request(
                method,
                self.address(path),
                json=json,
                params=params,
                timeout=_limits(seconds),
                allow_redirects=False,
            ) as response:
                return Answer(status=response.status, raw=await response.read(), headers=response.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise Unreached(
                f"WAHA is not reached ({type(error).__name__}). Check SAPA_WAHA_URL and that WAHA runs."
            ) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(f"WAHA gave no whole answer ({type(error).__name__}).") from error

    def _address(self, path: str) -> URL:
        """path (already quoted) under WAHA's own address, which may have a path of its own behind a proxy."""
        return self.url.joinpath(path.lstrip("/"), encoded=True)

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                json_serialize_bytes=to_json,
            )
        return self._session

    async def close(self) -> None:
        """Lets all connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None


@cache  # For the few limits there are.
def _limits(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=min(CONNECT_SECONDS, seconds))
