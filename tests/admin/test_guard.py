"""The guard: nothing is open by accident, each role gets exactly what the contract names, and bad input gets one clear answer."""

import asyncio
import gzip
import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from admin.api.routes import endpoints
from admin.endpoint import Door, Endpoint
from admin.guard import MAX_BODY_BYTES
from admin.login import make_token
from admin.pages.assets import PREFIX
from admin.pages.routes import PAGES
from admin.shapes import Input
from flows.domain import Role
from flows.roles import SYSTEM, may
from storage.database import Connection
from storage.staff.users import UserChange, change_user
from tests.admin.house import PASSWORD, House
from tests.people import NOW, member

OPEN = {
    ("POST", "/api/auth/token"),
    ("GET", "/go/{code}"),
    ("GET", "/media/{id}"),
    ("GET", "/media/{id}/{name}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/docs"),
    ("GET", "/api/docs.css"),
}
# The contract's "who" column, written out a second time on purpose: the table in flows/roles.py must not drift from it.
D, S, A, RM, M, C, X = "DIRECTOR", "SUPERVISOR", "AGENT", "RM", "MARKETING", "COMPLIANCE", "ADMIN"
ALL = {D, S, A, RM, M, C, X}
WHO: dict[tuple[str, str], set[str]] = {
    ("GET", "/api/auth/me"): ALL,
    ("POST", "/api/ai/process-message"): {X, M, RM},
    ("GET", "/api/ai/prompts"): {M, X},
    ("PUT", "/api/ai/prompts"): {M, X},
    ("GET", "/api/ai/prompts/{type}"): {M, X, S},
    ("POST", "/api/ai/prompts/check"): {M, X},
    ("POST", "/api/ai/prompts/playground"): {M, X, S},
    ("POST", "/api/ai/script-runs"): {M, X},
    ("GET", "/api/models"): {X, M, S},
    ("GET", "/api/models/{name}"): {X, M, S},
    ("GET", "/api/ai/script-runs/{id}"): {M, X, S},
    ("POST", "/api/ai/prompts/{type}/restore"): {M, X},
    ("POST", "/api/ai/prompts/{type}/approve"): {M, S},
    ("POST", "/api/ai/prompts/{type}/decline"): {M, X, S},
    ("GET", "/api/marketing/leads"): {RM, S, X},
    ("POST", "/api/marketing/leads"): {RM, S},
    ("GET", "/api/marketing/leads/{id}"): {RM, S, X},
    ("GET", "/api/marketing/leads/{id}/score"): {RM, S, X},
    ("PATCH", "/api/marketing/leads/{id}"): {RM, S},
    ("POST", "/api/marketing/leads/{id}/undo"): {RM, S},
    ("POST", "/api/marketing/leads/tasks/{id}/done"): {RM, S},
    ("GET", "/api/marketing/leads/{id}/travellers"): {RM, S, X},
    ("POST", "/api/marketing/leads/{id}/travellers"): {RM, S},
    ("PUT", "/api/travellers/{id}"): {RM, S},
    ("DELETE", "/api/travellers/{id}"): {RM, S},
    ("POST", "/api/marketing/leads/{id}/activities"): {RM, S},
    ("POST", "/api/marketing/leads/{id}/tasks"): {RM, S},
    ("GET", "/api/marketing/dashboard"): {D, S, M, X},
    ("POST", "/api/campaign-codes/{code}/spend"): {M},
    ("GET", "/api/campaign-codes/spend"): {D, S, M, X},
    ("GET", "/api/marketing/analytics"): {D, S, M, X},
    ("GET", "/api/conversations"): {RM, A, S, M, C, X},
    ("POST", "/api/conversations/handover"): {RM, A, S, X},
    ("GET", "/api/conversations/{id}"): {RM, A, S, M, C, X},
    ("POST", "/api/conversations/{id}/claim"): {RM, A, S},
    ("POST", "/api/conversations/{id}/messages"): {RM, A, S},
    ("POST", "/api/conversations/{id}/release"): {RM, A, S},
    ("POST", "/api/conversations/{id}/close"): {RM, A, S},
    ("POST", "/api/conversations/{id}/paid"): {RM, A, S},
    ("GET", "/api/labels"): {RM, A, S, M, C, X},
    ("POST", "/api/labels"): {RM, A, S},
    ("DELETE", "/api/labels/{id}"): {RM, A, S},
    ("GET", "/api/conversations/{id}/labels"): {RM, A, S, M, C, X},
    ("PUT", "/api/conversations/{id}/labels"): {RM, A, S},
    ("GET", "/api/conversations/{id}/notes"): {RM, A, S, M, C, X},
    ("POST", "/api/conversations/{id}/notes"): {RM, A, S},
    ("POST", "/api/conversations/{id}/snooze"): {RM, A, S},
    ("DELETE", "/api/conversations/{id}/snooze"): {RM, A, S},
    ("GET", "/api/packages"): ALL,
    ("GET", "/api/packages/{code}"): ALL,
    ("PUT", "/api/packages/{code}"): {M, X},
    ("DELETE", "/api/packages/{code}"): {M, X},
    ("GET", "/api/faq"): {M, X},
    ("POST", "/api/faq"): {M, X},
    ("POST", "/api/faq/match"): {M, X},
    ("GET", "/api/unanswered"): {M, X},
    ("GET", "/api/unanswered/{id}"): {M, X},
    ("POST", "/api/unanswered/{id}/state"): {M, X},
    ("PUT", "/api/faq/{id}"): {M, X},
    ("DELETE", "/api/faq/{id}"): {M, X},
    ("GET", "/api/company"): {M, X},
    ("PUT", "/api/company"): {M, X},
    ("GET", "/api/triggers"): {X},
    ("PUT", "/api/triggers"): {X},
    ("POST", "/api/customers/{id}/recommendations"): {RM, A, M},
    ("GET", "/api/customers/{id}/recommendations"): {RM, A, M},
    ("POST", "/api/recommend"): {RM, A, S, M, X},
    ("POST", "/api/predict"): {RM, A, S, M, X},
    ("POST", "/recommend"): {RM, A, S, M, X},
    ("POST", "/predict"): {RM, A, S, M, X},
    ("GET", "/api/customers"): {RM, A, S, M, C, X},
    ("GET", "/api/customers/{id}"): {RM, A, S, M, C, X},
    ("POST", "/api/customers/{id}/consent"): {A},
    ("GET", "/api/customers/{id}/value"): {RM, A, S, M, C, X},
    ("POST", "/api/customers/{id}/survey"): {RM, A},
    ("POST", "/api/customers/{id}/transactions"): {RM, A},
    ("POST", "/api/customers/{id}/favorites"): {RM, A},
    ("DELETE", "/api/customers/{id}/favorites"): {RM, A},
    ("DELETE", "/api/customers/{id}/favorites/{code}"): {RM, A},
    ("GET", "/api/customer-values"): {D, S, M, X},
    ("GET", "/api/next-actions"): {RM, A, S},
    ("POST", "/api/next-actions/{id}"): {RM, A, S},
    ("GET", "/api/customers/{id}/next-actions"): {RM, A, S},
    ("POST", "/api/customers"): {A, RM},
    ("PATCH", "/api/customers/{id}"): {A, RM},
    ("POST", "/api/customers/{id}/reveal"): {C},
    ("GET", "/api/customers/{id}/export"): {C, X},
    ("POST", "/api/customers/{id}/erase"): {C, X},
    ("GET", "/api/privacy-requests"): {C, X},
    ("POST", "/api/privacy-requests/{id}/decline"): {C, X},
    ("GET", "/api/customers/{id}/duplicates"): {A, S},
    ("POST", "/api/customers/{id}/merge"): {A, S},
    ("POST", "/api/merges/{id}/undo"): {A, S},
    ("GET", "/api/cases"): {A, S, RM},
    ("POST", "/api/cases"): {A, S},
    ("GET", "/api/cases/{id}"): {A, S, RM},
    ("POST", "/api/segments/predict"): {A, RM, M, S, X},
    ("GET", "/api/segments/metrics"): {A, RM, M, S, X},
    ("GET", "/cluster/metrics"): {A, RM, M, S, X},
    ("GET", "/api/cases/export"): {S},
    ("PATCH", "/api/cases/{id}"): {A, S},
    ("GET", "/api/cases/{id}/clocks"): {A, S, RM},
    ("GET", "/api/cases/{id}/events"): {A, S},
    ("POST", "/api/cases/{id}/notes"): {A, S},
    ("POST", "/api/cases/{id}/assign"): {A, S},
    ("POST", "/api/cases/{id}/escalate"): {A, S},
    ("POST", "/api/cases/{id}/final-response"): {A, S},
    ("POST", "/api/cases/{id}/close"): {A, S},
    ("POST", "/api/cases/{id}/reopen"): {S},
    ("POST", "/api/cases/{id}/recovery"): {A, S},
    ("GET", "/api/cases/{id}/investigation"): {S, C},
    ("POST", "/api/cases/{id}/investigation"): {S},
    ("GET", "/api/sla"): {X},
    ("PUT", "/api/sla"): {X},
    ("GET", "/api/categories"): {X},
    ("POST", "/api/categories"): {X},
    ("GET", "/api/roles"): {X},
    ("PATCH", "/api/roles/{role}"): {X},
    ("PATCH", "/api/categories/{code}"): {X},
    ("GET", "/api/calendars"): {X},
    ("POST", "/api/calendars"): {X},
    ("GET", "/api/calendars/{id}"): {X},
    ("PUT", "/api/calendars/{id}"): {X},
    ("DELETE", "/api/calendars/{id}"): {X},
    ("GET", "/api/audit"): {C},
    ("GET", "/api/audit/export"): {C},
    ("GET", "/api/audit/interactions/export"): {C},
    ("GET", "/api/audit/chain"): {C},
    ("POST", "/api/audit/verify"): {C},
    ("GET", "/api/consents/report"): {C},
    ("GET", "/api/users"): {X},
    ("POST", "/api/users"): {X},
    ("PATCH", "/api/users/{id}"): {X},
    ("GET", "/api/branches"): {X},
    ("POST", "/api/branches"): {X},
    ("GET", "/api/media/{id}"): {RM, A},
}


