"""Where does somebody come in? On the own first page, after the log-in. While WhatsApp is the simulator, `/` is the customer's side."""

from http import HTTPStatus

from aiohttp import web

from admin.pages.navigation import home_of
from admin.pages.page import Page, Visit
from flows.roles import Permission


async def front_door(visit: Visit) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": home_of(visit.actor)})


PAGES = (
    Page(method="GET", path="/", access=Permission.SEE_OWN_ACCOUNT, handle=front_door),
    Page(method="GET", path="/panel", access=Permission.SEE_OWN_ACCOUNT, handle=front_door),
)
