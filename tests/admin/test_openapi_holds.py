"""Does the API keep the promises of its own description? Schemathesis reads the OpenAPI document and asks what nobody would think of.

Bounded and repeatable: a few derived requests for each operation, always the same ones.
"""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from aiohttp import web
from aiohttp.test_utils import unused_port
from hypothesis import HealthCheck, Phase, given, settings

from admin.login import make_token
from admin.routes import add_routes
from flows.domain import Role
from storage.database import Connection, Database
from tests.admin.house import QUICK_HASH, make_desk
from tests.people import hire, member
from tests.shoppers import shoppers
from tests.telco import telco

EXAMPLES = 8
PATIENCE_SECONDS = (
    120.0  # The machine may be busy; how long an answer takes is no promise of the description.
)
# Hashing takes its time on purpose; changing staff would take the other requests' tokens away; the webhook is the engine's.
LEFT_OUT = ("/api/auth/token", "/api/users", "/api/whatsapp/webhook", "/readyz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A served API and a token for each role."""

    url: str
    tokens: dict[str, str]


@contextmanager
def _in_a_thread(url: str, port: int) -> Iterator[dict[str, str]]:
    """Schemathesis asks synchronously, so the service runs in a loop of its own."""
    ready, stop = threading.Event(), threading.Event()
    tokens: dict[str, str] = {}

    async def serve() -> None:
        database = Database(url)
        await database.start()
        desk = make_desk(database, segments=shoppers, telco=telco)

        def staff(conn: Connection) -> dict[str, str]:
            for role in Role:
                hire(conn, role.value.lower(), role, password_hash=QUICK_HASH)
            return {role.value: make_token(desk, member(conn, role.value.lower())) for role in Role}

        tokens.update(await database.write(staff))
        app = web.Application(client_max_size=16 * 1024 * 1024)
        add_routes(app, desk)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        ready.set()
        await asyncio.to_thread(stop.wait)
        await runner.cleanup()
        await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(timeout=30), "the API did not start"
        yield tokens
    finally:
        stop.set()
        thread.join(timeout=30)


@pytest.fixture(scope="module")
def live(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    # Before anybody waits for an answer: where nothing is trained yet this takes longer than a request may.
    shoppers(), telco()
    path, port = shutil.copy(migrated_file, tmp_path_factory.mktemp("live") / "sapa.db"), unused_port()
    with _in_a_thread(f"sqlite:///{path}", port) as tokens:
        yield Live(url=f"http://127.0.0.1:{port}", tokens=tokens)


def test_what_the_description_promises_holds(live: Live) -> None:
    # Every test process would load it, a second and a half each, and one of them runs this.
    import schemathesis

    schema = schemathesis.openapi.from_url(f"{live.url}/api/openapi.json")
    wrong: list[str] = []
    tried = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # a description that cannot be read ends the test
        if operation.path.startswith(LEFT_OUT):
            continue
        tried += 1
        roles = operation.definition.raw.get("x-roles", [None])
        try:
            _try(live, operation, roles[-1])
        except Exception as error:  # Schemathesis raises many kinds; each is a broken promise to be listed.
            wrong.append(f"{operation.method.upper()} {operation.path}: {error}")
    assert tried > 40
    assert wrong == []


def _try(live: Live, operation: Any, role: str | None) -> None:  # Any: schemathesis ships no types for it.
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = (
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    )
    headers = {"Authorization": f"Bearer {live.tokens[role]}"} if role else {}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def promises_hold(case: Any) -> None:  # Any: as above.
        response = case.call(base_url=live.url, headers=headers, session=session, timeout=PATIENCE_SECONDS)
        case.validate_response(response, checks=checks)

    with requests.Session() as session:
        session.trust_env = False  # Nobody stands between; it would look for a proxy at each request.
        promises_hold()