async def test_every_route_stands_in_the_table_and_names_who_may(small_house: House) -> None:
    rows = {row.key: row for row in endpoints(small_house.desk)}
    # Where anybody may read, anybody may look first.
    heads = {("HEAD", path) for method, path in OPEN if method == "GET"}
    for first in (
        "/api/openapi.json",
        "/login",
    ):  # API and panel are read in behind the start, or when asked for.
        await small_house.asks(None, "GET", first)
    routed = {
        (route.method, route.resource.canonical if route.resource else "?")
        for route in small_house.app.router.routes()
    }
    # The panel's pages have a table and a test of their own.
    assert routed - {page.key for page in PAGES} - {
        ("GET", f"{PREFIX}{{name}}"),
        ("HEAD", f"{PREFIX}{{name}}"),
    } - heads == set(rows)
    assert heads <= routed
    doors = {key for key, row in rows.items() if isinstance(row.access, Door)}
    assert doors == OPEN | {("GET", "/metrics"), ("POST", "/api/whatsapp/webhook")}
    assert set(WHO) == set(rows) - doors


def _address(row: Endpoint) -> str:
    path = row.plain_path
    for name, kind in row.parameters:
        path = path.replace(f"{{{name}}}", "1" if kind == "int" else "x")
    return path


async def test_each_role_gets_exactly_what_the_contract_names(small_house: House) -> None:
    wrong = []
    for row in endpoints(small_house.desk):
        if isinstance(row.access, Door):
            continue
        for role in Role:
            reply = await small_house.asks(role.value.lower(), row.method, _address(row), {})
            is_let_in = reply.status not in (401, 403)
            expected = role.value in WHO[row.key]
            # MARKETING is let in to process-message and then told that only a dry run is theirs.
            if is_let_in != expected or may(role, row.access) != expected:
                wrong.append((row.key, role.value, reply.status))
    assert wrong == []


