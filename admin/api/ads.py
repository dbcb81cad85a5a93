"""Campaign codes in ads: the public link that counts a click and opens WhatsApp, and what marketing spent on them."""

from datetime import date, datetime
from http import HTTPStatus

from aiohttp import web
from pydantic import AliasChoices, Field

from admin.endpoint import Call, Door, Endpoint
from admin.problems import Problem, unprocessable
from admin.shapes import MAX_MONEY, Day, Input, ListView, OptionalLine, PageQuery, View, list_of
from flows.ad_code import ad_code, whatsapp_link
from flows.roles import Permission
from storage.database import Connection
from storage.knowledge.company import load_company
from storage.numbers.ads import SpendEntry, count_click, enter_spend, spend_page
from storage.pages import Page

# Who only looks whether the link is alive, or draws a preview of it, is nobody who clicked an ad.
_LOOKERS = ("bot", "crawler", "spider", "facebookexternalhit", "whatsapp/", "preview")


class SpendBody(Input):
    amount: int = Field(ge=1, le=MAX_MONEY, description="Whole rupiah.")
    day: Day | None = Field(
        None, validation_alias=AliasChoices("day", "date", "at"), description="Local; today if left out."
    )
    note: OptionalLine = None


class SpendView(View):
    id: int
    campaign_code: str
    day: date
    amount: int
    note: str | None
    entered_by: str
    at: datetime


class SpendList(ListView[SpendView]):
    pass


async def go(call: Call) -> web.Response:
    """On to WhatsApp with the code written. A click that is not counted still arrives: the customer comes first, and the bot names the
    nearest packages for a code that it does not know."""
    code = ad_code(call.path("code"))
    if code is None:
        raise Problem(HTTPStatus.NOT_FOUND, "This is no campaign code.")
    day = call.desk.local(call.desk.now()).date()
    agent = call.request.headers.get("User-Agent", "").lower()
    if call.request.method == "GET" and not any(looker in agent for looker in _LOOKERS):
        await call.desk.database.write(lambda conn: count_click(conn, code, day))
    if call.desk.is_simulated:
        where = f"/simulator?text={code}"
    else:
        where = whatsapp_link((await call.desk.database.read(load_company)).phone, code)
    return web.Response(status=HTTPStatus.FOUND, headers={"Location": where, "Cache-Control": "no-store"})


async def spend(call: Call, taken: SpendBody) -> SpendView:
    code = ad_code(call.path("code"))
    if code is None:
        raise unprocessable("code", "must be a campaign code like UMR_MAR_2027_HEMAT")
    now = call.desk.now()
    day = taken.day or call.desk.local(now).date()

    def record(conn: Connection) -> SpendEntry:
        return enter_spend(conn, call.actor, code, day, taken.amount, taken.note, now)

    return _view(call, await call.desk.database.write(record))


async def browse(call: Call, taken: PageQuery) -> SpendList:
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: spend_page(conn, page))
    return SpendList(**list_of(part, lambda entry: _view(call, entry)))


def _view(call: Call, entry: SpendEntry) -> SpendView:
    return SpendView(
        id=entry.id,
        campaign_code=entry.code,
        day=entry.day,
        amount=entry.amount,
        note=entry.note,
        entered_by=entry.entered_by,
        at=call.desk.local(entry.at),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/go/{code:word}",
        access=Door.OPEN,
        summary="An ad's link: counts the click and opens WhatsApp with the code written",
        handle=go,
        status=HTTPStatus.FOUND,
        fails=(HTTPStatus.NOT_FOUND,),
    ),
    Endpoint(
        method="POST",
        path="/api/campaign-codes/{code:word}/spend",
        access=Permission.ENTER_SPEND,
        summary="What was spent on an ad's code on a day; entries add up",
        handle=spend,
        takes=SpendBody,
        gives=SpendView,
        status=HTTPStatus.CREATED,
    ),
    Endpoint(
        method="GET",
        path="/api/campaign-codes/spend",
        access=Permission.SEE_DASHBOARD,
        summary="What was entered, the newest day first",
        handle=browse,
        takes=PageQuery,
        gives=SpendList,
    ),
)
