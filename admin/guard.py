"""Who gets through to a handler, and with what? The guard stands before every endpoint and lets nothing pass that its row does not grant.

In this order: who asks (401), may they (403), is the input readable (400, 413) and right (422). Only then the handler runs.
"""

import json
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, NoReturn

from aiohttp import web
from pydantic import ValidationError
from yarl import URL

from admin.desk import Desk
from admin.endpoint import Answer, Call, Door, Endpoint
from admin.login import who_asks
from admin.nul import refuse_nul, refuse_nul_in_address
from admin.problems import Problem, invalid_input
from admin.shapes import Input, ListView, PageQuery, Query, View
from flows.roles import SYSTEM, Actor, roles_with

MOST_TOKENS = 1000  # More than a company has staff at work in one second.
MAX_BODY_BYTES = 1024 * 1024  # Our own bodies are texts of a few pages; only the webhook's are larger.

Guarded = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(desk: Desk, endpoint: Endpoint) -> Guarded:
    """The aiohttp handler of this endpoint."""

    let_in = LatelyLetIn(endpoint.trusts_token_seconds)

    async def handle(request: web.Request) -> web.StreamResponse:
        token = request.headers.get("Authorization", "")
        actor = let_in.actor(token)
        if actor is None:
            let_in.note(token, actor := await _look_up(desk, endpoint, request, let_in))
        refuse_nul_in_address(request)
        call = Call(desk=desk, request=request, actor=actor)
        if endpoint.takes is None:
            outcome = await endpoint.handle(call)
            taken = None
        else:
            taken = await _taken(endpoint.takes, request)
            outcome = await endpoint.handle(call, taken)
        return _response(endpoint, request, taken, outcome)

    return handle


class LatelyLetIn:
    """Who was let in with which token in these seconds, twice as long at most. A look-up costs ten times what a score does."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._actors: dict[str, tuple[float, Actor]] = {}

    def actor(self, token: str) -> Actor | None:
        found, now = self._actors.get(token), time.monotonic()
        if found is None:
            return None
        until, actor = found
        if until > now:
            return actor
        if until + self._seconds > now:
            # This request looks the token up again; those beside it need not all do the same.
            self._actors[token] = (now + self._seconds, actor)
        return None

    def forget(self, token: str) -> None:
        self._actors.pop(token, None)

    def note(self, token: str, actor: Actor) -> None:
        if not token or not self._seconds:
            return
        if len(self._actors) >= MOST_TOKENS:
            self._actors.clear()
        self._actors[token] = (time.monotonic() + self._seconds, actor)


async def _look_up(desk: Desk, endpoint: Endpoint, request: web.Request, let_in: LatelyLetIn) -> Actor:
    """Who asks now. Raises Problem, after which the token is no longer trusted here."""
    try:
        return await _let_in(desk, endpoint, request)
    except Problem:
        let_in.forget(request.headers.get("Authorization", ""))
        raise


async def _let_in(desk: Desk, endpoint: Endpoint, request: web.Request) -> Actor:
    if isinstance(endpoint.access, Door):
        return SYSTEM
    actor = await who_asks(desk, request)
    if not actor.may(endpoint.access):
        needed = ", ".join(roles_with(endpoint.access))
        raise Problem(
            HTTPStatus.FORBIDDEN, f"Your role ({actor.role}) may not do this. It needs one of: {needed}."
        )
    return actor


async def _taken(model: type[Input] | type[Query], request: web.Request) -> Input | Query:
    """The request's input as the model says. Raises Problem naming every field that cannot be used."""
    try:
        if issubclass(model, Query):
            asked = dict(request.query)
            refuse_nul(asked)
            return model.model_validate(asked)
        return model.model_validate_json(await _json_text(request, model))
    except ValidationError as error:
        if any(item["type"] == "json_invalid" for item in error.errors()):
            raise Problem(HTTPStatus.BAD_REQUEST, "The body is no JSON that can be read.") from error
        raise invalid_input(error) from error


async def _json_text(request: web.Request, model: type[Input]) -> bytes:
    """The body, proven to be JSON of a readable size; none at all says the same as an empty object where nothing is required."""
    raw = await _body(request)
    if not raw.strip() and not any(info.is_required() for info in model.model_fields.values()):
        return b"{}"
    if not raw.strip():
        raise Problem(HTTPStatus.BAD_REQUEST, "The body is empty. Send a JSON object.")
    if not _is_suspect(raw, model):
        return raw
    try:
        refuse_nul(json.loads(raw, parse_constant=None if model.takes_nan else _refuse_constant))
    except (ValueError, RecursionError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "The body is no JSON that can be read.") from error
    return raw


def _is_suspect(raw: bytes, model: type[Input]) -> bool:
    """Whether the body could hold what only a second reading finds: JSON has one spelling of NUL in a text, and of each odd constant.

    All else that is wrong in it the model's own reading tells.
    """
    constants = () if model.takes_nan else (b"NaN", b"Infinity")
    return any(word in raw for word in (b"\\u0000", *constants))


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise _too_large()
    if request.content_length is not None and request.content.is_eof():
        whole = request.content.read_nowait()  # It came with the head, as nearly always.
        if len(whole) > MAX_BODY_BYTES:  # A compressed one is longer than it says.
            raise _too_large()
        return whole
    chunks = bytearray()
    async for chunk in request.content.iter_any():
        chunks += chunk
        if len(chunks) > MAX_BODY_BYTES:
            raise _too_large()
    return bytes(chunks)


def _too_large() -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body may have {MAX_BODY_BYTES} bytes at most.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number that JSON knows")


def _response(
    endpoint: Endpoint,
    request: web.Request,
    taken: Input | Query | None,
    outcome: View | Answer | web.StreamResponse | None,
) -> web.StreamResponse:
    match outcome:
        case None:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        case web.StreamResponse():
            return outcome
        case Answer(view=view, status=status):
            return _json(view, status)
        case ListView() if isinstance(taken, PageQuery):
            return _json(outcome.model_copy(update={"next": _next(request, taken, outcome)}), endpoint.status)
        case _:
            return _json(outcome, endpoint.status)


def _json(view: View, status: HTTPStatus) -> web.Response:
    return web.Response(
        body=view.model_dump_json(by_alias=True).encode(), status=status, content_type="application/json"
    )


def _next(
    request: web.Request, page: PageQuery, view: ListView[Any]
) -> str | None:  # Any: items of any view.
    """Where the next page is, as an address to follow; filters stay as they are."""
    beyond = page.offset + page.limit
    if beyond >= view.total:
        return None
    return str(URL.build(path=request.path, query={**request.query, "limit": page.limit, "offset": beyond}))