async def test_without_a_token_nothing_but_the_open_doors_answers(small_house: House) -> None:
    for row in endpoints(small_house.desk):
        if isinstance(row.access, Door):
            continue
        reply = await small_house.asks(None, row.method, _address(row), {})
        assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, "Bearer"), row.key
        assert reply.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer", id="no token"),
        pytest.param("Bearer abc", id="nonsense"),
        pytest.param("Basic YTpi", id="another scheme"),
        pytest.param(
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwicHdkIjoieCIsImV4cCI6OTk5OTk5OTk5OSwiaXNzIjoic2FwYSJ9.",
            id="algorithm none",
        ),
    ],
)
async def test_a_token_that_is_none_is_refused(small_house: House, header: str) -> None:
    reply = await small_house.asks(None, "GET", "/api/auth/me", headers={"Authorization": header})
    assert reply.status == 401


async def test_a_token_ends_with_its_time_its_password_and_its_owner(small_house: House) -> None:
    house = small_house

    async def status() -> int:
        return (await house.asks("rm", "GET", "/api/auth/me")).status

    async def change(**values: Any) -> None:
        def record(conn: Connection) -> None:
            change_user(conn, member(conn, "rm").id, UserChange(**values), SYSTEM, NOW)

        await house.database.write(record)

    assert await status() == 200
    house.clock.passes(hours=13)
    assert await status() == 401
    house.clock.passes(hours=-13)
    await change(is_active=False)
    assert await status() == 401
    await change(is_active=True)
    assert await status() == 200
    await change(password_hash="another")
    assert await status() == 401


