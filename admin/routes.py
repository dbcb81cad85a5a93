"""How does the API become part of the service? WhatsApp's door, health and metrics at once, the rest by its addresses, whole once its
endpoints are loaded. `bot/app.py` calls `add_routes` once.
"""

import time

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from admin.api import system
from admin.desk import Desk
from admin.guard import guarded
from admin.loaded_later import LoadedLater
from admin.metrics import RequestMetrics
from admin.problems import as_problem
from admin.score_keeping import keeps_scores

LATER = ("/api", "/cluster", "/media", "/go", "/recommend", "/predict")
OURS = (*LATER, *(endpoint.path for endpoint in system.ENDPOINTS))


def add_routes(app: web.Application, desk: Desk) -> LoadedLater:
    """Adds every address with its guard, and the middleware that answers problems as documents and counts requests."""
    app.cleanup_ctx.append(keeps_scores(desk))
    app.middlewares.append(_middleware(RequestMetrics(desk.registry)))
    for endpoint in system.ENDPOINTS:
        for method in endpoint.methods:
            app.router.add_route(method, endpoint.route, guarded(desk, endpoint))
    rest = LoadedLater(lambda: _rest(desk))
    rest.add_to(app, *LATER)
    return rest


def _rest(desk: Desk) -> web.UrlDispatcher:
    # At the top this import would keep every start of the service waiting, see loaded_later.py.
    from admin.api.routes import api_router

    return api_router(desk)


def _middleware(metrics: RequestMetrics) -> Middleware:
    @web.middleware
    async def api(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(OURS):
            return await handler(request)
        started = time.perf_counter()
        response = await as_problem(request, handler)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        metrics.observe(request, response.status, started)
        return response

    return api
