"""Is everything in order, and if not, what is to be done? One finding a check; a finding that is not good always says what mends it.

A neighbour that is not configured is no fault: then the finding says what Sapa does without it.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.alerting.telegram_answers import Refused, TryLater
from bot.models import nlu_folder
from bot.settings import Settings
from bot.waha.waha_http import SOFT_SECONDS, Answer, Unanswered, Unreached, WahaHttp
from bot.waha.waha_sessions import EVENTS, WEBHOOK_PATH
from knowledge.pack import load_pack
from ml.serve.artifact import CARD, Card, ModelMismatch, ModelMissing, verified_card
from ml.serve.churn import ChurnPredictor
from ml.serve.offers import TelcoRecommender
from ml.serve.purchases import CLV, RECOMMENDER, Draws, Rhythm
from ml.serve.segments import Segments
from ml.serve.understanding import Understanding
from storage.database import Database, DatabaseDown
from storage.schema import SchemaBehind, check, newest
from storage.staff.users import has_active_admin
from storage.trial_write import try_writing

OLDEST_WAHA = (2026, 6, 1)  # Before it, media and named sessions cost money (waha/FACTS).
LEAST_FREE_BYTES = 500_000_000  # A day of a busy number, with customers' pictures.


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """remedy is the next thing to do, empty when all is well."""

    about: str
    says: str
    remedy: str = ""

    @property
    def is_good(self) -> bool:
        return not self.remedy


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every finding, as soon as it is known."""
    for finding in _settings(settings):
        yield finding
    yield _disk(settings)
    async for finding in _database(settings):
        yield finding
    async for finding in _models(settings):
        yield finding
    async for finding in _waha(settings):
        yield finding
    async for finding in _telegram(settings):
        yield finding


def _settings(settings: Settings) -> list[Finding]:
    """Each setting is valid by now; these are the ones that do not fit together."""
    wrong = []
    if bool(settings.telegram_token.get_secret_value()) != bool(settings.telegram_chat_id):
        wrong.append(
            Finding(
                about="settings",
                says="Telegram needs a token and a chat.",
                remedy="Set SAPA_TELEGRAM_TOKEN and SAPA_TELEGRAM_CHAT_ID, or neither.",
            )
        )
    if settings.waha_url and not settings.waha_hmac_key.get_secret_value():
        wrong.append(
            Finding(
                about="settings",
                says="Anybody who reaches the webhook can write messages.",
                remedy="Set SAPA_WAHA_HMAC_KEY, then run: sapa waha connect",
            )
        )
    return wrong or [Finding(about="settings", says="valid and fitting together")]


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.var).free
    remedy = (
        ""
        if free >= LEAST_FREE_BYTES
        else f"Make room where {settings.var} is; a full disk stops everything."
    )
    return Finding(about="disk", says=f"{free / 1e9:.1f} GB free", remedy=remedy)


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    database = Database(settings.database)
    await database.start()
    try:
        kind = "SQLite" if database.is_sqlite else "PostgreSQL"
        await database.read(check)
        await database.write(partial(try_writing, now=datetime.now(UTC)))
        yield Finding(about="database", says=f"{kind}, revision {newest()}, written and read")
        has_admin = await database.read(has_active_admin)
        remedy = "" if has_admin else "Run: sapa migrate"
        yield Finding(
            about="staff", says="an ADMIN can log in" if has_admin else "nobody is ADMIN", remedy=remedy
        )
    except SchemaBehind as error:
        yield Finding(about="database", says="its schema is not the newest", remedy=str(error))
    except DatabaseDown as error:
        yield Finding(about="database", says="cannot be used", remedy=str(error))
    finally:
        await database.close()


async def _models(settings: Settings) -> AsyncIterator[Finding]:
    """Every model that `sapa serve` loads, whatever the pack."""
    pack, folder = load_pack(settings.pack), settings.models
    loads: dict[str, Callable[[], Card]] = {
        "nlu": lambda: Understanding.load(nlu_folder(folder, pack.name), pack).card,
        "offers": lambda: TelcoRecommender.load(folder / "offers").card,
        "churn": lambda: ChurnPredictor.load(folder / "churn").card,
        "segments": lambda: _segments(folder / "segments"),
    }
    for what, load in loads.items():
        yield await asyncio.to_thread(_model, what, load)
    own: dict[str, Callable[[], Card]] = {
        RECOMMENDER: lambda: Draws.load(folder / RECOMMENDER).card,
        CLV: lambda: Rhythm.load(folder / CLV).card,
    }
    for what, load in own.items():
        if (folder / what / CARD).exists():
            yield await asyncio.to_thread(_model, what, load)


def _segments(folder: Path) -> Card:
    card = verified_card(folder, "segments")
    Segments.load(folder)
    return card


