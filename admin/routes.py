"""Every endpoint of the API, in one list, and how it becomes part of the service. `bot/app.py` calls `add_routes` once."""

import time
from functools import cache
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from admin.api import (
    ads,
    audit,
    auth,
    branches,
    calendars,
    cases,
    company,
    conversation_tools,
    conversations,
    customer_merges,
    customer_privacy,
    customer_value,
    customers,
    faq,
    investigations,
    leads,
    marketing,
    media,
    models,
    next_actions,
    packages,
    process,
    prompt_trials,
    prompts,
    recommendations,
    score,
    segments,
    sla,
    system,
    travellers,
    triggers,
    unanswered,
    users,
)
from admin.desk import Desk
from admin.docs_page import POLICY, docs_page, style_sheet
from admin.endpoint import Call, Door, Endpoint
from admin.guard import guarded
from admin.metrics import RequestMetrics
from admin.openapi import openapi
from admin.problems import as_problem
from admin.score_keeping import keeps_scores

OURS = ("/api/", "/cluster/", "/healthz", "/readyz", "/metrics", "/media/", "/go/", "/recommend", "/predict")


def endpoints(desk: Desk) -> tuple[Endpoint, ...]:
    """The whole table. The description of the API describes itself, too."""
    rows = (
        *auth.ENDPOINTS,
        *process.ENDPOINTS,
        *prompts.ENDPOINTS,
        *prompt_trials.ENDPOINTS,
        *leads.ENDPOINTS,
        *travellers.ENDPOINTS,
        *marketing.ENDPOINTS,
        *ads.ENDPOINTS,
        *conversations.ENDPOINTS,
        *conversation_tools.ENDPOINTS,
        *packages.ENDPOINTS,
        *faq.ENDPOINTS,
        *unanswered.ENDPOINTS,
        *company.ENDPOINTS,
        *triggers.ENDPOINTS,
        *customers.ENDPOINTS,
        *customer_value.ENDPOINTS,
        *next_actions.ENDPOINTS,
        *customer_merges.ENDPOINTS,
        *customer_privacy.ENDPOINTS,
        *cases.ENDPOINTS,
        *segments.ENDPOINTS,
        *investigations.ENDPOINTS,
        *sla.ENDPOINTS,
        *calendars.ENDPOINTS,
        *score.ENDPOINTS,
        *models.ENDPOINTS,
        *recommendations.ENDPOINTS,
        *audit.ENDPOINTS,
        *users.ENDPOINTS,
        *branches.ENDPOINTS,
        *media.ENDPOINTS,
        *system.ENDPOINTS,
    )
    return (*rows, *_descriptions(rows, desk.version))


def add_routes(app: web.Application, desk: Desk) -> None:
    """Adds every route with its guard, and the middleware that answers problems as documents and counts requests."""
    app.cleanup_ctx.append(keeps_scores(desk))
    app.middlewares.append(_middleware(RequestMetrics(desk.registry)))
    for endpoint in endpoints(desk):
        app.router.add_route(endpoint.method, endpoint.route, guarded(desk, endpoint))


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


def _descriptions(rows: tuple[Endpoint, ...], version: str) -> tuple[Endpoint, ...]:
    """`/api/openapi.json`, `/api/docs` and its style sheet.

    Written when first asked for and then kept: making all the schemas would take a good part of a start.
    """

    @cache
    def document() -> dict[str, Any]:  # Any: JSON.
        return openapi((*rows, *described), version)

    @cache
    def page() -> str:
        return docs_page(document())

    async def machine(call: Call) -> web.Response:  # noqa: ARG001  # every handler takes the call
        return web.json_response(document())

    async def people(call: Call) -> web.Response:  # noqa: ARG001  # every handler takes the call
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(text=page(), content_type="text/html", headers=headers)

    async def style(call: Call) -> web.Response:  # noqa: ARG001  # every handler takes the call
        return web.Response(text=style_sheet(), content_type="text/css")

    described = tuple(
        Endpoint(
            method="GET", path=path, access=Door.OPEN, summary=summary, handle=handle, media_type=media_type
        )
        for path, summary, handle, media_type in (
            ("/api/openapi.json", "This API for machines (OpenAPI 3.1)", machine, "application/json"),
            ("/api/docs", "This API for people", people, "text/html"),
            ("/api/docs.css", "The style of that page", style, "text/css"),
        )
    )
    return described
