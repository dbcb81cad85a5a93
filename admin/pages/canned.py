"""Canned answers and labels: what staff prepare once and use every day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from admin.api.conversations import LONGEST_MESSAGE
from admin.pages.page import Form, Page, Upload, Visit
from admin.pages.stale import refuse_stale
from flows.attachments import file_name, kind_of, refuse_file
from flows.canned import SHORTCUT, blanks_of
from flows.labels import COLOURS
from flows.refusal import Changed, Refused
from flows.roles import Permission
from storage.database import Connection
from storage.desk.canned_answers import (
    CannedDraft,
    CannedFacts,
    all_canned,
    find_canned,
    put_canned,
    remove_canned,
)
from storage.desk.labels import LabelFacts, add_label, all_labels, remove_label
from storage.talks.media import NewMedia, keep_media

MOST_FILES = 5


class CannedForm(Form):
    shortcut: str = Field(pattern=f"^/?{SHORTCUT}$")
    title: str = Field(min_length=1, max_length=100)
    body: str = Field(min_length=1, max_length=LONGEST_MESSAGE)
    keep: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=MOST_FILES)
    file: Upload | None = None
    seen: datetime | None = None


class LabelForm(Form):
    name: str = Field(min_length=1, max_length=40)
    colour: str = Field(max_length=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedPage:
    """one is the answer being edited, None for a new one; is_form says that the form is asked for."""

    answers: tuple[CannedFacts, ...]
    labels: tuple[LabelFacts, ...]
    colours: tuple[str, ...]
    one: CannedFacts | None
    is_form: bool


async def show(visit: Visit) -> web.Response:
    return visit.show("canned/page.html", await _page(visit, None, is_form=False))


async def show_new(visit: Visit) -> web.Response:
    return visit.show("canned/page.html", await _page(visit, None, is_form=True))


async def show_one(visit: Visit) -> web.Response:
    canned_id = visit.number("canned")
    one = await visit.desk.database.read(lambda conn: find_canned(conn, canned_id))
    return visit.show("canned/page.html", await _page(visit, one, is_form=True))


async def as_json(visit: Visit) -> web.Response:
    """For the composer: what `/` offers."""
    answers = await visit.desk.database.read(all_canned)
    return web.json_response(
        [
            {
                "shortcut": answer.shortcut,
                "title": answer.title,
                "body": answer.body,
                "blanks": list(blanks_of(answer.body)),
                "files": [{"id": file.id, "name": file.name} for file in answer.files],
            }
            for answer in answers
        ]
    )


async def add(visit: Visit, taken: CannedForm) -> web.Response:
    return await _save(visit, None, taken)


async def change(visit: Visit, taken: CannedForm) -> web.Response:
    return await _save(visit, visit.number("canned"), taken)


async def remove(visit: Visit) -> web.Response:
    canned_id, actor, now = visit.number("canned"), visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: remove_canned(conn, canned_id, actor, now))
    return visit.go("/panel/canned", toast=visit.t("canned.removed"))


async def label(visit: Visit, taken: LabelForm) -> web.Response:
    actor, now = visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: add_label(conn, taken.name, taken.colour, actor, now))
    return visit.go("/panel/canned", toast=visit.t("canned.label_added"))


async def unlabel(visit: Visit) -> web.Response:
    label_id, actor, now = visit.number("label"), visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: remove_label(conn, label_id, actor, now))
    return visit.go("/panel/canned", toast=visit.t("canned.label_removed"))


async def _save(visit: Visit, canned_id: int | None, taken: CannedForm) -> web.Response:
    actor, now = visit.actor, visit.desk.now()
    if taken.file is not None and (refusal := refuse_file(taken.file.content)):
        raise Refused(refusal)

    def job(conn: Connection) -> None:
        before = find_canned(conn, canned_id).media_ids if canned_id is not None else ()
        kept = tuple(media_id for media_id in before if media_id in taken.keep)
        if taken.file is not None:
            kept = (*kept, keep_media(conn, _public(taken.file), now))
        draft = CannedDraft(
            shortcut=taken.shortcut.removeprefix("/"), title=taken.title, body=taken.body, media_ids=kept
        )
        put_canned(conn, canned_id, draft, actor, now, taken.seen)

    try:
        await visit.desk.database.write(job)
    except Changed as changed:
        return refuse_stale(visit, changed.changed_at.isoformat())
    return visit.go("/panel/canned", toast=visit.t("canned.saved"))


def _public(file: Upload) -> NewMedia:
    kind = kind_of(file.content)
    assert kind is not None, "refused before"
    name = file_name(file.name, kind)
    return NewMedia(owner="package", name=name, mimetype=kind.mimetype, content=file.content)


async def _page(visit: Visit, one: CannedFacts | None, *, is_form: bool) -> CannedPage:
    answers = await visit.desk.database.read(all_canned)
    labels = await visit.desk.database.read(all_labels)
    return CannedPage(answers=answers, labels=labels, colours=COLOURS, one=one, is_form=is_form)


_HOLD = Permission.HOLD_CONVERSATIONS
PAGES = (
    Page(method="GET", path="/panel/canned", access=_HOLD, handle=show),
    Page(method="GET", path="/panel/canned/new", access=_HOLD, handle=show_new),
    Page(method="GET", path="/panel/canned/list", access=_HOLD, handle=as_json),
    Page(method="GET", path="/panel/canned/{canned:int}", access=_HOLD, handle=show_one),
    Page(method="POST", path="/panel/canned", access=_HOLD, handle=add, takes=CannedForm),
    Page(method="POST", path="/panel/canned/{canned:int}", access=_HOLD, handle=change, takes=CannedForm),
    Page(method="POST", path="/panel/canned/{canned:int}/remove", access=_HOLD, handle=remove),
    Page(method="POST", path="/panel/labels", access=_HOLD, handle=label, takes=LabelForm),
    Page(method="POST", path="/panel/labels/{label:int}/remove", access=_HOLD, handle=unlabel),
)