def _model(what: str, load: Callable[[], Card]) -> Finding:
    """A missing model is no fault; one that is there and cannot be used says the command that mends it."""
    try:
        card = load()
    except ModelMissing:
        return Finding(about="model", says=f"{what}: none yet; `sapa serve` trains it at its first start")
    except ModelMismatch as error:
        return Finding(about="model", says=f"{what}: cannot be used", remedy=str(error))
    return Finding(
        about="model",
        says=f"{what}: {card.name}, {_size(card)}, made {card.made_at}",
    )


def _size(card: Card) -> str:
    return f"{len(card.classes)} classes" if card.classes else f"{card.rows} rows"


async def _waha(settings: Settings) -> AsyncIterator[Finding]:
    if settings.is_simulated:
        yield Finding(about="WAHA", says="not configured; the built-in simulator plays WhatsApp")
        return
    http = WahaHttp(settings.waha_url, settings.waha_api_key.get_secret_value())
    try:
        version = _version(await http.call("GET", "api/server/version", seconds=SOFT_SECONDS))
        yield version
        if not version.is_good:
            return
        session = await http.call("GET", f"api/sessions/{settings.waha_session}", seconds=SOFT_SECONDS)
        for finding in _session(session, settings):
            yield finding
    except (Unreached, Unanswered) as error:
        yield Finding(about="WAHA", says="cannot be used", remedy=str(error))
    finally:
        await http.close()


def _version(answer: Answer) -> Finding:
    if answer.status in (401, 403):
        return Finding(about="WAHA", says="refuses our key", remedy="Check SAPA_WAHA_API_KEY.")
    told = _object(answer.json)
    version = str(told.get("version", "unknown"))
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    is_enough = numbers >= OLDEST_WAHA
    remedy = "" if is_enough else f"Use WAHA {'.'.join(map(str, OLDEST_WAHA))} or newer."
    return Finding(
        about="WAHA", says=f"version {version}, engine {told.get('engine', 'unknown')}", remedy=remedy
    )


def _session(answer: Answer, settings: Settings) -> list[Finding]:
    name = settings.waha_session
    if not answer.is_good:
        return [
            Finding(about="session", says=f"WAHA has no session {name!r}", remedy="Run: sapa waha connect")
        ]
    session = _object(answer.json)
    status = str(session.get("status", "UNKNOWN"))
    remedy = "" if status == "WORKING" else "Run: sapa waha status"
    hooks = _object(session.get("config")).get("webhooks")
    return [
        Finding(about="session", says=f"{name} is {status}", remedy=remedy),
        _webhook([_object(hook) for hook in hooks] if isinstance(hooks, list) else [], settings),
    ]


def _webhook(hooks: list[dict[str, Any]], settings: Settings) -> Finding:  # Any: WAHA's JSON.
    ours = [hook for hook in hooks if str(hook.get("url", "")).endswith(WEBHOOK_PATH)]
    if not ours:
        return Finding(
            about="webhook",
            says="the session does not tell us what comes in",
            remedy="Run: sapa waha connect",
        )
    events, key = ours[0].get("events") or [], _object(ours[0].get("hmac")).get("key")
    missing = [event for event in EVENTS if event not in events and "*" not in events]
    if missing:
        return Finding(
            about="webhook", says=f"{', '.join(missing)} are not sent to us", remedy="Run: sapa waha connect"
        )
    if (key or "") != settings.waha_hmac_key.get_secret_value():
        return Finding(
            about="webhook", says="WAHA signs with another key than ours", remedy="Run: sapa waha connect"
        )
    return Finding(about="webhook", says=f"points to {ours[0]['url']}{', signed' if key else ''}")


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    token = settings.telegram_token.get_secret_value()
    if not token:
        yield Finding(about="Telegram", says="not configured; alerts stay in the list")
        return
    from bot.alerting.telegram_client import TelegramClient  # Half a second of import, only with a token.

    client = TelegramClient(token=token, chat_id=settings.telegram_chat_id, api_url=settings.telegram_api_url)
    name, chat = await client.name(), await client.chat_title()
    await client.close()
    if isinstance(name, TryLater | Refused):
        yield Finding(about="Telegram", says=name.reason, remedy="Check SAPA_TELEGRAM_TOKEN and the network.")
    elif isinstance(chat, TryLater | Refused):
        remedy = f"Check SAPA_TELEGRAM_CHAT_ID, and that {name} is a member of that chat."
        yield Finding(about="Telegram", says=chat.reason, remedy=remedy)
    else:
        yield Finding(about="Telegram", says=f"{name} writes to {chat}")


def _object(value: Any) -> dict[str, Any]:  # Any: JSON of any shape; anything but an object counts as empty.
    return value if isinstance(value, dict) else {}