async def test_a_new_role_counts_at_once(small_house: House) -> None:
    def promote(conn: Connection) -> None:
        change_user(conn, member(conn, "agent").id, UserChange(role=Role.MARKETING), SYSTEM, NOW)

    assert (await small_house.asks("agent", "GET", "/api/faq")).status == 403
    await small_house.database.write(promote)
    assert (await small_house.asks("agent", "GET", "/api/faq")).status == 200


async def test_a_token_of_another_sapa_is_refused(small_house: House) -> None:

    other = replace(small_house.desk, secret_key="another-secret-key-of-32-bytes-or-more")
    small_house.tokens["rm"] = await small_house.database.read(
        lambda conn: make_token(other, member(conn, "rm"))
    )
    assert (await small_house.asks("rm", "GET", "/api/auth/me")).status == 401


PROBLEMS: list[Any] = [
    pytest.param("GET", "/api/nothing", None, 404, id="unknown address"),
    pytest.param("GET", "/api/faq/abc", None, 404, id="an id that is no number"),
    pytest.param("PUT", "/api/faq/99999999999999999999", b"{}", 404, id="a number no database holds"),
    pytest.param("PATCH", "/api/faq", b"{}", 405, id="another method"),
    pytest.param("POST", "/api/faq", b"{", 400, id="broken JSON"),
    pytest.param("POST", "/api/faq", b"", 400, id="no body"),
    pytest.param("POST", "/api/faq", b"\xff\xfe", 400, id="no text at all"),
    pytest.param("POST", "/api/faq", b'{"question": NaN, "answer": "x"}', 400, id="NaN"),
    pytest.param("POST", "/api/faq", b"[" * 100_000, 400, id="deep nesting"),
    pytest.param("POST", "/api/faq", b'{"question": "\\ud800", "answer": "x"}', 400, id="half a character"),
    pytest.param("POST", "/api/faq", b"[]", 422, id="a list"),
    pytest.param("POST", "/api/faq", b'{"question": "a\\u0000b", "answer": "x"}', 422, id="NUL"),
    pytest.param("POST", "/api/faq", b'{"question": 5, "answer": "x"}', 422, id="a number for a text"),
    pytest.param("POST", "/api/faq", b'"' + b"x" * 1_100_000 + b'"', 413, id="too large"),
    pytest.param("PUT", "/api/faq/404", b'{"question": "a", "answer": "b"}', 404, id="no such entry"),
    pytest.param("GET", "/api/faq?limit=1000", None, 422, id="too many at once"),
    pytest.param("GET", "/api/faq?limit=abc", None, 422, id="no number"),
    pytest.param("GET", "/api/faq?offset=-1", None, 422, id="below the first"),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), PROBLEMS)
async def test_bad_requests_get_a_problem_document(
    small_house: House, method: str, path: str, body: bytes | None, status: int
) -> None:
    reply = await small_house.asks(
        "marketing", method, path, data=BytesIO(body) if body is not None else None
    )
    assert reply.status == status
    assert reply.headers["Content-Type"].startswith("application/problem+json")
    assert {"title", "detail", "status"} <= set(reply.json)


@pytest.mark.parametrize(
    ("length", "status"),
    [
        pytest.param(10_000, 422, id="read like any other"),
        pytest.param(MAX_BODY_BYTES + 1, 413, id="measured as it is, not as it came"),
    ],
)
async def test_a_compressed_body_is_unpacked(small_house: House, length: int, status: int) -> None:
    packed = gzip.compress(b"[]".ljust(length))
    assert len(packed) < MAX_BODY_BYTES / 100
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    reply = await small_house.asks("marketing", "POST", "/api/faq", data=packed, headers=headers)
    assert reply.status == status


