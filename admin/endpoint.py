"""What is one endpoint? A row that names its address, who may, what goes in and what comes out. Everything else is derived from it:
the route, the guard, the OpenAPI document and the tests that walk the router.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Literal

from aiohttp import web

from admin.desk import Desk
from admin.shapes import Input, Query, View
from flows.roles import Actor, Permission

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Door(StrEnum):
    """How an endpoint without a permission is guarded instead; the handler itself sees to it."""

    OPEN = "open"
    SIGNED = "signed"  # HMAC over the raw body
    METRICS = "metrics"  # token or this machine


# What a path's parameter may look like, so that nothing else ever reaches a query: `{id:int}`.
PATTERNS = {
    "int": "[0-9]{1,15}",
    "id": "[A-Za-z0-9_-]{1,64}",
    "word": "[^/]{1,100}",
}
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, after the guard let it in. actor is the member of staff behind it, the system at an open door."""

    desk: Desk
    request: web.Request
    actor: Actor

    def path(self, name: str) -> str:
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        return int(self.request.match_info[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A view with another status than the endpoint's usual one."""

    view: View
    status: HTTPStatus


# Any: the second argument is the model that the endpoint takes, parsed; each handler names its own.
Handle = Callable[..., Awaitable[View | Answer | web.StreamResponse | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row of the table. takes is the body's model, or the query's for GET and DELETE; handle gets it parsed as second argument.

    gives None means no content (204), or a response that is not JSON and made by handle itself; media_type names its types.
    trusts_token_seconds: for so long a token that was good is not looked up again; only where nobody's data are shown, since a leave or
    a new role takes that long there.
    """

    method: Method
    path: str
    access: Permission | Door
    summary: str
    handle: Handle
    takes: type[Input] | type[Query] | None = None
    gives: type[View] | None = None
    status: HTTPStatus = HTTPStatus.OK
    also: tuple[HTTPStatus, ...] = ()
    fails: tuple[HTTPStatus, ...] = ()
    media_type: str | None = None
    trusts_token_seconds: float = 0.0

    @property
    def methods(self) -> tuple[str, ...]:
        """HEAD beside GET where anybody may read: monitors, proxies and WAHA look before they fetch."""
        return ("GET", "HEAD") if self.method == "GET" and self.access is Door.OPEN else (self.method,)

    @property
    def route(self) -> str:
        """The path as aiohttp's router wants it."""
        return route_of(self.path)

    @property
    def plain_path(self) -> str:
        """The path as people and OpenAPI write it."""
        return plain_path(self.path)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Name and kind of each parameter in the path."""
        return parameters_of(self.path)

    @property
    def key(self) -> tuple[str, str]:
        return (self.method, self.plain_path)


def route_of(path: str) -> str:
    """`/api/faq/{id:int}` as aiohttp's router wants it."""
    return _PARAMETER.sub(lambda found: f"{{{found[1]}:{PATTERNS[found[2]]}}}", path)


def plain_path(path: str) -> str:
    """`/api/faq/{id:int}` → `/api/faq/{id}`."""
    return _PARAMETER.sub(r"{\1}", path)


def parameters_of(path: str) -> list[tuple[str, str]]:
    """Name and kind of each parameter in a path of ours."""
    return _PARAMETER.findall(path)
