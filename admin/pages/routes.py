"""Every page of the panel, in one list, and how it becomes part of the service. `bot/app.py` calls `add_pages` once."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from admin.desk import Desk
from admin.live import Feed
from admin.pages import (
    account,
    audit,
    branches,
    calendars,
    canned,
    case,
    cases,
    customer,
    customer_value,
    customers,
    dashboard,
    day,
    grants,
    home,
    inbox,
    inbox_deeds,
    inbox_presence,
    inbox_tools,
    lead,
    leads,
    live_events,
    login,
    model_cards,
    privacy,
    queue,
    second_factor,
    segments,
    sign_on,
    sla,
    teaching,
    users,
    value,
    whatsapp,
)
from admin.pages.assets import PREFIX, serve_asset
from admin.pages.errors import error_page
from admin.pages.guard import guarded
from admin.pages.live_events import FEED
from admin.pages.page import Page
from admin.problems import problem_of

OURS = ("/panel", "/login", "/logout")
# What a page of the panel may load and where it may send: ourselves only, no inline script or style, no eval, no framing.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *login.PAGES,
    *account.PAGES,
    *customers.PAGES,
    *customer.PAGES,
    *customer_value.PAGES,
    *privacy.PAGES,
    *audit.PAGES,
    *dashboard.PAGES,
    *day.PAGES,
    *value.PAGES,
    *segments.PAGES,
    *model_cards.PAGES,
    *leads.PAGES,
    *lead.PAGES,
    *second_factor.PAGES,
    *sign_on.PAGES,
    *users.PAGES,
    *grants.PAGES,
    *branches.PAGES,
    *cases.PAGES,
    *case.PAGES,
    *sla.PAGES,
    *calendars.PAGES,
    *inbox.PAGES,
    *inbox_deeds.PAGES,
    *inbox_tools.PAGES,
    *inbox_presence.PAGES,
    *canned.PAGES,
    *queue.PAGES,
    *whatsapp.PAGES,
    *live_events.PAGES,
    *teaching.PAGES,
)


def add_pages(app: web.Application, desk: Desk) -> None:
    """Adds every page with its guard, the static files, and the middleware that shows refusals as people read them."""
    app.middlewares.append(_middleware(desk))
    app[FEED] = feed = Feed(desk.database, desk.now)
    app.on_shutdown.append(lambda _: feed.close())
    app.router.add_get(PREFIX + "{name:.+}", serve_asset)
    for page in PAGES:
        if page in home.FRONT_DOOR and desk.is_simulated:
            continue  # A newcomer's front door is the simulator; the panel is at /panel.
        app.router.add_route(page.method, page.route, guarded(desk, page))


def _middleware(desk: Desk) -> Middleware:
    @web.middleware
    async def panel(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(PREFIX) or not (request.path == "/" or request.path.startswith(OURS)):
            return await handler(request)
        try:
            response = await handler(request)
        except Exception as error:
            problem = problem_of(error, request)
            if problem is None:
                raise
            response = error_page(desk, request, problem)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return panel
