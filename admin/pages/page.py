"""What is one page? A row that names its address, who may, what a form brings, and the function that shows it.

The row is all there is: route, guard and the role × route test are derived from it, as with the API's endpoints.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from admin.desk import Desk
from admin.endpoint import Door, Method, plain_path, route_of
from admin.pages.frame import Frame
from admin.pages.render import render
from admin.shapes import Query
from flows.roles import Actor, Permission
from storage.staff.staff_sessions import Session

FLASH_COOKIE, FLASH_SECONDS = "sapa-flash", 60


class Form(BaseModel):
    """What a form sends. Texts are read leniently into numbers, dates and choices; fields we do not know are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a form brought, read whole; its name and type are only claims."""

    name: str
    mimetype: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Where the undo button of a message posts to, and with which fields."""

    path: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of somebody who is logged in, after the guard let it in."""

    desk: Desk
    request: web.Request
    actor: Actor
    session: Session
    frame: Frame

    def path(self, name: str) -> str:
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        return int(self.request.match_info[name])

    @property
    def wants_fragment(self) -> bool:
        """htmx asks for a part of the page; a browser that navigates, goes back in history or takes its main part from it gets it whole."""
        headers = self.request.headers
        is_whole = "true" in (headers.get("HX-History-Restore-Request"), headers.get("X-Whole-Page"))
        return headers.get("HX-Request") == "true" and not is_whole

    def t(self, key: str, **values: object) -> str:
        """The panel's words of that key in the visitor's language."""
        return self.frame.words.say(key, **values)

    def show(
        self,
        template: str,
        page: object,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        toast: str | None = None,
        undo: Undo | None = None,
        events: dict[str, object] | None = None,
    ) -> web.Response:
        """The template filled with `page`, the page's one context value. toast: a short message; events: named events for scripts."""
        text = render(template, self.frame, page)
        response = web.Response(text=text, status=status, content_type="text/html")
        _announce(response, toast, undo, events)
        return response

    def go(self, path: str, *, toast: str | None = None, undo: Undo | None = None) -> web.Response:
        """On to another page, after something was done; the message is shown there."""
        # A whole page is loaded, since each brings its own styles and scripts; the message waits in a short-lived cookie.
        if self.wants_fragment:
            response = web.Response(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": path})
        else:
            response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})
        if toast:
            note = quote(json.dumps(_message(toast, undo)))
            response.set_cookie(FLASH_COOKIE, note, max_age=FLASH_SECONDS, path="/panel", samesite="Lax")
        return response

    def done(
        self,
        toast: str | None = None,
        *,
        undo: Undo | None = None,
        events: dict[str, object] | None = None,
        is_warning: bool = False,
    ) -> web.Response:
        """Nothing to show but a message (and events that make parts of the page load themselves anew).

        is_warning: it was done, but not all that was meant.
        """
        response = web.Response(status=HTTPStatus.NO_CONTENT)
        _announce(response, toast, undo, events, is_warning=is_warning)
        return response


# Any: the second argument is the form or query that the page takes; each handler names its own.
Handle = Callable[..., Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One row. takes is a Form for POST and a Query for GET; handle gets it parsed as its second argument.

    part_of: what this address gives is a piece of that page, without its styles and scripts; who opens it by itself is led there.
    """

    method: Method
    path: str
    access: Permission | Door
    handle: Handle
    takes: type[Form] | type[Query] | None = None
    part_of: str | None = None

    def whole_page(self, request: web.Request) -> str | None:
        """The page that a part belongs to, with the same things and questions in its address; None for a page that is whole."""
        if self.part_of is None:
            return None
        named = {name: quote(value, safe="") for name, value in request.match_info.items()}
        query = f"?{request.query_string}" if request.query_string else ""
        return self.part_of.format_map(named) + query

    @property
    def route(self) -> str:
        """The path as aiohttp's router wants it."""
        return route_of(self.path)

    @property
    def key(self) -> tuple[str, str]:
        return (self.method, plain_path(self.path))


def _announce(
    response: web.Response,
    toast: str | None,
    undo: Undo | None,
    events: dict[str, object] | None,
    *,
    is_warning: bool = False,
) -> None:
    """Names the events that htmx raises in the page. Header values are ASCII, so JSON escapes the rest."""
    raised: dict[str, Any] = dict(events or {})  # Any: JSON.
    if toast:
        raised["toast"] = _message(toast, undo) | ({"kind": "warning"} if is_warning else {})
    if raised:
        response.headers["HX-Trigger"] = json.dumps(raised)


def _message(text: str, undo: Undo | None) -> dict[str, object]:
    return {"text": text, "undo": {"path": undo.path, "fields": undo.fields} if undo else None}
