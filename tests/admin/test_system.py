"""The service about itself: alive, ready, metrics for the right eyes, and a description that can be relied on."""

import re
from io import BytesIO

from admin.api.routes import endpoints
from admin.endpoint import Door
from admin.ports import Readiness
from flows.roles import roles_with
from tests.admin.house import House


async def test_alive_and_ready(small_house: House) -> None:
    assert (await small_house.gets(None, "/healthz")) == {"status": "alive"}
    assert (await small_house.gets(None, "/readyz"))["ready"] is True


async def test_waha_being_down_never_makes_the_service_unready(small_house: House) -> None:
    small_house.health.state = Readiness(database=True, models=True, worker=None, waha="unreachable")
    assert (await small_house.gets(None, "/readyz"))["waha"] == "unreachable"


async def test_without_models_or_a_worker_it_is_not_ready(small_house: House) -> None:
    for models, worker in ((False, True), (True, False)):
        small_house.health.state = Readiness(database=True, models=models, worker=worker, waha="WORKING")
        reply = await small_house.asks(None, "GET", "/readyz")
        assert (reply.status, reply.json["ready"]) == (503, False)


async def test_metrics_are_for_this_machine_or_the_tokens_holder(small_house: House) -> None:
    await small_house.gets("rm", "/api/packages")
    here = await small_house.asks(None, "GET", "/metrics")
    assert 'sapa_http_requests_total{method="GET",route="/api/packages",status="200"} 1.0' in here.text
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    assert (await small_house.asks(None, "GET", "/metrics", headers=forwarded)).status == 401
    wrong = forwarded | {"Authorization": "Bearer wrong"}
    assert (await small_house.asks(None, "GET", "/metrics", headers=wrong)).status == 401
    right = forwarded | {"Authorization": "Bearer metrics-token"}
    assert (await small_house.asks(None, "GET", "/metrics", headers=right)).status == 200


async def test_the_webhook_gets_the_raw_request_even_a_large_one(small_house: House) -> None:
    reply = await small_house.asks(None, "POST", "/api/whatsapp/webhook", data=BytesIO(b"x" * 2_000_000))
    assert reply.json == {"status": "ok", "bytes": 2_000_000}


async def test_every_endpoint_stands_in_openapi_with_its_roles(small_house: House) -> None:
    document = await small_house.gets(None, "/api/openapi.json")
    assert document["openapi"].startswith("3.1")
    for row in endpoints(small_house.desk):
        operation = document["paths"][row.plain_path][row.method.lower()]
        if isinstance(row.access, Door):
            assert operation["security"] == []
        else:
            assert operation["x-roles"] == [role.value for role in roles_with(row.access)]
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))


async def test_every_reference_in_openapi_leads_somewhere(small_house: House) -> None:
    document = await small_house.asks(None, "GET", "/api/openapi.json")
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', document.text))
    assert named
    assert named <= set(document.json["components"]["schemas"])


async def test_the_docs_page_shows_every_endpoint_and_fetches_nothing_from_elsewhere(
    small_house: House,
) -> None:
    page = await small_house.asks(None, "GET", "/api/docs")
    assert "<script" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for row in endpoints(small_house.desk):
        assert f"<code>{row.plain_path}</code>" in page.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    assert (
        (await small_house.asks(None, "GET", "/api/docs.css")).headers["Content-Type"].startswith("text/css")
    )


async def test_answers_are_never_kept_by_a_cache(small_house: House) -> None:
    reply = await small_house.asks("rm", "GET", "/api/packages")
    assert (reply.headers["Cache-Control"], reply.headers["X-Content-Type-Options"]) == (
        "no-store",
        "nosniff",
    )
