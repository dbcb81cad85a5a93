"""Questions with a fixed answer. The bot uses a change from the next message on."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, ListView, PageQuery, View, list_of
from flows.roles import Permission
from storage.knowledge.faq import Faq, FaqDraft, add_faq, change_faq, delete_faq, faq_page
from storage.pages import Page

MAX_VARIANTS = 50

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Reply = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class FaqBody(Input):
    question: Question
    answer: Reply
    variants: Annotated[list[Question], Field(max_length=MAX_VARIANTS)] = Field(
        default_factory=list, description="Other ways to ask the same."
    )
    answer_en: Reply | None = Field(None, description="What customers who write English hear instead.")


class MatchBody(Input):
    message: Question


class MatchView(View):
    """score is about 0 to 1; is_answer: sure enough to be answered with."""

    id: int
    question: str
    answer: str
    score: float
    is_answer: bool


class MatchList(View):
    items: list[MatchView]


class FaqView(View):
    id: int
    question: str
    answer: str
    variants: list[str]
    answer_en: str | None = Field(None, exclude_if=lambda words: words is None)
    updated_at: datetime


class FaqList(ListView[FaqView]):
    pass


async def browse(call: Call, taken: PageQuery) -> FaqList:
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: faq_page(conn, page))
    return FaqList(**list_of(part, lambda faq: _view(call, faq)))


async def add(call: Call, taken: FaqBody) -> FaqView:
    draft, now = _draft(taken), call.desk.now()
    return _view(call, await call.desk.database.write(lambda conn: add_faq(conn, draft, call.actor, now)))


async def change(call: Call, taken: FaqBody) -> FaqView:
    faq_id, draft, now = call.number("id"), _draft(taken), call.desk.now()
    faq = await call.desk.database.write(lambda conn: change_faq(conn, faq_id, draft, call.actor, now))
    return _view(call, faq)


async def delete(call: Call) -> None:
    faq_id, now = call.number("id"), call.desk.now()
    await call.desk.database.write(lambda conn: delete_faq(conn, faq_id, call.actor, now))


async def match(call: Call, taken: MatchBody) -> MatchList:
    found = await call.desk.rehearsal.faq_matches(taken.message)
    return MatchList(
        items=[
            MatchView(
                id=one.faq_id,
                question=one.question,
                answer=one.answer,
                score=one.score,
                is_answer=one.is_answer,
            )
            for one in found
        ]
    )


def _draft(body: FaqBody) -> FaqDraft:
    return FaqDraft(
        question=body.question,
        answer=body.answer,
        variants=tuple(dict.fromkeys(body.variants)),
        answer_en=body.answer_en,
    )


def _view(call: Call, faq: Faq) -> FaqView:
    return FaqView(
        id=faq.id,
        question=faq.question,
        answer=faq.answer,
        variants=list(faq.variants),
        answer_en=faq.answer_en,
        updated_at=call.desk.local(faq.updated_at),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/faq",
        access=Permission.EDIT_FAQ,
        summary="All questions with a fixed answer",
        handle=browse,
        takes=PageQuery,
        gives=FaqList,
    ),
    Endpoint(
        method="POST",
        path="/api/faq",
        access=Permission.EDIT_FAQ,
        summary="Add a question with its answer",
        handle=add,
        takes=FaqBody,
        gives=FaqView,
        status=HTTPStatus.CREATED,
    ),
    Endpoint(
        method="POST",
        path="/api/faq/match",
        access=Permission.EDIT_FAQ,
        summary="Which entries fit a customer's message, and how well",
        handle=match,
        takes=MatchBody,
        gives=MatchList,
    ),
    Endpoint(
        method="PUT",
        path="/api/faq/{id:int}",
        access=Permission.EDIT_FAQ,
        summary="Replace a question and its answer",
        handle=change,
        takes=FaqBody,
        gives=FaqView,
    ),
    Endpoint(
        method="DELETE",
        path="/api/faq/{id:int}",
        access=Permission.EDIT_FAQ,
        summary="Remove a question",
        handle=delete,
    ),
)
