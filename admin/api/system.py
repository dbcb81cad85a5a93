"""The service about itself: alive, ready, metrics, the API's own description; and WhatsApp's door."""

from http import HTTPStatus
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from admin.endpoint import Answer, Call, Door, Endpoint
from admin.metrics import may_read_metrics
from admin.problems import Problem
from admin.shapes import View


class AliveView(View):
    status: str = "alive"


class ReadyView(View):
    """WAHA's state stands here and never turns the answer red: without it messages wait, nothing is lost."""

    ready: bool
    database: bool
    models: bool
    worker: bool | None
    waha: str
    details: dict[str, Any]  # Any: JSON for people.


async def healthz(call: Call) -> AliveView:  # noqa: ARG001  # every handler takes the call
    return AliveView()


async def readyz(call: Call) -> ReadyView | Answer:
    state = await call.desk.health.readiness()
    view = ReadyView(
        ready=state.is_ready,
        database=state.database,
        models=state.models,
        worker=state.worker,
        waha=state.waha,
        details=state.details,
    )
    return view if state.is_ready else Answer(view=view, status=HTTPStatus.SERVICE_UNAVAILABLE)


async def metrics(call: Call) -> web.Response:
    if not may_read_metrics(call.request, call.desk.metrics_token):
        detail = "Metrics are for this machine, or for whoever holds SAPA_METRICS_TOKEN."
        raise Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
    return web.Response(
        body=generate_latest(call.desk.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


async def webhook(call: Call) -> web.StreamResponse:
    return await call.desk.webhook(call.request)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/healthz",
        access=Door.OPEN,
        summary="Whether the process lives",
        handle=healthz,
        gives=AliveView,
    ),
    Endpoint(
        method="GET",
        path="/readyz",
        access=Door.OPEN,
        summary="Whether the service can do its work now",
        handle=readyz,
        gives=ReadyView,
        also=(HTTPStatus.SERVICE_UNAVAILABLE,),
    ),
    Endpoint(
        method="GET",
        path="/metrics",
        access=Door.METRICS,
        summary="Prometheus metrics",
        handle=metrics,
        media_type="text/plain",
        fails=(HTTPStatus.UNAUTHORIZED,),
    ),
    Endpoint(
        method="POST",
        path="/api/whatsapp/webhook",
        access=Door.SIGNED,
        summary="WAHA's events, and the flat form {from, body, timestamp, message_id}",
        handle=webhook,
        media_type="application/json",
        fails=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    ),
)
