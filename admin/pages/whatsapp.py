"""The connection to WhatsApp: is it there, the code to scan, what could not be sent or answered, and trying once more."""

from dataclasses import dataclass, replace
from datetime import datetime, time

import segno
from aiohttp import web

from admin.pages.frame import Frame
from admin.pages.inbox_cards import spaced_phone, title_of
from admin.pages.page import Page, Visit
from admin.ports import LineState
from flows.masking import mask_phone, text_for
from flows.refusal import Refused, conflict
from flows.roles import Permission
from storage.database import Connection
from storage.desk.line_faults import (
    Fault,
    Traffic,
    failed_sends,
    parked_messages,
    take_turn_again,
    traffic_since,
)
from storage.desk.send_again import send_again
from storage.trail.audit import Event, note

SNIPPET = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """qr is a picture as a data address; tone is good, wait or bad."""

    state: LineState
    phone: str | None
    qr: str | None
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultView:
    fault: Fault
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppPage:
    line: LineView
    failed: tuple[FaultView, ...]
    parked: tuple[FaultView, ...]
    today: Traffic


TONES = {"WORKING": "good", "STARTING": "wait", "SCAN_QR_CODE": "wait"}


async def show(visit: Visit) -> web.Response:
    actor = visit.actor
    midnight = datetime.combine(visit.desk.local(visit.desk.now()).date(), time.min, tzinfo=visit.desk.zone)

    def job(conn: Connection) -> tuple[tuple[Fault, ...], tuple[Fault, ...], Traffic]:
        return failed_sends(conn, actor), parked_messages(conn, actor), traffic_since(conn, midnight)

    failed, parked, today = await visit.desk.database.read(job)
    page = WhatsAppPage(
        line=await _line(visit),
        failed=tuple(_fault(visit.frame, fault) for fault in failed),
        parked=tuple(_fault(visit.frame, fault) for fault in parked),
        today=today,
    )
    return visit.show("whatsapp/page.html", page)


async def show_line(visit: Visit) -> web.Response:
    """The connection alone, asked for again and again while there is something to scan."""
    return visit.show("whatsapp/line.html", await _line(visit))


async def restart(visit: Visit) -> web.Response:
    problem = await visit.desk.line.restart()
    if problem:
        raise Refused(conflict(problem))
    actor, now = visit.actor, visit.desk.now()
    await visit.desk.database.write(lambda conn: note(conn, Event.RESTART_SESSION, actor, now))
    return visit.go("/panel/whatsapp", toast=visit.t("whatsapp.restarted"))


async def send(visit: Visit) -> web.Response:
    outbox_id, actor, now = visit.number("outbox"), visit.actor, visit.desk.now()
    conversation_id = await visit.desk.database.write(lambda conn: send_again(conn, actor, outbox_id, now))
    visit.desk.engine.wake_sender(conversation_id)
    return visit.go("/panel/whatsapp", toast=visit.t("inbox.sent_again"))


async def answer(visit: Visit) -> web.Response:
    inbox_id, actor, now = visit.number("inbox"), visit.actor, visit.desk.now()
    conversation_id = await visit.desk.database.write(
        lambda conn: take_turn_again(conn, actor, inbox_id, now)
    )
    visit.desk.engine.wake_worker(conversation_id)
    return visit.go("/panel/whatsapp", toast=visit.t("whatsapp.taken_again"))


async def _line(visit: Visit) -> LineView:
    state = await visit.desk.line.state()
    qr = segno.make(state.qr, error="l").svg_data_uri(scale=6, border=2, light="#fff") if state.qr else None
    phone = spaced_phone(mask_phone(state.phone)) if state.phone else None
    return LineView(
        state=replace(state, qr=None, phone=None),
        phone=phone,
        qr=qr,
        tone=TONES.get(state.status, "bad"),
    )


def _fault(frame: Frame, fault: Fault) -> FaultView:
    text = " ".join((text_for(frame.sight, fault.body) or "").split())[:SNIPPET]
    return FaultView(
        fault=replace(fault, phone=None, body=None),
        title=title_of(frame, fault.customer_name, fault.phone),
        text=text,
    )


_SEE = Permission.SEE_WHATSAPP
PAGES = (
    Page(method="GET", path="/panel/whatsapp", access=_SEE, handle=show),
    Page(method="GET", path="/panel/whatsapp/line", access=_SEE, handle=show_line, part_of="/panel/whatsapp"),
    Page(method="POST", path="/panel/whatsapp/restart", access=_SEE, handle=restart),
    Page(method="POST", path="/panel/whatsapp/sends/{outbox:int}", access=_SEE, handle=send),
    Page(method="POST", path="/panel/whatsapp/turns/{inbox:int}", access=_SEE, handle=answer),
)
