"""What the doctor finds, and what it says is to be done."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import Finding, examine
from bot.settings import Settings
from bot.waha.waha_sessions import EVENTS, WEBHOOK_PATH
from flows.domain import Role
from storage.database import Database
from storage.schema import migrate
from tests.fake_telegram import GROUP, TOKEN, fake_telegram
from tests.fake_waha import FakeWaha
from tests.people import hire
from tests.trained import trained_models

HOOK = {
    "url": f"http://sapa:8080{WEBHOOK_PATH}",
    "events": list(EVENTS),
    "hmac": {"key": "rahasia"},
}


async def findings(settings: Settings, about: str) -> list[Finding]:
    return [finding async for finding in examine(settings) if finding.about == about]


def settings(tmp_path: Path, **values: Any) -> Settings:  # Any: whatever the setting takes.
    return Settings(var=tmp_path, **values)


async def says(settings: Settings, about: str) -> list[tuple[bool, str]]:
    """Each finding about it: whether it is good, and what it says with its remedy."""
    return [
        (found.is_good, f"{found.says} {found.remedy}".strip()) for found in await findings(settings, about)
    ]


async def test_a_fresh_machine_is_told_to_migrate(tmp_path: Path) -> None:
    ((is_good, text),) = await says(settings(tmp_path), "database")
    assert not is_good
    assert "sapa migrate" in text


async def test_a_migrated_database_with_an_admin_is_in_order(tmp_path: Path, database_url: str) -> None:
    database = Database(database_url)
    await database.start()
    await database.write(migrate)
    await database.write(partial(hire, username="admin", role=Role.ADMIN))
    await database.close()
    here = settings(tmp_path, database_url=database_url)
    assert [found.is_good for found in await findings(here, "database")] == [True]
    assert await says(here, "staff") == [(True, "an ADMIN can log in")]


async def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    here = settings(tmp_path, database_url="postgresql://sapa:rahasia@127.0.0.1:1/sapa")
    ((is_good, text),) = await says(here, "database")
    assert not is_good
    assert "SAPA_DATABASE_URL" in text
    assert "rahasia" not in text


@pytest.mark.parametrize(
    ("values", "remedy"),
    [
        pytest.param({"telegram_token": "1:a"}, "SAPA_TELEGRAM_CHAT_ID", id="a token without a chat"),
        pytest.param({"telegram_chat_id": GROUP}, "SAPA_TELEGRAM_TOKEN", id="a chat without a token"),
        pytest.param({"waha_url": "http://127.0.0.1:9"}, "SAPA_WAHA_HMAC_KEY", id="a webhook open to all"),
    ],
)
async def test_settings_that_do_not_fit_together_are_named(
    tmp_path: Path, values: dict[str, str], remedy: str
) -> None:
    ((is_good, text),) = await says(settings(tmp_path, **values), "settings")
    assert not is_good
    assert remedy in text


async def test_a_model_that_is_not_trained_yet_is_no_fault(tmp_path: Path) -> None:
    found = await says(settings(tmp_path), "model")
    assert [text.partition(":")[0] for _, text in found] == ["nlu", "offers", "churn", "segments"]
    assert all(is_good and "trains it" in text for is_good, text in found)


@pytest.mark.parametrize("pack", ["umroh", "telco"])
@pytest.mark.parametrize("what", ["nlu", "offers", "churn", "segments"])
async def test_a_model_whose_card_cannot_be_read_is_a_fault_and_the_others_are_none(
    tmp_path: Path, pack: str, what: str
) -> None:
    folder = tmp_path / "models" / (f"nlu/{pack}" if what == "nlu" else what)
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{}")
    wrong = [text for is_good, text in await says(settings(tmp_path, pack=pack), "model") if not is_good]
    assert len(wrong) == 1
    assert wrong[0].startswith(f"{what}: cannot be used")
    assert wrong[0].endswith(f"Run: sapa train {what}")


async def test_trained_models_are_told_with_their_date(tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to(trained_models())
    found = await says(settings(tmp_path), "model")
    assert [is_good for is_good, _ in found] == [True] * 4
    assert all("classes, made 20" in text for _, text in found)


async def test_without_waha_and_telegram_the_doctor_is_content(tmp_path: Path) -> None:
    here = settings(tmp_path)
    assert [
        found.is_good
        for about in ("WAHA", "Telegram", "settings", "disk")
        for found in await findings(here, about)
    ] == [
        True,
        True,
        True,
        True,
    ]


def waha_settings(tmp_path: Path, server: FakeWaha, key: str = "kunci") -> Settings:
    return settings(tmp_path, waha_url=server.url, waha_api_key=key, waha_hmac_key="rahasia")


async def test_a_connected_session_is_in_order(tmp_path: Path, waha_server: FakeWaha) -> None:
    waha_server.sessions["default"] = {"name": "default", "config": {"webhooks": [HOOK]}}
    here = waha_settings(tmp_path, waha_server)
    assert await says(here, "WAHA") == [(True, "version 2026.7.1, engine GOWS")]
    assert await says(here, "session") == [(True, "default is WORKING")]
    assert await says(here, "webhook") == [(True, f"points to {HOOK['url']}, signed")]


@pytest.mark.parametrize(
    ("hook", "text"),
    [
        pytest.param({"url": "http://elsewhere/hook"}, "does not tell us", id="somebody else's webhook"),
        pytest.param(HOOK | {"events": ["message"]}, "message.any", id="the wrong events"),
        pytest.param(HOOK | {"hmac": {"key": "lain"}}, "another key", id="another key"),
        pytest.param(HOOK | {"hmac": None}, "another key", id="no key"),
    ],
)
async def test_a_webhook_that_does_not_reach_us_is_mended_by_connecting(
    tmp_path: Path, waha_server: FakeWaha, hook: dict[str, Any], text: str
) -> None:
    waha_server.sessions["default"] = {"name": "default", "config": {"webhooks": [hook]}}
    ((is_good, found),) = await says(waha_settings(tmp_path, waha_server), "webhook")
    assert not is_good
    assert text in found
    assert "sapa waha connect" in found


async def test_an_old_waha_is_named(tmp_path: Path, waha_server: FakeWaha) -> None:
    waha_server.version = "2026.4.1"
    ((is_good, text),) = await says(waha_settings(tmp_path, waha_server), "WAHA")
    assert not is_good
    assert "2026.6.1 or newer" in text


async def test_a_wrong_key_and_a_missing_session_are_told_apart(
    tmp_path: Path, waha_server: FakeWaha
) -> None:
    ((is_good, text),) = await says(waha_settings(tmp_path, waha_server), "session")
    assert not is_good
    assert "no session 'default'" in text
    refused = waha_settings(tmp_path, waha_server, key="salah")
    ((is_good, text),) = await says(refused, "WAHA")
    assert not is_good
    assert "SAPA_WAHA_API_KEY" in text
    assert await says(refused, "session") == []


async def test_a_waha_that_is_down_is_named(tmp_path: Path) -> None:
    here = settings(tmp_path, waha_url="http://127.0.0.1:9", waha_hmac_key="x")
    ((is_good, text),) = await says(here, "WAHA")
    assert not is_good
    assert "SAPA_WAHA_URL" in text


async def test_telegram_is_asked_who_it_is_and_where_it_writes(tmp_path: Path) -> None:
    async with fake_telegram() as telegram:
        here = settings(tmp_path, telegram_token=TOKEN, telegram_chat_id=GROUP, telegram_api_url=telegram.url)
        assert await says(here, "Telegram") == [(True, "@sapa_bot writes to Tim Penjualan")]


async def test_a_wrong_telegram_token_is_found_and_not_printed(tmp_path: Path) -> None:
    async with fake_telegram() as telegram:
        wrong = "777777:another-token-that-nobody-knows"
        here = settings(tmp_path, telegram_token=wrong, telegram_chat_id=GROUP, telegram_api_url=telegram.url)
        ((is_good, text),) = await says(here, "Telegram")
    assert not is_good
    assert "SAPA_TELEGRAM_TOKEN" in text
    assert wrong not in text
