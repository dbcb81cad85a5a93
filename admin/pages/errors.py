"""How does the panel say no? As a whole page to a browser that navigates, as a message beside the form to one that posts a part."""

import json
from dataclasses import dataclass

from aiohttp import web

from admin.desk import Desk
from admin.pages.frame import Frame
from admin.pages.guard import FRAME, bare_frame
from admin.pages.render import render
from admin.pages.sentences import in_words
from admin.problems import Problem
from admin.session import STALE_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """title and detail are for people; status is shown small."""

    status: int
    title: str
    detail: str


def error_page(desk: Desk, request: web.Request, problem: Problem) -> web.Response:
    """The refusal as this request can show it."""
    frame: Frame = request.get(FRAME) or bare_frame(desk, request)
    detail = in_words(_with_names(problem.detail, frame), frame.words.language)
    if request.headers.get("HX-Request") == "true":
        return _message(problem, detail, frame)
    page = ErrorPage(status=problem.status.value, title=_title(problem, frame), detail=detail)
    return web.Response(
        text=render("errors/page.html", frame, page),
        status=problem.status,
        content_type="text/html",
        headers=problem.headers,
    )


def _message(problem: Problem, detail: str, frame: Frame) -> web.Response:
    """Events that the panel's script shows: a message, and marks on the fields that are wrong."""
    fields = {
        error.field: in_words(_with_names(error.message, frame), frame.words.language)
        for error in problem.errors
    }
    # The fields are marked; what is wrong with them helps more than what we call them.
    text = " ".join(dict.fromkeys(word[:1].upper() + word[1:] for word in fields.values())) or detail
    events = {"toast": {"text": text, "kind": "danger", "undo": None}, "invalid": {"fields": fields}}
    headers = {**problem.headers, "HX-Trigger": json.dumps(events), "HX-Reswap": "none"}
    return web.Response(status=problem.status, headers=headers)


def _with_names(sentence: str, frame: Frame) -> str:
    """A sentence that begins with a colleague's user name begins with what colleagues call them: "Sari Harahap holds …"."""
    first, blank, rest = sentence.partition(" ")
    return f"{frame.names.get(first, first)}{blank}{rest}"


def _title(problem: Problem, frame: Frame) -> str:
    key = "errors.title_stale" if problem.detail == STALE_FORM else f"errors.title_{problem.status.value}"
    return frame.words.say(key if frame.words.knows(key) else "errors.title_other")
