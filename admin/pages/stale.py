"""Somebody else saved meanwhile: what does the form do? It says so, keeps every word, and may then be saved knowingly."""

from http import HTTPStatus

from aiohttp import web

from admin.pages.page import Visit
from admin.pages.sentences import in_words
from flows.refusal import SAVED_MEANWHILE, Changed


def refuse_stale(visit: Visit, changed: Changed) -> web.Response:
    """The refusal as an event that the page's script puts into the form's `seen`."""
    sentence = in_words(SAVED_MEANWHILE, visit.frame.language)
    response = visit.done(sentence, events={"stale": {"seen": changed.changed_at.isoformat()}})
    response.set_status(HTTPStatus.CONFLICT)
    return response
