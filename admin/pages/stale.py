"""Somebody else saved meanwhile: what does the form do? It says so, keeps every word, and may then be saved knowingly."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from admin.pages.page import Visit
from admin.pages.sentences import in_words
from flows.refusal import SAVED_MEANWHILE


def refuse_stale(visit: Visit, seen: str, marks: Mapping[str, str] | None = None) -> web.Response:
    """The refusal as an event that the page's script puts into the form's `seen`. marks: what to say beside which field."""
    sentence = in_words(SAVED_MEANWHILE, visit.frame.language)
    events: dict[str, object] = {"stale": {"seen": seen}}
    if marks:
        events["invalid"] = {"fields": dict(marks)}
    response = visit.done(sentence, events=events)
    response.set_status(HTTPStatus.CONFLICT)
    return response
