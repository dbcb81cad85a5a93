"""How the API says what went wrong: RFC 9457 problem documents, for our own refusals and for everything that aiohttp refuses.

An unexpected error is logged here and answered without a word about its inside.
"""

import json
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import NoReturn

import structlog
from aiohttp import web
from pydantic import ValidationError

from flows.refusal import Kind, Refusal, Refused
from storage.database import DatabaseDown

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "5"
STATUS_OF = {
    Kind.MISSING: HTTPStatus.NOT_FOUND,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
}
# What aiohttp's own refusals mean here.
_DETAILS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this address takes.",
}

log = structlog.get_logger("sapa.api")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field of the input."""

    field: str
    message: str


class Problem(Exception):
    """The request cannot be answered as asked. status and detail tell the caller what to do."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = headers or {}


def problem_response(problem: Problem) -> web.Response:
    body: dict[str, object] = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = [{"field": error.field, "message": error.message} for error in problem.errors]
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def invalid_input(error: ValidationError) -> Problem:
    """The problem that names every field which pydantic refused, without repeating what was in it."""
    errors = [
        FieldError(field=".".join(map(str, item["loc"])) or "body", message=_plain(item["type"], item["msg"]))
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return several(errors)


def several(errors: Sequence[FieldError]) -> Problem:
    """The problem that names each of these fields."""
    named = ", ".join(dict.fromkeys(item.field for item in errors))
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"These fields cannot be used: {named}.", errors)


def refused(refusal: Refusal) -> Problem:
    """The problem that a business rule's no becomes."""
    errors = [FieldError(field=refusal.field, message=refusal.sentence)] if refusal.field else []
    return Problem(STATUS_OF[refusal.kind], refusal.sentence, errors)


def unprocessable(field: str, message: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message, [FieldError(field=field, message=message)])


def forbidden(sentence: str) -> NoReturn:
    raise Problem(HTTPStatus.FORBIDDEN, sentence)


async def as_problem(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's response, or the problem document for whatever it raised."""
    try:
        return await handler(request)
    except Exception as error:
        problem = problem_of(error, request)
        if problem is None:
            raise
        return problem_response(problem)


def problem_of(error: Exception, request: web.Request) -> Problem | None:
    """What a handler's exception says to whoever asked; None for aiohttp's redirects, which are no problem.

    What nobody foresaw is logged here and becomes one 500 without its insides. While a response is on its way already, such as a long
    list, nothing more can be said: it is broken off (ConnectionError), so that nobody takes a part for the whole.
    """
    if request.writer.output_size > 0:
        _log(error, request)
        raise ConnectionError("A response that was on its way is broken off.") from None
    match error:
        case web.HTTPException():
            return None if error.status < HTTPStatus.BAD_REQUEST else _of_aiohttp(error)
        case Problem():
            return error
        case Refused():
            return refused(error.refusal)
        case DatabaseDown():
            log.warning("database_down", route=_route(request))
            detail = "The database does not answer. Nothing was changed; try again in a moment."
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": RETRY_SECONDS})
        case _:
            _log(error, request)
            detail = "Something went wrong on our side. It has been written down; try again later."
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _log(error: Exception, request: web.Request) -> None:
    """The frames say where; the error's own words may repeat what a customer wrote."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    log.error("request_failed", method=request.method, route=_route(request), kind=kind, frames=frames)


def _of_aiohttp(error: web.HTTPException) -> Problem:
    status = HTTPStatus(error.status)
    kept = {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers}
    return Problem(status, _own_words(error, status), headers=kept)


def _own_words(error: web.HTTPException, status: HTTPStatus) -> str:
    """What our own code said when it raised this; aiohttp's stand-in repeats the title only."""
    if error.text and error.text != f"{error.status}: {error.reason}" and status not in _DETAILS:
        return error.text
    return _DETAILS.get(status, status.description or status.phrase)


def _route(request: web.Request) -> str:
    """The route's pattern: the path itself may hold a phone number or a name."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "?"


def _plain(kind: str, message: str) -> str:
    """What a person reads; pydantic's word for a field that nobody knows says nothing about what to do."""
    if kind == "extra_forbidden":
        return "is not known here; see /api/docs for the names"
    return message.removeprefix("Value error, ")