async def test_a_wrong_field_is_named_without_repeating_what_was_in_it(small_house: House) -> None:
    reply = await small_house.asks("marketing", "POST", "/api/faq", {"question": "", "answer": ["rahasia"]})
    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == ["question", "answer"]
    assert "rahasia" not in reply.text


# What may be left out there is a remark on a deed that is the same without it, or a profile with fields of its maker's own (contract).
REMARKS = {
    ("POST", "/api/cases/{id}/escalate"),
    ("POST", "/api/cases/{id}/reopen"),
    ("POST", "/api/customers/{id}/erase"),
    ("POST", "/api/customers/{id}/recommendations"),
}


async def test_where_leaving_a_field_out_means_something_a_misspelt_one_is_refused(
    small_house: House,
) -> None:
    bodies = {
        row.key: row
        for row in endpoints(small_house.desk)
        if row.takes is not None
        and issubclass(row.takes, Input)
        and not any(field.is_required() for field in row.takes.model_fields.values())
    }
    assert set(bodies) >= REMARKS
    silent = []
    for key, row in bodies.items():
        role = WHO[key] - {A} or {A}
        reply = await small_house.asks(min(role).lower(), row.method, _address(row), {"misspelt": 1})
        if (reply.status, [error["field"] for error in reply.json.get("errors", [])]) != (422, ["misspelt"]):
            silent.append(key)
    assert set(silent) == REMARKS


async def test_another_method_is_told_which_ones_there_are(small_house: House) -> None:
    reply = await small_house.asks("marketing", "PATCH", "/api/faq")
    assert reply.headers["Allow"] == "GET,POST"


async def test_an_unexpected_error_says_nothing_about_its_inside(small_house: House) -> None:
    small_house.bot.is_broken = True
    body = {"phone": "6281234567890", "message": "halo"}
    reply = await small_house.asks("rm", "POST", "/api/ai/process-message", body)
    assert reply.status == 500
    assert "secret" not in reply.text
    assert "RuntimeError" not in reply.text


async def test_a_log_in_gives_a_token_that_opens_the_door(small_house: House) -> None:
    body = {"username": "rm", "password": PASSWORD}
    reply = await small_house.asks(None, "POST", "/api/auth/token", body)
    assert (reply.status, reply.json["token_type"], reply.json["expires_in"]) == (200, "Bearer", 43_200)
    headers = {"Authorization": f"Bearer {reply.json['access_token']}"}
    me = await small_house.asks(None, "GET", "/api/auth/me", headers=headers)
    assert me.json == {"username": "rm", "role": "RM"}


async def test_an_unknown_name_and_a_wrong_password_sound_the_same(small_house: House) -> None:
    answers = [
        (await small_house.asks(None, "POST", "/api/auth/token", {"username": name, "password": "x"})).json
        for name in ("rm", "nobody")
    ]
    assert answers[0] == answers[1]
    assert answers[0]["status"] == 401


async def test_guessing_is_throttled_and_forgiven_with_time(small_house: House) -> None:
    async def tries(password: str) -> int:
        body = {"username": "rm", "password": password}
        return (await small_house.asks(None, "POST", "/api/auth/token", body)).status

    assert [await tries("wrong") for _ in range(5)] == [401] * 5
    reply = await small_house.asks(None, "POST", "/api/auth/token", {"username": "rm", "password": PASSWORD})
    assert (reply.status, reply.headers["Retry-After"]) == (429, "30")
    small_house.clock.passes(seconds=31)
    assert await tries(PASSWORD) == 200


async def test_many_right_passwords_at_once_are_no_guessing_and_many_wrong_ones_are(
    small_house: House,
) -> None:
    async def tries(password: str) -> int:
        body = {"username": "rm", "password": password}
        return (await small_house.asks(None, "POST", "/api/auth/token", body)).status

    assert await asyncio.gather(*(tries(PASSWORD) for _ in range(12))) == [200] * 12
    answers = await asyncio.gather(*(tries("wrong") for _ in range(12)))
    assert sorted(answers) == [401] * 5 + [429] * 7


async def test_logs_and_audit_hold_no_password_and_no_unknown_name(small_house: House) -> None:
    body = {"username": "my-password-by-mistake", "password": "x"}
    await small_house.asks(None, "POST", "/api/auth/token", body)
    entries = await small_house.gets("compliance", "/api/audit?event=LOG_IN_REFUSED")
    assert entries["total"] == 1
    assert "my-password" not in json.dumps(entries)
