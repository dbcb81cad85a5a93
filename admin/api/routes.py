"""Every endpoint of the API, in one list, and the router that leads to them. `admin/routes.py` loads this behind the service's start."""

from functools import cache
from typing import Any

from aiohttp import web

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
    roles,
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
from admin.openapi import openapi


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
        *roles.ENDPOINTS,
        *media.ENDPOINTS,
        *system.ENDPOINTS,
    )
    return (*rows, *_descriptions(rows, desk.version))


def api_router(desk: Desk) -> web.UrlDispatcher:
    """Leads to every endpoint but those that answer from the first moment, through its guard."""
    router = web.UrlDispatcher()
    for endpoint in endpoints(desk):
        if endpoint not in system.ENDPOINTS:
            for method in endpoint.methods:
                router.add_route(method, endpoint.route, guarded(desk, endpoint))
    return router


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
