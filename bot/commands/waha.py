"""`sapa waha`: connect the WhatsApp session, see how it is, and scan its code.

Exit code 0 means that the session works, or that it waits for nothing but the scan just asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
import segno

from bot.json_fields import Json, loose_object, loose_text
from bot.settings import Settings, read_settings
from bot.waha.waha_http import SOFT_SECONDS, Unanswered, Unreached, WahaHttp
from bot.waha.waha_sessions import (
    EVENTS,
    WEBHOOK_PATH,
    SessionPlan,
    WahaRefused,
    Wait,
    connect_session,
    qr_value,
    read_session,
    state_of,
)

T = TypeVar("T")

REMEDIES = {
    "STOPPED": "Run: sapa waha connect",
    "STARTING": "Wait a moment, then run: sapa waha status",
    "SCAN_QR_CODE": "Scan the code with the phone. Run: sapa waha qr",
    "PASSKEY_REQUIRED": "WhatsApp wants a passkey: finish the log-in in WAHA's own dashboard.",
    "PASSKEY_CONFIRMATION_REQUIRED": "WhatsApp wants a passkey: finish the log-in in WAHA's own dashboard.",
    "FAILED": "It failed again after a restart. Log the session out in WAHA, then run: sapa waha connect",
}
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared, never bound: these are to listen on, not to be called under)
CODES = 6  # WhatsApp shows six codes before it gives up.
CODE_SECONDS = 20  # How long a code lives; the first one longer.


@click.group(short_help="Connect the WhatsApp session and look after it.")
def waha() -> None:
    """Connect the WhatsApp session and look after it."""


@waha.command()
@click.option(
    "--webhook-url", help="How WAHA reaches this service; default: SAPA_PUBLIC_URL, else host and port."
)
def connect(webhook_url: str | None) -> None:
    """Create or mend the session: our webhook, its key, and a restart if it failed."""
    settings = read_settings()
    key = settings.waha_hmac_key.get_secret_value()
    plan = SessionPlan(
        session=settings.waha_session, webhook_url=webhook_url or _own_webhook(settings), hmac_key=key
    )
    click.echo(f"WAHA will post to {plan.webhook_url}")
    if not webhook_url and not settings.public_url:
        click.echo(
            "SAPA_PUBLIC_URL is not set: a WAHA in a container or on another machine cannot reach that address."
        )
    if not key:
        click.echo("SAPA_WAHA_HMAC_KEY is not set: anybody who reaches the webhook can write messages.")
    status = _with_waha(settings, lambda http: connect_session(http, plan, click.echo))
    _report(status)
    if status not in ("WORKING", "SCAN_QR_CODE"):
        raise click.ClickException("The session does not work yet.")


@waha.command()
def status() -> None:
    """Say how the session is. Exit code 1 when it does not work."""
    settings = read_settings()
    found, server = _with_waha(settings, lambda http: _look(http, settings.waha_session))
    engine, version = (loose_text(server.get(part)) or "unknown" for part in ("engine", "version"))
    click.echo(f"WAHA {version}, engine {engine}")
    if found is None:
        raise click.ClickException(f"WAHA has no session {settings.waha_session!r}. Run: sapa waha connect")
    _report(state_of(found))
    if number := loose_text(loose_object(found, "me").get("id")):
        click.echo(f"Logged in as {number.partition('@')[0]}")
    for line in _webhooks(found):
        click.echo(line)
    if state_of(found) != "WORKING":
        raise click.ClickException("The session does not work.")


@waha.command()
@click.option("--png", type=click.Path(path_type=Path), help="Write the code to this file, too.")
@click.option("--once", is_flag=True, help="Show one code and stop; default: new codes until it is scanned.")
def qr(png: Path | None, once: bool) -> None:
    """Show the code to scan with the phone: WhatsApp, Linked devices, Link a device."""
    settings = read_settings()
    state = _with_waha(settings, lambda http: _show_codes(http, settings.waha_session, png, once))
    if state == "WORKING":
        click.echo("The session works.")
    elif not once:
        raise click.ClickException(f"The session is {state}. {REMEDIES.get(state, 'Run: sapa waha status')}")


async def _show_codes(
    http: WahaHttp, session: str, png: Path | None, once: bool, wait: Wait = asyncio.sleep
) -> str:
    """Shows each new code once. The state of the session at the end."""
    shown = ""
    for _ in range(CODES):
        value = await qr_value(http, session)
        if value is None:
            return state_of(await read_session(http, session) or {})
        if value != shown:
            _draw(value, png)
            shown = value
        if once:
            return "SCAN_QR_CODE"
        await wait(CODE_SECONDS)
    return state_of(await read_session(http, session) or {})


def _draw(value: str, png: Path | None) -> None:
    code = segno.make(value, error="l", micro=False)
    code.terminal(compact=True)
    if png is not None:
        code.save(str(png), kind="png", scale=8)
        click.echo(f"Written to {png}")


async def _look(http: WahaHttp, session: str) -> tuple[Json | None, Json]:
    found = await read_session(http, session)
    server = await http.call("GET", "api/server/version", seconds=SOFT_SECONDS)
    return found, loose_object(server.json) if server.is_good else {}


def _webhooks(session: Json) -> list[str]:
    """Which of the session's webhooks is ours, and what is missing in it."""
    hooks = loose_object(session, "config").get("webhooks")
    ours = [
        hook
        for hook in (hooks if isinstance(hooks, list) else [])
        if (loose_text(loose_object(hook).get("url")) or "").endswith(WEBHOOK_PATH)
    ]
    if not ours:
        return ["No webhook of ours is set. Run: sapa waha connect"]
    listed = ours[0].get("events")
    events = listed if isinstance(listed, list) else []
    missing = [event for event in EVENTS if event not in events and "*" not in events]
    lines = [
        f"Webhook {ours[0]['url']}{', signed' if loose_object(ours[0], 'hmac').get('key') else ', not signed'}"
    ]
    return lines + ([f"Missing events: {', '.join(missing)}. Run: sapa waha connect"] if missing else [])


def _report(state: str) -> None:
    click.echo(f"The session is {state}.")
    if state in REMEDIES:
        click.echo(REMEDIES[state])


def _own_webhook(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return (settings.public_url or f"http://{host}:{settings.port}") + WEBHOOK_PATH


def _with_waha(settings: Settings, ask: Callable[[WahaHttp], Awaitable[T]]) -> T:
    """The answer of one conversation with WAHA; whatever stands in its way is one sentence."""
    if settings.is_simulated:
        raise click.ClickException("SAPA_WAHA_URL is not set: the built-in simulator plays WhatsApp.")

    async def talk() -> T:
        http = WahaHttp(settings.waha_url, settings.waha_api_key.get_secret_value())
        try:
            return await ask(http)
        finally:
            await http.close()

    try:
        return asyncio.run(talk())
    except (Unreached, Unanswered, WahaRefused) as error:
        raise click.ClickException(str(error)) from error
