"""How does the panel become part of the service? By its addresses at once, whole once its pages are loaded. `bot/app.py` calls
`add_panel` once.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from admin.desk import Desk
from admin.live import FEED, Feed
from admin.loaded_later import ROOT, LoadedLater
from admin.pages.assets import PREFIX, serve_asset
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


def add_panel(app: web.Application, desk: Desk) -> LoadedLater:
    """Adds the panel's addresses, the static files, and the middleware that shows refusals as people read them."""
    app.middlewares.append(_middleware(desk))
    app[FEED] = feed = Feed(desk.database, desk.now)
    app.on_shutdown.append(lambda _: feed.close())
    app.router.add_get(PREFIX + "{name:.+}", serve_asset)
    pages = LoadedLater(lambda: _pages(desk))
    # A newcomer's front door is the simulator; the panel is at /panel.
    pages.add_to(app, *OURS, *(() if desk.is_simulated else (ROOT,)))
    return pages


def _pages(desk: Desk) -> web.UrlDispatcher:
    # At the top this import would keep every start of the service waiting, see loaded_later.py.
    from admin.pages.routes import page_router

    return page_router(desk)


def _middleware(desk: Desk) -> Middleware:
    @web.middleware
    async def panel(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(PREFIX) or not (request.path == ROOT or request.path.startswith(OURS)):
            return await handler(request)
        try:
            response = await handler(request)
        except Exception as error:
            problem = problem_of(error, request)
            if problem is None:
                raise
            # Belongs to the pages, which are loaded by now.
            from admin.pages.errors import error_page

            response = error_page(desk, request, problem)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return panel
