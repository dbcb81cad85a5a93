"""Setting WAHA's session up: with our webhook, once, and without ever looping restarts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.commands.waha import _show_codes, _webhooks
from bot.waha.waha_http import Unreached, WahaHttp
from bot.waha.waha_sessions import EVENTS, SessionPlan, WahaRefused, config_for, connect_session, qr_value
from tests.fake_waha import FakeWaha

PLAN = SessionPlan(session="default", webhook_url="http://sapa:8080/api/whatsapp/webhook", hmac_key="rahasia")


@pytest.fixture
async def http(waha_server: FakeWaha) -> AsyncIterator[WahaHttp]:
    client = WahaHttp(waha_server.url, "kunci")
    yield client
    await client.close()


async def at_once(_seconds: float) -> None: ...


async def connect(http: WahaHttp, plan: SessionPlan = PLAN) -> str:
    return await connect_session(http, plan, lambda _line: None, at_once)


def changes(server: FakeWaha) -> list[str]:
    """What was asked of WAHA beyond looking."""
    return [f"{r.method} {r.path}" for r in server.asked("sessions") if r.method != "GET"]


async def test_a_new_session_starts_with_our_webhook_key_and_retries(
    http: WahaHttp, waha_server: FakeWaha
) -> None:
    waha_server.status = "SCAN_QR_CODE"
    assert await connect(http) == "SCAN_QR_CODE"
    [created] = [request for request in waha_server.asked("sessions") if request.method == "POST"]
    [hook] = created.body["config"]["webhooks"]
    assert created.body["start"] is True
    assert (hook["url"], hook["hmac"], set(hook["events"])) == (
        PLAN.webhook_url,
        {"key": "rahasia"},
        set(EVENTS),
    )
    assert hook["retries"] == {"policy": "exponential", "delaySeconds": 2, "attempts": 10}
    assert created.body["config"]["ignore"] == {
        "status": True,
        "groups": True,
        "channels": True,
        "broadcast": True,
    }


async def test_doing_it_again_changes_nothing(http: WahaHttp, waha_server: FakeWaha) -> None:
    await connect(http)
    waha_server.sessions["default"]["config"]["webhooks"][0]["customHeaders"] = None
    assert await connect(http) == "WORKING"
    assert changes(waha_server) == ["POST /api/sessions"]


async def test_another_address_replaces_our_webhook_and_leaves_the_others(
    http: WahaHttp, waha_server: FakeWaha
) -> None:
    theirs = {"url": "https://n8n.example/hook", "events": ["message"]}
    old = {"url": "http://old:8080/api/whatsapp/webhook", "events": ["message"]}
    waha_server.sessions["default"] = {
        "name": "default", "config": {"webhooks": [theirs, old], "noweb": {"markOnline": False}},
    }  # fmt: skip
    await connect(http)
    config = waha_server.sessions["default"]["config"]
    assert [hook["url"] for hook in config["webhooks"]] == [theirs["url"], PLAN.webhook_url]
    assert config["noweb"] == {"markOnline": False}


@pytest.mark.parametrize(("status", "call"), [("STOPPED", "start"), ("FAILED", "restart")])
async def test_a_session_that_does_not_run_is_set_going_once(
    http: WahaHttp, waha_server: FakeWaha, status: str, call: str
) -> None:
    waha_server.sessions["default"] = {"name": "default", "config": config_for(PLAN, {})}
    waha_server.status = status
    assert await connect(http) == "SCAN_QR_CODE"
    assert changes(waha_server) == [f"POST /api/sessions/default/{call}"]


async def test_a_session_that_fails_again_is_left_to_a_person(http: WahaHttp, waha_server: FakeWaha) -> None:
    config = config_for(PLAN, {})
    waha_server.sessions["default"] = {"name": "default", "config": config, "after_restart": "FAILED"}
    waha_server.status = "FAILED"
    assert await connect(http) == "FAILED"
    assert changes(waha_server) == ["POST /api/sessions/default/restart"]


async def test_a_session_that_never_settles_is_not_waited_for_for_ever(
    http: WahaHttp, waha_server: FakeWaha
) -> None:
    waha_server.sessions["default"] = {"name": "default", "config": config_for(PLAN, {})}
    waha_server.status = "STARTING"
    assert await connect(http) == "STARTING"


async def test_without_a_key_waha_is_not_told_to_sign() -> None:
    plan = SessionPlan(session="default", webhook_url=PLAN.webhook_url)
    assert "hmac" not in config_for(plan, {})["webhooks"][0]


async def test_a_wrong_key_and_a_missing_waha_are_said_in_a_sentence(waha_server: FakeWaha) -> None:
    stranger = WahaHttp(waha_server.url, "salah")
    with pytest.raises(WahaRefused, match="SAPA_WAHA_API_KEY"):
        await connect(stranger)
    await stranger.close()
    await waha_server.go_down()
    nobody = WahaHttp(waha_server.url, "kunci")
    with pytest.raises(Unreached, match="SAPA_WAHA_URL"):
        await connect(nobody)
    await nobody.close()


async def test_there_is_a_code_only_while_there_is_one_to_scan(http: WahaHttp, waha_server: FakeWaha) -> None:
    working = await qr_value(http, "default")
    waha_server.status = "SCAN_QR_CODE"
    assert (working, await qr_value(http, "default")) == (None, "2@invented,qr,code")


async def test_the_code_is_drawn_in_the_terminal_and_written_as_a_picture(
    http: WahaHttp, waha_server: FakeWaha, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waha_server.status = "SCAN_QR_CODE"
    assert await _show_codes(http, "default", tmp_path / "qr.png", True) == "SCAN_QR_CODE"
    assert (tmp_path / "qr.png").read_bytes().startswith(b"\x89PNG")
    assert "█" in capsys.readouterr().out


async def test_the_code_is_shown_until_it_is_scanned(
    http: WahaHttp, waha_server: FakeWaha, capsys: pytest.CaptureFixture[str]
) -> None:
    waha_server.sessions["default"] = {"name": "default", "config": {}}
    waha_server.status = "SCAN_QR_CODE"

    async def scan(_seconds: float) -> None:
        waha_server.status = "WORKING"

    assert await _show_codes(http, "default", None, False, scan) == "WORKING"
    assert "█" in capsys.readouterr().out


STATES: list[tuple[str, dict[str, Any], str]] = [
    ("none", {}, "No webhook of ours"),
    ("signed", {"events": list(EVENTS), "hmac": {"key": "x"}}, ", signed"),
    ("unsigned", {"events": ["*"], "hmac": None}, "not signed"),
    ("half", {"events": ["message"]}, "Missing events: message.any"),
]


@pytest.mark.parametrize(("hook", "says"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_the_status_says_how_our_webhook_stands(hook: dict[str, Any], says: str) -> None:
    hooks = [hook | {"url": PLAN.webhook_url}] if hook else []
    assert says in "\n".join(_webhooks({"config": {"webhooks": hooks}}))
