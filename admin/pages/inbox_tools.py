"""The composer's and the card's tools: files, messages for later, snoozing, labels, and sending again what failed."""

from aiohttp import web
from pydantic import Field

from admin.api.conversations import LONGEST_MESSAGE
from admin.pages.inbox_deeds import changed
from admin.pages.page import Form, Page, Upload, Visit
from admin.shapes import Id, Moment
from flows.labels import COLOURS
from flows.refusal import Refused, invalid
from flows.roles import Permission
from flows.snooze import Snooze, snooze_end
from storage.database import Connection
from storage.desk.labels import add_label, labels_of, set_labels
from storage.desk.later_messages import cancel, prepare
from storage.desk.send_again import send_again
from storage.desk.snoozes import snooze, wake
from storage.desk.staff_files import NewFile, send_file

MOST_LABELS = 20


class FileForm(Form):
    """key: this message's own; twice the same is sent once."""

    file: Upload
    caption: str | None = Field(None, max_length=1_024)
    key: str | None = Field(None, max_length=64)


class LaterForm(Form):
    body: str = Field(min_length=1, max_length=LONGEST_MESSAGE)
    due_at: Moment


class SnoozeForm(Form):
    until: Snooze
    at: Moment | None = None


class LabelsForm(Form):
    labels: list[Id] = Field(default_factory=list, max_length=MOST_LABELS)


class NewLabelForm(Form):
    name: str = Field(min_length=1, max_length=40)
    colour: str = Field(COLOURS[0], max_length=12)


async def attach(visit: Visit, taken: FileForm) -> web.Response:
    conversation_id, actor, now = visit.path("id"), visit.actor, visit.desk.now()
    file = NewFile(name=taken.file.name, content=taken.file.content, key=taken.key)
    await visit.desk.database.write(
        lambda conn: send_file(conn, actor, conversation_id, file, taken.caption, now)
    )
    visit.desk.engine.wake_sender(conversation_id)
    return changed(visit)


async def say_later(visit: Visit, taken: LaterForm) -> web.Response:
    conversation_id, actor, now = visit.path("id"), visit.actor, visit.desk.now()
    due_at = visit.desk.aware(taken.due_at)
    await visit.desk.database.write(
        lambda conn: prepare(conn, actor, conversation_id, taken.body, due_at, now)
    )
    return changed(visit, visit.t("inbox.later_kept"))


async def cancel_later(visit: Visit) -> web.Response:
    conversation_id, later_id = visit.path("id"), visit.number("later")
    actor, now = visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: cancel(conn, actor, conversation_id, later_id, now))
    return changed(visit, visit.t("inbox.later_cancelled"))


async def put_off(visit: Visit, taken: SnoozeForm) -> web.Response:
    conversation_id, actor, now = visit.path("id"), visit.actor, visit.desk.now()
    if taken.until is Snooze.CUSTOM and taken.at is None:
        raise Refused(invalid("at", "Choose a day and a time."))
    custom = visit.desk.aware(taken.at) if taken.at else None
    until = snooze_end(taken.until, visit.desk.local(now), custom)
    await visit.desk.database.write(lambda conn: snooze(conn, actor, conversation_id, until, now))
    return changed(visit, visit.t("inbox.snoozed"))


async def take_up(visit: Visit) -> web.Response:
    conversation_id, actor, now = visit.path("id"), visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: wake(conn, actor, conversation_id, now))
    return changed(visit, visit.t("inbox.woken"))


async def hang(visit: Visit, taken: LabelsForm) -> web.Response:
    conversation_id, actor, now = visit.path("id"), visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: set_labels(conn, actor, conversation_id, taken.labels, now))
    return changed(visit)


async def hang_new(visit: Visit, taken: NewLabelForm) -> web.Response:
    conversation_id, actor, now = visit.path("id"), visit.actor, visit.desk.now()

    def job(conn: Connection) -> None:
        label = add_label(conn, taken.name, taken.colour, actor, now)
        there = [one.id for one in labels_of(conn, [conversation_id]).get(conversation_id, ())]
        set_labels(conn, actor, conversation_id, [*there, label.id], now)

    await visit.desk.database.write(job)
    return changed(visit)


async def retry(visit: Visit) -> web.Response:
    outbox_id, actor, now = visit.number("outbox"), visit.actor, visit.desk.now()
    conversation_id = await visit.desk.database.write(lambda conn: send_again(conn, actor, outbox_id, now))
    visit.desk.engine.wake_sender(conversation_id)
    return changed(visit, visit.t("inbox.sent_again"))


_HOLD = Permission.HOLD_CONVERSATIONS
_ONE = "/panel/inbox/{id:id}"
PAGES = (
    Page(method="POST", path=f"{_ONE}/files", access=_HOLD, handle=attach, takes=FileForm),
    Page(method="POST", path=f"{_ONE}/later", access=_HOLD, handle=say_later, takes=LaterForm),
    Page(method="POST", path=f"{_ONE}/later/{{later:int}}/cancel", access=_HOLD, handle=cancel_later),
    Page(method="POST", path=f"{_ONE}/snooze", access=_HOLD, handle=put_off, takes=SnoozeForm),
    Page(method="POST", path=f"{_ONE}/wake", access=_HOLD, handle=take_up),
    Page(method="POST", path=f"{_ONE}/labels", access=_HOLD, handle=hang, takes=LabelsForm),
    Page(method="POST", path=f"{_ONE}/labels/new", access=_HOLD, handle=hang_new, takes=NewLabelForm),
    Page(method="POST", path=f"{_ONE}/again/{{outbox:int}}", access=_HOLD, handle=retry),
)
